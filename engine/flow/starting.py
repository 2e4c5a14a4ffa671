"""Starting cases: by a person, a slice, a message, a signal or a timer."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from engine.access import SYSTEM, Actor
from engine.db import Transaction
from engine.flow.library import Found
from engine.flow.loading import new_case
from engine.flow.run import BRINGING, Execution
from engine.flow.tables import case_party, subscription, timer
from engine.flow.timing import next_firing


def begin_case(
    tx: Transaction,
    actor: Actor,
    found: Found,
    variables: Mapping[str, Any],
    *,
    start_event: str | None = None,
    parties: Iterable[str] = (),
    interactive: bool = False,
    **columns: Any,
) -> Execution:
    """Start a case of that version and run it to rest. Its execution, stored."""
    row = {"definition_key": found.key, "process_id": found.id, **columns}
    execution = Execution(tx, actor, new_case(tx, actor, row), interactive=interactive)
    execution.parties.update(parties)
    for principal in execution.parties:
        tx.writes.insert(case_party, {"principal": principal, "case_key": execution.key})
    name = execution.process.name or execution.process.id
    execution.journal.append(tx.now, actor, "case.started", element_id=start_event, name=name)
    take_variables(execution, start_event, variables)
    execution.run.start(start_event)
    execution.finish()
    return execution


def take_variables(execution: Execution, start_event: str | None, variables: Mapping[str, Any]) -> None:
    """Give a new case its variables; what an event brings passes the outputs of its start event."""
    element = execution.process.elements.get(start_event or "")
    if element is None or not element.outputs or element.event is None or element.event.trigger not in BRINGING:
        for name, value in variables.items():
            execution.scopes.declare(execution.key, name, value, history=True)
        return
    from engine.flow.instances import Instance

    passing = Instance(-1, element, execution.key, None, 0, execution.tx.now)
    execution.scopes.enclose(-1, execution.key, begun=True)
    execution.map_outputs(passing, variables)
    execution.scopes.leave(-1, may_have=False)


def start_by_subscription(tx: Transaction, actor: Actor, row: Mapping[str, Any], variables: Mapping[str, Any]) -> int:
    """Start the case that a message or signal starts; `row` is the subscription of the start event."""
    found = Found(row["definition_key"], row["process_id"], 0, None, 0)
    return begin_case(tx, actor, found, variables, start_event=row["element_id"]).key


def start_by_timer(tx: Transaction, row: dict[str, Any]) -> None:
    """Start the case a due timer start event stands for, and set the timer for its next time."""
    again = next_firing(row["repeat"], row["due_at"])
    locked = sa.select(timer.c.key).where(timer.c.key == row["key"], timer.c.due_at == row["due_at"]).with_for_update()
    if tx.value(locked) is None:
        return
    if again is None:
        tx.execute(sa.delete(timer).where(timer.c.key == row["key"]))
    else:
        due, repeat = again
        tx.execute(sa.update(timer).where(timer.c.key == row["key"]).values(due_at=due, repeat=repeat))
    found = Found(row["definition_key"], row["process_id"], 0, None, 0)
    begin_case(tx, SYSTEM, found, {}, start_event=row["element_id"])


def subscription_row(tx: Transaction, key: int) -> dict[str, Any] | None:
    row = tx.row(sa.select(subscription).where(subscription.c.key == key))
    return None if row is None else dict(row._mapping)
