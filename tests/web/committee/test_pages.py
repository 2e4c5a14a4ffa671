"""The pages of K1–K6 in their roles: what one sees, does and does not see."""

import io
from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa

from engine.bootstrap import App
from engine.committee.demo_experts import demo_pool_accounts
from engine.committee.expert_fields import rules_for
from engine.committee.pool_import import columns_for
from engine.committee.tables import ExpertState, expert, expert_vetting, pool_member
from engine.document.workbooks import Column, read_rows, write_workbook
from engine.flow.batch_running import due_batches, run_batch
from engine.reference.check_digits import identity_check_digit
from tests.support.visitor import Page, Visitor

Enter = Callable[[str], Visitor]
Find = Callable[[str], int]

POOL, IN_POOL, WAITING, WRITING = (one.login for one in demo_pool_accounts())


def number(serial: int) -> str:
    first = f"99000019800101{serial:03d}"
    return first + identity_check_digit(first)


def expert_id(app: App, login: str) -> int:
    with app.database.read() as tx:
        return int(tx.value(sa.select(expert.c.id).where(expert.c.identity_number == login.upper())))


@pytest.mark.catalogue("K1", "K2")
def test_a_committee_is_registered_with_an_account_and_its_password_reset(enter: Enter, app: App) -> None:
    keeper = enter("city_admin")
    keeper.get("/committees/new")
    fields = {
        "code": "PW9301",
        "name": "测试评审委员会",
        "forming_unit": next(
            line.split('"')[1] for line in keeper.page.html.split("<option value=")[1:] if "示范市人力资源" in line
        ),
        "series": "museum",
        "kind": "series",
        "region": "130600",
        "levels": "intermediate",
        "filing_no": "示职评备〔2026〕99 号",
        "members": "16",
        "valid_from": "2026-01-01",
        "valid_until": "2028-12-31",
        "contact_person": "测试联系人",
        "contact_phone": "0311-12345678",
    }
    page = keeper.submit("/committees/new", **{**fields, "members": "十五"})
    assert (page.status, page.errors) == (422, ["评委人数应是 1 至 999 的整数"])
    assert page.form("/committees/new")["members"] == "十五"
    page = keeper.submit("/committees/new", **fields)
    assert (page.status, page.errors) == (422, ["评委人数应为单数，16 人请改为 15 人或 17 人"])
    again = dict(page.form("/committees/new"))
    page = keeper.submit("/committees/new", **{**fields, "members": "15"})
    assert (page.heading, "pw9301" in page.words) == ("初始密码", True)
    key = (
        page.links[-1]
        if page.links[-1].startswith("/committees/")
        else next(link for link in page.links if link.startswith("/committees/") and link[-1].isdigit())
    )
    keeper.get("/committees/new")
    twice = keeper.submit("/committees/new", **{**fields, "members": "15", "command_key": again["command_key"]})
    assert twice.heading == "测试评审委员会"
    page = keeper.get(key)
    assert "组建校验" in page.words
    assert "在库专家 0 人，组建评委会需 15 人，请补充专家" in page.words
    assert keeper.submit(f"{key}/password").heading == "初始密码"
    assert keeper.client.get("/committees/export?text=PW9301").content[:2] == b"PK"
    past = keeper.get("/committees/past")
    assert (past.heading, past.status) == ("历史评委会", 200)


@pytest.mark.catalogue("K3")
def test_a_pool_is_kept_by_its_own_account(enter: Enter, app: App, committee_of: Find) -> None:
    pool, key = enter(POOL), committee_of("PW0201")
    page = pool.get("/pool")
    assert (page.heading, "共 39 条" in page.words) == ("单位评委库管理", True)
    page = pool.get("/pool?outside=yes&specialty=physician-01")
    assert "正在筛选" in page.words
    pool.get(f"/pool/{key}/new")
    fields = {
        "name": "测试专家新",
        "identity_type": "01",
        "identity_number": number(1),
        "phone": "13000000001",
        "workplace": "示范市中心医院（示例）",
        "specialty": "physician-01",
        "title_level": "senior",
        "term_from": "2026-06-01",
        "term_until": "2029-06-01",
    }
    page = pool.submit(f"/pool/{key}/new", **fields)
    assert (page.status, page.errors) == (422, ["专家每届任期最长 3 年；最迟填 2029-05-31"])
    again = {**page.form(f"/pool/{key}/new"), **fields, "term_until": "2029-05-31"}
    page = pool.post(f"/pool/{key}/new", again)
    assert (page.heading, number(1).lower() in page.words) == ("初始密码", True)
    added = f"/pool/{key}/{expert_id(app, number(1))}"
    assert pool.post(f"/pool/{key}/new", again).heading == "测试专家新"
    page = pool.get(added)
    assert ("待完善信息" in page.words, "记入诚信记录" in page.words) == (True, False)
    page = pool.submit(f"{added}/term", term_from="2026-06-01", term_until="2027-05-31")
    assert "聘期已保存。" in page.words
    assert pool.submit(f"{added}/remove", remove_reason="").status == 422
    page = pool.submit(f"{added}/remove", remove_reason="调离")
    assert "已移出评委库" in page.words


