"""评审结果上报 (F2) and 经办人审核评审结果 (F5, J30): what goes up, what the title office confirms, what comes back."""

from collections.abc import Mapping

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.document import attach_to_case
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused
from engine.flow.contexts import JobContext, TaskContext
from engine.flow.tables import task
from engine.flow.visibility import require_visible
from engine.result.states import move_results
from engine.result.tables import ResultState, review_result
from engine.result.telling import APPROVED, FORWARDED, OVERTURNED, tell

r = review_result.c
APPROVAL = "result_approval"


def check_forwarding(
    tx: Transaction, actor: Actor, waiting: TaskContext, values: dict[str, object]
) -> Mapping[str, object]:
    """The hook of 结果上报: its files become the case's."""
    _take_files(tx, actor, waiting, values, "forwarding_files")
    return values


def forward_results(tx: Transaction, context: JobContext) -> Mapping[str, object]:
    """The inline job `forward_results`: whoever is not withheld goes up, and hears so."""
    count = move_results(tx, context, {ResultState.PUBLICISED}, ResultState.FORWARDED, FORWARDED)
    return {"forwarded_total": count}


def return_results(tx: Transaction, context: JobContext) -> None:
    """The inline job `return_results`: the convening unit completes its papers; nothing is decided of anybody."""
    move_results(tx, context, {ResultState.FORWARDED, ResultState.REFUSED}, ResultState.PUBLICISED)
    mine = sa.and_(r.handling == context.case_key, r.state == ResultState.PUBLICISED)
    tx.execute(sa.update(review_result).where(mine).values(remark=""))


def mark_result(tx: Transaction, actor: Actor, handling: int, declaration: int, *, refused: bool, reason: str) -> None:
    """Mark one result as not to be confirmed, with the reason, or take the mark off again, while the approval waits (F5).

    Raises `NotAllowed` for anybody but the title office, `InvalidInput` without a reason, `Refused` at any other time.
    """
    authorize(actor, Permission.RESULTS_APPROVE)
    require_visible(tx, actor, handling)
    waits = tx.row(sa.select(task.c.candidate).where(task.c.case_key == handling, task.c.form_id == APPROVAL))
    if waits is None:
        raise Refused("现在不在审核评审结果这一步，请刷新后查看。")
    if waits.candidate not in actor.groups:
        raise NotAllowed("评审结果由省职改办审核。")
    reason = reason.strip()
    if refused and not reason:
        raise InvalidInput(fields={"reason": ["请写明不予确认的理由"]})
    if len(reason) > 1000:
        raise InvalidInput(fields={"reason": [f"最多 1000 个字，现有 {len(reason)} 个"]})
    before, after = ResultState.FORWARDED, ResultState.REFUSED
    if not refused:
        before, after, reason = after, before, ""
    mine = sa.and_(r.handling == handling, r.declaration == declaration, r.state == before)
    changed = tx.execute(sa.update(review_result).where(mine).values(state=after, remark=reason))
    if changed.rowcount == 0:
        raise NotFound("这个人的结果已经变动，请刷新后查看。")


def approve_results(tx: Transaction, context: JobContext) -> None:
    """The inline job `approve_results`: the title office confirms; whoever it marked hears that the result does not stand."""
    move_results(tx, context, {ResultState.FORWARDED}, ResultState.APPROVED, APPROVED)
    mine = sa.and_(r.handling == context.case_key, r.state == ResultState.REFUSED)
    refused = tx.rows(sa.select(r.declaration_no, r.remark).where(mine).order_by(r.declaration))
    tell(tx, context, OVERTURNED, ((row.declaration_no, {"reason": row.remark}) for row in refused))


def _take_files(tx: Transaction, actor: Actor, waiting: TaskContext, values: Mapping[str, object], name: str) -> None:
    files = values.get(name) or []
    assert isinstance(files, list)
    attach_to_case(tx, actor, [int(file["id"]) for file in files], waiting.case_key)
