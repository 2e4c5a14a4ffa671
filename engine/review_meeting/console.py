"""会议进度: every step of a meeting in the order of its diagram, who is awaited, how far the mass is, what comes next."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.flow.actions import Action, task_actions
from engine.flow.model import Kind
from engine.flow.queries import TaskView, case_tasks
from engine.flow.registry import registry_of
from engine.flow.tables import CaseState, ElementState, case, element_instance
from engine.organisation import account_names, unit_names
from engine.review_meeting.dossiers import count_stages
from engine.review_meeting.meetings import Meeting
from engine.review_meeting.tables import DossierStage, Invitation, meeting_expert, review_meeting

#: what people do, and the ballots, which are cases of their own
SHOWN = frozenset({Kind.USER_TASK, Kind.CALL_ACTIVITY})
ROLES = {"case_officer": "经办人", "unit_admin": "管理员", "unit_leader": "领导", "title_office_admin": "管理员"}

x, e = meeting_expert.c, element_instance.c


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `state` is done, open, ahead, or skipped where the way has passed it by; `who` are those awaited; `task` the
    open task the reader may do."""

    element_id: str
    name: str
    lane: str
    state: str
    who: Sequence[str]
    since: datetime | None
    due: datetime | None
    task: TaskView | None
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Attendance:
    """Experts of a meeting by what they answered, and how many are in the room."""

    called: int
    confirmed: int
    declined: int
    present: int


@dataclass(frozen=True, slots=True)
class Console:
    """All the console shows. `following` is the step the reader's one button leads to."""

    steps: Sequence[Step]
    actions: Sequence[Action]
    attendance: Attendance
    stages: Mapping[DossierStage, int]
    ballots: Sequence[Mapping[str, Any]]

    @property
    def following(self) -> Step | None:
        return next((step for step in self.steps if step.task is not None), None)

    @property
    def awaited(self) -> list[Step]:
        return [step for step in self.steps if step.state == "open"]


def console_of(tx: Transaction, actor: Actor, meeting: Meeting) -> Console:
    """Where a meeting stands that the actor sees: a handful of statements, however large it is."""
    return Console(
        steps=_steps(tx, actor, meeting),
        actions=task_actions(tx, actor, meeting.key),
        attendance=attendance_of(tx, meeting.key),
        stages=count_stages(tx, meeting.key),
        ballots=_ballots(tx, meeting.key),
    )


def attendance_of(tx: Transaction, meeting: int) -> Attendance:
    """How many were called, answered, are there. The caller has made sure that its reader may see the meeting."""
    there = sa.and_(x.signed_in_at.is_not(None), x.signed_out_at.is_(None), x.invited != Invitation.DECLINED)
    counts = [
        sa.func.count(sa.case((condition, 1)))
        for condition in (
            x.invited != Invitation.DECLINED,
            x.invited == Invitation.CONFIRMED,
            x.invited == Invitation.DECLINED,
            there,
        )
    ]
    row = tx.row(sa.select(*counts).where(x.meeting == meeting))
    return Attendance(*(int(count) for count in row)) if row is not None else Attendance(0, 0, 0, 0)


def pulse_of(tx: Transaction, meetings: Sequence[int]) -> Mapping[int, str]:
    """A word for each of these meetings that changes whenever something happens in it: what live pages compare.

    It counts commands of the case and of its ballots, dossiers by stage and experts by answer and attendance.
    """
    keys = sorted(meetings)
    mine = sa.or_(case.c.key.in_(keys), case.c.parent_case_key.in_(keys))
    root = sa.func.coalesce(case.c.parent_case_key, case.c.key)
    moved = sa.select(root.label("meeting"), sa.func.sum(case.c.row_version).label("moves")).where(mine).group_by(root)
    moves = {row.meeting: row.moves for row in tx.rows(moved)}
    versions = {
        row.case_key: row.version
        for row in tx.rows(
            sa.select(review_meeting.c.case_key, review_meeting.c.version).where(review_meeting.c.case_key.in_(keys))
        )
    }
    found = {}
    for key in keys:
        there = attendance_of(tx, key)
        counts = (*count_stages(tx, key).values(), there.called, there.confirmed, there.declined, there.present)
        found[key] = f"{moves.get(key, 0)}.{versions.get(key, 0)}.{'-'.join(str(count) for count in counts)}"
    return found


