"""Publishing an assignment (M12): the experts see what is theirs; taking it back while nobody has begun."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import SYSTEM, Actor
from engine.db import Transaction
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused
from engine.flow.batches import start_batch
from engine.flow.cases import cancel_case
from engine.flow.completion import complete_task
from engine.flow.contexts import BatchKind, JobContext, TaskContext
from engine.flow.tables import task, task_draft
from engine.notification import Recipient, notify
from engine.organisation.tables import account
from engine.review_meeting.assignment.reading import (
    FORM,
    Assignment,
    assignment_of,
    group_told,
    lock_group,
    read_assignment,
)
from engine.review_meeting.assignment.tables import AssignmentState, assignment_run
from engine.review_meeting.conflicts.recording import record_conflicts
from engine.review_meeting.scoring.opening import start_opening
from engine.review_meeting.scoring.standards import standard_for_group
from engine.review_meeting.tables import DossierStage, meeting_dossier, meeting_group

WITHDRAWAL = "dossier_review_withdrawal"
#: dossiers named in one sentence
MOST_NAMED = 5

run, d, g, t = assignment_run.c, meeting_dossier.c, meeting_group.c, task.c


def publish_assignment(tx: Transaction, actor: Actor, meeting: int, group: int) -> Assignment:
    """公布分配: every dossier of the group has its two reviewers and they are told; the leader's task is done with it.

    Where the task was done before (the assignment was taken back), the reviews open at once. Raises `InvalidInput` with the
    dossiers that still lack somebody, or whose reviewers cannot stay.
    """
    lock_group(tx, group)
    held = assignment_of(tx, actor, meeting, group)
    if not held.may_edit:
        raise NotAllowed("主副审由本组组长分配。")
    if held.published:
        raise Refused("本组的分配已经公布。")
    if held.task_key is not None:
        complete_task(tx, actor, held.task_key, {"outcome": "publish"})
    else:
        publish(tx, actor, held)
        if _has_begun(tx, meeting):
            start_opening(tx, meeting)
    tx.flush()
    return assignment_of(tx, actor, meeting, group)


def check_assignment(
    tx: Transaction, actor: Actor, context: TaskContext, values: dict[str, object]
) -> Mapping[str, object]:
    """The hook of 分配主副审: completing the task publishes the assignment of its group."""
    group = group_told(context.variables.get("group"))
    row = tx.row(sa.select(meeting_group).where(g.meeting == context.case_key, g.id == group))
    if row is None:
        raise NotFound
    held = read_assignment(tx, context.case_key, dict(row._mapping))
    if not held.published:
        publish(tx, actor, held)
    return values


def publish(tx: Transaction, actor: Actor, held: Assignment) -> None:
    """Write the proposal into the meeting and tell the reviewers. The caller has authorised."""
    meeting, group = held.meeting["case_key"], held.group["id"]
    if record_conflicts(tx, actor, meeting, [group]):
        held = read_assignment(tx, meeting, held.group)
    _refuse_unfinished(held)
    standard_for_group(tx, meeting, group)
    for line in held.lines:
        tx.writes.update(
            meeting_dossier,
            {"meeting": meeting, "declaration": line.declaration},
            {"primary_expert": line.primary, "secondary_expert": line.secondary, "stage": DossierStage.ASSIGNED},
        )
    row = {
        "meeting": meeting,
        "meeting_group": group,
        "state": AssignmentState.PUBLISHED,
        "seed": held.seed,
        "version": held.version + 1,
        "saved_at": tx.now,
        "saved_by": actor.login,
        "published_at": tx.now,
        "published_by": actor.login,
        "task_key": held.task_key,
    }
    tx.writes.upsert(assignment_run, row, tuple(name for name in row if name not in ("meeting", "meeting_group")))
    _tell_reviewers(tx, held)


def _refuse_unfinished(held: Assignment) -> None:
    if not held.lines:
        raise InvalidInput("本组还没有参评材料，不能公布。")
    lacking = [line.number for line in held.lines if line.primary is None or line.secondary is None]
    if lacking:
        raise InvalidInput(f"还有 {len(lacking)} 份材料没有主审或副审：{named(lacking)}，请分配后再公布。")
    wrong = [f"{line.number}：{line.problem}" for line in held.invalid]
    if wrong:
        raise InvalidInput(f"有 {len(wrong)} 份材料须重新分配：{named(wrong)}。")


def named(numbers: Sequence[str]) -> str:
    """The first few, and how many there are."""
    more = f"等 {len(numbers)} 份" if len(numbers) > MOST_NAMED else ""
    return "、".join(numbers[:MOST_NAMED]) + more


def _tell_reviewers(tx: Transaction, held: Assignment) -> None:
    a = account.c
    logins = {one.login: one for one in held.members if one.load}
    for row in tx.rows(sa.select(a.id, a.login, a.email, a.mobile).where(a.login.in_(sorted(logins)))):
        one = logins[row.login]
        text = f"您在“{held.meeting['name']}”担任 {one.primary} 份材料的主审、{one.secondary} 份材料的副审，请先作回避说明再评审。"
        meeting = held.meeting["case_key"]
        recipient = Recipient(row.id, row.email or "", row.mobile or "")
        data = {"subject": "主副审已分配", "text": text}
        notify(tx, recipient, "plain", data, case_key=meeting, url=f"/my-meetings/{meeting}")


def _has_begun(tx: Transaction, meeting: int) -> bool:
    """Whether the leaders' step of the meeting is over, so that nothing opens the reviews any more but publishing."""
    return tx.row(sa.select(t.key).where(t.case_key == meeting, t.form_id == FORM).limit(1)) is None


