"""The pages of the title office: code lists, calendar, plan of the year, committees; what everybody else reads of them."""

import io
import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from engine.bootstrap import App
from engine.declaration.years import year_plan
from engine.organisation.tables import unit
from engine.reference import CodeLists, load_book
from tests.support.visitor import Visitor

Enter = Callable[[str], Visitor]

PAGES = (
    "/codes",
    "/codes/region",
    "/codes/sex/new",
    "/codes/sex/history",
    "/codes/sex/import",
    "/calendar",
    "/year-plan",
)


def label(app: App, year: int, name: str, value: str) -> str:
    with app.database.read() as tx:
        return load_book(tx, year).label(name, value)


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_are_the_title_offices_alone(enter: Enter, office: Visitor, path: str) -> None:
    assert office.get(path).status == 200
    assert enter("medu_officer").get(path).status == 403


@pytest.mark.catalogue("W13")
def test_a_value_is_changed_for_this_year_and_stays_readable_as_it_was_in_the_last(office: Visitor, app: App) -> None:
    office.get("/codes/review_mode/value?year=2026&value=public_review")
    page = office.submit("/codes/review_mode/value?year=2026&value=public_review", label="社会化评价")
    assert (page.status, page.heading) == (200, "评审方式")
    assert label(app, 2026, "review_mode", "public_review") == "社会化评价"
    assert label(app, 2025, "review_mode", "public_review") == "社会化评审"
    last = office.get("/codes/review_mode?year=2025")
    assert "社会化评审" in last.words
    assert "这一年度只能查看" in last.words
    assert "/codes/review_mode/new?year=2025" not in last.links
    assert "社会化评审 → 社会化评价" in office.get("/codes/review_mode/history").words


def test_a_wrong_value_stays_in_its_field_with_the_reason(office: Visitor) -> None:
    office.get("/codes/specialty/new?year=2026")
    page = office.submit("/codes/specialty/new?year=2026", value="a b", label="新专业")
    assert page.status == 422
    assert page.form("/codes/specialty/new?year=2026")["label"] == "新专业"
    assert page.errors == ["代码由 1 至 64 位字母、数字、点、横线组成，以字母或数字开头", "请选择所属的申报系列"]


def test_what_depends_on_a_value_stands_beside_it_and_keeps_it_from_being_deleted(office: Visitor) -> None:
    page = office.get("/codes/title_series/value?year=2026&value=nurse")
    assert "代码表“申报专业”中以它为上级的取值 7" in page.words
    assert "评委会 1" in page.words
    assert "表单“个人申报设置”引用本代码表" in page.words
    assert "/committees?series=nurse" in page.links
    refused = office.submit("/codes/title_series/value?year=2026&value=nurse", do="delete")
    assert refused.status == 409
    assert "“卫生技术人员-护理”不能删除" in refused.words


def test_a_list_goes_out_as_a_workbook_and_comes_back(office: Visitor, app: App) -> None:
    office.get("/codes/schooling_length")
    content = office.client.get("/codes/schooling_length/export.xlsx?year=2026").content
    workbook = load_workbook(io.BytesIO(content))
    sheet = workbook.worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["代码", "名称", "状态"]
    sheet["B2"] = "一年制"
    out = io.BytesIO()
    workbook.save(out)
    answer = office.client.post(
        "/codes/schooling_length/import?year=2026",
        data={"csrf_token": office.csrf},
        files={"file": ("lists.xlsx", out.getvalue())},
    )
    assert answer.status_code == 200
    assert "新增 0 个，修改 1 个" in answer.text
    assert label(app, 2026, "schooling_length", "1") == "一年制"
    broken = office.client.post(
        "/codes/schooling_length/import?year=2026",
        data={"csrf_token": office.csrf},
        files={"file": ("lists.xlsx", b"no workbook")},
    )
    assert broken.status_code == 422


def test_a_day_is_put_otherwise_on_the_calendar(office: Visitor, app: App) -> None:
    office.get("/calendar/2026-07-01")
    page = office.submit("/calendar/2026-07-01", working="0", note="")
    assert (page.status, page.errors) == (422, ["请写明原因，最多 100 个字"])
    page = office.submit("/calendar/2026-07-01", working="0", note="测试停工")
    assert "测试停工" in page.words
    assert "已经确定的办理期限不变" in page.words
    assert "暂按周末和固定日期的法定节假日（元旦、劳动节、国庆节）休息计算" in office.get("/calendar?year=2027").words


@pytest.mark.catalogue("P26", "J27")
def test_the_plan_of_a_year_is_written_on_its_page(office: Visitor, app: App) -> None:
    office.get("/year-plan?year=2026")
    page = office.submit(
        "/year-plan?year=2026", closes_at="2025-01-01T00:00", correction_resume="full", quota_check="warn"
    )
    assert page.status == 422
    assert page.errors[0] == "申报截止时间应晚于开始时间"
    page = office.submit(
        "/year-plan?year=2026",
        closes_at="2026-06-30T18:00",
        reminder_at="2026-06-25T09:00",
        cutoff_on="2026-06-30",
        unit_closes_at="2026-07-31T18:00",
        correction_resume="resume",
        quota_check="block",
    )
    assert "2026 年度计划已保存，没有在办申报的期限需要调整。" in page.words
    with app.database.read() as tx:
        plan = year_plan(tx, 2026)
    assert (plan.closes_at.isoformat(), plan.cutoff_on.isoformat(), plan.correction_resume.value) == (
        "2026-06-30T10:00:00+00:00",
        "2026-06-30",
        "resume",
    )
    copied = office.get("/year-plan?year=2027&copy=1")
    assert copied.form("/year-plan?year=2027")["unit_closes_at"] == "2027-07-31T18:00"


