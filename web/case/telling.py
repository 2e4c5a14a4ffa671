"""The journal of a case with the names, labels and opinions its entries refer to."""

from collections.abc import Mapping
from dataclasses import replace

from engine.access import Actor, Permission
from engine.db import Transaction
from engine.flow.queries import JournalEntry, case_journal, case_tasks
from engine.flow.registry import registry_of
from engine.flow.told import Told, what_was_told
from engine.organisation import unit_names
from web.case.entries import Entry, entry_of, waiting_entry
from web.case.story import waiting_tasks


def entries_of(tx: Transaction, actor: Actor, case_key: int) -> list[Entry]:
    """The entries people read, the newest first; open tasks stand on top. Raises `NotFound`.

    Who declares reads which unit acted, not which of its people.
    """
    journal = case_journal(tx, actor, case_key)
    told = what_was_told(tx, case_key)
    units = unit_names(tx, {entry.unit_id for entry in journal if entry.unit_id})
    events = {entry.event for entry in journal}
    unnamed = actor.may(Permission.DECLARATIONS_DECLARE)
    lines = [
        replace(line, person="") if unnamed and line.unit and entry.actor != actor.login else line
        for entry in reversed(journal)
        if not _is_said_twice(entry, events)
        for line in (_line(tx, entry, told, units),)
        if line is not None
    ]
    return [*_waiting(tx, actor, case_key), *lines]


def _is_said_twice(entry: JournalEntry, events: set[str]) -> bool:
    """A case that somebody ended is said to have ended once, with the reason."""
    return entry.event == "case.terminated" and "case.cancelled" in events


def _line(tx: Transaction, entry: JournalEntry, told: Mapping[int, Told], units: Mapping[int, str]) -> Entry | None:
    said = told.get(int((entry.detail or {}).get("task") or 0))
    outcome, opinion = None, ""
    if said is not None and entry.event == "task.completed":
        outcome, opinion = _outcome(tx, said, entry.outcome), said.opinion
    return entry_of(entry, unit=units.get(entry.unit_id or 0, ""), outcome=outcome, opinion=opinion)


def _outcome(tx: Transaction, said: Told, value: str | None) -> tuple[str, str] | None:
    """The label and style of the button that was pressed."""
    if said.form_key is None or value is None:
        return None
    form = registry_of(tx).library.form(tx, said.form_key)
    chosen = form.outcome.value(value) if form.outcome else None
    return (chosen.label, chosen.style) if chosen else None


def _waiting(tx: Transaction, actor: Actor, case_key: int) -> list[Entry]:
    views = case_tasks(tx, actor, case_key)
    return [
        waiting_entry(task.step, task.who, view.row["created_at"], on_hold=task.on_hold)
        for view, task in reversed([*zip(views, waiting_tasks(tx, actor, views), strict=True)])
    ]
