"""The pages of the title office in a real browser: no accessibility fault, wide, narrow and dark."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI

from engine.bootstrap import App
from engine.bulletin.demo import seed_demo_announcements
from engine.clock import FixedClock
from tests.support.axe import assert_usable
from tests.support.browser import take_seat
from tests.web.sample import serve

if TYPE_CHECKING:
    from tests.support.browser import People

PATHS = (
    "/codes",
    "/codes/region?size=50",
    "/codes/title_series/value?year=2026&value=nurse",
    "/codes/specialty/new",
    "/codes/sex/import",
    "/calendar",
    "/calendar/2026-07-01",
    "/year-plan?year=2027",
    "/announcements",
    "/announcements/own",
    "/announcements/new",
    "/templates",
    "/contacts",
    "/committees",
    "/committees/new",
)


@pytest.fixture(scope="module")
def database_url(sqlite_url: str) -> str:
    """What a page looks like does not depend on the database."""
    return sqlite_url


@pytest.fixture(scope="module")
def address(app: App, site: FastAPI) -> Iterator[str]:
    with app.database.transaction() as tx:
        seed_demo_announcements(tx)
    with serve(site) as address:
        yield address


def test_every_page_can_be_used_by_everybody(people: "People", address: str, clock: FixedClock) -> None:
    page = people.open(base_url=address)
    assert_usable(page, "/announcements")
    take_seat(page, "office_admin")
    for path in PATHS:
        assert_usable(page, path)


@pytest.mark.catalogue("W17")
def test_an_announcement_asks_for_what_its_audience_needs_without_scripts_too(
    people: "People", address: str, clock: FixedClock
) -> None:
    page = people.open(base_url=address, java_script_enabled=False)
    take_seat(page, "office_admin")
    page.goto("/announcements/new")
    asked = {}
    for audience in ("public", "everybody", "unit", "role"):
        page.select_option("#audience", audience)
        asked[audience] = (page.is_visible("#unit_q"), page.is_visible("#role"))
    nothing = (False, False)
    assert asked == {"public": nothing, "everybody": nothing, "unit": (True, False), "role": (False, True)}
