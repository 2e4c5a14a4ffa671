"""A browser without a screen: keeps cookies, fills in the form of the page it is on, follows where it is led."""

import re
from collections.abc import Mapping
from html import unescape
from html.parser import HTMLParser
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.testclient import TestClient


class Page(HTMLParser):
    """What a test asks of a page: its forms, links, headings and sentences."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        self.status = answer.status_code
        self.path = answer.url.raw_path.decode()
        self.headers = answer.headers
        self.html = answer.text
        self.forms: list[dict[str, Any]] = []
        self.links: list[str] = []
        self._words: list[str] = []
        self._hidden = 0
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in {"script", "style", "title"}:
            self._hidden += 1
        elif tag == "form":
            self.forms.append({"action": values.get("action", ""), "fields": {}})
        elif tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag == "input" and "name" in values and self.forms:
            self.forms[-1]["fields"][values["name"]] = values.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "title"}:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden and data.strip():
            self._words.append(data.strip())

    @property
    def words(self) -> str:
        """Everything one reads, in order."""
        return " ".join(self._words)

    @property
    def heading(self) -> str:
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.html, re.S)
        return unescape(re.sub(r"<[^>]+>", "", found[1])).strip() if found else ""

    @property
    def errors(self) -> list[str]:
        """The sentences beside the fields."""
        return [unescape(found) for found in re.findall(r'<p class="error"[^>]*>(.*?)</p>', self.html)]

    @property
    def message(self) -> str:
        """The sentence of an error page."""
        found = re.search(r"data-message[^>]*>(.*?)<", self.html, re.S)
        return unescape(found[1]).strip() if found else ""

    def form(self, action: str) -> dict[str, str]:
        """The fields of the form that posts to `action`, as they are filled in."""
        return next(dict(form["fields"]) for form in self.forms if form["action"] == action)


class Visitor:
    """One person at one browser. Redirects are followed, cookies kept."""

    def __init__(self, web: FastAPI, **headers: str) -> None:
        self.client = TestClient(web, base_url="http://testserver", headers=headers, raise_server_exceptions=False)
        self._page: Page | None = None
        self._led_to = "/"

    @property
    def page(self) -> Page:
        """The page one is on; after `take_seat` the one signing in leads to."""
        return self._page or self.get(self._led_to)

    @page.setter
    def page(self, page: Page) -> None:
        self._page = page

    def get(self, path: str, **headers: str) -> Page:
        self._page = Page(self.client.get(path, headers=headers))
        return self._page

    def post(self, path: str, fields: Mapping[str, str] | None = None, **headers: str) -> Page:
        """Post exactly these fields."""
        self._page = Page(self.client.post(path, data=dict(fields or {}), headers=headers))
        return self._page

    def submit(self, action: str, **fields: str) -> Page:
        """Fill in the form of the present page that posts to `action`, and send it."""
        return self.post(action, {**self.page.form(action), **fields})

    def sign_in(self, login: str, password: str = "8" * 6, **fields: str) -> Page:
        self.get("/sign-in")
        return self.submit("/sign-in", login=login, password=password, **fields)

    def take_seat(self, login: str, password: str = "8" * 6) -> None:
        """Sign in with one request; neither the page for it nor the one that follows is drawn until it is asked for."""
        given = {"login": login, "password": password}
        answer = self.client.post("/sign-in", data=given, follow_redirects=False)
        assert answer.status_code == 303, answer.text
        self._led_to = answer.headers["location"]

    @property
    def csrf(self) -> str:
        """The token scripts of the page send with each request."""
        found = re.search(r'name="csrf" content="([^"]*)"', self.page.html)
        return found[1] if found else ""
