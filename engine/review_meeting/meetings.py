"""Reading meetings: one whole, the lists of active and past ones, what somebody is in a meeting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission
from engine.committee.tables import committee
from engine.db import Transaction
from engine.errors import NotAllowed, NotFound
from engine.flow.actions import Action, task_actions
from engine.flow.queries import TaskView, case_tasks
from engine.flow.variables import read_variables
from engine.flow.visibility import is_visible
from engine.organisation.tables import unit
from engine.review_meeting.tables import (
    BallotMode,
    Invitation,
    meeting_committee,
    meeting_expert,
    meeting_group,
    meeting_staff,
    review_meeting,
)

m, mc, x, g, s, c = (
    review_meeting.c,
    meeting_committee.c,
    meeting_expert.c,
    meeting_group.c,
    meeting_staff.c,
    committee.c,
)

Row = Mapping[str, Any]
#: what `is_in_meeting` says of 工作人员, beside the posts of experts
STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting its reader may see. `row` has the columns of the table and `unit_name`; `committees` are id, code, name,
    `members` (0 before the plan is approved), and until when the filing holds."""

    row: Row
    committees: Sequence[Row]

    @property
    def key(self) -> int:
        return int(self.row["case_key"])

    @property
    def meeting_no(self) -> str:
        return str(self.row["meeting_no"])

    @property
    def name(self) -> str:
        return str(self.row["name"])

    @property
    def unit(self) -> int:
        return int(self.row["unit"])

    @property
    def year(self) -> int:
        return int(self.row["year"])

    @property
    def series(self) -> str:
        return str(self.row["series"])

    @property
    def status(self) -> str:
        return str(self.row["status"])

    @property
    def masked(self) -> bool:
        return bool(self.row["masked"])

    @property
    def ballot_mode(self) -> BallotMode:
        return BallotMode(self.row["ballot_mode"])

    @property
    def is_open(self) -> bool:
        return self.row["finished_at"] is None

    @property
    def committee_ids(self) -> list[int]:
        return [one["id"] for one in self.committees]

    def committee_name(self, committee_id: int) -> str:
        return next((str(one["name"]) for one in self.committees if one["id"] == committee_id), "")


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits in a meeting: its tasks as the reader sees them, the reader's buttons, the variables of the case."""

    tasks: Sequence[TaskView]
    actions: Sequence[Action]
    variables: Mapping[str, Any]

    def task_of(self, element_id: str) -> TaskView | None:
        """The open task of that element that the reader may do."""
        return next((one for one in self.tasks if one.row["element_id"] == element_id and one.may_work), None)

    def may(self, action: str) -> bool:
        return any(one.action == action for one in self.actions)


def meeting_of(tx: Transaction, actor: Actor, key: int) -> Meeting:
    """One meeting: for officers of its unit and those above, its experts and staff, the title office. Raises `NotFound`."""
    found = tx.row(_joined().where(m.case_key == key, is_visible(m.case_key, actor)))
    if found is None:
        raise NotFound
    return Meeting(dict(found._mapping), committees_of(tx, key))


def committees_of(tx: Transaction, key: int) -> list[Row]:
    """The committees of a meeting by code. The caller has made sure that its reader may see it."""
    columns = (c.id, c.code, c.name, c.forming_unit, c.series, c.levels, c.specialties, c.kind, c.valid_until, c.state)
    query = sa.select(*columns, mc.members).join(meeting_committee, mc.committee == c.id)
    return [dict(row._mapping) for row in tx.rows(query.where(mc.meeting == key).order_by(c.code))]


def desk_of(tx: Transaction, actor: Actor, key: int) -> Desk:
    """What waits in a meeting the actor sees."""
    return Desk(case_tasks(tx, actor, key), task_actions(tx, actor, key), read_variables(tx, key))


@dataclass(frozen=True, slots=True)
class MeetingFilter:
    """What the list is narrowed to: `text` is part of name or number; `sort` is one of `SORTS`, a hyphen before it turns the order
    round, the newest first where there is none."""

    past: bool = False
    text: str = ""
    year: int | None = None
    series: str = ""
    status: str = ""
    sort: str = ""


