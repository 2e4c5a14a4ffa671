"""Memory of a web process and of a worker, after each has done some work."""

from collections.abc import Iterator

from web.bench.inbox import LOGIN
from web.bench.line import Line
from web.bench.load import Ask, send
from web.bench.measure import Measure
from web.bench.office import Office
from web.bench.processes import resident_megabytes
from web.bench.site import Site

WEB, WORKER = 130, 250
PAGES = ("/inbox", "/declarations", "/notifications")


def measure_memory(site: Site, count: int, quick: bool) -> Iterator[Measure]:
    line, office = Line(site), Office(site)
    with site.serving():
        send(site, line.completions(count // 4), clients=8)
        send(site, [Ask("GET", page, office.headers(LOGIN)) for page in PAGES for _ in range(20)], clients=8)
        yield Measure("web process", site.name, "resident memory", resident_megabytes(site.pid), "MiB", WEB)
    with site.working() as worker:
        yield Measure("worker", site.name, "resident memory", resident_megabytes(worker), "MiB", WORKER)