@pytest.mark.catalogue("P26")
def test_everybody_sees_how_long_there_is_left(office: Visitor, enter: Enter, anybody: Visitor) -> None:
    office.get("/year-plan?year=2026")
    office.submit(
        "/year-plan?year=2026",
        closes_at="2026-06-30T18:00",
        reminder_at="2026-06-25T09:00",
        cutoff_on="2026-12-31",
        correction_resume="full",
        quota_check="warn",
    )
    words = "申报截止还有 29 天 （6月30日 18:00） 年限、年龄、业绩计算到2026年12月31日"
    assert words in anybody.get("/").words
    assert words in enter("990000198007251028").get("/declaration").words


@pytest.mark.catalogue("W17")
def test_every_page_says_whom_to_ask_by_telephone(enter: Enter) -> None:
    applicant = enter("990000198007251028").get("/declaration").words
    assert "办理咨询：示范医科大学（示例） 马示办 0311-00000003" in applicant
    officer = enter("medu_officer").get("/declarations").words
    assert "办理咨询：示范省教育厅（示例） 郭示办 0311-00000002" in officer
    assert "首先联系" in enter("medu_officer").get("/contacts").words


@pytest.mark.catalogue("W17")
def test_an_announcement_is_published_read_and_no_longer_unread(
    office: Visitor, enter: Enter, anybody: Visitor
) -> None:
    office.get("/announcements/new")
    page = office.submit("/announcements/new", title=" ", text="x", audience="public")
    assert (page.status, page.errors) == (422, ["请填写标题，最多 100 个字"])
    office.submit("/announcements/new", title="测试公告", text="**正文**<script>", audience="public")
    key = re.search(r"/announcements/(\d+)/edit", office.page.path)
    assert key is not None
    answer = office.client.post(
        f"/announcements/{key[1]}/files",
        data={"csrf_token": office.csrf},
        files={"file": ("附件.pdf", b"%PDF-1.4 test")},
    )
    assert "附件已添加" in answer.text
    assert "测试公告" in anybody.get("/").words
    shown = anybody.get(f"/announcements/{key[1]}")
    assert "<strong>正文</strong>&lt;script&gt;" in shown.html
    file = next(link for link in shown.links if "/files/" in link)
    assert anybody.client.get(file).content == b"%PDF-1.4 test"
    assert anybody.get("/announcements/own").path.startswith("/sign-in")
    reader = enter("medu_officer")
    assert "未读" in reader.get("/announcements").words
    reader.get(f"/announcements/{key[1]}")
    assert "未读" not in reader.get("/announcements").words
    office.get(f"/announcements/{key[1]}/edit")
    office.submit(f"/announcements/{key[1]}/edit", remove="1")
    assert anybody.get(f"/announcements/{key[1]}").status == 404
    assert anybody.client.get(file).status_code == 404


@pytest.mark.catalogue("W17")
def test_papers_are_offered_by_year_and_series(office: Visitor, enter: Enter) -> None:
    office.get("/templates?year=2026")
    answer = office.client.post(
        "/templates/files?year=2026",
        data={"csrf_token": office.csrf, "name": "医德医风考核表", "for_series": "nurse"},
        files={"file": ("表.pdf", b"%PDF-1.4 paper")},
    )
    assert answer.status_code == 200
    reader = enter("990000198007251028")
    assert "医德医风考核表" not in reader.get("/templates?year=2026&series=engineering").words
    page = reader.get("/templates?year=2026&series=nurse")
    assert "添加模板" not in page.words
    file = next(link for link in page.links if link.endswith("/file"))
    assert reader.client.get(file).content == b"%PDF-1.4 paper"
    assert "没有符合条件的模板" in reader.get("/templates?year=2025").words
    refused = reader.client.post(
        "/templates/files?year=2026", data={"csrf_token": reader.csrf, "name": "x"}, files={"file": ("x.pdf", b"%PDF-")}
    )
    assert refused.status_code == 403


@pytest.mark.catalogue("K1", "J03")
def test_a_committee_is_registered_on_its_page(enter: Enter, app: App) -> None:
    city = enter("city_admin")
    city.get("/committees/new")
    with app.database.read() as tx:
        forming = tx.value(sa.select(unit.c.id).where(unit.c.name.startswith("示范市人力资源")))
    filled = {
        "code": "PW8001",
        "name": "测试评委会",
        "forming_unit": str(forming),
        "series": "museum",
        "kind": "series",
        "region": "130600",
        "levels": "intermediate",
        "filing_no": "测试 1 号",
        "valid_from": "2026-01-01",
        "valid_until": "2028-12-31",
        "contact_person": "测试联系人",
        "contact_phone": "0311-12345678",
    }
    page = city.submit("/committees/new", **filled, members="16")
    assert (page.status, page.errors) == (422, ["评委人数应为单数，16 人请改为 15 人或 17 人"])
    page = city.submit("/committees/new", **filled, members="15")
    assert (page.heading, page.status) == ("初始密码", 200)
    assert "PW8001" in city.get("/committees?series=museum&level=intermediate").words
    assert "PW8001" not in enter("industry_admin").get("/committees?series=museum").words
    assert enter("medu_officer").get("/committees").status == 403


def test_forms_offer_the_lists_as_they_stand_now(office: Visitor, app: App) -> None:
    office.get("/codes/sex/new?year=2026")
    office.submit("/codes/sex/new?year=2026", value="5", label="测试取值")
    options = app.registry.options.options("sex", {})
    assert options[-1].label == "测试取值"
    with app.database.read() as tx:
        assert tx.service(CodeLists).book(tx, 2025).find("sex", "5") is None
