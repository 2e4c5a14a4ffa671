"""The end of a round: every declaration hears its result in a transaction of its own."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from engine.access import SYSTEM
from engine.db import Transaction
from engine.declaration.recommendation.rounds import Row, candidates_of, present
from engine.declaration.recommendation.starting import AWAITING
from engine.declaration.recommendation.tables import CandidateState, recommendation_candidate, recommendation_round
from engine.document.attachments import share_with_case
from engine.flow.contexts import JobContext
from engine.flow.direct import add_message

c = recommendation_candidate.c
DECIDED = "recommendation_decided"
#: a declaration that is suspended hears its result when it goes on
PATIENCE = timedelta(days=365)
FILES = ("ranking_sheet", "publicity_proof")


def hand_over_recommendation(tx: Transaction, context: JobContext) -> None:
    """The inline job `hand_over_recommendation`: a message `recommendation_decided` to each declaration of the round.

    The messages are rows of this transaction; each is delivered in one of its own afterwards, so a round of hundreds
    locks no declaration. What was taken back from the round in the meantime has left it.
    """
    held = [row for row in present(candidates_of(tx, context.case_key)) if row["live"] and row["status"] in AWAITING]
    total = sum(bool(row["recommended"]) for row in held)
    panel_opinion = tx.value(
        sa.select(recommendation_round.c.panel_opinion).where(recommendation_round.c.case_key == context.case_key)
    )
    common = {**_publicised(context), "panel_opinion": panel_opinion, "recommended_total": total}
    for row in held:
        recommendation = _decision(context, row, common)
        files = _files(tx, context, row) if row["recommended"] else {}
        add_message(
            tx,
            context.actor or SYSTEM,
            DECIDED,
            row["declaration_no"],
            {"recommendation": recommendation, **files},
            expires_at=tx.now + PATIENCE,
            from_case=context.case_key,
        )
    told = [row["declaration"] for row in held]
    _leave(tx, context.case_key, CandidateState.TOLD, c.declaration.in_(told))
    _leave(tx, context.case_key, CandidateState.LEFT, c.declaration.not_in(told))


def release_recommendation(tx: Transaction, context: JobContext) -> None:
    """The inline job `release_recommendation`: a round was cancelled, its declarations may join another."""
    _leave(tx, context.case_key, CandidateState.LEFT, sa.true())


def _leave(tx: Transaction, case_key: int, state: CandidateState, where: sa.ColumnElement[bool]) -> None:
    waiting = sa.and_(c.round == case_key, c.state == CandidateState.WAITING, where)
    tx.execute(sa.update(recommendation_candidate).where(waiting).values(state=state))


def _publicised(context: JobContext) -> dict[str, Any]:
    publicity = context.variables.get("publicity") or {}
    result = context.variables.get("result") or {}
    return {
        "notice": result.get("notice"),
        "publicity_from": publicity.get("from"),
        "publicity_to": publicity.get("to"),
        "round": context.case_key,
    }


def _decision(context: JobContext, row: Row, common: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **common,
        "outcome": "recommended" if row["recommended"] else "not_recommended",
        "score": None if row["score"] is None else float(row["score"]),
        "score_rank": row["score_rank"],
        "recommendation_rank": row["recommendation_rank"],
        "reason": row["reason"] or None,
    }


def _files(tx: Transaction, context: JobContext, row: Row) -> dict[str, Sequence[Mapping[str, Any]]]:
    """The proofs, as files of the declaration's own: who sees it may read them."""
    result = context.variables.get("result") or {}
    return {name: share_with_case(tx, result.get(name) or [], row["declaration"], name) for name in FILES}
