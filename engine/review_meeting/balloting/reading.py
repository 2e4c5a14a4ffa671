"""Reading a ballot: how far it is, what came out, by dossier and by expert; each for those who may know (Q19)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.tables import declaration
from engine.errors import NotFound
from engine.review_meeting.balloting.ballots import Ballot, ballot_of, ballots_of, current_round, rounds_of
from engine.review_meeting.balloting.entitled import without_ballot
from engine.review_meeting.balloting.standing import is_office, presides, require_follower
from engine.review_meeting.balloting.tables import (
    Choice,
    Outcome,
    RoundKind,
    ballot_recusal,
    ballot_roll,
    ballot_round,
    named_choice,
    tally,
)
from engine.review_meeting.tables import meeting_dossier, meeting_group, review_meeting

b, r, t, x, d, m = ballot_round.c, ballot_roll.c, tally.c, ballot_recusal.c, meeting_dossier.c, review_meeting.c
n = named_choice.c


@dataclass(frozen=True, slots=True)
class RollLine:
    """One expert of a round: whether they cast, and how many dossiers they keep out of; who keeps out of all of them has no
    ballot. Never how (Q19), but for 记名: `agreed` and `refused` are then numbers once the count is there."""

    expert: int
    name: str
    group: str
    cast_at: datetime | None
    recused: int
    has_ballot: bool = True
    agreed: int | None = None
    refused: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A ballot as who presides and the office see it. There are no counts of votes before the round is counted."""

    ballot: Ballot
    meeting: Mapping[str, Any]
    rounds: Sequence[sa.Row[Any]]
    round: sa.Row[Any] | None
    roll: Sequence[RollLine]
    presides: bool
    office: bool

    @property
    def cast(self) -> int:
        return sum(line.cast_at is not None for line in self.roll)

    @property
    def ballots(self) -> int:
        """How many on the roll have a ballot."""
        return sum(line.has_ballot for line in self.roll)


@dataclass(frozen=True, slots=True)
class TallyRow:
    """One dossier's count, with what a list shows of its declaration."""

    declaration: int
    declaration_no: str
    group: str
    score: Any
    round: int
    yes: int
    no: int
    abstain: int
    attending: int
    recused: int
    needed: int
    outcome: Outcome
    sentence: str
    about: Mapping[str, Any]

    @property
    def passed(self) -> bool:
        return self.outcome is Outcome.PASSED


@dataclass(frozen=True, slots=True)
class Tally:
    """按材料 and 按评委. `round` is the last one counted; `rows` hold the last count of every dossier."""

    round: sa.Row[Any]
    rows: Sequence[TallyRow]
    roll: Sequence[RollLine]

    @property
    def passed(self) -> int:
        return sum(row.passed for row in self.rows)

    @property
    def aside(self) -> int:
        """How many on the roll had no ballot, since they keep out of every dossier."""
        return sum(not line.has_ballot for line in self.roll)

    @property
    def undecided(self) -> int:
        return sum(row.outcome is Outcome.UNDECIDED for row in self.rows)


@dataclass(frozen=True, slots=True)
class ResultRow:
    """What was decided on one dossier, for whatever comes after."""

    declaration: int
    committee: int
    passed: bool
    yes: int
    no: int
    attending: int
    recused: int
    needed: int
    sentence: str
    rule_version: str


def standing_of(tx: Transaction, actor: Actor, key: int) -> Standing:
    """How far a ballot is: for who presides, deputies reading along, and the office. Raises `NotFound`, `NotAllowed`."""
    ballot = ballot_of(tx, actor, key)
    row = tx.row(sa.select(review_meeting).where(m.case_key == ballot.meeting))
    assert row is not None
    require_follower(tx, actor, ballot.meeting)
    held = current_round(tx, key)
    return Standing(
        ballot=ballot,
        meeting=dict(row._mapping),
        rounds=rounds_of(tx, key),
        round=held,
        roll=[] if held is None else roll_lines(tx, held),
        presides=presides(tx, actor, ballot.meeting),
        office=is_office(tx, actor, ballot.meeting),
    )


def tally_of(tx: Transaction, actor: Actor, meeting: int, committee: int) -> Tally:
    """The count of a committee: for who presides once it is there, for deputies and the office once it is confirmed.

    Raises `NotFound` where there is none yet, or not for this reader.
    """
    key = next((one.key for one in ballots_of(tx, meeting) if one.committee == committee), None)
    if key is None:
        raise NotFound
    return tally_of_ballot(tx, standing_of(tx, actor, key))


