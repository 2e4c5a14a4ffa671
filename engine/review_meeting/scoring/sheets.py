"""打分 and its confirmations (M13–M16): what is typed, handed in, confirmed or returned. Nobody edits another's score (Q23)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput, Refused
from engine.flow.completion import Completion, complete_task
from engine.flow.contexts import TaskContext
from engine.flow.drafts import Draft, list_drafts, save_draft
from engine.review_meeting.conflicts.tables import RecusalState, dossier_recusal, interest_statement
from engine.review_meeting.defence.holding import refuse_before_defence
from engine.review_meeting.scoring.standards import check_points, standard_of
from engine.review_meeting.tables import Invitation, meeting_dossier, meeting_expert

CONFIRM, RETURN = "confirm", "return_for_scoring"
LONGEST_REASON = 500

x, d, r, n = meeting_expert.c, meeting_dossier.c, dossier_recusal.c, interest_statement.c

Points = Sequence[Mapping[str, Any]]


def save_sheet(tx: Transaction, actor: Actor, task_key: int, items: Points, opinion: str, version: int) -> int:
    """Keep what is typed so far, however incomplete; its new version. Raises `DraftConflict` where another page saved since."""
    value = {"items": [_row(one) for one in items], "opinion": opinion}
    return save_draft(tx, actor, task_key, "", value, version)


def typed_sheet(tx: Transaction, task_key: int) -> Draft | None:
    """What was saved of a sheet that is not handed in. The caller has authorised."""
    return list_drafts(tx, task_key).get("")


def score_dossier(
    tx: Transaction,
    actor: Actor,
    task_key: int,
    items: Points,
    opinion: str,
    *,
    version: int | None = None,
    arrived_at: datetime | None = None,
) -> Completion:
    """Hand a sheet in (M13). Raises `InvalidInput` by field, `StaleTask`, `NotAllowed`, `Refused` where the expert is recused."""
    values = {"items": [_row(one) for one in items], "opinion": opinion.strip()}
    return complete_task(tx, actor, task_key, values, version=version, arrived_at=arrived_at)


def confirm_score(
    tx: Transaction, actor: Actor, task_key: int, outcome: str, reason: str = "", *, version: int | None = None
) -> Completion:
    """副审确认, 组长确认, 主任确认 (M14–M16): `confirm`, or `return_for_scoring` with a reason. The score itself stays as it is."""
    values = {"outcome": outcome, "return_reason": reason.strip() or None}
    return complete_task(tx, actor, task_key, values, version=version)


def _row(item: Mapping[str, Any]) -> dict[str, Any]:
    points = item.get("points")
    kept: dict[str, Any] = {"key": str(item["key"]), "points": points if points not in ("", None) else None}
    return {**kept, "remark": str(item["remark"])} if item.get("remark") else kept


def check_sheet(tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]) -> Mapping[str, object]:
    """The hook of 评分表: every item within its range, an opinion, nobody who keeps out; the total is worked out here."""
    _refuse_gone(tx, task)
    _refuse_partial(tx, task)
    refuse_before_defence(tx, int(task.variables["meeting"]), int(task.variables["declaration"]))
    standard = standard_of(tx, int(task.variables["standard"]))
    items = values.get("items")
    rows = [one for one in items if isinstance(one, Mapping)] if isinstance(items, list) else []
    total = check_points(standard, rows, str(values.get("opinion") or ""))
    known = {one.key for one in standard.items}
    return {**values, "items": [one for one in rows if one.get("key") in known], "total": float(total)}


def check_confirmation(
    tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]
) -> Mapping[str, object]:
    """The hook of the confirmations: who returns says why, and nobody who keeps out decides."""
    _refuse_gone(tx, task)
    _refuse_partial(tx, task)
    if task.outcome == RETURN and not str(values.get("return_reason") or "").strip():
        raise InvalidInput(fields={"return_reason": ["退回主审须写明理由"]})
    return values if task.outcome == RETURN else {**values, "return_reason": None}


def _refuse_gone(tx: Transaction, task: TaskContext) -> None:
    """Raise `Refused` where the assignment was taken back and the review is about to close."""
    here = sa.and_(d.meeting == task.variables["meeting"], d.declaration == task.variables["declaration"])
    if tx.value(sa.select(d.review_case).where(here)) != task.case_key:
        raise Refused("这份材料的分配已经撤销，请等待重新分配。")


def _refuse_partial(tx: Transaction, task: TaskContext) -> None:
    """Raise `Refused` where whoever the task is for keeps out of its dossier, or has not stated to have no interest in it."""
    meeting, declaration = task.variables["meeting"], task.variables["declaration"]
    own = sa.and_(r.meeting == x.meeting, r.expert == x.expert, r.declaration == declaration)
    stated = sa.exists().where(n.meeting == x.meeting, n.expert == x.expert, n.declaration == declaration)
    query = (
        sa.select(r.state, stated.label("stated"))
        .select_from(meeting_expert)
        .join(dossier_recusal, own, isouter=True)
        .where(x.meeting == meeting, x.login == task.assignee, x.invited != Invitation.DECLINED)
    )
    row = tx.row(query)
    if row is None or row.state is RecusalState.ACTIVE:
        raise Refused("评委须回避这份材料，不能办理，请等待重新分配。")
    if not row.stated:
        raise Refused("请先对这份材料作回避说明，再办理。")
