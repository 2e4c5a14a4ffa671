"""Lists, numbers, the certificate in force, and whose declaration is stopped, on both databases."""

from datetime import date

import pytest

from engine.access import SYSTEM
from engine.bootstrap import App
from engine.clock import FixedClock
from engine.declaration.integrity_records import record_integrity
from engine.notification import notices_of
from engine.organisation.integrity import RecordKind
from engine.result.aftercare.asking import REISSUE, ask_replacement
from engine.result.aftercare.certificates import current_of, find_certificates
from engine.result.aftercare.lists import list_requests
from engine.result.aftercare.revocation import start_revocation
from tests.declaration.conftest import MORNING
from tests.declaration.story import Story
from tests.result.aftercare.office import Office


@pytest.fixture
def office(app: App) -> Office:
    clock = app.database.clock
    assert isinstance(clock, FixedClock)
    clock.move_to(MORNING)
    return Office(app.database, clock)


@pytest.mark.catalogue("W10", "W14")
def test_lists_show_what_is_open_by_its_due_time_and_what_has_ended_newest_first(office: Office) -> None:
    first, second = (office.complain(office.applicant()) for _ in range(2))
    office.do(first, office.officer, "accept", handling_unit=str(office.officer.unit))
    rows, total = office.ask(list_requests, office.officer, ["complaint"], ended=False, page=1, size=20)
    assert ([row["key"] for row in rows], total) == ([second, first], 2)
    office.do(second, office.officer, "refuse", "不属于职称评审")
    rows, total = office.ask(list_requests, office.officer, ["complaint"], ended=True, page=1, size=20)
    assert ([row["key"] for row in rows], total) == ([second], 1)


@pytest.mark.catalogue("W14")
def test_a_certificate_is_replaced_and_found_by_its_number(office: Office) -> None:
    applicant = office.applicant()
    old = office.certificate(applicant)
    for reason in ("遗失", "再次遗失"):
        held = office.run(current_of, old)
        key = office.case_of(office.run(ask_replacement, applicant, REISSUE, held["key"]))
        office.do(key, applicant, "submit", reissue_reason=reason, reissue_files=[])
        office.do(key, office.hospital, "approve")
        office.do(key, office.officer, "approve")
    newest = office.certificates(applicant)[-1]
    assert office.run(current_of, old)["key"] == newest.key
    (found,) = office.ask(find_certificates, office.officer, newest.certificate_no)
    assert found["key"] == newest.key


@pytest.mark.catalogue("J16")
def test_a_revocation_stops_the_declaration_its_person_has_under_way(office: Office) -> None:
    story = Story(office.database).submitted()
    other = Story(office.database).submitted()
    holder = story.applicant
    key = office.case_of(office.run(start_revocation, office.officer, office.certificate(holder)))
    office.do(key, office.officer, "propose", ground="false_material", facts="论文系伪造", evidence_files=[])
    office.do(key, holder, "state", statement="无意见", statement_files=[])
    assert (story.status, other.status) == ("待经办人审核", "待经办人审核")
    office.do(key, office.leader, "revoke", "论文伪造属实")
    assert (story.status, other.status) == ("已终止", "待经办人审核")
    detail = story.detail()
    assert detail.sentence == "申报人被记入失信记录，申报已终止。"
    assert (detail.tasks, detail.actions) == ([], [])
    assert [step.state for step in detail.steps][:3] == ["done", "stopped", "ahead"]
    told = next(one for one in office.ask(notices_of, holder) if one.subject == "申报已终止")
    assert told.text.endswith("已终止办理。原因：被撤销职称：论文伪造属实。2029-05-31以前不得申报。")
    bar(office, other)
    assert other.status == "已终止"


def bar(office: Office, story: Story) -> None:
    with office.database.transaction() as tx:
        assert story.applicant.person is not None
        record_integrity(
            tx,
            SYSTEM,
            person=story.applicant.person,
            kind=RecordKind.INTEGRITY,
            reason="提供虚假材料",
            until=date(2029, 5, 31),
        )
    office.sweep()
