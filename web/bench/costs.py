"""What one kind of request costs, measured over HTTP with one client and with eight, and the statements it sends."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from web.bench.inside import statements_of
from web.bench.load import Ask, send
from web.bench.measure import Measure
from web.bench.site import Site

CLIENTS = (1, 8)
#: requests that warm the server up before each kind is measured
WARM_UP = 50


@dataclass(frozen=True, slots=True)
class Targets:
    """The most a request may cost: milliseconds of CPU of the server on SQLite, of server and database on PostgreSQL; statements."""

    sqlite: float | None = None
    server: float | None = None
    database: float | None = None
    statements: int | None = None

    def of_server(self, site: Site) -> float | None:
        return self.sqlite if site.on_sqlite else self.server


def measure_requests(
    site: Site, name: str, make: Callable[[int], Sequence[Ask]], count: int, targets: Targets
) -> Iterator[Measure]:
    """`make` gives so many requests that can be sent once each. Targets hold for one client: eight share the cores with the server."""
    send(site, make(WARM_UP))
    for clients in CLIENTS:
        cost = send(site, make(count), clients)
        who = f"{name}, {clients} client{'s' if clients > 1 else ''}"
        alone = clients == 1
        yield Measure(who, site.name, "server CPU", cost.server, "ms", targets.of_server(site) if alone else None)
        if not site.on_sqlite:
            yield Measure(who, site.name, "database CPU", cost.database, "ms", targets.database if alone else None)
        yield Measure(who, site.name, "p50", cost.p50, "ms")
        yield Measure(who, site.name, "p95", cost.p95, "ms")


def measure_statements(site: Site, name: str, make: Callable[[int], Sequence[Ask]], targets: Targets) -> Measure:
    """Statements of one request without looking up who asks; the second of two, since the first fills caches."""
    *_, sent = statements_of(site.app, make(2))
    return Measure(name, site.name, "statements", len(sent), "", targets.statements)
