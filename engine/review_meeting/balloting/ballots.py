"""The ballots of a meeting, one case for each committee, and their rounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import NotFound
from engine.flow.queries import is_visible
from engine.flow.tables import case
from engine.flow.variables import read_variables
from engine.review_meeting.balloting.tables import ballot_round

PROCESS = "ballot"

b = ballot_round.c


@dataclass(frozen=True, slots=True)
class Ballot:
    """The case of one committee's ballot. `variables` are the case's."""

    key: int
    status: str
    ended_at: datetime | None
    variables: Mapping[str, Any]

    @property
    def meeting(self) -> int:
        return int(self.variables["meeting"])

    @property
    def committee(self) -> int:
        return int(self.variables["committee"])

    @property
    def committee_name(self) -> str:
        return str(self.variables.get("committee_name") or "")


def ballots_of(tx: Transaction, meeting: int) -> Sequence[Ballot]:
    """The ballots of a meeting in the order they began. The caller has authorised."""
    query = sa.select(case.c.key, case.c.status, case.c.ended_at).where(
        case.c.parent_case_key == meeting, case.c.process_id == PROCESS
    )
    return [
        Ballot(row.key, row.status, row.ended_at, read_variables(tx, row.key))
        for row in tx.rows(query.order_by(case.c.key))
    ]


def ballot_of(tx: Transaction, actor: Actor, key: int) -> Ballot:
    """A ballot the actor sees. Raises `NotFound`."""
    query = sa.select(case.c.key, case.c.status, case.c.ended_at).where(
        case.c.key == key, case.c.process_id == PROCESS, is_visible(case.c.key, actor)
    )
    row = tx.row(query)
    if row is None:
        raise NotFound
    return Ballot(row.key, row.status, row.ended_at, read_variables(tx, row.key))


def rounds_of(tx: Transaction, ballot: int) -> Sequence[sa.Row[Any]]:
    """All rounds of a ballot, the latest first; voided ones too."""
    return tx.rows(sa.select(ballot_round).where(b.ballot == ballot).order_by(b.no.desc()))


def current_round(tx: Transaction, ballot: int) -> sa.Row[Any] | None:
    """The latest round that was not voided."""
    query = sa.select(ballot_round).where(b.ballot == ballot, b.voided_at.is_(None)).order_by(b.no.desc())
    return tx.row(query.limit(1))


def open_round_of(tx: Transaction, ballot: int) -> sa.Row[Any]:
    """The round that is not counted yet. Raises `NotFound`."""
    found = current_round(tx, ballot)
    if found is None or found.counted_at is not None:
        raise NotFound
    return found
