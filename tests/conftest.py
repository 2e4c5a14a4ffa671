"""What every test may ask for: the fixtures of tests/support, the options of the suite, the list of what was not run."""

import gc

import pytest
from hypothesis import settings

from tests.support.parts import MISSING

pytest_plugins = [
    "tests.support.databases",
    "tests.support.templates",
    "tests.support.s3",
    "tests.support.mail",
    "tests.support.browser",
    "tests.support.server",
    "tests.support.nursery",
]

#: folders whose tests take seconds each
LONG = frozenset({"bench", "chaos", "concurrency", "journeys"})
#: what a file in Chromium asks for
BROWSER = frozenset({"browser", "people", "page"})

# A deadline would measure the machine, not the code; pytest-timeout catches what hangs.
settings.register_profile("zhiping", deadline=None)
settings.load_profile("zhiping")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", type=int, default=3, help="how often the chaos tests kill the server")


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Nothing that is imported and collected is garbage: who collects does not look for any meanwhile."""
    if not session.config.pluginmanager.hasplugin("dsession"):
        gc.disable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, the long stories and then those in Chromium: at the end one process would wait for the other."""
    in_chromium = {item.path for item in items if not BROWSER.isdisjoint(getattr(item, "fixturenames", ()))}
    items.sort(key=lambda item: (LONG.isdisjoint(item.path.parts), item.path not in in_chromium))


def pytest_collection_finish() -> None:
    """It stays to the end, so nobody need walk through it again and again."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def rounds(request: pytest.FixtureRequest) -> int:
    """How often a chaos test kills the server on each database: 3, or what `--rounds` says."""
    return int(request.config.getoption("--rounds"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name at the end what this machine lacks and how many tests were not run for it."""
    reasons = [
        report.longrepr[2] for report in terminalreporter.stats.get("skipped", []) if MISSING in report.longrepr[2]
    ]
    if reasons:
        terminalreporter.section("not run on this machine")
    for reason in sorted(set(reasons)):
        terminalreporter.line(f"{reasons.count(reason)} tests: {reason.removeprefix('Skipped: ')}")