def _steps(tx: Transaction, actor: Actor, meeting: Meeting) -> list[Step]:
    definition_key = tx.value(sa.select(case.c.definition_key).where(case.c.key == meeting.key))
    process = registry_of(tx).library.process(tx, definition_key).process
    tasks = case_tasks(tx, actor, meeting.key)
    names = _names(tx, tasks)
    rows = tx.rows(
        sa.select(e.element_id, e.state, e.entered_at, e.item_index).where(
            e.case_key == meeting.key,
            e.element_id.in_([one.id for one in process.elements.values() if one.kind in SHOWN]),
        )
    )
    steps = []
    for element in process.elements.values():
        if element.kind not in SHOWN:
            continue
        mine = [row for row in rows if row.element_id == element.id]
        waiting = [one for one in tasks if one.row["element_id"] == element.id]
        states = Counter(row.state for row in mine if element.multi is None or row.item_index is not None)
        active = bool(waiting) or states[ElementState.ACTIVE] > 0
        steps.append(
            Step(
                element_id=element.id,
                name=element.name or element.id,
                lane=element.lane or "",
                state="open" if active else "done" if states[ElementState.COMPLETED] else "ahead",
                who=[names[one.row["key"]] for one in waiting],
                since=min((one.row["created_at"] for one in waiting), default=None),
                due=min((one.row["due_at"] for one in waiting if one.row["due_at"]), default=None),
                task=next((one for one in waiting if one.may_work), None),
                done=states[ElementState.COMPLETED],
                total=sum(states.values()),
            )
        )
    return _passed_by(steps)


def _passed_by(steps: Sequence[Step]) -> list[Step]:
    """Steps ahead of which others are done or open already need nobody any more."""
    last = max((number for number, step in enumerate(steps) if step.state != "ahead"), default=-1)
    return [
        replace(step, state="skipped") if step.state == "ahead" and number < last else step
        for number, step in enumerate(steps)
    ]


def _names(tx: Transaction, tasks: Sequence[TaskView]) -> dict[int, str]:
    """Who each task waits for, in words: a person, or 经办人 of a unit."""
    people = account_names(tx, {one.row["assignee"] for one in tasks if one.row["assignee"]})
    users = account_names(tx, {login for one in tasks for login in one.row["candidate_users"]})
    units = unit_names(tx, {unit for one in tasks for _, unit in _places(one.row["candidate_groups"])})
    found = {}
    for one in tasks:
        held = one.row["assignee"]
        words = [people.get(held, held)] if held else [users.get(login, login) for login in one.row["candidate_users"]]
        if not held:
            words += [
                f"{units.get(unit, '')}{ROLES.get(role, role)}" for role, unit in _places(one.row["candidate_groups"])
            ]
        found[one.row["key"]] = "、".join(words)
    return found


def _places(groups: Sequence[str]) -> list[tuple[str, int]]:
    parts = (group.partition("@") for group in groups)
    return [(role, int(unit)) for role, at, unit in parts if at and unit.isdecimal()]


def _ballots(tx: Transaction, meeting: int) -> list[Mapping[str, Any]]:
    """The cases of the ballots: key, status, whether they are over."""
    columns = (case.c.key, case.c.status, case.c.state, case.c.started_at, case.c.ended_at)
    query = sa.select(*columns).where(case.c.parent_case_key == meeting, case.c.state != CaseState.TERMINATED)
    return [dict(row._mapping) for row in tx.rows(query.order_by(case.c.key))]
