"""答辩安排: a group's beginning, minutes for each and place; everybody in it is told when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.clock import local
from engine.db import Transaction
from engine.declaration.tables import declaration
from engine.errors import InvalidInput, NotFound, Refused
from engine.flow.queries import case_tasks
from engine.notification import Recipient, notify
from engine.organisation.tables import State, account
from engine.review_meeting.creating import editable_meeting
from engine.review_meeting.defence.tables import defence_note, defence_schedule
from engine.review_meeting.defending import STEP, defence_order
from engine.review_meeting.meetings import Meeting, groups_of

SHORTEST, LONGEST = 5, 240
LONGEST_VENUE = 200
TEMPLATE = "defence_called"
n, s = defence_note.c, defence_schedule.c


@dataclass(frozen=True, slots=True)
class Slot:
    """One defence. `place` counts from 1 within the group; `at` is none before the group is scheduled, `came` before it is noted."""

    row: Mapping[str, Any]
    place: int
    at: datetime | None
    came: bool | None

    @property
    def key(self) -> int:
        return int(self.row["declaration"])


@dataclass(frozen=True, slots=True)
class Session:
    """A group with its schedule, if it has one, and its defences in the order of the lot."""

    group: int
    name: str
    schedule: Mapping[str, Any] | None
    slots: Sequence[Slot]


def sessions_of(tx: Transaction, meeting: Meeting) -> list[Session]:
    """The groups of a meeting that have dossiers. The caller has made sure that its reader may know the dossiers."""
    ordered = defence_order(tx, meeting)
    schedules = {
        row.group: dict(row._mapping) for row in tx.rows(sa.select(defence_schedule).where(s.meeting == meeting.key))
    }
    came = {row.declaration: row.came for row in tx.rows(sa.select(defence_note).where(n.meeting == meeting.key))}
    sessions = []
    for group in groups_of(tx, meeting.key):
        held = schedules.get(group["id"])
        slots = [
            Slot(row, place, slot_at(held, place) if held else None, came.get(row["declaration"]))
            for place, row in enumerate(ordered.get(group["id"], []), 1)
        ]
        if slots:
            sessions.append(Session(group["id"], group["name"], held, slots))
    return sessions


def slot_at(schedule: Mapping[str, Any], place: int) -> datetime:
    """When the one at that place begins."""
    starts: datetime = schedule["starts_at"]
    return starts + timedelta(minutes=schedule["minutes"] * (place - 1))


def set_schedule(
    tx: Transaction, actor: Actor, meeting: int, group: int, *, starts_at: datetime | None, minutes: int, venue: str
) -> int:
    """Set or change a group's schedule and tell everybody in it; how many. Raises `InvalidInput` by field, `NotFound`, and `Refused`
    while the dossiers can still go to other groups or after the defences are over."""
    held = holding_meeting(tx, actor, meeting)
    venue = venue.strip() or str(held.row["venue"])
    problems: dict[str, list[str]] = {}
    if starts_at is None:
        problems["starts_at"] = ["请填写第一位开始的日期和时间"]
    elif starts_at <= tx.now:
        problems["starts_at"] = ["开始时间应晚于现在，以便通知申报人"]
    if not SHORTEST <= minutes <= LONGEST:
        problems["minutes"] = [f"每人时间应在 {SHORTEST} 到 {LONGEST} 分钟之间"]
    if len(venue) > LONGEST_VENUE:
        problems["venue"] = [f"地点最多 {LONGEST_VENUE} 个字"]
    if problems:
        raise InvalidInput(fields=problems)
    session = next((one for one in sessions_of(tx, held) if one.group == group), None)
    if session is None:
        raise NotFound
    tx.execute(sa.delete(defence_schedule).where(s.meeting == meeting, s.group == group))
    row = {"meeting": meeting, "group": group, "starts_at": starts_at, "minutes": minutes, "venue": venue}
    tx.insert(defence_schedule, **row, set_by=actor.login, set_at=tx.now)
    _tell(tx, session, row)
    return len(session.slots)


def holding_meeting(tx: Transaction, actor: Actor, meeting: int) -> Meeting:
    """The meeting, where the actor's unit holds it and its defences are under way. Raises `Refused`."""
    held = editable_meeting(tx, actor, meeting)
    if not any(one.row["element_id"] == STEP for one in case_tasks(tx, actor, meeting)):
        raise Refused("现在不在组织答辩这一步，请查看会议进度。")
    return held


def _tell(tx: Transaction, session: Session, row: Mapping[str, Any]) -> None:
    d, a = declaration.c, account.c
    places = {slot.row["declaration"]: slot for slot in session.slots}
    query = (
        sa.select(d.case_key, d.declaration_no, a.id, a.email, a.mobile)
        .join(account, a.login == d.applicant)
        .where(d.case_key.in_(sorted(places)), a.state == State.ACTIVE)
    )
    for one in tx.rows(query.order_by(d.case_key)):
        place = places[one.case_key].place
        when = f"{local(slot_at(row, place)):%Y年%m月%d日 %H:%M}"
        data = {"no": one.declaration_no, "when": when, "venue": row["venue"], "place": place, "group": session.name}
        notify(tx, Recipient(one.id, one.email or "", one.mobile or ""), TEMPLATE, data, url="/declaration")
