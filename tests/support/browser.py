"""The system's Chromium, driven by Playwright, as a user in China has it: zh-CN, 1440 × 900."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.parts import require

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
AS_IN_CHINA = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "viewport": {"width": 1440, "height": 900}}


class People:
    """Opens one browser context per person, so that several can be signed in at the same time."""

    def __init__(self, browser: "Browser") -> None:
        self._browser = browser
        self._faults: list[str] = []

    def open(self, **options: Any) -> "Page":
        """A page in a context of its own; `options` are those of Playwright's `new_context` (base_url, color_scheme, viewport …)."""
        context = self._browser.new_context(**{**AS_IN_CHINA, **options})
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("pageerror", lambda error: self._faults.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._note(page.url, message.text))
        return page

    def close(self) -> None:
        """Close every page; raises AssertionError when a script failed or the content security policy was hurt on any of them."""
        for context in self._browser.contexts:
            context.close()
        assert self._faults == []

    def _note(self, url: str, text: str) -> None:
        if "Content Security Policy" in text:
            self._faults.append(f"{url}: {text}")


def take_seat(page: "Page", login: str, password: str = "8" * 6) -> str:
    """Sign the page's person in and give the address that follows, which is not opened.

    The requests of signing in are sent without drawing their pages, which costs four times as much; what those look like has
    tests of its own. The page must have been opened with `base_url`.
    """
    shown = page.request.get("/sign-in").text()
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', shown))
    given = {**hidden, "login": login, "password": password}
    answer = page.request.post("/sign-in", form=given, max_redirects=0)
    assert answer.status == 303, answer.text()
    return answer.headers["location"]


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """Chromium for this module.

    Not longer than that: while Playwright's synchronous interface is open, no other code of this process can call `asyncio.run`.
    """
    chromium = require("Chromium")
    require("libatomic")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def people(browser: "Browser") -> Iterator[People]:
    """Opens pages, one context per person. The test fails if a script failed on one of them."""
    people = People(browser)
    yield people
    people.close()


@pytest.fixture
def page(people: People) -> "Page":
    """One page, for tests that need only one person."""
    return people.open()
