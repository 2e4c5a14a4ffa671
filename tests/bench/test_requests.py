"""What `zhiping bench` measures: the statements hold everywhere, the times are only looked at for being there."""

from collections.abc import Iterator

import pytest

from tests.support.postgres import PostgresServer
from web.bench.costs import measure_statements
from web.bench.inbox import TARGETS as INBOX
from web.bench.inbox import pages
from web.bench.line import TARGETS as LINE
from web.bench.line import Line, measure_line
from web.bench.measure import Measure, render_json, render_table
from web.bench.review import TARGETS as REVIEW
from web.bench.review import Reviews
from web.bench.run import ALONE, SERVED, WHOLE, run_benchmarks
from web.bench.site import Site, postgres_site, sqlite_site


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    if request.param == "sqlite":
        with sqlite_site() as made:
            yield made
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with postgres_site(server.url("postgres")) as made:
        yield made


def test_completing_a_task_takes_at_most_nine_statements(site: Site) -> None:
    assert not measure_statements(site, "complete", Line(site).completions, LINE).misses


def test_starting_a_case_takes_at_most_nine_statements(site: Site) -> None:
    assert not measure_statements(site, "start", Line(site).starts, LINE).misses


def test_reviewing_a_declaration_takes_at_most_seventeen_statements(site: Site) -> None:
    assert not measure_statements(site, "review", Reviews(site), REVIEW).misses


def test_the_inbox_takes_at_most_ten_statements(site: Site) -> None:
    assert not measure_statements(site, "inbox", pages(site), INBOX).misses


def test_requests_are_measured_against_a_server_of_its_own(site: Site) -> None:
    found = list(measure_line(site, 16, quick=True))
    kinds = ["server CPU", "p50", "p95"] if site.on_sqlite else ["server CPU", "database CPU", "p50", "p95"]
    assert [measure.what for measure in found] == ["statements"] * 2 + kinds * 4
    assert all(measure.value > 0 for measure in found if measure.what in {"p50", "p95"})


def test_a_table_names_what_misses_its_target() -> None:
    measures = [Measure("one", "SQLite", "p50", 2.0, "ms", 1.5), Measure("another", "", "p95", 1.0, "ms")]
    assert render_table(measures).splitlines() == [
        "measured  on      what  value  target  unit",
        "one       SQLite  p50   2.00   ≤ 1.5   ms    missed",
        "another           p95   1.00           ms",
    ]
    assert '"missed": true' in render_json(measures)


def test_an_unknown_measurement_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_benchmarks(only="line,speed", postgres="", quick=True, as_json=False) == 2
    assert capsys.readouterr().err == f"no such measurement: speed; there are {', '.join([*ALONE, *WHOLE, *SERVED])}\n"
