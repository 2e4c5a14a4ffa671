"""The officer's list over 300,000 declarations: by value, by beginning, within units, by any part of a name; and the counts."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle, islice
from urllib.parse import urlencode

from engine.declaration.bulk_declarations import insert_declarations, settle
from engine.declaration.demo_people import actor_of_login
from engine.organisation import Role
from engine.reference import load_book
from web.bench.costs import WARM_UP
from web.bench.load import Ask, send
from web.bench.measure import Measure
from web.bench.office import Office
from web.bench.site import Site

DECLARATIONS = 300_000
#: a quick run has so many times fewer
QUICK = 10
#: requests of each kind
MOST = 300
TOP, DEPARTMENT = "office_officer", "edu_officer"
#: milliseconds that 95 of 100 answers may take, whole pages with one client
WITHIN, ANYWHERE = 60.0, 250.0

Query = Mapping[str, str]

EQUAL: Sequence[Query] = (
    {"title_series": "engineering"},
    {"tab": "decided", "title_level": "senior"},
    {"tab": "all", "specialty": "translation-01"},
    {"tab": "all", "highest_education": "14", "declaration_route": "green_channel"},
    {"tab": "decided", "major": "120203K", "sort": "name"},
    {"tab": "all", "title_series": "accounting", "sort": "-school"},
    {"entrusted_review": "yes"},
    {"tab": "all", "review_mode": "review", "sort": "identity_number"},
)
BEGINS: Sequence[Query] = (
    {"tab": "all", "identity_number": "99000019850310"},
    {"tab": "decided", "identity_number": "9900001978"},
    {"name": "王"},
    {"tab": "all", "name": "武文"},
    {"tab": "all", "region": "130100"},
)
IN_UNITS: Sequence[Query] = (
    {"tab": "all"},
    {"tab": "all", "scope": "lower", "title_series": "engineering"},
    {"tab": "all", "unit": "测试主管部门005第07单位"},
    {"tab": "all", "governing_unit": "测试主管部门010", "sort": "name"},
    {"tab": "all", "title_level": "senior", "sort": "unit_name"},
)
CONTAINS: Sequence[Query] = (
    {"tab": "all", "school": "龙凤财"},
    {"tab": "all", "school": "没有这所"},
    {"tab": "decided", "school": "师范"},
    {"tab": "all", "name": "*子涵"},
    {"tab": "all", "name": "*没有"},
)
KINDS: Sequence[tuple[str, str, Sequence[Query], float]] = (
    ("equality", TOP, EQUAL, WITHIN),
    ("beginning", TOP, BEGINS, WITHIN),
    ("within units", DEPARTMENT, IN_UNITS, WITHIN),
    ("contains, province", TOP, CONTAINS, ANYWHERE),
)


def measure_lists(site: Site, count: int, quick: bool) -> Iterator[Measure]:
    _fill(site, DECLARATIONS // (QUICK if quick else 1))
    office = Office(site)
    with site.serving():
        for name, login, queries, target in KINDS:
            asks = [Ask("GET", f"/declarations?{urlencode(query)}", office.headers(login)) for query in queries]
            yield from _measure(site, f"list, {name}", asks, min(count, MOST), target)
        counted = [Ask("GET", f"/declarations/counts?{urlencode(query)}", office.headers(TOP)) for query in EQUAL]
        yield from _measure(site, "list, counts after the rows", counted, min(count, MOST) // 4, None)


def _measure(site: Site, name: str, asks: Sequence[Ask], count: int, target: float | None) -> Iterator[Measure]:
    send(site, list(islice(cycle(asks), WARM_UP)))
    cost = send(site, list(islice(cycle(asks), count)), 1)
    yield Measure(name, site.name, "server CPU", cost.server, "ms")
    if not site.on_sqlite:
        yield Measure(name, site.name, "database CPU", cost.database, "ms")
    yield Measure(name, site.name, "p50", cost.p50, "ms")
    yield Measure(name, site.name, "p95", cost.p95, "ms", target)


def _fill(site: Site, count: int) -> None:
    with site.app.database.transaction() as tx:
        top = actor_of_login(tx, TOP, Role.CASE_OFFICER)
        between = actor_of_login(tx, DEPARTMENT, Role.CASE_OFFICER)
        year = site.app.year
        assert top.unit is not None
        assert between.unit is not None
        book = load_book(tx, year)
        pattern = between.unit
        insert_declarations(tx, book, top=top.unit, between=between.unit, pattern=pattern, year=year, count=count)
    settle(site.app.database)
