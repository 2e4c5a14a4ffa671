"""Jobs: done inline, by the worker, or by somebody outside."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.access import SYSTEM
from engine.db import Transaction
from engine.errors import InvalidInput, Refused
from engine.flow.cases import set_title
from engine.flow.completion import complete_task
from engine.flow.contexts import JobContext
from engine.flow.faults import BpmnError
from engine.flow.incidents import list_incidents, resolve_incident
from engine.flow.jobs import activate_jobs, complete_job, fail_job, update_retries
from engine.flow.tables import case, case_party, incident, job, variable
from engine.flow.variables import read_variables
from tests.support.diagram import Diagram
from tests.support.flow import Flow


def line(job_type: str = "work") -> bytes:
    return Diagram().start().user("a", groups="g").service("do", job_type).user("b", groups="g").end().xml()


def values(flow: Flow, key: int) -> dict[str, object]:
    with flow.database.read() as tx:
        return read_variables(tx, key)


def note(tx: Transaction, context: JobContext) -> None:
    """Some database work of a slice."""
    tx.insert(case_party, principal=f"noted:{context.attempt}", case_key=context.case_key)


def test_an_inline_handler_works_in_the_command_itself(flow: Flow) -> None:
    def handler(tx: Transaction, context: JobContext) -> Mapping[str, object]:
        note(tx, context)
        set_title(tx, context.case_key, f"{context.variables['name']} 的申报")
        return {"seen": context.variables["name"], "type": context.type}

    flow.registry.add_inline("work", handler)
    flow.deploy(line())
    key = flow.start()
    flow.complete("a", {"name": "测试申报人"})
    assert flow.open_tasks() == ["b"]
    assert values(flow, key) == {"name": "测试申报人", "seen": "测试申报人", "type": "work"}
    assert flow.task().title == "测试申报人 的申报"
    assert (len(flow.rows(sa.select(case_party))), flow.rows(sa.select(job))) == (1, [])


def test_an_inline_handler_that_breaks_leaves_an_incident_and_the_completion_stands(flow: Flow) -> None:
    broken = [True]

    def handler(tx: Transaction, context: JobContext) -> None:
        note(tx, context)
        if broken:
            raise RuntimeError("no line")

    flow.registry.add_inline("work", handler)
    flow.deploy(line())
    key = flow.start()
    done = flow.complete("a", {"x": 1})
    assert done.has_incident
    assert (values(flow, key), flow.open_tasks(), flow.rows(sa.select(case_party))) == ({"x": 1}, [], [])
    with flow.database.read() as tx:
        found = list_incidents(tx)
    assert [(i["element_id"], i["code"], "RuntimeError: no line" in i["message"]) for i in found] == [
        ("do", "handler", True)
    ]
    broken.clear()
    with flow.tx() as tx:
        resolve_incident(tx, SYSTEM, found[0]["key"], "line repaired")
    assert flow.open_tasks() == ["b"]
    row = flow.rows(sa.select(case.c.has_incident, incident.c.resolution).select_from(case.join(incident, sa.true())))[
        0
    ]
    assert tuple(row) == (False, "line repaired")


@pytest.mark.parametrize("error", [InvalidInput("请填写姓名。", {"name": ["请填写姓名。"]}), Refused("名额已满。")])
def test_what_a_person_can_correct_refuses_the_whole_command(flow: Flow, error: Exception) -> None:
    def handler(tx: Transaction, context: JobContext) -> None:
        raise error

    flow.registry.add_inline("work", handler)
    flow.deploy(line())
    key = flow.start()
    with pytest.raises(type(error)), flow.tx() as tx:
        complete_task(tx, SYSTEM, flow.task("a").key, {"x": 1})
    assert (flow.open_tasks(), values(flow, key)) == (["a"], {})


def test_where_nobody_waits_the_same_is_an_incident(flow: Flow) -> None:
    def handler(tx: Transaction, context: JobContext) -> None:
        raise Refused("名额已满。")

    flow.registry.add_inline("work", handler)
    flow.deploy(Diagram().start().catch("wait", duration="PT1H").service("do", "work").end().xml())
    flow.start()
    flow.advance(hours=1)
    assert [row.element_id for row in flow.rows(sa.select(incident))] == ["do"]


def test_a_business_error_of_a_handler_takes_the_boundary(flow: Flow) -> None:
    def handler(tx: Transaction, context: JobContext) -> None:
        note(tx, context)
        raise BpmnError("FULL", "no place left", {"free": 0})

    flow.registry.add_inline("work", handler)
    diagram = Diagram().start().user("a", groups="g").service("do", "work").end()
    flow.deploy(diagram.boundary("do", "full", error="FULL").user("choose", groups="g").end("e2").xml())
    key = flow.start()
    flow.complete("a")
    assert (flow.open_tasks(), values(flow, key), flow.rows(sa.select(case_party))) == (["choose"], {"free": 0}, [])


def test_the_worker_does_a_job_and_its_effects_in_one_transaction(flow: Flow) -> None:
    def handler(tx: Transaction, context: JobContext) -> Mapping[str, object]:
        note(tx, context)
        return {"attempt": context.attempt}

    flow.registry.add_job("work", handler)
    flow.deploy(line())
    key = flow.start()
    flow.complete("a")
    assert flow.rows(sa.select(job.c.internal, job.c.state))[0] == (True, "created")
    flow.sweep()
    assert (flow.open_tasks(), values(flow, key)) == (["b"], {"attempt": 1})


def test_a_failing_job_waits_longer_each_time_and_then_is_an_incident(flow: Flow) -> None:
    attempts: list[int] = []

    def handler(tx: Transaction, context: JobContext) -> None:
        attempts.append(context.attempt)
        note(tx, context)
        if context.attempt < 4:
            raise RuntimeError("away")

    flow.registry.add_job("work", handler)
    flow.deploy(line())
    flow.start()
    flow.complete("a")
    flow.sweep()
    flow.advance(seconds=9)
    assert attempts == [1]
    flow.advance(seconds=1)
    flow.advance(seconds=20)
    assert attempts == [1, 2, 3]
    row = flow.rows(sa.select(incident))[0]
    assert (row.code, row.state, flow.rows(sa.select(case_party))) == ("job", "open", [])
    with flow.tx() as tx:
        resolve_incident(tx, SYSTEM, row.key)
    flow.sweep()
    assert (attempts, flow.open_tasks()) == ([1, 2, 3, 4], ["b"])
    assert [party.principal for party in flow.rows(sa.select(case_party))] == ["noted:4"]


def test_a_worker_outside_takes_a_job_for_a_time(flow: Flow) -> None:
    flow.deploy(line())
    key = flow.start({"x": 1})
    flow.complete("a", {"y": 2})
    with flow.tx() as tx:
        taken = activate_jobs(tx, SYSTEM, "work", "w1", timeout=timedelta(seconds=60), names=["y"])
    assert [(t.row["worker"], t.variables) for t in taken] == [("w1", {"y": 2})]
    with flow.tx() as tx:
        assert activate_jobs(tx, SYSTEM, "work", "w2") == []
    flow.clock.advance(timedelta(seconds=61))
    with flow.tx() as tx:
        assert [t.row["worker"] for t in activate_jobs(tx, SYSTEM, "work", "w2")] == ["w2"]
    job_key = taken[0].row["key"]
    with flow.tx() as tx:
        complete_job(tx, SYSTEM, job_key, {"z": 3})
    assert (flow.open_tasks(), values(flow, key)) == (["b"], {"x": 1, "y": 2, "z": 3})
    with flow.tx() as tx, pytest.raises(Refused):
        complete_job(tx, SYSTEM, job_key)


def test_no_more_jobs_are_taken_than_asked_for(flow: Flow) -> None:
    flow.deploy(Diagram().start().service("do", "work").end().xml())
    for _ in range(3):
        flow.start()
    with flow.tx() as tx:
        assert len(activate_jobs(tx, SYSTEM, "work", "w1", max_jobs=2)) == 2
    with flow.tx() as tx:
        assert len(activate_jobs(tx, SYSTEM, "work", "w2", max_jobs=2)) == 1


def test_a_worker_says_how_often_to_try_and_how_long_to_wait(flow: Flow) -> None:
    flow.deploy(Diagram().start().service("do", "work").end().xml())
    flow.start()
    with flow.tx() as tx:
        key = activate_jobs(tx, SYSTEM, "work", "w1")[0].row["key"]
        fail_job(tx, SYSTEM, key, retries=1, message="later", backoff=timedelta(minutes=5))
    with flow.tx() as tx:
        assert activate_jobs(tx, SYSTEM, "work", "w1") == []
    flow.clock.advance(timedelta(minutes=5))
    with flow.tx() as tx:
        assert len(activate_jobs(tx, SYSTEM, "work", "w1")) == 1
        fail_job(tx, SYSTEM, key, retries=0, message="never")
    row = flow.rows(sa.select(incident))[0]
    assert (row.job_key, row.message) == (key, "作业“do”多次尝试后仍未完成：never")
    with flow.tx() as tx:
        update_retries(tx, SYSTEM, key, 2)
    with flow.tx() as tx:
        resolve_incident(tx, SYSTEM, row.key)
    with flow.tx() as tx:
        assert [t.row["retries"] for t in activate_jobs(tx, SYSTEM, "work", "w1")] == [2]


def test_a_job_left_behind_is_cancelled(flow: Flow) -> None:
    diagram = Diagram().start().service("do", "work").end().boundary("do", "late", duration="PT1H").end("over")
    flow.deploy(diagram.xml())
    flow.start()
    key = flow.rows(sa.select(job.c.key))[0].key
    flow.advance(hours=1)
    assert flow.rows(sa.select(job.c.state))[0].state == "cancelled"
    with flow.tx() as tx, pytest.raises(Refused):
        complete_job(tx, SYSTEM, key)


def test_an_incident_is_closed_when_its_element_is_left(flow: Flow) -> None:
    diagram = Diagram().start().service("do", "work", retries="1").end()
    flow.deploy(diagram.boundary("do", "late", duration="PT1H").user("b", groups="g").end("over").xml())
    flow.start()
    key = flow.rows(sa.select(job.c.key))[0].key
    with flow.tx() as tx:
        fail_job(tx, SYSTEM, key)
    assert flow.rows(sa.select(case.c.has_incident))[0].has_incident is True
    flow.advance(hours=1)
    assert (flow.rows(sa.select(case.c.has_incident))[0].has_incident, flow.open_tasks()) == (False, ["b"])
    assert flow.rows(sa.select(incident.c.state))[0].state == "resolved"


def test_an_endless_loop_is_an_incident_that_names_it(flow: Flow) -> None:
    diagram = (
        Diagram().start().user("a", groups="g").script("count", "=n + 1", "n").exclusive("again").when("=stop").end()
    )
    flow.deploy(diagram.at("again").otherwise().to("a").xml())
    loop = Diagram("loop").start("s").script("count", "=n + 1", "n").exclusive("again").when("=n < 0").end("e")
    flow.deploy(loop.at("again").when("=n >= 0").service("tick", "tick").to("count").xml())
    flow.registry.add_inline("tick", lambda tx, context: None)
    flow.start({"n": 0}, "loop")
    row = flow.rows(sa.select(incident))[0]
    assert row.code == "loop"
    assert "count" in row.message
    assert flow.rows(sa.select(variable.c.value).where(variable.c.name == "n"))[0].value > 100
