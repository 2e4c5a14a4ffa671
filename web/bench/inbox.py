"""The inbox page of an officer, with many open and many finished tasks, very unevenly shared out among the groups."""

from collections.abc import Callable, Iterator

from engine.declaration.demo_people import actor_of_login
from engine.flow.bulk_tasks import SENT, insert_done_tasks, insert_open_tasks, refresh_statistics
from engine.flow.cases import find_process
from engine.organisation import Role
from web.bench.costs import Targets, measure_requests, measure_statements
from web.bench.load import Ask
from web.bench.measure import Measure
from web.bench.office import Office
from web.bench.site import Site

LOGIN = "hosp3_officer"
TARGETS = Targets(sqlite=15, server=15, statements=10)
#: open tasks of the officer's own group, and of the other groups of the province
OWN, OTHERS = 45_000, (20_000, 10_000, 5_000, 5_000, *[1_000] * 15)
FINISHED = 1_000_000
#: a quick run has so many times fewer
QUICK = 10


def measure_inbox(site: Site, count: int, quick: bool) -> Iterator[Measure]:
    _fill(site, QUICK if quick else 1)
    make = pages(site)
    yield measure_statements(site, "inbox page", make, TARGETS)
    with site.serving():
        yield from measure_requests(site, "inbox page", make, count, TARGETS)


def pages(site: Site) -> Callable[[int], list[Ask]]:
    """Gives so many requests for the officer's inbox."""
    office = Office(site)
    return lambda count: [Ask("GET", "/inbox", office.headers(LOGIN))] * count


def _fill(site: Site, fewer: int) -> None:
    """100,000 open tasks and 1,000,000 finished ones, or so many times fewer."""
    with site.app.database.transaction() as tx:
        officer = actor_of_login(tx, LOGIN, Role.CASE_OFFICER)
        process = find_process(tx, "declaration", None, None)
        common = {
            "element_id": "officer_review",
            "name": "经办人审核",
            "process_id": process.id,
            "definition_key": process.key,
            "unit_id": officer.unit,
        }
        own = f"{Role.CASE_OFFICER}@{officer.unit}"
        others = {f"{Role.CASE_OFFICER}@{number}": count for number, count in enumerate(OTHERS, 1)}
        groups = {group: max(count // fewer, SENT) for group, count in {own: OWN, **others}.items()}
        insert_open_tasks(tx, common, groups)
        insert_done_tasks(tx, common, [LOGIN, *(f"officer{number}" for number in range(49))], FINISHED // fewer)
        refresh_statistics(tx)
