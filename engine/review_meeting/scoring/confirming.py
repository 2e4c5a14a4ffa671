"""批量确认: leaders and chairs confirm many scores in one go (M15, M16), each through the flow's one door as if alone."""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput
from engine.flow.batches import start_batch
from engine.flow.contexts import BatchKind
from engine.flow.modification import reopen_task
from engine.flow.tables import task
from engine.review_meeting.conflicts.listing import stated
from engine.review_meeting.scoring.sheets import CONFIRM, RETURN, confirm_score
from engine.review_meeting.seats import need_seat
from engine.review_meeting.tables import meeting_dossier

CONFIRMATION = "score_confirmation"
CONFIRMATION_UNDO = "score_confirmation_undo"
FORM = "score_confirmation"
OUTCOMES: Mapping[str, str] = {CONFIRM: "确认", RETURN: "退回主审"}

t, d = task.c, meeting_dossier.c


def start_confirmation(
    tx: Transaction,
    actor: Actor,
    meeting: int,
    *,
    declarations: Collection[int] | None,
    outcome: str = CONFIRM,
    reason: str = "",
    command_key: str | None = None,
) -> int:
    """Confirm, or return with one reason, what waits for the actor: the ticked dossiers, or all (`declarations` None). The batch's key.

    Raises `InvalidInput` where nothing waits, a return lacks its reason, or a dossier its statement.
    """
    seat = need_seat(tx, actor, meeting)
    if outcome not in OUTCOMES:
        raise InvalidInput(fields={"outcome": ["请选择确认或者退回主审"]})
    if outcome == RETURN and not reason.strip():
        raise InvalidInput(fields={"reason": ["退回主审须写明理由"]})
    query = (
        sa.select(t.key, t.case_key, d.declaration, d.declaration_no)
        .join(meeting_dossier, d.review_case == t.case_key)
        .where(t.form_id == FORM, t.assignee == actor.login, d.meeting == meeting)
        .order_by(t.case_key)
    )
    waiting = [row for row in tx.rows(query) if declarations is None or row.declaration in declarations]
    items = [
        {
            "task_key": row.key,
            "title": row.declaration_no,
            "url": f"/my-meetings/{meeting}/dossiers/{row.declaration}",
        }
        for row in waiting
    ]
    if not items:
        raise InvalidInput("没有等待您确认的材料，请先勾选。")
    told = stated(tx, meeting, seat.expert)
    silent = sum(row.declaration not in told for row in waiting)
    if silent:
        raise InvalidInput(f"有 {silent} 份材料还没有作回避说明，请先勾选它们，按“说明无须回避”作出说明，再批量办理。")
    title = f"批量{OUTCOMES[outcome]} {len(items):,} 份材料的评分"
    params = {"outcome": outcome, "reason": reason.strip()}
    return start_batch(tx, actor, kind=CONFIRMATION, items=items, params=params, title=title, command_key=command_key)


def confirm_row(tx: Transaction, actor: Actor, params: Mapping[str, Any], item: Mapping[str, Any]) -> None:
    """One row of the batch. Raises what confirming alone would."""
    confirm_score(tx, actor, item["task_key"], params["outcome"], params["reason"])


def undo_row(tx: Transaction, actor: Actor, params: Mapping[str, Any], item: Mapping[str, Any]) -> None:
    """Take one confirmation back while nobody has acted on it."""
    reopen_task(tx, actor, item["task_key"], params.get("reason") or "")


KINDS: Mapping[str, BatchKind] = {
    CONFIRMATION: BatchKind("批量确认评分", confirm_row, undo=CONFIRMATION_UNDO),
    CONFIRMATION_UNDO: BatchKind("撤回评分确认", undo_row),
}
