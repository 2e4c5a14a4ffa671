"""个人申报设置 and 立即申报: what one may choose, what is refused and how."""

import re
from datetime import date, timedelta

import pytest

from engine.access import SYSTEM
from engine.bootstrap import App
from engine.clock import FixedClock
from engine.declaration.integrity_records import record_integrity
from engine.organisation.integrity import RecordKind
from tests.support.visitor import Page
from tests.web.declaration.conftest import Enter, Tell
from tests.web.declaration.posting import posted

NEW = "/declaration/new"
HTMX = {"HX-Request": "true"}
SETTINGS = ["申报单位", "申报类别", "申报系列", "申报专业", "申报职称", "申报职称等级", "申报方式", "评审方式"]
ROUTES = ["正常申报", "机关分流人员申报", "一步到位", "绿色通道", "破格申报", "转评", "高技能人才申报"]


def options_of(page: Page, name: str) -> list[str]:
    """The words of a select, without the one that asks to choose."""
    select = re.search(rf'<select[^>]* name="setup\.{name}".*?</select>', page.html, re.S)
    assert select is not None
    return re.findall(r'<option value="[^"]+"[^>]*>([^<]+)</option>', select[0])


@pytest.mark.catalogue("P1", "P2", "P3")
def test_the_settings_are_asked_with_the_seven_routes_and_what_they_mean(enter: Enter, tell: Tell) -> None:
    page = enter(tell().applicant.login).get(NEW)
    labels = re.findall(r'<(?:label for="f-setup[^"]*"|span class="field-label")>([^<]+)', page.html)
    assert labels == SETTINGS
    assert options_of(page, "declaration_route") == ROUTES
    assert options_of(page, "review_mode") == ["评审", "社会化评审"]
    assert re.findall(r"<dt>([^<]+)</dt>", page.html) == ROUTES
    assert "由公务员或参照公务员管理的事业单位工作人员身份，经上级任命，转至其他单位从事专业技术工作。" in page.words


@pytest.mark.catalogue("P1")
def test_each_choice_decides_what_the_next_offers(enter: Enter, tell: Tell) -> None:
    story = tell()
    visitor = enter(story.applicant.login)
    visitor.get(NEW)
    assert options_of(visitor.page, "title_series") == []
    chosen = {"setup.title_category": "health"} if "health" in visitor.page.html else posted("setup", story.setup)
    csrf = visitor.csrf
    fields = posted("setup", {"title_category": story.setup["title_category"], "title_series": "", "specialty": ""})
    page = visitor.post(f"{NEW}/fields", {**chosen, **fields, "csrf_token": csrf}, **HTMX)
    assert "卫生技术人员-医疗" in options_of(page, "title_series")
    assert options_of(page, "specialty") == []
    page = visitor.post(f"{NEW}/fields", {**posted("setup", story.setup), "csrf_token": csrf}, **HTMX)
    assert options_of(page, "title_level") == ["高级(正高)"]


@pytest.mark.catalogue("P4")
def test_declaring_makes_the_declaration_and_opens_the_form_once(enter: Enter, tell: Tell) -> None:
    story = tell()
    visitor = enter(story.applicant.login)
    visitor.get(NEW)
    fields = {**visitor.page.form(NEW), **posted("setup", story.setup)}
    page = visitor.post(NEW, fields)
    assert (page.status, page.heading) == (200, "填写申报材料")
    first = page.path
    assert visitor.post(NEW, fields).path == first


@pytest.mark.catalogue("P4")
def test_the_guide_can_be_read_and_printed(enter: Enter, tell: Tell) -> None:
    visitor = enter(tell().applicant.login)
    assert "/declaration/filling-guide" in visitor.get(NEW).links
    page = visitor.get("/declaration/filling-guide")
    assert (page.status, page.heading) == (200, "《河北省职称申报评审系统填报说明》")


def test_what_is_missing_is_named_and_what_was_chosen_stays(enter: Enter, tell: Tell) -> None:
    story = tell()
    visitor = enter(story.applicant.login)
    visitor.get(NEW)
    page = visitor.submit(NEW, **posted("setup", {**story.setup, "review_mode": ""}))
    assert page.status == 422
    assert re.findall(r'<a href="#(f-[^"]+)">([^<]+)</a>', page.html) == [("f-setup-review_mode", "请选择“评审方式”")]
    assert f'value="{story.setup["specialty"]}" selected' in page.html


def test_a_second_declaration_in_the_year_is_refused(enter: Enter, tell: Tell) -> None:
    story = tell()
    visitor = enter(story.applicant.login)
    visitor.get(NEW)
    fields = {**visitor.page.form(NEW), **posted("setup", story.setup)}
    story.start()
    page = visitor.post(NEW, {**fields, "command_key": "another"})
    assert page.status == 409
    number = story.detail().row["declaration_no"]
    assert page.message == f"您 2026 年度已有一份申报（{number}），请继续办理；选错了的，可在提交前废弃后重新申报。"


def test_who_is_barred_reads_why_and_keeps_the_choices(app: App, enter: Enter, tell: Tell) -> None:
    story = tell()
    person = story.applicant.person
    assert person is not None
    with app.database.transaction() as tx:
        until = date(2028, 6, 1)
        record_integrity(tx, SYSTEM, person=person, kind=RecordKind.INTEGRITY, reason="提供虚假材料", until=until)
    visitor = enter(story.applicant.login)
    mine = visitor.get("/declaration")
    assert (NEW in mine.links, "您有未到期的诚信记录（提供虚假材料），2028-06-01之前" in mine.words) == (False, True)
    visitor.get(NEW)
    page = visitor.submit(NEW, **posted("setup", story.setup))
    assert page.status == 409
    assert page.message.startswith("您有未到期的诚信记录（提供虚假材料），2028-06-01之前")
    assert f'value="{story.setup["specialty"]}" selected' in page.html


def test_a_year_that_is_over_takes_no_declaration(clock: FixedClock, enter: Enter, tell: Tell) -> None:
    story = tell()
    clock.advance(timedelta(days=400))
    page = enter(story.applicant.login).get(NEW)
    assert page.message == "您还没有 2027 年度的申报账户，请联系所在单位经办人建立后再申报。"
    assert "立即申报" not in page.words.replace("个人申报设置", "")


def test_officers_declare_nothing(enter: Enter) -> None:
    assert enter("hosp3_officer").get(NEW).status == 403
