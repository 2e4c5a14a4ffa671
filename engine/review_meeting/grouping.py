"""参评材料分组 (M7): declarations that wait for their committee enter a meeting and its groups, each time in one statement."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.access import SYSTEM, Actor
from engine.db import Transaction
from engine.declaration.tables import declaration
from engine.errors import InvalidInput, Refused
from engine.flow.batches import start_batch
from engine.flow.contexts import JobContext, TaskContext
from engine.flow.direct import add_message
from engine.flow.queries import case_tasks
from engine.flow.tables import task
from engine.review_meeting.assignment.publishing import WITHDRAWAL
from engine.review_meeting.creating import editable_meeting
from engine.review_meeting.groups import group_in
from engine.review_meeting.inviting import tell_experts
from engine.review_meeting.meetings import Meeting, groups_of
from engine.review_meeting.tables import (
    DossierStage,
    Invitation,
    meeting_dossier,
    meeting_expert,
    meeting_group,
    review_meeting,
)

STEP = "group_dossiers"
#: a declaration may enter a meeting while it waits; one whose meeting was cancelled may not have heard of that yet
WAITING = ("待参评", "评审中")
#: what only informs is of no use later
NEWS = timedelta(days=1)
TAKEN = "有同事刚刚把其中的材料分到了别的会议，本次没有改动；请刷新后再分。"

d, a, g = meeting_dossier.c, declaration.c, meeting_group.c


def waiting_for(meeting: Meeting) -> sa.ColumnElement[bool]:
    """The declarations that can enter: placed with one of the meeting's committees, of its year and series (J14) or entrusted to
    that committee from another series (J18), in no open meeting."""
    held = sa.exists().where(d.declaration == a.case_key, d.live.is_(True))
    return sa.and_(
        a.committee.in_(meeting.committee_ids),
        a.year == meeting.year,
        sa.or_(a.title_series == meeting.series, a.entrusted_review.is_(True)),
        a.status.in_(WAITING),
        a.live.is_(True),
        ~held,
    )


def waiting_dossiers(
    tx: Transaction, meeting: Meeting, *, text: str = "", specialty: str = "", page: int = 1, size: int = 50
) -> tuple[list[Mapping[str, Any]], int]:
    """Those that can enter, by number, page by page, and how many. The caller has made sure that its reader may know them."""
    where = [waiting_for(meeting)]
    if text:
        where.append(sa.or_(a.declaration_no.contains(text, autoescape=True), a.name.contains(text, autoescape=True)))
    if specialty:
        where.append(a.specialty == specialty)
    total = int(tx.value(sa.select(sa.func.count()).select_from(declaration).where(*where)))
    query = sa.select(declaration).where(*where).order_by(a.declaration_no)
    rows = tx.rows(query.limit(size).offset((max(1, page) - 1) * size))
    return [dict(row._mapping) for row in rows], total


def waiting_specialties(tx: Transaction, meeting: Meeting) -> list[Mapping[str, Any]]:
    """How many wait for each committee in each specialty: what the rule by specialty is filled in with."""
    query = (
        sa.select(a.committee, a.specialty, sa.func.count().label("held"))
        .where(waiting_for(meeting))
        .group_by(a.committee, a.specialty)
        .order_by(a.committee, a.specialty)
    )
    return [dict(row._mapping) for row in tx.rows(query)]


def add_dossiers(
    tx: Transaction, actor: Actor, meeting: int, group: int, declarations: Collection[int] | None = None
) -> int:
    """Put these waiting declarations into a group (批量分组), or all that its committee has (全部分组); how many entered.

    Raises `InvalidInput` where one belongs to another committee (Q27), `Refused` where a colleague took one meanwhile.
    """
    held = _open(tx, actor, meeting)
    committee = group_in(tx, meeting, group)["committee"]
    where = [waiting_for(held), a.committee == committee]
    if declarations is not None:
        if not declarations:
            raise InvalidInput("请勾选要分组的材料。")
        other = tx.value(
            sa.select(sa.func.count())
            .select_from(declaration)
            .where(a.case_key.in_(sorted(declarations)), a.committee != committee)
        )
        if other:
            raise InvalidInput(f"有 {other} 份材料属于另一个评委会，不能分到这个组。")
        where.append(a.case_key.in_(sorted(declarations)))
    return _enter(tx, meeting, sa.literal(group, d.group.type), where)


def add_by_specialty(tx: Transaction, actor: Actor, meeting: int, rule: Mapping[tuple[int, str], int]) -> int:
    """按规则分组: `rule` says into which group those of a committee and specialty go; the others stay. How many entered."""
    held = _open(tx, actor, meeting)
    groups = {one["id"]: one for one in groups_of(tx, meeting)}
    for (committee, _), group in rule.items():
        if group not in groups or groups[group]["committee"] != committee:
            raise InvalidInput("规则中的分组与评委会不符，请重新选择。")
    if not rule:
        raise InvalidInput("请至少为一个专业选择分组。")
    chosen = [
        (sa.and_(a.committee == committee, sa.func.coalesce(a.specialty, "") == specialty), group)
        for (committee, specialty), group in rule.items()
    ]
    where = [waiting_for(held), sa.or_(*(condition for condition, _ in chosen))]
    return _enter(tx, meeting, sa.case(*chosen), where)


def add_evenly(tx: Transaction, actor: Actor, meeting: int, committee: int) -> int:
    """均分: all that wait for a committee go to its groups in turn, in the order of their numbers; how many entered."""
    held = _open(tx, actor, meeting)
    groups = [one["id"] for one in groups_of(tx, meeting) if one["committee"] == committee]
    if not groups:
        raise InvalidInput("这个评委会没有分组。")
    place = (sa.func.row_number().over(order_by=a.declaration_no) - 1) % len(groups)
    target = sa.case(*((place == number, group) for number, group in enumerate(groups)))
    return _enter(tx, meeting, target, [waiting_for(held), a.committee == committee])


def move_dossiers(tx: Transaction, actor: Actor, meeting: int, group: int, declarations: Collection[int]) -> int:
    """Put dossiers of the meeting into another group of their committee; how many."""
    _open(tx, actor, meeting)
    committee = group_in(tx, meeting, group)["committee"]
    chosen = sa.and_(d.meeting == meeting, d.declaration.in_(sorted(declarations)))
    other = tx.value(sa.select(sa.func.count()).select_from(meeting_dossier).where(chosen, d.committee != committee))
    if other:
        raise InvalidInput(f"有 {other} 份材料属于另一个评委会，不能分到这个组。")
    return tx.execute(sa.update(meeting_dossier).where(chosen).values(group=group)).rowcount


def remove_dossiers(tx: Transaction, actor: Actor, meeting: int, declarations: Collection[int] | None = None) -> int:
    """Take dossiers out of the meeting again, these or all; how many. They wait for a meeting as before."""
    _open(tx, actor, meeting)
    chosen = [d.meeting == meeting]
    if declarations is not None:
        chosen.append(d.declaration.in_(sorted(declarations)))
    return tx.execute(sa.delete(meeting_dossier).where(*chosen)).rowcount


def leave_unconfirmed(tx: Transaction, case_key: int) -> None:
    """A declaration that was stopped leaves the meeting that is being grouped; one whose groups are confirmed keeps it."""
    grouping = sa.select(task.c.case_key).where(task.c.element_id == STEP, task.c.case_key == d.meeting).exists()
    tx.execute(sa.delete(meeting_dossier).where(d.declaration == case_key, d.live.is_(True), grouping))


def check_grouping(tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]) -> Mapping[str, object]:
    """The hook of 参评材料分组: there are dossiers, every one in a group; each hears that it is in a meeting.

    The messages are rows of this transaction; a declaration that does not listen lets its message expire. Raises
    `InvalidInput`.
    """
    query = sa.select(d.declaration_no, d.group).where(d.meeting == task.case_key).order_by(d.declaration_no)
    rows = tx.rows(query)
    if not rows:
        raise InvalidInput("还没有参评材料，请先分组。")
    loose = sum(row.group is None for row in rows)
    if loose:
        raise InvalidInput(f"还有 {loose} 份材料没有分到组，请分组后再确认。")
    told = {"meeting": task.case_key, "meeting_no": task.business_key}
    _tell(tx, actor, task.case_key, "review_joined", [row.declaration_no for row in rows], told)
    return values


def release_dossiers(tx: Transaction, context: JobContext) -> None:
    """The inline job `release_meeting_dossiers`: the meeting is cancelled, its declarations wait for another one.

    Reviews that have begun are closed in the background, the experts are told why nobody meets.
    """
    by = context.actor or SYSTEM
    mine = sa.and_(d.meeting == context.case_key, d.live.is_(True))
    rows = tx.rows(sa.select(d.declaration_no, d.review_case, d.stage).where(mine).order_by(d.declaration_no))
    tx.execute(sa.update(meeting_dossier).where(d.meeting == context.case_key).values(live=False))
    told = {"meeting": context.case_key, "meeting_no": context.business_key}
    _tell(tx, by, context.case_key, "review_left", [row.declaration_no for row in rows], told)
    begun = [
        {"case": row.review_case, "title": row.declaration_no}
        for row in rows
        if row.review_case is not None and row.stage is not DossierStage.CHAIR_CONFIRMED
    ]
    if begun:
        title = f"会议取消，结束 {len(begun)} 份材料的评议"
        start_batch(tx, SYSTEM, kind=WITHDRAWAL, items=begun, params={"by": by.name}, title=title)
    meeting = tx.row(sa.select(review_meeting).where(review_meeting.c.case_key == context.case_key))
    if meeting is not None:
        held = Meeting(dict(meeting._mapping), ())
        x = meeting_expert.c
        coming = sa.and_(x.meeting == context.case_key, x.invited != Invitation.DECLINED)
        logins = [row.login for row in tx.rows(sa.select(x.login).where(coming))]
        reason = context.variables.get("cancel_reason") or ""
        tell_experts(tx, held, logins, "评审会议取消", f"“{held.name}”已取消。原因：{reason}")


def release_undecided(tx: Transaction, meeting: int, decided: Collection[int]) -> int:
    """Dossiers that no ballot decided, as those of a committee that adjourned, wait for another meeting; how many."""
    mine = sa.and_(d.meeting == meeting, d.live.is_(True))
    rows = [
        row for row in tx.rows(sa.select(d.declaration, d.declaration_no).where(mine)) if row.declaration not in decided
    ]
    left = [row.declaration for row in rows]
    tx.execute(sa.update(meeting_dossier).where(mine, d.declaration.in_(left)).values(live=False))
    _tell(tx, SYSTEM, meeting, "review_left", [row.declaration_no for row in rows], {"meeting": meeting})
    return len(left)


def _tell(
    tx: Transaction, actor: Actor, meeting: int, name: str, numbers: Collection[str], told: Mapping[str, Any]
) -> None:
    for number in numbers:
        add_message(tx, actor, name, number, told, expires_at=tx.now + NEWS, from_case=meeting)


def _open(tx: Transaction, actor: Actor, meeting: int) -> Meeting:
    held = editable_meeting(tx, actor, meeting)
    if not any(one.row["element_id"] == STEP for one in case_tasks(tx, actor, meeting)):
        raise Refused("现在不是参评材料分组的时候，请刷新后查看会议进度。")
    return held


def _enter(
    tx: Transaction, meeting: int, group: sa.ColumnElement[Any], where: Collection[sa.ColumnElement[bool]]
) -> int:
    """One INSERT … SELECT, however many they are."""
    row = {
        "meeting": sa.literal(meeting, d.meeting.type),
        "declaration": a.case_key,
        "declaration_no": a.declaration_no,
        "committee": a.committee,
        "group": group,
        "live": sa.true(),
        "stage": sa.literal(DossierStage.WAITING, d.stage.type),
    }
    chosen = sa.select(*(value.label(name) for name, value in row.items())).where(*where)
    try:
        with tx.savepoint():
            entering = sa.insert(meeting_dossier).from_select(list(row), chosen)
            return tx.execute(entering.execution_options(preserve_rowcount=True)).rowcount
    except IntegrityError:
        raise Refused(TAKEN) from None
