"""The assignment of one group as its leader, the chair and the office read it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.committee.tables import expert
from engine.db import Transaction
from engine.declaration.tables import declaration
from engine.errors import NotFound
from engine.flow.tables import task, variable
from engine.review_meeting.assignment.tables import AssignmentState, assignment_pair, assignment_run
from engine.review_meeting.conflicts.tables import RecusalState, dossier_recusal
from engine.review_meeting.seats import Row, keeps_meeting, meeting_row, seat_of
from engine.review_meeting.tables import (
    DossierStage,
    ExpertPost,
    Invitation,
    meeting_dossier,
    meeting_expert,
    meeting_group,
)

FORM = "meeting_assign_reviewers"

g, x, d, n, e = meeting_group.c, meeting_expert.c, meeting_dossier.c, declaration.c, expert.c
run, pair, r = assignment_run.c, assignment_pair.c, dossier_recusal.c


@dataclass(frozen=True, slots=True)
class Member:
    """An expert of the group, with how many dossiers they got as first and as second reviewer."""

    expert: int
    name: str
    login: str
    workplace: str
    specialties: frozenset[str]
    is_leader: bool
    is_chair: bool
    primary: int = 0
    secondary: int = 0

    @property
    def load(self) -> int:
        return self.primary + self.secondary


@dataclass(frozen=True, slots=True)
class Line:
    """A dossier with its reviewers: those published, else those proposed. `problem` says what is wrong with them."""

    declaration: int
    number: str
    applicant: str
    unit_name: str
    specialty: str
    title_name: str
    stage: DossierStage
    primary: int | None
    secondary: int | None
    by_hand: bool
    problem: str
    review_case: int | None


@dataclass(frozen=True, slots=True)
class Assignment:
    """One group. `barred` are the recusals in force, `asked` the questions still open, both (declaration, expert)."""

    meeting: Row
    group: Row
    members: Sequence[Member]
    lines: Sequence[Line]
    barred: frozenset[tuple[int, int]]
    asked: frozenset[tuple[int, int]]
    state: AssignmentState
    seed: str
    version: int
    may_edit: bool
    #: the leader's task, while it waits
    task_key: int | None

    @property
    def missing(self) -> int:
        """How many dossiers still lack a reviewer."""
        return sum(one.primary is None or one.secondary is None for one in self.lines)

    @property
    def invalid(self) -> Sequence[Line]:
        """Dossiers whose reviewers cannot stay."""
        return [one for one in self.lines if one.problem]

    @property
    def published(self) -> bool:
        return self.state is AssignmentState.PUBLISHED

    def member(self, expert_id: int | None) -> Member | None:
        return next((one for one in self.members if one.expert == expert_id), None)


def groups_to_assign(tx: Transaction, actor: Actor, meeting: int) -> list[Row]:
    """The groups whose assignment the actor reads: the own ones of a leader, all for the chair and the office.

    Raises `NotFound` for everybody else.
    """
    seat = seat_of(tx, actor, meeting)
    query = sa.select(meeting_group).where(g.meeting == meeting).order_by(g.id)
    if not keeps_meeting(tx, actor, meeting) and not (seat is not None and seat.is_chair):
        if seat is None or not seat.leads:
            raise NotFound
        query = query.where(g.id.in_(sorted(seat.leads)))
    return [dict(row._mapping) for row in tx.rows(query)]


def lock_group(tx: Transaction, group: int) -> None:
    """Commands on the assignment of one group wait for each other."""
    tx.execute(sa.select(g.id).where(g.id == group).with_for_update())


def assignment_of(tx: Transaction, actor: Actor, meeting: int, group: int) -> Assignment:
    """One group's assignment. Its leader edits it; the chair and the office read it. Raises `NotFound`.

    In a masked meeting only the office reads whose dossiers they are.
    """
    held = next((row for row in groups_to_assign(tx, actor, meeting) if row["id"] == group), None)
    if held is None:
        raise NotFound
    seat = seat_of(tx, actor, meeting)
    leads = seat is not None and group in seat.leads
    found = read_assignment(tx, meeting, held, may_edit=leads)
    if not found.meeting["masked"] or keeps_meeting(tx, actor, meeting):
        return found
    return replace(found, lines=[replace(line, applicant="", unit_name="") for line in found.lines])


def read_assignment(tx: Transaction, meeting: int, group: Row, *, may_edit: bool = False) -> Assignment:
    """The same without asking who reads."""
    kept = tx.row(sa.select(assignment_run).where(run.meeting == meeting, run.meeting_group == group["id"]))
    barred, asked = recusal_pairs(tx, meeting, group["id"])
    members = _members(tx, meeting, group)
    published = kept is not None and kept.state is AssignmentState.PUBLISHED
    lines = _lines(tx, meeting, group, barred, {one.expert: one for one in members}, published=published)
    first, second = (Counter(getattr(one, role) for one in lines) for role in ("primary", "secondary"))
    return Assignment(
        meeting=meeting_row(tx, meeting),
        group=group,
        members=[
            Member(
                **{
                    name: getattr(one, name)
                    for name in Member.__dataclass_fields__
                    if name not in ("primary", "secondary")
                },
                primary=first[one.expert],
                secondary=second[one.expert],
            )
            for one in members
        ],
        lines=lines,
        barred=barred,
        asked=asked,
        state=AssignmentState.PUBLISHED if published else AssignmentState.DRAFT,
        seed=kept.seed if kept is not None else "",
        version=kept.version if kept is not None else 0,
        may_edit=may_edit,
        task_key=_task(tx, meeting, group),
    )


def recusal_pairs(
    tx: Transaction, meeting: int, group: int
) -> tuple[frozenset[tuple[int, int]], frozenset[tuple[int, int]]]:
    """The recusals in force for the dossiers of a group, and the questions still open."""
    query = (
        sa.select(r.declaration, r.expert, r.state)
        .join(meeting_dossier, sa.and_(d.meeting == r.meeting, d.declaration == r.declaration))
        .where(r.meeting == meeting, d.group == group, r.state != RecusalState.LIFTED)
    )
    rows = tx.rows(query)
    barred = frozenset((row.declaration, row.expert) for row in rows if row.state is RecusalState.ACTIVE)
    return barred, frozenset((row.declaration, row.expert) for row in rows) - barred


def _members(tx: Transaction, meeting: int, group: Row) -> list[Member]:
    query = (
        sa.select(x.expert, x.name, x.login, x.workplace, x.post, x.specialty, e.specialties)
        .join(expert, e.id == x.expert)
        .where(x.meeting == meeting, x.group == group["id"], x.invited != Invitation.DECLINED)
        .order_by(x.name, x.expert)
    )
    return [
        Member(
            expert=row.expert,
            name=row.name,
            login=row.login,
            workplace=row.workplace,
            specialties=frozenset([*(row.specialties or ()), *([row.specialty] if row.specialty else ())]),
            is_leader=row.expert == group["leader"],
            is_chair=row.post is ExpertPost.CHAIR,
        )
        for row in tx.rows(query)
    ]


def _lines(
    tx: Transaction,
    meeting: int,
    group: Row,
    barred: frozenset[tuple[int, int]],
    members: Mapping[int, Member],
    *,
    published: bool,
) -> list[Line]:
    query = (
        sa.select(
            d.declaration,
            d.declaration_no,
            d.stage,
            d.review_case,
            d.primary_expert,
            d.secondary_expert,
            n.name,
            n.unit_name,
            n.specialty,
            n.title_name,
            pair.primary_expert.label("first"),
            pair.secondary_expert.label("second"),
            pair.by_hand,
        )
        .join(declaration, n.case_key == d.declaration)
        .join(
            assignment_pair,
            sa.and_(pair.meeting == d.meeting, pair.declaration == d.declaration, pair.meeting_group == d.group),
            isouter=True,
        )
        .where(d.meeting == meeting, d.group == group["id"], d.live.is_(True))
        .order_by(d.declaration_no)
    )
    return [_line(row, group, barred, members, published=published) for row in tx.rows(query)]


def _line(
    row: sa.Row[Any],
    group: Row,
    barred: frozenset[tuple[int, int]],
    members: Mapping[int, Member],
    *,
    published: bool,
) -> Line:
    primary, secondary = (row.primary_expert, row.secondary_expert) if published else (row.first, row.second)
    return Line(
        declaration=row.declaration,
        number=row.declaration_no,
        applicant=row.name,
        unit_name=row.unit_name,
        specialty=row.specialty or "",
        title_name=row.title_name or "",
        stage=row.stage,
        primary=primary,
        secondary=secondary,
        by_hand=bool(row.by_hand),
        problem=pair_problem(row.declaration, primary, secondary, group["leader"], barred, members),
        review_case=row.review_case,
    )


def pair_problem(
    declaration_key: int,
    primary: int | None,
    secondary: int | None,
    leader: int | None,
    barred: frozenset[tuple[int, int]],
    members: Mapping[int, Member],
) -> str:
    """Why these two cannot review this dossier; empty where they can, or where one is not chosen yet."""
    for role, who in (("主审", primary), ("副审", secondary)):
        if who is None:
            continue
        if who not in members:
            return f"{role}不在本组"
        if (declaration_key, who) in barred:
            return f"{role}{members[who].name}须回避"
        if who == leader:
            return f"组长不担任{role}（一份材料由三人分担）"
    if primary is not None and primary == secondary:
        return "主审和副审不能是同一人"
    return ""


def _task(tx: Transaction, meeting: int, group: Row) -> int | None:
    """The leader's open task. Who leads several groups has one for each, in the order of the groups."""
    leader = tx.value(sa.select(x.login).where(x.meeting == meeting, x.expert == group["leader"]))
    if leader is None:
        return None
    t = task.c
    open_ones = tx.rows(
        sa.select(t.key).where(t.case_key == meeting, t.form_id == FORM, t.assignee == leader).order_by(t.key)
    )
    if len(open_ones) <= 1:
        return open_ones[0].key if open_ones else None
    return next((row.key for row in open_ones if _group_of_task(tx, meeting, row.key) == group["id"]), None)


def _group_of_task(tx: Transaction, meeting: int, task_key: int) -> int | None:
    v = variable.c
    scope = sa.select(task.c.element_key).where(task.c.key == task_key).scalar_subquery()
    told = tx.value(sa.select(v.value).where(v.case_key == meeting, v.scope_key == scope, v.name == "group"))
    return group_told(told)


def group_told(told: Any) -> int | None:
    """The group an item of the leaders' task is about."""
    found = told.get("group", told.get("id")) if isinstance(told, Mapping) else told
    return int(found) if isinstance(found, int | str) and str(found).isdecimal() else None
