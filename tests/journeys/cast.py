"""Everybody of a long story, each at a browser of their own."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.journeys.acting import NEW_PASSWORD, PASSWORD, sign_in
from tests.journeys.province import Province
from tests.support.browser import take_seat

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.browser import People


@dataclass
class Cast:
    """The people of one province; `known` have signed in before, `changed` have a password of their own by now."""

    people: "People"
    province: Province
    known: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    pages: "list[Page]" = field(default_factory=list)

    def open(self) -> "Page":
        """Somebody sits down at a browser."""
        self.pages.append(self.people.open(base_url=self.province.url))
        return self.pages[-1]

    def go_home(self) -> None:
        """Everybody closes the browser: a page that is live would go on asking."""
        while self.pages:
            self.pages.pop().context.close()

    def enter(self, login: str) -> "Page":
        """Sign in; who does so for the first time types the password, and is made to change it where it is the first one."""
        page = self.open()
        if login in self.known:
            page.goto(take_seat(page, login, NEW_PASSWORD if login in self.changed else PASSWORD))
        else:
            sign_in(page, login)
            self.known.add(login)
        if "/password" in page.url:
            page.get_by_label("初始密码").fill(PASSWORD)
            page.locator("#password").fill(NEW_PASSWORD)
            page.get_by_label("再次输入新密码").fill(NEW_PASSWORD)
            page.get_by_role("button", name="确认修改").click()
            page.wait_for_url(lambda url: "/password" not in url)
            self.changed.add(login)
        return page
