"""Every page of every role, in a province with everything in it: what each costs the server."""

import re
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from http.client import HTTPConnection
from statistics import quantiles
from urllib.parse import quote

import typer

from engine.province.building import build_province
from engine.province.scale import PROVINCE
from engine.province.scenes import end_ballot, set_scenes
from engine.province.visitors import Visitor, ballot_visitors, visitors_of
from web.app import create_app
from web.bench.addresses import Addresses
from web.bench.measure import Measure
from web.bench.office import Office
from web.bench.processes import backend_seconds, cpu_seconds
from web.bench.site import Site, postgres_site, sqlite_site

#: milliseconds of server and database that a page may take; seconds of both that building may
TARGET, BUILT = 200.0, 300.0
#: so often each page is asked for after a first time; so many pages of one kind are looked at, and of all that differ in their
#: query alone
TIMES, OF_A_KIND, OF_A_PLACE = 2, 2, 6
LINK = re.compile(r'\b(?:href|hx-get|data-[a-z-]+)="(/[^"#]*)')
NUMBER = re.compile(r"(?<=/)[^/?]*\d[^/?]*")
#: what leads out of the session, or answers as long as somebody listens
LEFT_OUT = ("/sign-out", "/static/", "/v2/", "/events", "/live")
#: what browsers leave as it is written in a link
WRITTEN = "/?&=%+,:;@!$'()*~"
READ = ("text/html", "application/json", "text/xml", "application/xml")


@dataclass(frozen=True, slots=True)
class Visit:
    """A page somebody of a role looked at. `kind` is its address without numbers; milliseconds of processor of server and database,
    and until the answer was there; the status of the answer."""

    role: str
    path: str
    kind: str
    processor: float
    answered: float
    status: int


def measure_pages(postgres: str) -> Iterator[Measure]:
    """The province is built on SQLite, and on PostgreSQL where an address is given, then visited."""
    yield from _measure(sqlite_site(founded=False))
    if postgres:
        yield from _measure(postgres_site(postgres, founded=False))


def _measure(opened: AbstractContextManager[Site]) -> Iterator[Measure]:
    with opened as site:
        site.environment["ZHIPING_DEMO"] = "1"
        begun = time.process_time() + _database(site)
        build_province(site.app, lambda line: typer.echo(f"{site.name}: {line}", err=True), PROVINCE)
        built = time.process_time() + _database(site) - begun
        yield Measure("province", site.name, "CPU to build", built, "s", BUILT)
        with site.serving():
            visits = [*visit_all(site), *visit_tally(site)]
        yield from summary(site, visits)


def summary(site: Site, visits: Sequence[Visit]) -> Iterator[Measure]:
    """All pages together, then every route by its dearest visit, those that cost most first."""
    addresses = Addresses(create_app(site.app))
    seen = [one for one in visits if one.status == 200]
    yield Measure("pages visited", site.name, "pages", len(seen), "")
    yield Measure("pages that failed", site.name, "pages", sum(one.status >= 500 for one in visits), "", 0)
    missed = sorted(addresses.pages - {addresses.of(one.path) for one in visits if one.status < 400})
    for route in missed:
        typer.echo(f"{site.name}: nobody came to {route}", err=True)
    yield Measure("routes nobody came to", site.name, "pages", len(missed), "", 0)
    for what, values in (
        ("CPU, p95", [one.processor for one in seen]),
        ("answered, p95", [one.answered for one in seen]),
    ):
        yield Measure(
            "all pages", site.name, what, quantiles(values, n=20)[-1], "ms", TARGET if "CPU" in what else None
        )
    worst: dict[str, Visit] = {}
    for one in sorted(seen, key=lambda one: one.processor):
        worst[addresses.of(one.path) or one.kind] = one
    for route, one in sorted(worst.items(), key=lambda pair: -pair[1].processor):
        what = "CPU of server and database"
        yield Measure(f"{route} as {one.role}", site.name, what, one.processor, "ms", TARGET)


def visit_all(site: Site) -> Iterator[Visit]:
    """Everybody in turn goes from the first page, and where else they begin, wherever links lead."""
    set_scenes(site.app.database, site.app.files, site.app.year)
    with site.app.database.read() as tx:
        visitors = visitors_of(tx)
    yield from _visit(site, visitors, wherever=True)


def visit_tally(site: Site) -> Iterator[Visit]:
    """The ballot that is open is brought to its count; then the pages about it, of who may see them."""
    end_ballot(site.app.database, site.app.files)
    with site.app.database.read() as tx:
        visitors = ballot_visitors(tx)
    yield from _visit(site, visitors, wherever=False)


def _visit(site: Site, visitors: Sequence[Visitor], *, wherever: bool) -> Iterator[Visit]:
    office = Office(site)
    for one in visitors:
        typer.echo(f"{site.name}: {one.role}", err=True)
        headers = office.headers(one.login) if one.login else {"accept": "text/html"}
        yield from Round(site, one, headers, wherever=wherever).visits()


class Round:
    """Somebody who follows every link, or those alone that begin with where they began; of each kind of page no more than a few."""

    def __init__(self, site: Site, visitor: Visitor, headers: Mapping[str, str], *, wherever: bool) -> None:
        self._site, self._role, self._headers = site, visitor.role, dict(headers)
        self._connection = HTTPConnection(site.host, site.port)
        self._seen: Counter[str] = Counter()
        self._places: Counter[str] = Counter()
        self._waiting = deque(["/", *visitor.starts] if wherever else visitor.starts)
        self._known = set(self._waiting)
        self._within = ("/",) if wherever else tuple(visitor.starts)

    def visits(self) -> Iterator[Visit]:
        while self._waiting:
            path = self._waiting.popleft()
            status, kind, text = self._ask(path)
            if 300 <= status < 400:
                self._note(f'href="{text}"')
            elif kind not in READ:
                continue
            cost = taken = 0.0
            if status == 200:
                self._note(text)
                cpu, begun = self._processor(), time.perf_counter()
                for _ in range(TIMES):
                    self._ask(path)
                taken = (time.perf_counter() - begun) * 1000 / TIMES
                cost = (self._processor() - cpu) * 1000 / TIMES
            yield Visit(self._role, path, kind_of(path), cost, taken, status)

    def _processor(self) -> float:
        return cpu_seconds(self._site.pid) + _database(self._site)

    def _ask(self, path: str) -> tuple[int, str, str]:
        """The status, the kind of the answer, and the page, or where it leads."""
        self._connection.request("GET", quote(path, safe=WRITTEN), headers=self._headers)
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
            place = kind.partition("?")[0]
            if path.startswith(self._within) and self._seen[kind] < OF_A_KIND and self._places[place] < OF_A_PLACE:
                self._seen[kind] += 1
                self._places[place] += 1
                self._known.add(path)
                self._waiting.append(path)


def kind_of(path: str) -> str:
    """The address without what tells one page of its kind from another: numbers, and values of the query."""
    place, _, query = path.partition("?")
    names = sorted({pair.partition("=")[0] for pair in query.split("&") if pair})
    return NUMBER.sub("·", place) + (f"?{'&'.join(names)}" if names else "")


def _database(site: Site) -> float:
    return 0.0 if site.on_sqlite else backend_seconds(site.database_name)
