"""会议记录 (J19, J29): what was reviewed, who was there, the opinions, the counts; signed by whoever presided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.clock import local
from engine.committee.tables import committee
from engine.db import Transaction
from engine.flow.variables import read_variables
from engine.result.handlings import Handling, Row
from engine.result.tables import review_result
from engine.review_meeting.balloting.tables import ballot_roll, ballot_round
from engine.review_meeting.experts import experts_of
from engine.review_meeting.meetings import staff_of
from engine.review_meeting.scoring.tables import dossier_score
from engine.review_meeting.tables import ExpertPost, Invitation, meeting_dossier

b, w, c, s, d, r = (
    ballot_round.c,
    ballot_roll.c,
    committee.c,
    dossier_score.c,
    meeting_dossier.c,
    review_result.c,
)
KINDS = {"secret": "无记名投票", "named": "记名投票", "paper": "纸质票决"}


@dataclass(frozen=True, slots=True)
class Minutes:
    """`about` are names and values, `ballots` one for each committee's ballot, `scored` score and opinion by declaration."""

    about: Sequence[tuple[str, str]]
    agenda: str
    present: str
    absent: str
    ballots: Sequence[Mapping[str, str]]
    scored: Mapping[int, Mapping[str, Any]]
    presided: str

    def of(self, declaration: int) -> Mapping[str, Any]:
        return self.scored.get(declaration, {"score": "", "opinion": ""})

    def data(self) -> dict[str, Any]:
        """What the template reads besides the list."""
        return {
            "agenda": self.agenda,
            "present": self.present,
            "absent": self.absent,
            "ballots": [dict(one) for one in self.ballots],
            "presided": self.presided,
        }


def minutes_of(tx: Transaction, held: Handling) -> Minutes:
    """The minutes of the meeting of a handling. The caller has made sure that its reader may see it."""
    meeting = held.meeting
    key = meeting["case_key"]
    experts = [row for row in experts_of(tx, key) if row["invited"] is not Invitation.DECLINED]
    there = [row for row in experts if row["signed_in_at"] is not None]
    chair = _named(experts, meeting["presiding"]) or _named(experts, meeting["chair"])
    plan = read_variables(tx, key).get("plan") or {}
    counts = held.counts
    return Minutes(
        about=[
            ("会议地点", meeting["venue"]),
            ("主持人", chair),
            ("应到评委", f"{len(experts)} 人"),
            ("实到评委", f"{len(there)} 人"),
            ("工作人员", "、".join(f"{one['name']}" for one in staff_of(tx, key))),
            ("评审人数", f"{counts.total} 人，通过 {counts.passed} 人，未通过 {counts.failed} 人"),
        ],
        agenda=str(plan.get("agenda") or ""),
        present="、".join(_with_post(row) for row in there),
        absent="、".join(row["name"] for row in experts if row["signed_in_at"] is None),
        ballots=_ballots(tx, held),
        scored=_scores(tx, key),
        presided=chair,
    )


def _with_post(row: Row) -> str:
    post = {ExpertPost.CHAIR: "主任", ExpertPost.VICE_CHAIR: "副主任"}.get(row["post"], "")
    return f"{row['name']}（{post}）" if post else str(row["name"])


def _named(experts: Sequence[Row], expert: int | None) -> str:
    return next((str(row["name"]) for row in experts if row["expert"] == expert), "")


def _ballots(tx: Transaction, held: Handling) -> list[dict[str, str]]:
    """Each ballot that was confirmed, with its counts; how anybody voted is nowhere."""
    rolls = sa.select(sa.func.count()).where(w.round == b.key).correlate(ballot_round).scalar_subquery()
    query = (
        sa.select(ballot_round, c.name.label("committee_name"), rolls.label("called"))
        .join(committee, c.id == b.committee)
        .where(b.meeting == held.meeting["case_key"], b.confirmed_at.is_not(None), b.voided_at.is_(None))
    )
    passed = sa.func.count(sa.case((r.passed.is_(True), 1)))
    counted = sa.select(r.committee, sa.func.count().label("held"), passed.label("passed"))
    of = {row.committee: row for row in tx.rows(counted.where(r.handling == held.key).group_by(r.committee))}
    found = []
    for row in tx.rows(query.order_by(c.name, b.no)):
        result = of.get(row.committee)
        found.append(
            {
                "committee": row.committee_name,
                "kind": KINDS[row.kind.value],
                "members": str(row.members),
                "called": str(row.called),
                "papers": "" if row.papers is None else str(row.papers),
                "counts": f"参评 {result.held} 人，通过 {result.passed} 人" if result else "",
                "rule": row.rule_version,
                "announced_by": row.announced_by or "",
                "confirmed": "" if row.confirmed_at is None else f"{local(row.confirmed_at):%Y-%m-%d %H:%M}",
            }
        )
    return found


def _scores(tx: Transaction, meeting: int) -> dict[int, Mapping[str, Any]]:
    given = sa.and_(s.meeting == d.meeting, s.declaration == d.declaration)
    query = sa.select(d.declaration, d.score, s.opinion).join(dossier_score, given, isouter=True)
    return {
        row.declaration: {"score": "" if row.score is None else row.score, "opinion": row.opinion or ""}
        for row in tx.rows(query.where(d.meeting == meeting))
    }
