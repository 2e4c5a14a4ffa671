"""评审表: the 通用表 of a declaration with what the committee decided, for the file (F4, Q42).

Votes are counted in it and nowhere else where an applicant might read it; how anybody voted is in no document.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.clock import local
from engine.committee.tables import committee
from engine.db import Transaction
from engine.declaration.sheets.general import general_sheet_of
from engine.declaration.sheets.sheet import Sheet
from engine.errors import NotFound, Refused
from engine.flow.visibility import is_visible
from engine.result.certificate_sheets import day_words, made_on
from engine.result.handlings import require_results
from engine.result.tables import ResultState, result_document, review_result, title_certificate
from engine.review_meeting.balloting.tables import ballot_round
from engine.review_meeting.tables import meeting_committee, meeting_dossier

r, b, mc, d, k, c = (
    review_result.c,
    ballot_round.c,
    meeting_committee.c,
    meeting_dossier.c,
    result_document.c,
    title_certificate.c,
)
#: a result that is not over has no record yet
OVER = frozenset({ResultState.GRANTED, ResultState.OVERTURNED, ResultState.REFUSED})


def review_record(tx: Transaction, actor: Actor, handling: int, declaration: int) -> Sheet:
    """The record of one review, read and still to be set. For the offices that handle the meeting.

    Raises `NotFound`, `NotAllowed`, and `Refused` while the result is not over.
    """
    require_results(actor)
    query = sa.select(review_result).where(r.handling == handling, r.declaration == declaration)
    row = tx.row(query.where(is_visible(r.handling, actor)))
    if row is None:
        raise NotFound
    if row.passed and row.state not in OVER:
        raise Refused("评审结果还没有办结，发证以后才能生成评审表。")
    sheet = general_sheet_of(tx, actor, declaration)
    data = {
        **sheet.data,
        "watermark": "",
        "made": made_on(tx),
        "committee": {**_votes(tx, row), **_approval(tx, row)},
        "sealed_by": _committee_name(tx, row.committee),
    }
    return replace(sheet, name=f"评审表-{row.name}-{row.declaration_no}", data=data, archival=True)


def _votes(tx: Transaction, row: Any) -> Mapping[str, Any]:
    """What the committee's page of the sheet says."""
    members = tx.value(sa.select(mc.members).where(mc.meeting == row.meeting, mc.committee == row.committee))
    decided = tx.value(
        sa.select(sa.func.max(b.confirmed_at)).where(
            b.meeting == row.meeting, b.committee == row.committee, b.voided_at.is_(None)
        )
    )
    score = tx.value(sa.select(d.score).where(d.meeting == row.meeting, d.declaration == row.declaration))
    verdict = "评审通过" if row.passed else "评审未通过"
    return {
        "members": members or "",
        "present": row.attending + row.recused,
        "agree": row.yes,
        "disagree": row.no,
        "abstain": row.abstain,
        "group_opinion": "" if score is None else f"专业组评议得分 {score} 分。",
        "opinion": f"经评审委员会投票表决，{row.sentence}，{verdict}。",
        "decided_on": "" if decided is None else day_words(local(decided).date()),
    }


def _approval(tx: Transaction, row: Any) -> Mapping[str, str]:
    """What the approving office says of it."""
    if row.state is ResultState.REFUSED:
        return {"approval": f"不予确认：{row.remark}"}
    if row.state is ResultState.OVERTURNED:
        return {"approval": f"评审结果取消：{row.remark}"}
    document = tx.row(sa.select(k.document_no, k.obtained_on).where(k.handling == row.handling))
    if document is None or row.state is not ResultState.GRANTED:
        return {"approval": ""}
    number = tx.value(sa.select(c.certificate_no).where(c.key == row.certificate))
    given = f"任职资格取得时间 {day_words(document.obtained_on)}，证书编号 {number}"
    return {"approval": f"同意。批准文号 {document.document_no}，{given}。"}


def _committee_name(tx: Transaction, key: int) -> str:
    return str(tx.value(sa.select(committee.c.name).where(committee.c.id == key)) or "")
