"""Taking back what one has just completed: offered for a short while by the page that follows."""

from dataclasses import dataclass
from datetime import timedelta

from fastapi import Request

from engine.access import Actor
from engine.db import Transaction
from engine.errors import NotFound
from engine.flow.modification import REVOCABLE
from engine.flow.queries import TaskView, get_task
from engine.flow.registry import registry_of
from engine.flow.tables import TaskState

#: the name in the address that says which task was completed just now
DONE = "done"
OFFERED = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Undo:
    """The task just completed, while its diagram says that this may be taken back; drawn by `ui.undo`."""

    url: str
    words: str


def offered_undo(request: Request, tx: Transaction, actor: Actor) -> Undo | None:
    """What the address says was completed, where the actor did it a moment ago and may take it back."""
    key = request.query_params.get(DONE, "")
    return undo_of(tx, actor, int(key)) if key.isdecimal() and len(key) < 19 else None


def undo_of(tx: Transaction, actor: Actor, key: int) -> Undo | None:
    """The same of a task by its key."""
    try:
        done = get_task(tx, actor, key)
    except NotFound:
        return None
    words = f"“{done.row['title'] or done.row['name']}”已提交。"
    return Undo(f"/tasks/{key}/undo", words) if _may_undo(tx, actor, done) else None


def _may_undo(tx: Transaction, actor: Actor, done: TaskView) -> bool:
    row = done.row
    if done.is_open or row["state"] is not TaskState.COMPLETED or row["ended_by"] != actor.login:
        return False
    element = registry_of(tx).library.process(tx, row["definition_key"]).process.elements.get(row["element_id"])
    revocable = element is not None and element.properties.get(REVOCABLE) == "true"
    return revocable and tx.now - row["ended_at"] < OFFERED
