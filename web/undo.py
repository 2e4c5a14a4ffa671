"""Taking back what one has just completed: offered for a short while by the page that follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi import Request

from engine.access import Actor
from engine.db import Transaction
from engine.errors import NotFound
from engine.flow.modification import REVOCABLE, may_reopen
from engine.flow.queries import TaskView, get_task
from engine.flow.registry import registry_of
from engine.flow.tables import TaskState

#: the name in the address that says which task was completed just now
DONE = "done"
OFFERED = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Undo:
    """The task just completed; drawn by `ui.undo`. `url` is empty where it cannot be taken back any more."""

    url: str
    words: str


def offered_undo(request: Request, tx: Transaction, actor: Actor) -> Undo | None:
    """What the address says was completed, where the actor did it a moment ago and its diagram lets it be taken back."""
    key = request.query_params.get(DONE, "")
    if not key.isdecimal() or len(key) > 18:
        return None
    try:
        done = get_task(tx, actor, int(key))
    except NotFound:
        return None
    if not _is_fresh(tx, actor, done):
        return None
    url = f"/tasks/{key}/undo" if may_reopen(tx, actor, done.row) else ""
    return Undo(url, f"“{done.row['title'] or done.row['name']}”已提交。")


def _is_fresh(tx: Transaction, actor: Actor, done: TaskView) -> bool:
    row = done.row
    if done.is_open or row["state"] is not TaskState.COMPLETED or row["ended_by"] != actor.login:
        return False
    return is_revocable(tx, row) and tx.now - row["ended_at"] < OFFERED


def is_revocable(tx: Transaction, row: Mapping[str, Any]) -> bool:
    """Whether the diagram says that a task may be taken back after it was completed."""
    element = registry_of(tx).library.process(tx, row["definition_key"]).process.elements.get(row["element_id"])
    return element is not None and element.properties.get(REVOCABLE) == "true"
