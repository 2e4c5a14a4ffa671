"""The pages of signing in in a real browser: no accessibility fault, wide, narrow and dark; the puzzle is swapped in place."""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI

from tests.support.axe import assert_usable
from tests.web.sample import serve

if TYPE_CHECKING:
    from tests.support.browser import People

OPEN = ("/", "/sign-in", "/sign-in?as=unit&puzzle=sum", "/forgot", "/demo", "/nowhere")
CLOSED = ("/account", "/role", "/password", "/notifications", "/nowhere")


@pytest.fixture(scope="module")
def database_url(sqlite_url: str) -> str:
    """What a page looks like does not depend on the database."""
    return sqlite_url


@pytest.fixture(scope="module")
def address(site: FastAPI) -> Iterator[str]:
    with serve(site) as address:
        yield address


@pytest.mark.catalogue("A6")
def test_every_page_can_be_used_by_everybody(people: "People", address: str) -> None:
    page = people.open(base_url=address)
    for path in OPEN:
        assert_usable(page, path)
    page.goto("/sign-in")
    page.click(".auth-card .button")
    assert_usable(page)
    page.goto("/sign-in?as=person&login=990000198001311202")
    page.click(".auth-card .button")
    for path in CLOSED:
        assert_usable(page, path)


def test_what_is_wrong_takes_the_focus_and_leads_to_the_field(people: "People", address: str) -> None:
    page = people.open(base_url=address)
    page.goto("/sign-in?as=unit")
    page.fill("#login", "edu_officer")
    page.click(".auth-card .button")
    page.locator("#error-summary:focus").wait_for()
    page.click("#error-summary a")
    assert page.evaluate("document.activeElement.id") == "password"
    assert page.input_value("#login") == "edu_officer"


def test_another_puzzle_comes_without_losing_what_is_typed(people: "People", site_with: Callable[..., FastAPI]) -> None:
    with serve(site_with(captcha=True)) as address:
        page = people.open(base_url=address)
        page.goto("/sign-in")
        page.fill("#login", "990000197603121014")
        before = page.get_attribute(".captcha img", "src")
        page.get_by_text("换一个").click()
        page.wait_for_function("old => document.querySelector('.captcha img').src !== old", arg=before)
        page.get_by_text("看不清？改答算术题").click()
        page.wait_for_selector(".captcha img", state="detached")
        assert re.search("等于几", page.inner_text("#puzzle label"))
        assert page.input_value("#login") == "990000197603121014"
