"""Somebody who opens every page the pages offer, tries every button without keeping what it does, and notes what is wrong."""

from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
import lxml.html
from fastapi import FastAPI
from starlette.routing import Match, Route

from engine.clock import Clock
from engine.db import Database, Transaction
from tests.support.visitor import Visitor

ORIGIN = "http://testserver"
#: what leads to a page or a piece of it; the others of `data-…` are posted to by scripts
LEADING = ("href", "hx-get", "src", "data-href", "data-xml-url", "data-state-url", "data-forms-url", "data-groups-url")
#: what ends the session or asks for another, and what answers as long as somebody listens
LEFT_OUT = (
    "/sign-out",
    "/sign-in",
    "/static/",
    "/v2/",
    "/demo",
    "/role",
    "/password",
    "/preferences",
    "/events",
    "/live",
)
#: of the query these tell one list from another
TELLING = frozenset({"as", "desk", "kind", "state", "tab"})
#: so many addresses of one page, however their queries differ
MOST_OF_A_PAGE = 2
#: what an offered button may not meet: no right, nothing there, no such address, a fault
BROKEN = frozenset({403, 404, 405, 500})


class _Undone(Exception):
    """Ends a transaction that is only tried."""


class RehearsalDatabase(Database):
    """Keeps what is written as long as `trying` is false; else every transaction is taken back at its end."""

    trying = False

    @contextmanager
    def transaction(self, clock: Clock | None = None) -> Iterator[Transaction]:
        try:
            with super().transaction(clock) as tx:
                yield tx
                if self.trying:
                    raise _Undone
        except _Undone:
            pass


class Crawler:
    """One person: `faults` after `walk()` are sentences, `visited` counts the pages by the pattern of their address."""

    def __init__(self, web: FastAPI, database: RehearsalDatabase, login: str, *, of_a_kind: int = 1) -> None:
        self._database, self._of_a_kind = database, of_a_kind
        self._routes = [route for route in web.router.routes if isinstance(route, Route) and route.methods]
        self._visitor = Visitor(web)
        if login:
            self._visitor.sign_in(login)
        self._client = self._visitor.client
        self._client.follow_redirects = False
        self._who = login or "signed out"
        self._seen: Counter[object] = Counter()
        self._waiting = deque([("/", "")])
        self._known = {"/"}
        self.faults: list[str] = []
        self.visited: Counter[str] = Counter()

    def walk(self) -> "Crawler":
        while self._waiting:
            path, before = self._waiting.popleft()
            self._open(path, before)
        return self

    def _open(self, path: str, before: str) -> None:
        answer = self._client.get(path)
        self.visited[self._pattern(path, "GET") or path] += 1
        if answer.is_redirect:
            self._note(answer.headers["location"], path)
        elif answer.status_code >= 400:
            self._blame(f"{path} answers {answer.status_code}", before)
        elif answer.headers.get("content-type", "").startswith("text/html") and answer.text.strip():
            self._read(path, answer)

    def _read(self, path: str, answer: httpx.Response) -> None:
        page = lxml.html.fromstring(answer.text)
        if page.tag == "html":
            self._look(page, path)
        for element in page.iter():
            for name in LEADING:
                value = element.get(name)
                if value and not value.startswith(("#", "mailto:", "tel:", "data:", "blob:")):
                    self._note(value, path)
        for form in page.iter("form"):
            self._read_form(page, form, path)

    def _look(self, page: Any, path: str) -> None:
        if not (page.findtext(".//title") or "").strip():
            self._blame("no title", path)
        if len(page.findall(".//h1")) != 1:
            self._blame(f"{len(page.findall('.//h1'))} headings", path)
        for rows in page.iter("tbody"):
            if not len(rows):
                self._blame("an empty table without a sentence", path)

    def _read_form(self, page: Any, form: Any, path: str) -> None:
        method, target = (form.get("method") or "get").lower(), urljoin(path, form.get("action") or path)
        if method == "get":
            self._note(target, path)
        elif method == "post":
            buttons = [*form.iter("button"), *page.xpath("//button[@form=$id]", id=form.get("id") or "-")]
            fields = {name: value for name, value in form.fields.items() if value is not None}
            for button in buttons:
                if "disabled" not in button.attrib and (button.get("type") or "submit") == "submit":
                    self._press(urljoin(path, button.get("formaction") or target), fields, button, path)

    def _press(self, target: str, fields: dict[str, str], button: Any, path: str) -> None:
        """Post the form as it stands; that fields are missing is no fault, that the way is barred is one."""
        pattern = self._pattern(target, "POST")
        if pattern is None:
            self._blame(f"{target} takes no form", path)
            return
        pressed = {button.get("name"): button.get("value") or ""} if button.get("name") else {}
        if self._is_left_out(target) or self._has_enough(("POST", pattern, *pressed)):
            return
        self._database.trying = True
        try:
            answer = self._client.post(target, data=fields | pressed)
        finally:
            self._database.trying = False
        if answer.status_code in BROKEN:
            self._blame(f"posting to {target} answers {answer.status_code}", path)

    def _note(self, link: str, path: str) -> None:
        parts = urlsplit(urljoin(ORIGIN + path, link))
        found = parts.path + (f"?{parts.query}" if parts.query else "")
        if f"{parts.scheme}://{parts.netloc}" != ORIGIN or found in self._known or self._is_left_out(found):
            return
        self._known.add(found)
        pattern = self._pattern(parts.path, "GET")
        if pattern is None:
            self._blame(f"{found} leads nowhere", path)
            return
        query = parse_qsl(parts.query, keep_blank_values=True)
        kind = tuple(sorted(f"{name}={value}" if name in TELLING else name for name, value in query))
        if self._seen[pattern] < MOST_OF_A_PAGE and not self._has_enough((pattern, kind)):
            self._seen[pattern] += 1
            self._waiting.append((found, path))

    def _has_enough(self, kind: object) -> bool:
        self._seen[kind] += 1
        return self._seen[kind] > self._of_a_kind

    def _pattern(self, address: str, method: str) -> str | None:
        """The route an address leads to: `/units/{key}/edit`."""
        scope = {"type": "http", "path": urlsplit(address).path, "method": method, "root_path": "", "headers": []}
        found = (route.path for route in self._routes if route.matches(cast(Any, scope))[0] == Match.FULL)
        return next(found, None)

    @staticmethod
    def _is_left_out(address: str) -> bool:
        return any(part in address for part in LEFT_OUT)

    def _blame(self, fault: str, path: str) -> None:
        self.faults.append(f"{self._who}: {fault}, on {path}" if path else f"{self._who}: {fault}")
