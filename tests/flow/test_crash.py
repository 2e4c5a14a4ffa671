"""A crash before the commit leaves nothing, after it everything; nothing of a case lives in memory."""

import pytest
import sqlalchemy as sa

from engine.access import SYSTEM
from engine.flow import tables
from engine.flow.completion import complete_task
from engine.flow.journal import verify_journal
from engine.flow.tables import element_instance, journal, subscription, task, timer, variable
from tests.support.diagram import Diagram
from tests.support.flow import Flow

KEPT = [part for part in vars(tables).values() if isinstance(part, sa.Table)]


class Crash(Exception):
    pass


def rich() -> bytes:
    """A bit of everything that rests: branches, a sub-process, several items, a deadline, a withdrawal, a message."""
    content = Diagram("inside").start("s").user("inner", groups="g").end("e")
    diagram = Diagram().start().user("fill", groups="g").parallel("split").sub("box", content, inputs={"local": "=1"})
    diagram.parallel("join").catch("paid", message="paid", key="=id").end()
    diagram.at("split").user("vote", assignee="=v", each="=vs", item="v", collect="votes", output="=choice").to("join")
    diagram.boundary("fill", "late", duration="P1D").end("over")
    diagram.boundary("fill", "remind", interrupting=False, cycle="R/PT1H").script("n", "=reminders + 1", "reminders")
    return diagram.end("e2").boundary("fill", "withdraw", message="withdraw", key="=id").end("e3").xml()


def picture(flow: Flow) -> dict[str, list[tuple[object, ...]]]:
    """Everything the flow keeps."""
    with flow.database.read() as tx:
        return {table.name: sorted(map(tuple, tx.rows(sa.select(table))), key=repr) for table in KEPT}


def test_what_is_not_committed_never_was(flow: Flow) -> None:
    flow.deploy(rich())
    flow.start({"id": "1", "vs": ["a", "b"], "reminders": 0})
    before = picture(flow)
    key = flow.task("fill").key

    def crash() -> None:
        with flow.tx() as tx:
            complete_task(tx, SYSTEM, key, {"x": 1})
            tx.flush()
            raise Crash

    with pytest.raises(Crash):
        crash()
    assert picture(flow) == before
    with flow.tx() as tx:
        complete_task(tx, SYSTEM, key, {"x": 1})
    assert flow.open_tasks() == ["inner", "vote", "vote"]


def test_at_every_rest_another_process_can_go_on(flow: Flow) -> None:
    """Each command is done by a flow of its own, which knows only what the database holds."""
    flow.deploy(rich())
    case_key = flow.start({"id": "1", "vs": ["a", "b"], "reminders": 0})
    steps = [
        lambda other: other.advance(hours=2),
        lambda other: other.complete("fill", {"x": 1}),
        lambda other: other.complete("vote", {"choice": "yes"}),
        lambda other: other.complete("inner", {"local": 2}),
        lambda other: other.complete("vote", {"choice": "no"}),
    ]
    for step in steps:
        other = Flow(flow.url, clock=flow.clock)
        try:
            step(other)
        finally:
            other.close()
    held = {row.name: row.value for row in flow.rows(sa.select(variable))}
    assert held == {
        "id": "1",
        "vs": ["a", "b"],
        "reminders": 2,
        "x": 1,
        "votes": ["yes", "no"],
    }
    assert [row.name for row in flow.rows(sa.select(subscription))] == ["paid"]
    assert (flow.rows(sa.select(timer)), flow.rows(sa.select(task))) == ([], [])
    with flow.database.read() as tx:
        assert verify_journal(tx, case_key) is None
    order = [row.seq for row in flow.rows(sa.select(element_instance).order_by(element_instance.c.seq))]
    assert order == list(range(1, len(order) + 1))


def test_a_journal_that_was_touched_is_found_out(flow: Flow) -> None:
    flow.deploy(rich())
    key = flow.start({"id": "1", "vs": []})
    flow.complete("fill")
    with flow.tx() as tx:
        assert verify_journal(tx, key) is None
        tx.execute(sa.update(journal).where(journal.c.seq == 2).values(actor_name="somebody else"))
        assert verify_journal(tx, key) == 2
