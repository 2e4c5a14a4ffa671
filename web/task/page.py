"""What the task page shows of a task, and which of its buttons the reader gets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.access import Actor, Permission
from engine.db import Transaction
from engine.flow.queries import TaskView
from engine.flow.registry import registry_of
from engine.flow.tables import TaskState
from engine.form import Form
from engine.organisation import ROLES, account_names, holders_of
from web.due import Due, age_of, due_in
from web.who import role_of, unit_of

#: a form with more inputs than this gets the width of the page; one beside the dossier stays readable up to here
NARROW = 8


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One open task. `locked` says why it cannot be done here and now; `wide` gives its form the width of the page."""

    key: int
    case_key: int
    case_url: str
    title: str
    step: str
    process: str
    business_key: str
    version: int
    state: str
    kind: str
    due: Due | None
    arrived_at: datetime
    age: str
    on_hold: bool
    hold_reason: str
    locked: str
    wide: bool
    saves: bool
    may_complete: bool
    may_claim: bool
    may_release: bool
    may_hold: bool
    may_resume: bool
    may_assign: bool
    may_delegate: bool
    people: Sequence[tuple[str, str]]


def task_page(tx: Transaction, actor: Actor, view: TaskView, form: Form | None) -> TaskPage:
    """The task as this actor meets it."""
    registry, row = registry_of(tx), view.row
    logins = actor.on_behalf_of | {actor.login}
    works = view.is_open and view.may_work and actor.may(Permission.TASKS_WORK)
    mine = row["assignee"] in logins
    free = row["assignee"] is None
    on_hold = row["state"] is TaskState.ON_HOLD
    offered = bool(row["candidate_groups"] or row["candidate_users"])
    holder = "" if free or mine else account_names(tx, {row["assignee"]}).get(row["assignee"], row["assignee"])
    return TaskPage(
        key=row["key"],
        case_key=row["case_key"],
        case_url=f"/cases/{row['case_key']}",
        title=row["title"] or row["business_key"] or row["name"],
        step=row["name"],
        process=registry.library.process(tx, row["definition_key"]).process.name,
        business_key=row["business_key"] or "",
        version=row["version"],
        state=_state(free=free, mine=mine, on_hold=on_hold, holder=holder, away=actor.stands_in_for(row["assignee"])),
        kind="warn" if on_hold else "info" if mine or free else "",
        due=due_in(row["due_at"], tx.now, registry.calendar),
        arrived_at=row["created_at"],
        age=age_of(row["created_at"], tx.now, registry.calendar),
        on_hold=on_hold,
        hold_reason=row["hold_reason"] or "",
        locked=f"这件事项已由{holder}签收，现在只能查看。" if holder and not works else "",
        wide=form is not None and (bool(form.sections) or len(form.fields) > NARROW),
        saves=form is not None,
        may_complete=works,
        may_claim=works and free,
        may_release=works and mine and (offered or row["delegated_by"] is not None),
        may_hold=works and not on_hold and form is not None and form.outcome is not None,
        may_resume=works and on_hold,
        may_assign=actor.may(Permission.TASKS_ASSIGN),
        may_delegate=works and mine and offered,
        people=colleagues(tx, row, actor) if works else (),
    )


def _state(*, free: bool, mine: bool, on_hold: bool, holder: str, away: str | None) -> str:
    if away is not None:
        return f"代 {away} 办理"
    if on_hold:
        return "审核待定"
    if free:
        return "待签收"
    return "由您办理" if mine else f"由{holder}办理"


def colleagues(tx: Transaction, row: Mapping[str, Any], actor: Actor) -> list[tuple[str, str]]:
    """Whoever else the task may be given to: the holders of its candidate groups and its candidate users."""
    found: dict[str, str] = {}
    for group in row["candidate_groups"]:
        role, unit = role_of(group), unit_of(group)
        if role is not None and unit is not None:
            found |= {login: f"{name}（{ROLES[role].label}）" for login, name in holders_of(tx, role, unit)}
    found |= account_names(tx, set(row["candidate_users"]) - found.keys())
    return sorted((login, words) for login, words in found.items() if login not in (actor.login, row["assignee"]))
