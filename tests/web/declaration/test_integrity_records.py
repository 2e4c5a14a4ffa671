"""诚信记录: entered by the office and by units for their own people, lifted with a reason, and what both mean for declaring."""

import re
from datetime import date

import pytest

from engine.bootstrap import App
from engine.clock import FixedClock
from engine.errors import InvalidInput, Refused
from engine.organisation.integrity import RecordKind, blocked
from tests.declaration.story import Story
from tests.web.declaration.conftest import Enter, Tell, let_in

ADDRESS = "/integrity-records"


def typed(story: Story, **more: str) -> dict[str, str]:
    person = story.applicant
    return {"name": person.name, "identity_number": person.login, "reason": "论文造假（示例）", **more}


def held(app: App, story: Story, kind: RecordKind) -> tuple[str, date] | None:
    with app.database.read() as tx:
        found = blocked(tx, story.applicant.person or 0, date(2026, 6, 1), kind)
    return (found.reason, found.until) if found else None


@pytest.mark.catalogue("J15")
def test_a_unit_enters_the_punishment_of_its_own_people(app: App, enter: Enter, tell: Tell) -> None:
    let_in(app, "hosp3_officer")
    story, other = tell(), tell("medu_officer")
    story.start()
    story.fill()
    officer = enter("hosp3_officer")
    page = officer.get(f"{ADDRESS}/new")
    assert re.findall(r'<option value="(\w+)"', page.html) == ["punishment"]
    wrong = typed(other, kind="punishment", reason="记过", until="2026-13-01")
    page = officer.submit(f"{ADDRESS}/new", **wrong)
    assert page.status == 422
    assert "本单位本年度没有这位人员，请核对姓名和证件号码" in page.words
    assert "请填写日期，例如 2026-06-30" in page.words
    assert f'value="{other.applicant.login}"' in page.html
    page = officer.submit(f"{ADDRESS}/new", **typed(story, kind="punishment", reason="记过", until="2026-05-31"))
    assert (page.status, "截止日期不能早于今天" in page.words) == (422, True)
    page = officer.submit(f"{ADDRESS}/new", **typed(story, kind="punishment", reason="记过", until="2027-01-01"))
    assert (page.path, f"已登记“{story.applicant.name}”的诚信记录。" in page.words) == (ADDRESS, True)
    assert held(app, story, RecordKind.PUNISHMENT) == ("记过", date(2027, 1, 1))
    assert held(app, other, RecordKind.PUNISHMENT) is None
    with pytest.raises(InvalidInput) as refused:
        story.submit()
    assert refused.value.fields["present_position.employer_type"] == [
        "您受到记过及以上处分，影响期至2027-01-01，期满后可以申报。"
    ]
    [record] = [link for link in page.links if re.fullmatch(rf"{ADDRESS}/\d+", link)]
    let_in(app, "medu_officer")
    stranger = enter("medu_officer")
    assert stranger.get(record).status == 404
    assert story.applicant.name not in stranger.get(ADDRESS).words


@pytest.mark.catalogue("J16")
def test_the_office_bars_for_three_years_and_lifts_with_a_reason(
    app: App, enter: Enter, tell: Tell, clock: FixedClock
) -> None:
    let_in(app, "office_officer")
    story = tell()
    officer = enter("office_officer")
    officer.get(f"{ADDRESS}/new")
    page = officer.submit(f"{ADDRESS}/new", **typed(story, kind=""))
    assert (page.status, "请选择类别" in page.words, "论文造假（示例）" in page.html) == (422, True, True)
    page = officer.submit(f"{ADDRESS}/new", **typed(story, kind="integrity"))
    assert held(app, story, RecordKind.INTEGRITY) == ("论文造假（示例）", date(2029, 5, 31))
    with pytest.raises(Refused, match="您有未到期的诚信记录"):
        story.start()
    found = officer.get(f"{ADDRESS}?identity_number={story.applicant.login}&kind=integrity")
    [record] = [link for link in found.links if re.fullmatch(rf"{ADDRESS}/\d+", link)]
    officer.get(record)
    page = officer.submit(record, reason=" ")
    assert (page.status, "请填写解除的原因" in page.words) == (422, True)
    page = officer.submit(record, reason="登记有误")
    assert (page.path, "已解除" in page.words, "登记有误" in page.words) == (record, True, True)
    assert held(app, story, RecordKind.INTEGRITY) is None
    over = officer.get(f"{ADDRESS}?tab=over")
    assert (record in over.links, record in officer.get(ADDRESS).links) == (True, False)
    story.start()


@pytest.mark.catalogue("J16")
def test_a_record_that_is_over_is_not_lifted(app: App, enter: Enter, tell: Tell, clock: FixedClock) -> None:
    let_in(app, "office_officer")
    story = tell()
    officer = enter("office_officer")
    officer.get(f"{ADDRESS}/new")
    officer.submit(f"{ADDRESS}/new", **typed(story, kind="expert", until="2026-06-01"))
    found = officer.get(f"{ADDRESS}?name={story.applicant.name}&kind=expert")
    [record] = [link for link in found.links if re.fullmatch(rf"{ADDRESS}/\d+", link)]
    officer.get(record)
    clock.move_to(clock.now().replace(day=2))
    officer = enter("office_officer")
    officer.get(f"{ADDRESS}/new")
    page = officer.post(record, {"csrf_token": officer.csrf, "reason": "登记有误"})
    assert (page.status, "这条诚信记录已经结束，不用解除。" in page.words) == (409, True)


def test_nobody_else_keeps_records(app: App, enter: Enter, tell: Tell) -> None:
    let_in(app, "hosp3_leader")
    assert enter("hosp3_leader").get(ADDRESS).status == 403
    story = tell()
    assert enter(story.applicant.login).get(ADDRESS).status == 403