@pytest.mark.catalogue("J16")
def test_an_officer_bars_an_expert_and_the_pool_shows_it(enter: Enter, app: App, committee_of: Find) -> None:
    officer, key = enter("office_officer"), committee_of("PW0501")
    with app.database.read() as tx:
        one = tx.value(sa.select(pool_member.c.expert).where(pool_member.c.committee == key).limit(1))
    address = f"/pool/{key}/{one}"
    officer.get(address)
    assert officer.submit(f"{address}/bar", reason="", until="2020-01-01").status == 422
    page = officer.submit(f"{address}/bar", reason="泄露评审情况", until="2029-05-31", source="示〔2026〕1 号")
    assert "至 2029-05-31 不能参加任何评审：泄露评审情况（示〔2026〕1 号）" in page.words


@pytest.mark.catalogue("K4")
def test_a_workbook_with_a_wrong_row_is_shown_row_by_row_and_comes_in_once_it_is_mended(
    enter: Enter, app: App, committee_of: Find
) -> None:
    pool, key = enter(POOL), committee_of("PW0201")
    with app.database.read() as tx:
        rules = rules_for(tx, app.lists.book(tx, 2026), key)
    row = {
        "name": "测试专家表",
        "identity_number": number(2),
        "phone": "13000000002",
        "workplace": "外省示范医院（示例）",
        "specialty": rules.specialties["physician-02"],
        "title_level": rules.levels["senior"],
    }
    pool.get(f"/pool/{key}/import")

    def upload(*rows: dict[str, str]) -> None:
        data = write_workbook(columns_for(rules), rows)
        fields = pool.page.form(f"/pool/{key}/import")
        pool.page = Page(pool.client.post(f"/pool/{key}/import", data=fields, files={"file": ("专家.xlsx", data)}))

    upload(row, {**row, "identity_number": "1", "name": "测试专家错"})
    assert "其中 1 行需要修改" in pool.page.words
    assert "导入 2 名专家" not in pool.page.words
    report = pool.client.get(f"{pool.page.path}/report")
    columns = [Column("name", "姓名"), Column("problems", "需要修改")]
    assert [bool(one.values["problems"]) for one in read_rows(report.content, columns)] == [False, True]
    pool.get(f"/pool/{key}/import")
    upload(row)
    page = pool.submit(pool.page.path)
    assert (page.heading, "1 个" in page.words) == ("已加入 1 名专家", True)
    for batch in due_batches(app.database):
        run_batch(app.database, batch)
    with app.database.read() as tx:
        held = tx.value(sa.select(expert.c.state).where(expert.c.identity_number == number(2)))
    assert held is ExpertState.COMPLETING


@pytest.mark.catalogue("K5")
def test_an_expert_writes_the_profile_and_is_told_what_is_missing(enter: Enter) -> None:
    writer = enter(WRITING)
    page = writer.get("/expert/profile")
    assert (page.heading, "完善进度" in page.words) == ("完善个人信息", True)
    page = writer.submit("/expert/profile", **{"basic_info.email": "expert@example.com", "_save": "1"})
    assert "已暂存，可以随时回来继续填写。" in page.words
    assert writer.page.form("/expert/profile")["basic_info.email"] == "expert@example.com"
    answer = writer.client.post(
        "/expert/profile/draft", data={**writer.page.form("/expert/profile"), "basic_info.email": "other@example.com"}
    )
    assert (answer.status_code, answer.json()["fields"]["draft_version"].split(",")[0]) == (200, "basic_info:2")
    page = writer.submit("/expert/profile", **{"basic_info.email": "late@example.com", "_save": "1"})
    assert (page.status, page.form("/expert/profile")["basic_info.email"]) == (409, "late@example.com")
    assert "“个人基础信息”已在别处保存过" in page.words
    page = writer.submit("/expert/profile", _save="1")
    assert (page.status, page.form("/expert/profile")["basic_info.email"]) == (200, "late@example.com")
    writer.get("/expert/profile")
    page = writer.submit("/expert/profile", _submit="1")
    assert page.status == 422
    assert "照片" in page.words


@pytest.mark.catalogue("K5")
def test_what_waits_is_taken_back_and_what_was_approved_is_brought_up_to_date(enter: Enter) -> None:
    waiting = enter(WAITING)
    assert "已提交，正由河北省职称改革领导小组办公室（示例）经办人审核" in waiting.get("/expert/profile").words
    page = waiting.submit("/expert/profile/withdraw")
    assert (page.heading, "已撤回" in page.words) == ("完善个人信息", True)
    page = waiting.submit("/expert/profile", _submit="1")
    assert "已提交审批，审核结果会在消息中通知您。" in page.words
    listed = enter(IN_POOL)
    assert listed.get("/expert/profile").heading == "个人信息"
    assert listed.submit("/expert/profile/absences", **{"from": "2026-07-02", "to": "2026-07-01"}).status == 422
    page = listed.post(
        "/expert/profile/absences", {"csrf_token": listed.csrf, "from": "2026-07-01", "to": "2026-07-02"}
    )
    assert "2026-07-01 至 2026-07-02" in page.words
    assert listed.submit("/expert/profile/begin").heading == "完善个人信息"


