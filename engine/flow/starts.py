"""Start events that wait: messages, signals, timers and conditions start cases of the newest version only."""

import sqlalchemy as sa

from engine.db import Transaction
from engine.flow.evaluation import Evaluation
from engine.flow.model import Element, Trigger
from engine.flow.registry import registry_of
from engine.flow.scopes import Scopes
from engine.flow.tables import WaitKind, subscription, timer
from engine.flow.timing import firing

KINDS = {
    Trigger.MESSAGE: WaitKind.MESSAGE,
    Trigger.SIGNAL: WaitKind.SIGNAL,
    Trigger.CONDITION: WaitKind.CONDITION,
}


def replace_starts(tx: Transaction, process_id: str, definition_key: int) -> None:
    """Arm the start events of a new version; those of the version before wait no longer.

    Raises `ProcessFault` where a name or time cannot be worked out without a case.
    """
    for table in (subscription, timer):
        tx.execute(sa.delete(table).where(table.c.process_id == process_id, table.c.case_key.is_(None)))
    registry = registry_of(tx)
    process = registry.library.process(tx, definition_key).process
    evaluation = Evaluation(tx, registry, Scopes(tx, 0, frozenset(), fresh=True))
    for element in process.starts:
        row = {
            "key": tx.next_key(),
            "process_id": process_id,
            "definition_key": definition_key,
            "case_key": None,
            "element_id": element.id,
            "wait_key": None,
            "owner_key": None,
        }
        _arm(tx, evaluation, element, row)


def _arm(tx: Transaction, evaluation: Evaluation, element: Element, row: dict[str, object]) -> None:
    event = element.event
    if event is None:
        return
    if event.trigger is Trigger.TIMER and event.timer is not None:
        tx.insert(timer, **row, lease_until=None, **firing(evaluation, tx.now, element, event.timer, 0))
    elif event.trigger in KINDS:
        name = element.id if event.name is None else evaluation.text(event.name, 0, element.id, "name") or ""
        kind = KINDS[event.trigger]
        tx.insert(subscription, **row, kind=kind, name=name, correlation_key=None, condition=None, created_at=tx.now)
