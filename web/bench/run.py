"""Which measurements there are, and running them."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import typer

from web.bench.alone import measure_interpreter
from web.bench.assignment import measure_assignment
from web.bench.ballot import measure_ballot
from web.bench.batch import measure_batch_review
from web.bench.certificates import measure_certificates
from web.bench.inbox import measure_inbox
from web.bench.line import measure_line
from web.bench.lists import measure_lists
from web.bench.measure import Measure, render_json, render_table
from web.bench.memory import measure_memory
from web.bench.pages import measure_pages
from web.bench.review import measure_review
from web.bench.sheets import measure_sheets
from web.bench.site import Site, postgres_site, sqlite_site

ALONE: Mapping[str, Callable[[], Iterator[Measure]]] = {
    "interpreter": measure_interpreter,
    "sheets": measure_sheets,
    "certificates": measure_certificates,
}
#: measurements with sites of their own, on both databases
WHOLE: Mapping[str, Callable[[str], Iterator[Measure]]] = {"pages": measure_pages}
#: measurements of a server, given how many requests they may send and whether it has to be quick; those that fill the
#: database come last
SERVED: Mapping[str, Callable[[Site, int, bool], Iterator[Measure]]] = {
    "line": measure_line,
    "review": measure_review,
    "memory": measure_memory,
    "assignment": measure_assignment,
    "ballot": measure_ballot,
    "batch_review": measure_batch_review,
    "inbox": measure_inbox,
    "lists": measure_lists,
}
REQUESTS, QUICK_REQUESTS = 2000, 200
FINE, MISSED, UNUSABLE = 0, 1, 2


def run_benchmarks(only: str, postgres: str, quick: bool, as_json: bool) -> int:
    """Measure on SQLite, and on PostgreSQL where an address is given; print the numbers. The exit status: 1 where a target is missed.

    `only` are names with commas between. `postgres` is any database of a server on this machine, with the right to
    create one: a new one is made beside it and dropped afterwards.
    """
    names = [name.strip() for name in only.split(",") if name.strip()] or [*ALONE, *WHOLE, *SERVED]
    unknown = sorted(set(names) - ALONE.keys() - WHOLE.keys() - SERVED.keys())
    if unknown:
        typer.echo(
            f"no such measurement: {', '.join(unknown)}; there are {', '.join([*ALONE, *WHOLE, *SERVED])}", err=True
        )
        return UNUSABLE
    measures = list(_measure(names, postgres, quick))
    typer.echo(render_json(measures) if as_json else render_table(measures))
    return MISSED if any(measure.misses for measure in measures) else FINE


def _measure(names: Sequence[str], postgres: str, quick: bool) -> Iterator[Measure]:
    for name in ALONE:
        if name in names:
            yield from ALONE[name]()
    for name in WHOLE:
        if name in names:
            yield from WHOLE[name](postgres)
    served = [name for name in SERVED if name in names]
    if not served:
        return
    for opened in (sqlite_site(), *((postgres_site(postgres),) if postgres else ())):
        with opened as site:
            for name in served:
                typer.echo(f"{site.name}: {name}", err=True)
                yield from SERVED[name](site, QUICK_REQUESTS if quick else REQUESTS, quick)