def test_a_card_number_is_shown_to_its_owner_alone(enter: Enter, app: App, committee_of: Find) -> None:
    listed = enter(IN_POOL)
    listed.get("/expert/profile")
    assert listed.submit("/expert/profile/bank-card", bank_card="12").status == 422
    page = listed.submit("/expert/profile/bank-card", bank_card="6200000000000000018")
    assert page.form("/expert/profile/bank-card")["bank_card"] == "6200 0000 0000 0000 018"
    address = f"/pool/{committee_of('PW0201')}/{expert_id(app, IN_POOL)}"
    for login in (POOL, "office_officer"):
        assert "0000 018" not in enter(login).get(address).html


@pytest.mark.catalogue("K6")
def test_an_officer_vets_one_from_the_list_and_many_at_once(enter: Enter, app: App) -> None:
    officer = enter("office_officer")
    page = officer.get("/expert-vettings")
    assert page.heading == "评委材料审核"
    tasks = [link for link in page.links if link.startswith("/tasks/")]
    officer.get(tasks[0])
    page = officer.submit(tasks[0], outcome="approve", opinion="")
    keys = [link.rsplit("/", 1)[1] for link in dict.fromkeys(tasks[2:])]
    officer.get("/expert-vettings")
    page = officer.submit("/expert-vettings/batch/ask", task=keys[-1])
    assert "对 所选的 1 名专家 填写同一审核意见" in page.words
    page = officer.submit("/expert-vettings/batch", outcome="refuse")
    assert (page.status, page.errors) == (422, ["退回修改和不同意入库的，请写明理由"])
    page = officer.submit("/expert-vettings/batch", outcome="refuse", opinion="专业不符")
    assert "批量审核 1 名专家" in page.words
    for batch in due_batches(app.database):
        run_batch(app.database, batch)
    page = officer.get("/expert-vettings?tab=decided")
    assert ("同意入库" in page.words, "不同意入库" in page.words) == (True, True)
    with app.database.read() as tx:
        case_key = tx.value(sa.select(expert_vetting.c.case_key).where(expert_vetting.c.outcome == "refuse"))
    journal = officer.get(f"/cases/{case_key}/journal")
    assert "专业不符" in journal.words


@pytest.mark.catalogue("J19")
def test_nobody_else_sees_into_a_pool(enter: Enter, app: App, committee_of: Find) -> None:
    key, one = committee_of("PW0201"), expert_id(app, IN_POOL)
    address = f"/pool/{key}/{one}"
    name = demo_pool_accounts()[1].name
    for login, status in (
        ("pw0501", 404),
        ("city_officer", 404),
        ("hosp3_officer", 403),
        ("office_admin", 403),
        ("sysadmin", 403),
        ("990000197603121014", 403),
        (WAITING, 403),
    ):
        visitor = enter(login)
        for path in (address, f"/pool/{key}/composition", f"/pool/{key}/import/template"):
            assert visitor.get(path).status == status, (login, path)
        for path in ("/pool", "/pool/export", "/expert-vettings", "/expert-vettings?tab=decided"):
            assert name not in visitor.get(path).html, (login, path)
    with app.database.read() as tx:
        case_key = tx.value(sa.select(expert_vetting.c.case_key).order_by(expert_vetting.c.case_key).limit(1))
    for login in ("pw0501", POOL, "city_officer", "990000197603121014", IN_POOL):
        assert enter(login).get(f"/cases/{case_key}").status == 404


def test_a_pool_costs_the_same_statements_for_few_and_for_many(enter: Enter, app: App) -> None:
    pool = enter(POOL)
    pool.get("/pool?size=20")
    counts = []
    for size in (20, 50):
        sent: list[str] = []

        def note(*arguments: object, sent: list[str] = sent) -> None:
            sent.append(str(arguments[2]))

        sa.event.listen(app.database.reader, "before_cursor_execute", note)
        pool.get(f"/pool?size={size}")
        sa.event.remove(app.database.reader, "before_cursor_execute", note)
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 18


def test_the_list_is_sent_as_a_workbook(enter: Enter) -> None:
    answer = enter(POOL).client.get("/pool/export?state=in_pool")
    rows = read_rows(io.BytesIO(answer.content).getvalue(), [Column("name", "姓名"), Column("until", "聘期止")])
    assert (answer.status_code, len(rows) > 30, date.fromisoformat(rows[0].values["until"]).year >= 2026) == (
        200,
        True,
        True,
    )
