"""流转日志 in the manual's words: step, 处理单位 or 申请人, 处理状态 or 申请状态, opinion; the newest first (U15)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.access import Actor, Permission
from engine.db import Transaction
from engine.flow.queries import JournalEntry, case_journal, case_tasks
from engine.flow.registry import registry_of
from engine.flow.tables import TaskState
from engine.flow.told import Told, what_was_told
from engine.organisation import unit_names
from web.declaration.words import STYLES
from web.who import candidate_words, unit_of

#: steps of the applicant; everything else is done by a unit
FILLING = {
    "fill_declaration": "个人申请提交",
    "correct_declaration": "个人修改后提交",
    "correct_for_committee": "个人补正后提交",
}
#: events people read besides completed steps: what they are called and their colour
EVENTS = {
    "case.started": ("已建立", "info"),
    "case.completed": ("已办结", "good"),
    "case.terminated": ("已终止", ""),
    "case.cancelled": ("已终止", "bad"),
    "task.held": ("审核待定", "warn"),
    "task.resumed": ("恢复审核", "info"),
    "task.reopened": ("撤回办理", "warn"),
    "action.performed": ("已办理", "warn"),
    "case.moved": ("已转接", "info"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `mine` says that the applicant did it: then it reads 申请人 and 申请状态."""

    at: datetime
    step: str
    by_applicant: bool
    who: str
    person: str
    status: str
    kind: str
    opinion: str = ""


def entries_of(tx: Transaction, actor: Actor, case_key: int) -> list[Entry]:
    """What happened, the newest first, with what waits on top. Raises `NotFound`.

    Reviewers read the names of those who acted, the applicant only the units.
    """
    journal, told = case_journal(tx, actor, case_key), what_was_told(tx, case_key)
    units = unit_names(tx, {entry.unit_id for entry in journal if entry.unit_id})
    named = actor.may(Permission.DECLARATIONS_REVIEW)
    done = (_entry(tx, entry, told, units, named=named) for entry in reversed(journal))
    return [*_waiting(tx, actor, case_key), *(entry for entry in done if entry is not None)]


def _entry(
    tx: Transaction, entry: JournalEntry, told: Mapping[int, Told], units: Mapping[int, str], *, named: bool
) -> Entry | None:
    if entry.event == "task.completed":
        return _completed(tx, entry, told, units, named=named)
    if entry.event not in EVENTS:
        return None
    status, kind = EVENTS[entry.event]
    by_applicant = entry.event in ("case.started", "action.performed")
    step = (
        {"case.started": "立即申报", "case.completed": "逐级审核", "case.moved": "人员转接与更正"}.get(entry.event)
        or entry.name
        or status
    )
    who = entry.actor_name if by_applicant else units.get(entry.unit_id or 0, "系统")
    reason = str((entry.detail or {}).get("reason") or "")
    return Entry(
        entry.at, step, by_applicant, who, "" if by_applicant or not named else _person(entry), status, kind, reason
    )


def _completed(
    tx: Transaction, entry: JournalEntry, told: Mapping[int, Told], units: Mapping[int, str], *, named: bool
) -> Entry:
    said = told.get(int((entry.detail or {}).get("task") or 0))
    if entry.element_id in FILLING:
        return Entry(entry.at, FILLING[entry.element_id], True, entry.actor_name, "", "已提交", "good")
    label, kind = _outcome(tx, said, entry.outcome)
    person = _person(entry) if named else ""
    return Entry(
        entry.at,
        entry.name,
        False,
        units.get(entry.unit_id or 0, ""),
        person,
        label,
        kind,
        said.opinion if said else "",
    )


def _person(entry: JournalEntry) -> str:
    """Who acted, and for whom where somebody stood in."""
    away = (entry.detail or {}).get("on_behalf_of_name")
    return f"{entry.actor_name}（代 {away}）" if away else entry.actor_name


def _outcome(tx: Transaction, said: Told | None, value: str | None) -> tuple[str, str]:
    """The button that was pressed, as its form calls it, and its colour."""
    form = registry_of(tx).library.form(tx, said.form_key) if said and said.form_key is not None else None
    chosen = form.outcome.value(value) if form and form.outcome and value else None
    return (chosen.label, STYLES.get(chosen.style, "warn")) if chosen else ("已办理", "good")


def _waiting(tx: Transaction, actor: Actor, case_key: int) -> Iterable[Entry]:
    rows = [view.row for view in reversed(case_tasks(tx, actor, case_key))]
    words = candidate_words(tx, [(row["candidate_groups"], row["candidate_users"]) for row in rows])
    units = unit_names(tx, {unit for row in rows for unit in _units(row["candidate_groups"])})
    for row, who in zip(rows, words, strict=True):
        if row["element_id"] in FILLING:
            yield Entry(row["created_at"], row["name"], True, "", "", "待提交", "info")
            continue
        held = row["state"] is TaskState.ON_HOLD
        where = "、".join(units[unit] for unit in _units(row["candidate_groups"]) if unit in units) or who
        status, kind = ("审核待定", "warn") if held else ("待审核", "info")
        yield Entry(
            row["created_at"], row["name"], False, where, "", status, kind, row["hold_reason"] or "" if held else ""
        )


def _units(groups: Sequence[Any]) -> list[int]:
    return [unit for unit in map(unit_of, groups) if unit is not None]
