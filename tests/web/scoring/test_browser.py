"""In Chromium: a sheet that saves itself, keys, and pages that are accessible and fit, wide and narrow."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from engine.bootstrap import App
from engine.clock import FixedClock
from engine.review_meeting.scoring.dossiers import my_dossiers
from engine.review_meeting.scoring.parts import Part
from tests.declaration.story import Story
from tests.review_meeting.panel import Panel
from tests.support.axe import assert_usable
from tests.web.declaration.conftest import MORNING
from tests.web.declaration.test_browser import enter, served
from tests.web.scoring.conftest import let_experts_in

if TYPE_CHECKING:
    from tests.support.browser import People


@pytest.fixture(scope="module", autouse=True)
def room(app: App) -> Panel:
    """Reviews under way, one of them of a whole dossier, and one scored by each reviewer."""
    app.database.clock = FixedClock(MORNING)
    panel = let_experts_in(app, Panel(app.database, dossiers=8))
    story = Story(app.database).submitted()
    with app.database.transaction() as tx:
        panel.add_dossier(tx, story.case_key, story.detail().row["declaration_no"])
    panel.dossiers = [story.case_key, *panel.dossiers]
    panel.assigned().state(*panel.dossiers)
    for one in panel.dossiers[1:4]:
        panel.score(one)
    return panel


@pytest.fixture(scope="module")
def address(app: App, room: Panel) -> Iterator[str]:
    with served(app) as url:
        yield url


@pytest.mark.catalogue("M13")
def test_a_sheet_saves_itself_and_keys_lead_on(people: "People", address: str, app: App, room: Panel) -> None:
    reviewer = room.working(room.dossiers[0])
    with app.database.read() as tx:
        mine = sorted(my_dossiers(tx, reviewer, room.key, Part.PRIMARY), key=lambda one: one.number)
    page = enter(people, address, reviewer.login)
    page.goto(f"/my-meetings/{room.key}/dossiers/{mine[0].declaration}?part=primary")
    page.get_by_label("专业能力").fill("51.5")
    page.get_by_text("已自动保存").wait_for()
    page.reload()
    assert page.get_by_label("专业能力").input_value() == "51.5"
    page.locator("h1").click()
    page.keyboard.press("j")
    page.wait_for_url(lambda url: str(mine[1].declaration) in url)
    page.keyboard.press("k")
    page.wait_for_url(lambda url: str(mine[0].declaration) in url)
    page.get_by_label("业绩成果").fill("30")
    page.get_by_label("评议意见").fill("业绩突出，同意评定。")
    page.locator("h1").click()
    page.keyboard.press("a")
    page.get_by_text("评分已提交").wait_for()


def test_the_pages_can_be_used_by_everybody(people: "People", address: str, room: Panel) -> None:
    meeting, one = f"/my-meetings/{room.key}", room.dossiers[0]
    reviewer = enter(people, address, room.working(room.dossiers[-1]).login)
    for path in (meeting, f"{meeting}/dossiers/{room.dossiers[-1]}", f"{meeting}/scores"):
        assert_usable(reviewer, path)
    leader, assignment = enter(people, address, room.leader.login), f"/review-meetings/{room.key}/assignment"
    assert_usable(leader, assignment)
    assert_usable(leader, f"{assignment}/{one}")
    assert_usable(leader, f"/review-meetings/{room.key}/recusals")
    for end in ("?part=leader", "/calibration", f"/dossiers/{one}"):
        assert_usable(leader, f"{meeting}{end}")
