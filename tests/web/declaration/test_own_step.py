"""A step whose form staff have made is offered in the list like any other, and done on the general page."""

import re
from pathlib import Path

from engine.access import SYSTEM
from engine.bootstrap import App
from engine.flow.definitions import deploy_resources
from tests.web.declaration.conftest import Enter, Tell
from web.studio.blank import blank_form

DIAGRAM = "declaration/declaration.bpmn"
RELEASED = Path(__file__).resolve().parents[3] / "processes" / DIAGRAM


def test_the_list_leads_to_a_step_with_a_form_of_staff(app: App, tell: Tell, enter: Enter) -> None:
    released = RELEASED.read_bytes()
    drawn = released.replace(b'formId="declaration_officer_review"', b'formId="own_check"')
    assert drawn != released
    with app.database.transaction() as tx:
        deploy_resources(tx, SYSTEM, {DIAGRAM: drawn, "own/own_check.form": blank_form("own_check", "材料核对")})
    story = tell().submitted()
    officer = enter("hosp3_officer")
    review = f"/declarations/{story.case_key}/review"
    assert [link for link in officer.get("/declarations").links if link.startswith(review)] != []
    page = officer.get(review)
    assert (page.status, re.sub(r"\d+", "KEY", page.path)) == (200, "/tasks/KEY")
    assert re.findall(r'name="outcome" value="(\w+)"', page.html) == ["approve", "return_for_revision"]
