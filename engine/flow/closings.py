"""What is closed when an element instance is left: tasks, jobs, called cases, the items of a multi-instance."""

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.access import Actor
from engine.flow import items
from engine.flow.direct import send_direct
from engine.flow.instances import Instance
from engine.flow.model import Kind
from engine.flow.tables import CaseState, ElementState, JobState, MessageKind, TaskState, case, job, task, task_done

if TYPE_CHECKING:
    from engine.flow.run import Execution

RUNNING = (JobState.CREATED, JobState.RUNNING, JobState.FAILED)


class Closings:
    """Collected while the case runs, looked up and written together at the end of the command."""

    def __init__(self, execution: "Execution") -> None:
        self._x = execution
        self._ended: set[int] = set()
        self._tasks: list[int] = []
        self._jobs: list[int] = []
        self._calls: list[int] = []

    def close_task(self, row: dict[str, Any], state: TaskState, by: Actor, outcome: str | None = None) -> None:
        """Move a task to the finished ones."""
        self._ended.add(row["element_key"])
        writes = self._x.tx.writes
        if self._x.opened.pop(row["element_key"], None) is None:
            writes.delete(task, {"key": row["key"]})
        done = {name: value for name, value in row.items() if name != "candidates"}
        done |= {
            "candidate": None,
            "state": state,
            "ended_at": self._x.tx.now,
            "ended_by": by.login,
            "outcome": outcome,
        }
        writes.insert(task_done, done)

    def left(self, instance: Instance) -> None:
        """Close what hangs on the instance, unless its own command has closed it."""
        x, kind = self._x, instance.element.kind
        if instance.is_body:
            if instance.state is ElementState.CANCELLED:
                items.cancel_rest(x, instance)
        elif instance.state is ElementState.CANCELLED and instance.key not in self._ended:
            if kind is Kind.USER_TASK:
                self._cancel_task(instance.key)
            elif kind is Kind.CALL_ACTIVITY:
                self._calls.append(instance.key)
            elif x.jobs.pop(instance.key, None) is None and instance.element.job is not None:
                self._jobs.append(instance.key)

    def _cancel_task(self, key: int) -> None:
        row = self._x.opened.get(key)
        if row is None:
            self._tasks.append(key)
        else:
            self.close_task(row, TaskState.CANCELLED, self._x.actor)

    def store(self) -> None:
        """Close in the database what was open there."""
        x, tx = self._x, self._x.tx
        if self._tasks:
            query = sa.select(task).where(task.c.case_key == x.key, task.c.element_key.in_(sorted(self._tasks)))
            for row in tx.connection.execute(query).all():
                self.close_task(dict(row._mapping), TaskState.CANCELLED, x.actor)
        if self._jobs:
            at = {"state": JobState.CANCELLED, "ended_at": tx.now, "lease_until": None}
            tx.connection.execute(
                sa.update(job)
                .where(job.c.case_key == x.key, job.c.element_key.in_(sorted(self._jobs)), job.c.state.in_(RUNNING))
                .values(at)
            )
        if self._calls:
            self._cancel_children(case.c.parent_element_key.in_(sorted(self._calls)))

    def _cancel_children(self, which: sa.ColumnElement[bool]) -> None:
        x = self._x
        query = sa.select(case.c.key).where(case.c.parent_case_key == x.key, case.c.state == CaseState.ACTIVE, which)
        for (child,) in x.tx.execute(query).all():
            send_direct(x.tx, x.actor, x.key, MessageKind.CANCEL, to_case=child)
