"""Buttons with a form, deadlines worked out by FEEL, and more time for one case."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from engine.flow.sandbox import Sandbox
from engine.flow.tables import timer
from engine.flow.timers import move_due
from tests.support.diagram import Diagram


def test_a_timer_follows_the_deadline_an_expression_names() -> None:
    diagram = (
        Diagram("levels")
        .start()
        .user("review", assignee="somebody")
        .end("done")
        .boundary(
            "review", "near", interrupting=False, date="=at", properties={"deadline": '=level + "_close_reminder"'}
        )
        .end("reminded")
    )
    sandbox = Sandbox(diagram.xml())
    sandbox.start({"level": "department", "at": "2026-03-01T00:00:00+08:00"})
    with sandbox.database.read() as tx:
        assert tx.value(sa.select(timer.c.deadline_id)) == "department_close_reminder"


def test_a_deadline_that_is_no_text_is_none() -> None:
    diagram = (
        Diagram("levels")
        .start()
        .user("review", assignee="somebody")
        .end("done")
        .boundary("review", "near", interrupting=False, date="=at", properties={"deadline": "=level"})
        .end("reminded")
    )
    sandbox = Sandbox(diagram.xml())
    sandbox.start({"at": "2026-03-01T00:00:00+08:00"})
    with sandbox.database.read() as tx:
        assert tx.value(sa.select(timer.c.deadline_id)) is None


def test_one_case_gets_more_time() -> None:
    diagram = (
        Diagram("term")
        .start()
        .user("correct", assignee="somebody", due="=at")
        .end("done")
        .boundary("correct", "expired", date="=at")
        .end("given_up")
    )
    sandbox = Sandbox(diagram.xml())
    sandbox.start({"at": "2026-01-10T00:00:00+08:00"})
    later = datetime(2026, 2, 1, tzinfo=UTC)
    with sandbox.database.transaction() as tx:
        case_key = tx.value(sa.select(timer.c.case_key))
        assert move_due(tx, case_key, timers=("expired",), at=later, tasks=("correct",)) == 1
        assert move_due(tx, case_key + 1, timers=("expired",), at=later) == 0
    sandbox.advance(timedelta(days=10).total_seconds())
    assert [task.element_id for task in sandbox.tasks()] == ["correct"]
    assert sandbox.tasks()[0].due_at == later
    sandbox.advance(timedelta(days=30).total_seconds())
    assert sandbox.tasks() == []
