"""Lists, numbers and the certificate in force, on both databases."""

import pytest

from engine.bootstrap import App
from engine.clock import FixedClock
from engine.result.aftercare.asking import REISSUE, ask_replacement
from engine.result.aftercare.certificates import current_of, find_certificates
from engine.result.aftercare.lists import list_requests
from tests.declaration.conftest import MORNING
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
