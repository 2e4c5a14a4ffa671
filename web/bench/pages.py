"""Every page of every role, in a province with everything in it: what each costs the server."""

import re
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from statistics import quantiles

import typer

from engine.province.building import PROVINCE, Province
from engine.province.visitors import visitors_of
from web.bench.measure import Measure
from web.bench.office import Office
from web.bench.processes import cpu_seconds
from web.bench.site import Site, sqlite_site

#: milliseconds of the server that 95 of 100 pages may take
TARGET = 200.0
#: so often each page is asked for after a first time, and so many pages of one kind are looked at
TIMES, OF_A_KIND = 4, 2
#: pages named in the report, those that cost most first
NAMED = 25
LINK = re.compile(r'\b(?:href|hx-get)="(/[^"#]*)')
NUMBER = re.compile(r"(?<=/)[^/?]*\d[^/?]*")
#: what leads out of the session, or answers as long as somebody listens
LEFT_OUT = ("/sign-out", "/static/", "/v2/", "/events", "/live")


@dataclass(frozen=True, slots=True)
class Visit:
    """A page somebody of a role looked at. `kind` is its address without numbers; milliseconds of the server's processor, and
    until the answer was there; the status of the answer."""

    role: str
    path: str
    kind: str
    processor: float
    answered: float
    status: int


def measure_pages() -> Iterator[Measure]:
    """On SQLite: the province is built, then visited."""
    with sqlite_site() as site:
        begun = time.process_time()
        Province(site.app, PROVINCE, lambda line: typer.echo(line, err=True)).grow()
        yield Measure("province", site.name, "CPU to build", time.process_time() - begun, "s", 120)
        with site.serving():
            visits = list(visit_all(site))
    yield from summary(site.name, visits)


def summary(where: str, visits: Sequence[Visit]) -> Iterator[Measure]:
    """All pages together, then those that cost most, each kind once."""
    pages = [one for one in visits if one.status == 200]
    yield Measure("pages visited", where, "pages", len(pages), "")
    yield Measure("pages that failed", where, "pages", sum(one.status >= 500 for one in visits), "", 0)
    yield Measure(
        "all pages", where, "server CPU, p95", quantiles([one.processor for one in pages], n=20)[-1], "ms", TARGET
    )
    yield Measure("all pages", where, "answered, p95", quantiles([one.answered for one in pages], n=20)[-1], "ms")
    worst: dict[str, Visit] = {}
    for one in sorted(pages, key=lambda one: one.processor):
        worst[one.kind] = one
    for one in sorted(worst.values(), key=lambda one: -one.processor)[:NAMED]:
        yield Measure(f"{one.kind} as {one.role}", where, "server CPU", one.processor, "ms", TARGET)


def visit_all(site: Site) -> Iterator[Visit]:
    """Everybody in turn goes from the first page wherever links lead."""
    office = Office(site)
    with site.app.database.read() as tx:
        visitors = visitors_of(tx)
    for role, login in visitors.items():
        yield from Visitor(site, role, office.headers(login)).visits()


class Visitor:
    """Somebody who follows every link, of each kind of page no more than a few."""

    def __init__(self, site: Site, role: str, headers: Mapping[str, str]) -> None:
        self._site, self._role, self._headers = site, role, dict(headers)
        self._connection = HTTPConnection(site.host, site.port)
        self._seen: Counter[str] = Counter()
        self._known: set[str] = set()
        self._waiting = deque(["/"])

    def visits(self) -> Iterator[Visit]:
        while self._waiting:
            path = self._waiting.popleft()
            status, kind, text = self._ask(path)
            if 300 <= status < 400:
                self._note(f'href="{text}"')
                continue
            if kind != "text/html":
                continue
            if status == 200:
                self._note(text)
                cpu, begun = cpu_seconds(self._site.pid), time.perf_counter()
                for _ in range(TIMES):
                    self._ask(path)
                taken = (time.perf_counter() - begun) * 1000 / TIMES
                cost = (cpu_seconds(self._site.pid) - cpu) * 1000 / TIMES
            else:
                cost = taken = 0.0
            yield Visit(self._role, path, kind_of(path), cost, taken, status)

    def _ask(self, path: str) -> tuple[int, str, str]:
        """The status, the kind of the answer, and the page, or where it leads."""
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        kind = (answer.getheader("content-type") or "").partition(";")[0]
        if 300 <= answer.status < 400:
            return answer.status, kind, answer.getheader("location") or ""
        return answer.status, kind, body.decode(errors="replace") if kind == "text/html" else ""

    def _note(self, text: str) -> None:
        for path in dict.fromkeys(LINK.findall(text)):
            path = path.replace("&amp;", "&")
            kind = kind_of(path)
            if path in self._known or path.startswith("//") or any(part in path for part in LEFT_OUT):
                continue
            if self._seen[kind] < OF_A_KIND:
                self._seen[kind] += 1
                self._known.add(path)
                self._waiting.append(path)


def kind_of(path: str) -> str:
    """The address without what tells one page of its kind from another: numbers, and values of the query."""
    place, _, query = path.partition("?")
    names = sorted({pair.partition("=")[0] for pair in query.split("&") if pair})
    return NUMBER.sub("·", place) + (f"?{'&'.join(names)}" if names else "")
