"""A case keeps the code lists of its own year, on every page that shows or asks for one of their values."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access import SYSTEM, Actor, Permission
from engine.clock import FixedClock
from engine.flow.cases import start_case
from engine.flow.definitions import deploy_resources
from engine.flow.tables import task
from engine.flow.variables import read_variables
from engine.reference.editing import CodeFields, edit_code, set_code_active
from tests.support.diagram import Diagram
from tests.support.visitor import Page, Visitor
from tests.web.office.conftest import APPLICANT, Office

Enter = Callable[[str], Visitor]
NEXT_YEAR = datetime(2027, 1, 5, 2, tzinfo=UTC)


def form(form_id: str, key: str) -> bytes:
    field = {"type": "select", "id": key, "key": key, "label": "民族", "properties": {"refList": "ethnicity"}}
    return json.dumps({"type": "default", "id": form_id, "schemaVersion": 19, "components": [field]}).encode()


def options(page: Page) -> dict[str, str]:
    """What the choice offers, by value."""
    return dict(re.findall(r'<option value="(\d+)"[^>]*>([^<]*)</option>', page.html))


@pytest.fixture
def case_key(office: Office, clock: FixedClock) -> int:
    """A case of 2026 in 2027, since when both have other names and 蒙古族 may be chosen no more."""
    drawn = (
        Diagram("own_year", name="按年度取值")
        .start("begin")
        .user("ask", name="填写", form="own_year_ask", assignee="=applicant")
        .user("sign", name="签收", groups='=["case_officer@" + string(unit)]')
        .end("done")
        .boundary(
            "sign",
            "changed",
            name="更正",
            interrupting=False,
            message="correct_own_year",
            key="=applicant",
            properties={
                "action": "correct",
                "action_group": "=applicant_group",
                "action_form": "own_year_correct",
            },
        )
        .end("corrected")
    )
    at = office.unit()
    keeper = Actor(account=1, login="keeper", name="测试维护人", permissions=frozenset({Permission.CODES_MANAGE}))
    held: dict[str, Any] = {"applicant": APPLICANT, "applicant_group": f"user:{APPLICANT}", "unit": at}
    with office.tx() as tx:
        deploy_resources(
            tx,
            SYSTEM,
            {
                "own_year.bpmn": drawn.xml(),
                "own_year_ask.form": form("own_year_ask", "ethnicity"),
                "own_year_correct.form": form("own_year_correct", "corrected"),
            },
        )
        key = start_case(
            tx,
            SYSTEM,
            "own_year",
            held,
            title="按年度取值",
            unit_id=at,
            year=2026,
            parties=[f"person:{office.person()}"],
        )
    clock.move_to(NEXT_YEAR)
    with office.tx() as tx:
        edit_code(tx, keeper, "ethnicity", 2027, CodeFields("01", "汉族（2027 年改名）"))
        edit_code(tx, keeper, "ethnicity", 2027, CodeFields("02", "蒙古族（2027 年改名）"))
        set_code_active(tx, keeper, "ethnicity", 2027, "02", active=False)
    return key


@pytest.mark.catalogue("W13")
def test_a_case_shows_and_takes_the_values_of_its_own_year(office: Office, enter: Enter, case_key: int) -> None:
    applicant = enter(APPLICANT)
    address = f"/tasks/{office.task(case_key)}"
    page = applicant.get(address)
    assert (options(page)["01"], options(page)["02"]) == ("汉族", "蒙古族")
    assert applicant.submit(address, ethnicity="02").status == 200

    button = f"/cases/{case_key}/actions/correct"
    assert options(applicant.get(button))["01"] == "汉族"
    assert applicant.submit(button, corrected="02").status == 200
    with office.tx() as tx:
        assert read_variables(tx, case_key)["corrected"] == "02"
        assert tx.value(sa.select(task.c.element_id).where(task.c.case_key == case_key)) == "sign"

    printed = applicant.get(f"/cases/{case_key}/print")
    assert (printed.words.count("蒙古族"), printed.words.count("改名")) == (1, 0)