SORTS = {"name": m.name, "number": m.meeting_no, "starts": m.starts_at}


def list_meetings(
    tx: Transaction, actor: Actor, wanted: MeetingFilter | None = None, *, page: int = 1, size: int = 20
) -> tuple[list[Row], int]:
    """Active or past meetings the actor sees (M1, M2), and how many."""
    wanted = wanted or MeetingFilter()
    query = _joined().where(
        is_visible(m.case_key, actor), m.finished_at.is_not(None) if wanted.past else m.finished_at.is_(None)
    )
    if wanted.text:
        named = (column.contains(wanted.text, autoescape=True) for column in (m.name, m.meeting_no))
        query = query.where(sa.or_(*named))
    same = {m.year: wanted.year, m.series: wanted.series, m.status: wanted.status}
    query = query.where(*(column == value for column, value in same.items() if value))
    total = int(tx.value(sa.select(sa.func.count()).select_from(query.subquery())))
    by = SORTS.get(wanted.sort.removeprefix("-"))
    order = () if by is None else (by.desc() if wanted.sort.startswith("-") else by,)
    rows = tx.rows(query.order_by(*order, m.case_key.desc()).limit(size).offset((max(1, page) - 1) * size))
    return [dict(row._mapping) for row in rows], total


def statuses_of(tx: Transaction, actor: Actor, *, past: bool) -> list[str]:
    """The statuses of the active or past meetings the actor sees, as their diagram names them."""
    over = m.finished_at.is_not(None) if past else m.finished_at.is_(None)
    rows = tx.rows(sa.select(m.status).where(is_visible(m.case_key, actor), over).distinct().order_by(m.status))
    return [row.status for row in rows]


def require_watcher(actor: Actor) -> None:
    """Raise `NotAllowed` unless the actor's business is meetings: offices that call or stand above them, and the auditors."""
    if not (actor.may(Permission.MEETINGS_MANAGE) or actor.everywhere):
        raise NotAllowed


def is_in_meeting(tx: Transaction, actor: Actor, meeting: int) -> str | None:
    """What the actor is there: an expert's post (`chair`, `vice_chair`, `member`), `staff`, or nothing.

    Who declined is nothing.
    """
    here = sa.select(x.post).where(x.meeting == meeting, x.login == actor.login, x.invited != Invitation.DECLINED)
    post = tx.value(here)
    if post is not None:
        return str(post)
    helps = sa.select(s.account).where(s.meeting == meeting, s.account == actor.account)
    return STAFF if tx.row(helps) is not None else None


def groups_of(tx: Transaction, meeting: int) -> list[Row]:
    """The groups of a meeting in the order they were made, with the names of committee and leader and how many experts
    each has. The caller has made sure that its reader may see it."""
    leader = meeting_expert.alias("leader_row")
    count = (
        sa.select(sa.func.count())
        .where(x.meeting == g.meeting, x.group == g.id, x.invited != Invitation.DECLINED)
        .correlate(meeting_group)
        .scalar_subquery()
    )
    query = (
        sa.select(
            meeting_group,
            c.name.label("committee_name"),
            leader.c.name.label("leader_name"),
            leader.c.login.label("leader_login"),
            count.label("experts"),
        )
        .join(committee, c.id == g.committee)
        .join(leader, sa.and_(leader.c.meeting == g.meeting, leader.c.expert == g.leader), isouter=True)
        .where(g.meeting == meeting)
    )
    return [dict(row._mapping) for row in tx.rows(query.order_by(g.id))]


def staff_of(tx: Transaction, meeting: int) -> list[Row]:
    """The staff of a meeting by name."""
    return [
        dict(row._mapping) for row in tx.rows(sa.select(meeting_staff).where(s.meeting == meeting).order_by(s.name))
    ]


def _joined() -> sa.Select[Any]:
    chair = meeting_expert.alias("presiding_row")
    return (
        sa.select(review_meeting, unit.c.name.label("unit_name"), chair.c.name.label("presiding_name"))
        .join(unit, unit.c.id == m.unit)
        .join(chair, sa.and_(chair.c.meeting == m.case_key, chair.c.expert == m.presiding), isouter=True)
    )