def tally_of_ballot(tx: Transaction, held: Standing) -> Tally:
    """The same where the standing is read already. Raises `NotFound`."""
    counted = held.round
    if counted is None or counted.counted_at is None:
        raise NotFound("本评委会还没有计票结果。")
    if not held.presides and counted.confirmed_at is None:
        raise NotFound("投票结果由主任确认后才能查看。")
    return Tally(counted, _rows(tx, held.ballot.key), held.roll)


def result_rows(tx: Transaction, meeting: int) -> list[ResultRow]:
    """What the committees of a meeting decided, by committee and dossier: confirmed counts only. The caller has authorised."""
    query = (
        sa.select(tally, b.committee, b.rule_version, b.no.label("round_no"))
        .join(ballot_round, b.key == t.round)
        .where(b.meeting == meeting, b.confirmed_at.is_not(None), b.voided_at.is_(None))
        .order_by(b.committee, t.declaration, b.no)
    )
    last = {row.declaration: row for row in tx.rows(query)}
    return [
        ResultRow(
            declaration=row.declaration,
            committee=row.committee,
            passed=row.outcome is Outcome.PASSED,
            yes=row.yes,
            no=row.no,
            attending=row.attending,
            recused=row.recused,
            needed=row.needed,
            sentence=row.sentence,
            rule_version=row.rule_version,
        )
        for row in last.values()
    ]


def roll_lines(tx: Transaction, held: sa.Row[Any]) -> list[RollLine]:
    """The roll of a round by group and name. The caller has authorised."""
    g = meeting_group.c
    kept_out = sa.select(sa.func.count()).where(x.round == r.round, x.expert == r.expert).scalar_subquery()
    query = (
        sa.select(ballot_roll, g.name.label("group_name"), kept_out.label("recused"))
        .join(meeting_group, g.id == r.group, isouter=True)
        .where(r.round == held.key)
        .order_by(g.id, r.name, r.expert)
    )
    named, aside = _named_counts(tx, held), without_ballot(tx, held.key)
    return [
        RollLine(
            expert=row.expert,
            name=row.name,
            group=row.group_name or "",
            cast_at=row.cast_at,
            recused=row.recused,
            has_ballot=row.expert not in aside,
            agreed=None if named is None else named.get((row.expert, Choice.YES), 0),
            refused=None if named is None else named.get((row.expert, Choice.NO), 0),
        )
        for row in tx.rows(query)
    ]


def _named_counts(tx: Transaction, held: sa.Row[Any]) -> Mapping[tuple[int, Choice], int] | None:
    if held.kind is not RoundKind.NAMED or held.counted_at is None:
        return None
    query = sa.select(n.expert, n.choice, sa.func.count().label("votes")).where(n.round == held.key)
    return {(row.expert, row.choice): row.votes for row in tx.rows(query.group_by(n.expert, n.choice))}


def _rows(tx: Transaction, ballot: int) -> list[TallyRow]:
    g = meeting_group.c
    own = tuple(tally.columns)
    query = (
        sa.select(
            *own, b.no.label("round_no"), d.declaration_no.label("dossier_no"), d.score, g.name.label("group_name")
        )
        .add_columns(*(column.label(f"about_{column.name}") for column in declaration.columns))
        .join(ballot_round, b.key == t.round)
        .join(meeting_dossier, sa.and_(d.meeting == b.meeting, d.declaration == t.declaration))
        .join(declaration, declaration.c.case_key == t.declaration)
        .join(meeting_group, g.id == d.group, isouter=True)
        .where(b.ballot == ballot, b.voided_at.is_(None), b.counted_at.is_not(None))
        .order_by(g.id, d.declaration_no, b.no)
    )
    last: dict[int, TallyRow] = {}
    for row in tx.rows(query):
        about = {
            name.removeprefix("about_"): value for name, value in row._mapping.items() if name.startswith("about_")
        }
        last[row.declaration] = TallyRow(
            declaration=row.declaration,
            declaration_no=row.dossier_no,
            group=row.group_name or "",
            score=row.score,
            round=row.round_no,
            yes=row.yes,
            no=row.no,
            abstain=row.abstain,
            attending=row.attending,
            recused=row.recused,
            needed=row.needed,
            outcome=row.outcome,
            sentence=row.sentence,
            about=about,
        )
    return list(last.values())
