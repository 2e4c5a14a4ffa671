"""Drafts (暂存): what was typed into a task and not handed in, per section of its form. They are no variables."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import Refused
from engine.flow.completion import late_answer, may_work
from engine.flow.scopes import same
from engine.flow.secrecy import refuse_elsewhere
from engine.flow.tables import task, task_draft


@dataclass(frozen=True, slots=True)
class Draft:
    """A section as it was saved last."""

    section: str
    value: Any
    version: int
    by: str
    at: datetime


class DraftConflict(Refused):
    """这一部分已在别处保存过，请核对不同之处后再保存。

    `saved` is what was saved elsewhere, `fields` the names at the top of the section that differ.
    """

    def __init__(self, saved: Draft, fields: list[str]) -> None:
        super().__init__("这一部分已在别处保存过，请核对不同之处后再保存。")
        self.saved = saved
        self.fields = fields


def save_draft(tx: Transaction, actor: Actor, task_key: int, section: str, value: Any, version: int = 0) -> int:
    """Keep a section of a task the actor may work on; its new version. `version` is the one it was made from, 0 for none.

    The case is not locked. Raises `DraftConflict` where somebody, or another page, saved the section since.
    """
    row = tx.row(sa.select(task).where(task.c.key == task_key))
    if row is None:
        raise late_answer(tx, task_key)
    held_task = dict(row._mapping)
    may_work(actor, held_task)
    refuse_elsewhere(tx, held_task)
    d = task_draft.c
    held = tx.row(sa.select(task_draft).where(d.task_key == task_key, d.section == section).with_for_update())
    if held is not None and held.version != version and not same(held.value, value):
        raise DraftConflict(Draft(section, held.value, held.version, held.by, held.at), _different(held.value, value))
    new = (held.version if held is not None else 0) + 1
    draft = {"task_key": task_key, "section": section, "value": value, "version": new, "at": tx.now, "by": actor.login}
    tx.writes.upsert(task_draft, draft, ("value", "version", "at", "by"))
    return new


def list_drafts(tx: Transaction, task_key: int) -> dict[str, Draft]:
    """The saved sections of a task by name."""
    rows = tx.rows(sa.select(task_draft).where(task_draft.c.task_key == task_key).order_by(task_draft.c.section))
    return {row.section: Draft(row.section, row.value, row.version, row.by, row.at) for row in rows}


def _different(one: Any, other: Any) -> list[str]:
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return []
    return [name for name in dict.fromkeys([*one, *other]) if not same(one.get(name), other.get(name))]
