"""From the ballot to results: the inline job `register_results` at the beginning of the handling."""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from engine.db import Transaction
from engine.declaration.tables import declaration
from engine.declaration.years import year_plan
from engine.errors import NotFound
from engine.flow.cases import set_title, set_unit, set_year
from engine.flow.contexts import JobContext
from engine.organisation import unit_chain
from engine.result.leaving import REMARK
from engine.result.tables import ResultState, review_result
from engine.result.telling import DECIDED, tell
from engine.review_meeting.balloting.tables import Outcome, ballot_round, tally
from engine.review_meeting.grouping import release_undecided
from engine.review_meeting.tables import review_meeting

m, b, t, d = review_meeting.c, ballot_round.c, tally.c, declaration.c
COUNTED = ("yes", "no", "abstain", "attending", "recused", "needed", "sentence")
COPIED = (
    "declaration_no",
    "person",
    "name",
    "unit",
    "unit_name",
    "title_series",
    "specialty",
    "title_name",
    "title_level",
)


def register_results(tx: Transaction, context: JobContext) -> Mapping[str, object]:
    """The inline job `register_results`: a row for each dossier a confirmed ballot decided; each declaration hears its own.

    A declaration that was stopped meanwhile has its result recorded, and it does not stand (J16). Dossiers that no ballot decided wait
    for another meeting. The case becomes the convening unit's, of the meeting's year,
    named after the meeting. Gives what the diagram goes on with: the unit, the title office, how many passed.
    """
    meeting = tx.row(sa.select(review_meeting).where(m.case_key == context.variables["meeting"]))
    if meeting is None:
        raise NotFound
    set_title(tx, context.case_key, f"{meeting.name} 评审后处理")
    set_unit(tx, context.case_key, meeting.unit)
    set_year(tx, context.case_key, meeting.year)
    rows = list(_decided(tx, meeting.case_key, context.case_key))
    for row in rows:
        tx.insert(review_result, **row)
    going_on = [row for row in rows if row["state"] is ResultState.DECIDED]
    tell(tx, context, DECIDED, ((row["declaration_no"], _said(row, meeting.name)) for row in going_on))
    release_undecided(tx, meeting.case_key, {row["declaration"] for row in rows})
    chain, passed = unit_chain(tx, meeting.unit), sum(row["passed"] for row in rows)
    return {
        "unit": meeting.unit,
        "unit_name": chain[0].name,
        "title_office": chain[-1].id,
        "year": meeting.year,
        "publicity_days": year_plan(tx, meeting.year).publicity_days,
        "publicity_title_draft": f"{meeting.name}评审结果公示",
        "decided_total": len(rows),
        "passed_total": passed,
        "failed_total": len(rows) - passed,
    }


def _decided(tx: Transaction, meeting: int, handling: int) -> Iterator[dict[str, Any]]:
    query = (
        sa.select(
            b.committee,
            b.rule_version,
            t.declaration,
            t.outcome,
            d.live,
            *(t[name] for name in COUNTED),
            *(d[name] for name in COPIED),
        )
        .join(ballot_round, b.key == t.round)
        .join(declaration, d.case_key == t.declaration)
        .where(b.meeting == meeting, b.confirmed_at.is_not(None), b.voided_at.is_(None), t.outcome != Outcome.UNDECIDED)
        .order_by(t.declaration, b.no)
    )
    latest = {row.declaration: row for row in tx.rows(query)}
    for row in latest.values():
        stopped = not row.live
        yield {
            "meeting": meeting,
            "handling": handling,
            "declaration": row.declaration,
            "committee": row.committee,
            "rule_version": row.rule_version,
            "passed": row.outcome is Outcome.PASSED,
            "state": ResultState.OVERTURNED if stopped else ResultState.DECIDED,
            "remark": REMARK if stopped else "",
            "certificate": None,
            **{name: row._mapping[name] for name in (*COUNTED, *COPIED)},
        }


def _said(row: Mapping[str, Any], meeting_name: str) -> Mapping[str, Any]:
    """What a declaration hears: the outcome and the meeting, never how anybody voted."""
    return {
        "outcome": "passed" if row["passed"] else "failed",
        "meeting": row["meeting"],
        "meeting_name": meeting_name,
        "handling": row["handling"],
    }
