"""Completing a user task of a plain line through `/v2`, and starting a case of it."""

import json
from collections.abc import Iterator
from pathlib import Path

from engine.access import SYSTEM
from engine.flow.cases import start_case
from engine.flow.queries import case_tasks
from engine.organisation import issue_token
from web.bench.costs import Targets, measure_requests, measure_statements
from web.bench.load import Ask
from web.bench.measure import Measure
from web.bench.site import Site

FILES = (Path(__file__).parent / "line.bpmn", Path(__file__).parent / "line.form")
TARGETS = Targets(sqlite=2.5, server=3, database=1, statements=9)
PROCESS = "bench_line"
STARTED_WITH = {"subject": "示例", "year": 2026}
#: cases made in one transaction
BATCH = 50
#: what somebody fills in: ten fields, nine of them shown
FILLED = {
    "subject": "示例事项",
    "phone": "13000000000",
    "reason": "测量用的说明，没有实际含义。",
    "days": 12,
    "score": 87.5,
    "begins": "2026-03-02",
    "agreed": True,
    "kind": "first",
    "outcome": "approve",
}


class Line:
    """The process deployed, a token to call with, cases as they are needed."""

    def __init__(self, site: Site) -> None:
        self._site = site
        site.app.deploy(FILES)
        with site.app.database.transaction() as tx:
            token = issue_token(tx, "api")
        self._headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}

    def starts(self, count: int) -> list[Ask]:
        """Requests that start a case each."""
        body = json.dumps({"processDefinitionId": PROCESS, "variables": STARTED_WITH})
        return [Ask("POST", "/v2/process-instances", self._headers, body)] * count

    def completions(self, count: int) -> list[Ask]:
        """Requests that complete a task each, of cases made for it."""
        body = json.dumps({"variables": FILLED})
        return [Ask("POST", f"/v2/user-tasks/{key}/completion", self._headers, body, 204) for key in self._tasks(count)]

    def _tasks(self, count: int) -> list[int]:
        database = self._site.app.database
        cases: list[int] = []
        while len(cases) < count:
            with database.transaction() as tx:
                for _ in range(min(BATCH, count - len(cases))):
                    cases.append(start_case(tx, SYSTEM, PROCESS, STARTED_WITH))
                    tx.flush()
        with database.read() as tx:
            return [view.row["key"] for case in cases for view in case_tasks(tx, SYSTEM, case)]


def measure_line(site: Site, count: int, quick: bool) -> Iterator[Measure]:
    line = Line(site)
    yield measure_statements(site, "complete a task", line.completions, TARGETS)
    yield measure_statements(site, "start a case", line.starts, TARGETS)
    with site.serving():
        yield from measure_requests(site, "complete a task", line.completions, count, TARGETS)
        yield from measure_requests(site, "start a case", line.starts, count, TARGETS)
