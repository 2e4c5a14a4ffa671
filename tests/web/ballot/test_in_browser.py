"""The ballot in Chromium: nothing axe objects to, light and dark, wide and narrow; marks live in the page until they are cast."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI

from tests.support.axe import assert_accessible, assert_usable
from tests.support.browser import take_seat
from tests.web.ballot.test_ballot_pages import HASH
from tests.web.sample import serve
from web.assets import has_asset

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.review_meeting.balloting.hall import Hall
    from tests.support.browser import People

pytestmark = pytest.mark.skipif(not has_asset("vendor/app.js"), reason="the browser side is not built: make setup")

Open = Callable[..., "Page"]


@pytest.fixture(scope="module")
def url(served: FastAPI) -> Iterator[str]:
    with serve(served) as url:
        yield url


@pytest.fixture
def open_as(people: "People", url: str) -> Open:
    """A page of somebody signed in."""

    def open_as(login: str, **options: object) -> "Page":
        page = people.open(base_url=url, **options)
        take_seat(page, login)
        return page

    return open_as


@pytest.mark.catalogue("M19")
def test_marks_stay_in_the_page_until_one_request_casts_them(hall: Callable[..., "Hall"], open_as: Open) -> None:
    here = hall(dossiers=6, password_hash=HASH)
    here.open()
    page = open_as(here.sitting.logins[1])
    page.goto(f"/ballot-papers/{here.paper_of(1)}")
    assert_accessible(page)
    posted: list[str] = []
    page.on("request", lambda request: posted.append(request.post_data or "") if request.method == "POST" else None)
    for place in (0, 1):
        page.locator(f'input[name="s"][value="{place}"]').check()
    page.get_by_role("button", name="批量否决").click()
    page.locator('input[name="v3"][value="1"]').check()
    assert page.locator("[data-ballot-count]").inner_text() == "已选 3 / 6"
    page.get_by_role("button", name="核对选票").click()
    dialog = page.get_by_role("dialog")
    assert "未选的材料按不同意计：第 3、5、6 份" in dialog.inner_text()
    assert_accessible(page)
    dialog.get_by_role("button", name="返回修改").click()
    page.get_by_role("button", name="全部通过").click()
    page.get_by_role("button", name="核对选票").click()
    assert posted == []
    dialog.get_by_role("button", name="投出").click()
    page.get_by_role("heading", name="选票已投出").wait_for()
    assert len(posted) == 1
    assert "paper=111111" in posted[0]
    assert len(page.locator(".receipt").inner_text()) == 14
    assert here.standing().cast == 1


def test_the_pages_of_a_ballot_can_be_used_by_everybody(hall: Callable[..., "Hall"], open_as: Open) -> None:
    here = hall(password_hash=HASH, recused={(1, 1)})
    here.open()
    paper = here.paper_of(1)
    chair, expert = open_as(here.sitting.logins[0]), open_as(here.sitting.logins[1])
    meeting, ballot = f"/review-meetings/{here.sitting.meeting}", f"/ballots/{here.ballot}"
    looked = [(expert, f"/ballot-papers/{paper}"), (chair, f"{meeting}/roll"), (chair, f"{meeting}/ballots")]
    for page, path in [*looked, (chair, ballot)]:
        assert_usable(page, path)
    here.cast(1, "+.-")
    chair.get_by_text("1 / 5").wait_for()
    here.close()
    here.count()
    chair.get_by_role("heading", name="计票结果").wait_for()
    for path in (ballot, f"{ballot}?by=expert"):
        assert_usable(chair, path)
