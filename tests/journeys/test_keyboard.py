"""Nobody needs a mouse, a wide screen or a light room."""

from typing import TYPE_CHECKING

import pytest

from tests.journeys.acting import PASSWORD
from tests.journeys.conftest import Enter, Site
from tests.journeys.desk import Desk
from tests.support.axe import DESK, TELEPHONE, assert_usable

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.browser import People


def tab_to(page: "Page", selector: str, most: int = 60) -> None:
    """Press Tab until the focus is there."""
    for _ in range(most):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the focus does not reach {selector}")


@pytest.mark.catalogue("A8", "U10", "U12")
def test_a_dossier_is_found_and_returned_without_a_mouse(desk: Desk, people: "People", site: Site) -> None:
    story = desk.submitted()
    page = people.open(base_url=site.url)
    page.goto("/sign-in?as=unit")
    tab_to(page, "#login")
    page.keyboard.type("hosp3_officer")
    tab_to(page, "#password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/declarations")
    for _ in range(page.locator("table.list tbody tr").count()):
        page.keyboard.press("j")
        if page.locator("tr.at").get_attribute("data-href") == f"/declarations/{story.case_key}/review":
            break
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/declarations/{story.case_key}/review")
    # a pin for remarks stands at every value: links lead past a section, and to the opinion
    tab_to(page, ".section > .skip[href$='--end']")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    skipped = page.evaluate("document.activeElement.closest('.section').id")
    assert skipped != page.evaluate("document.querySelector('.section:has(> .skip)').id")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.skip[href=\"#review-form\"]')")
    page.keyboard.press("Enter")
    tab_to(page, "textarea[name=opinion]", 12)
    page.keyboard.type("请补充近五年考核材料。")
    tab_to(page, "button[value=return_for_revision]")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: f"/{story.case_key}/" not in address)
    assert desk.status(story.case_key) == "退回修改"


def test_the_search_leads_to_a_person_by_the_keyboard(desk: Desk, enter: Enter) -> None:
    story = desk.submitted()
    page = enter("hosp3_officer")
    page.keyboard.press("/")
    page.keyboard.type(desk.number(story.case_key))
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    tab_to(page, f'a[href$="/{story.case_key}"]', 80)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{story.case_key}")


def test_the_main_pages_suit_every_screen(desk: Desk, enter: Enter) -> None:
    draft, waiting = desk.drafted(), desk.submitted()
    applicant, officer = enter(draft.applicant.login), enter("hosp3_officer")
    visits = [
        (applicant, "/declaration"),
        (applicant, f"/declaration/{draft.case_key}/fill"),
        (applicant, f"/declaration/{draft.case_key}/submit"),
        (officer, "/declarations"),
        (officer, "/inbox"),
        (officer, f"/declarations/{waiting.case_key}/review"),
        (officer, f"/declarations/{waiting.case_key}"),
        (officer, f"/cases/{waiting.case_key}"),
    ]
    for page, path in visits:
        assert_usable(page, path, [TELEPHONE])
        page.set_viewport_size(DESK["viewport"])  # wide, axe reads them in the tests of their slices
        assert (path, page.evaluate("document.documentElement.scrollWidth")) == (path, DESK["viewport"]["width"])
