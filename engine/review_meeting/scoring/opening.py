"""Beginning the reviews: one case of `dossier_review` for each dossier that has its two reviewers, by the worker."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import SYSTEM, Actor
from engine.clock import local
from engine.db import Transaction
from engine.errors import Refused
from engine.flow.batches import start_batch
from engine.flow.cases import find_process
from engine.flow.contexts import BatchKind
from engine.flow.starting import begin_case
from engine.review_meeting.scoring.routing import Table, seat_table
from engine.review_meeting.scoring.standards import standard_for_group
from engine.review_meeting.tables import meeting_dossier

PROCESS = "dossier_review"
OPENING = "dossier_review_opening"

d = meeting_dossier.c
_TABLE = "seats of a meeting"


def start_opening(tx: Transaction, meeting: int) -> int | None:
    """Hand the dossiers that are assigned and not reviewed yet to the worker; the batch's key, None where there are none."""
    query = (
        sa.select(d.declaration, d.declaration_no)
        .where(d.meeting == meeting, d.live.is_(True), d.review_case.is_(None))
        .where(d.primary_expert.is_not(None), d.secondary_expert.is_not(None))
        .order_by(d.declaration)
    )
    items = [{"declaration": row.declaration, "title": row.declaration_no} for row in tx.rows(query)]
    if not items:
        return None
    title = f"开始 {len(items):,} 份材料的评审"
    return start_batch(tx, SYSTEM, kind=OPENING, items=items, params={"meeting": meeting}, title=title)


def _read_ahead(tx: Transaction, actor: Actor, params: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> None:
    tx.memo[_TABLE] = seat_table(tx, params["meeting"])


def open_review(tx: Transaction, actor: Actor, params: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, int]:
    """Begin the review of one dossier. Raises `Refused` where it has begun, or is not assigned any more."""
    table: Table = tx.memo[_TABLE]
    here = sa.and_(d.meeting == params["meeting"], d.declaration == item["declaration"])
    row = tx.row(sa.select(meeting_dossier).where(here).with_for_update())
    if row is None or row.review_case is not None or row.primary_expert is None or row.secondary_expert is None:
        raise Refused("这份材料已经开始评审，或者尚未分配。")
    meeting = table.meeting
    review_no = f"{meeting['meeting_no']}/{row.declaration_no}"
    variables = {
        "review_no": review_no,
        "meeting": meeting["case_key"],
        "meeting_no": meeting["meeting_no"],
        "meeting_name": meeting["name"],
        "unit": meeting["unit"],
        "declaration": row.declaration,
        "declaration_no": row.declaration_no,
        "standard": standard_for_group(tx, meeting["case_key"], row.group).id,
        "primary": table.login(row.primary_expert),
        "secondary": table.login(row.secondary_expert),
        "leader": table.login(table.leader_of(row.declaration, row.group)),
        "presiding": table.login(table.presiding_of(row.declaration)),
        "due_at": local(meeting["ends_at"]).isoformat(),
    }
    execution = begin_case(
        tx,
        SYSTEM,
        find_process(tx, PROCESS, None, None),
        variables,
        business_key=review_no,
        unit_id=meeting["unit"],
        year=meeting["year"],
        title=f"参评材料 {row.declaration_no}",
        tags=None,
    )
    tx.flush()
    return {"case": execution.key}


KINDS: Mapping[str, BatchKind] = {OPENING: BatchKind("开始材料评审", open_review, prepare=_read_ahead)}
