"""The inbox: who finds what in it, what it costs, how one claims from it."""

from collections.abc import Callable

import pytest

from tests.support.visitor import Visitor
from tests.web.office.conftest import APPLICANT, Office

Enter = Callable[[str], Visitor]


def test_a_task_is_offered_to_its_unit_and_to_nobody_else(office: Office, enter: Enter) -> None:
    key = office.task(office.ask("甲的请示"))
    found = {
        login: f"/tasks/{key}" in enter(login).get("/inbox").links
        for login in ("medu_officer", "hosp3_officer", "medu_leader", APPLICANT)
    }
    assert found == {"medu_officer": True, "hosp3_officer": False, "medu_leader": False, APPLICANT: False}