def undo_assignment(tx: Transaction, actor: Actor, meeting: int, group: int) -> None:
    """撤销公布: the assignment is a proposal again, while none of its dossiers has been worked on.

    Reviews that have opened are closed, in the background. Raises `Refused` where somebody has begun to score.
    """
    lock_group(tx, group)
    held = assignment_of(tx, actor, meeting, group)
    if not held.may_edit:
        raise NotAllowed("公布由本组组长撤销。")
    if not held.published:
        raise Refused("本组的分配还没有公布。")
    begun = _begun(tx, meeting, group)
    if begun:
        raise Refused(f"已有 {len(begun)} 份材料开始打分：{named(begun)}。不能整组撤销，请对个别材料更换评委。")
    cases = [line.review_case for line in held.lines if line.review_case is not None]
    tx.execute(
        sa.update(meeting_dossier)
        .where(d.meeting == meeting, d.group == group)
        .values(primary_expert=None, secondary_expert=None, stage=DossierStage.WAITING, review_case=None)
    )
    here = sa.and_(run.meeting == meeting, run.meeting_group == group)
    draft = {"state": AssignmentState.DRAFT, "version": held.version + 1, "published_at": None, "published_by": None}
    tx.execute(sa.update(assignment_run).where(here).values(**draft))
    if cases:
        items = [{"case": key, "title": f"评议 {key}"} for key in sorted(cases)]
        title = f"撤销 {len(items)} 份材料的评议"
        start_batch(tx, SYSTEM, kind=WITHDRAWAL, items=items, params={"by": actor.name}, title=title)


def _begun(tx: Transaction, meeting: int, group: int) -> list[str]:
    """The dossiers somebody has typed something into, or handed a score in for."""
    drafted = sa.select(task_draft.c.task_key).join(task, t.key == task_draft.c.task_key)
    query = sa.select(d.declaration_no).where(
        d.meeting == meeting,
        d.group == group,
        sa.or_(
            d.stage.not_in((DossierStage.WAITING, DossierStage.ASSIGNED)),
            drafted.where(t.case_key == d.review_case).exists(),
        ),
    )
    return [row.declaration_no for row in tx.rows(query.order_by(d.declaration_no))]


def withdraw_review(tx: Transaction, actor: Actor, params: Mapping[str, Any], item: Mapping[str, Any]) -> None:
    """Close one review whose assignment was taken back."""
    cancel_case(tx, SYSTEM, item["case"], f"{params['by']}撤销了主副审分配")


def open_dossier_reviews(tx: Transaction, context: JobContext) -> None:
    """The inline job `open_dossier_reviews`: every dossier with two reviewers begins its own review, in the background."""
    start_opening(tx, context.case_key)


KINDS: Mapping[str, BatchKind] = {WITHDRAWAL: BatchKind("撤销材料评议", withdraw_review)}
