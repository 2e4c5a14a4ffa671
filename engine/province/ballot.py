"""The meeting whose ballot is open: a dozen of its dossiers were reviewed one by one, the others are copies; from the end of
scoring on everything is done with the commands people use, on all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from engine.db import Database, Transaction
from engine.province.committees import BulkCommittee
from engine.province.declarations import Pattern
from engine.province.meetings import GROUPS, OUTSIDE, SEATS
from engine.province.pieces import case_pieces, declaration_pieces, dossier_pieces, person_pieces
from engine.province.recording import Recording, record
from engine.result.demo_meeting import Proceedings
from engine.review_meeting.tables import ExpertPost, meeting_dossier

#: dossiers that are reviewed one by one; experts who have cast by now
REVIEWED, CAST = 12, 12
#: how many do not agree, dossier by dossier in turn
AGAINST = (0, 1, 0, 2, 0, 0, 11, 1, 0, 12, 3)

d = meeting_dossier.c


@dataclass(frozen=True, slots=True)
class ReviewedDossier:
    """A dossier the chair has confirmed, and those of its group who may have reviewed it: neither leader nor chair."""

    pattern: Pattern
    recording: Recording
    members: Sequence[Mapping[str, Any]]

    def reviewers(self, number: int) -> dict[str, str | int]:
        """The slots of two of them, in turn."""
        first, second = (
            self.members[(number + more) % len(self.members)] for more in (0, 1 + number // len(self.members) % 2)
        )
        return reviewer_slots(first, "primary_") | reviewer_slots(second, "secondary_")


class OpenBallot:
    """The meeting, step by step."""

    def __init__(self, database: Database, kept: BulkCommittee, held: Proceedings, dossiers: Sequence[Pattern]) -> None:
        self.database, self.kept, self.held, self.dossiers = database, kept, held, dossiers

    def review(self, name: str) -> list[ReviewedDossier]:
        """From the calling to the chair's confirmation of the first dossiers."""
        held = self.held
        held.call(name, held.at + timedelta(hours=2), GROUPS)
        held.settle_groups()
        held.draw(SEATS, OUTSIDE)
        held.plan()
        held.approve_plan()
        held.appoint_chair()
        held.group_dossiers([one.case for one in self.dossiers])
        held.set_standard()
        held.confirm_standard()
        held.appoint_leaders()
        held.assign()
        held.score()
        return [self._record(one) for one in self.dossiers]

    def vote(self) -> None:
        """Everybody is there, about half have cast."""
        held = self.held
        held.finish_scoring()
        held.attend()
        held.make_roll()
        held.open_ballot()
        with self.database.read() as tx:
            rows = tx.rows(sa.select(d.declaration).where(d.meeting == held.key).order_by(d.declaration))
        against = {row.declaration: AGAINST[place % len(AGAINST)] for place, row in enumerate(rows)}
        held.cast(CAST, against)

    def _record(self, pattern: Pattern) -> ReviewedDossier:
        meeting, people = self.held.key, self.held.people()
        groups = {one["id"]: one["leader"] for one in self.held.groups()}
        with self.database.read() as tx:
            row = _dossier(tx, meeting, pattern.case)
            members = [
                one
                for one in people
                if one["group"] == row.group and one["post"] is ExpertPost.MEMBER and one["expert"] != groups[row.group]
            ]
            known = {one["expert"]: one for one in people}
            pieces = [
                *case_pieces([pattern.case, row.review_case]),
                *person_pieces([pattern.person]),
                *declaration_pieces([pattern.case]),
                *dossier_pieces(meeting, [pattern.case]),
            ]
            slots = {
                **pattern.slots(),
                **reviewer_slots(known[row.primary_expert], "primary_"),
                **reviewer_slots(known[row.secondary_expert], "secondary_"),
            }
            shared = {meeting, *groups}
            return ReviewedDossier(
                pattern, record(tx, pieces, slots=slots, since=pattern.since, shared=shared), members
            )


def reviewer_slots(one: Mapping[str, Any], prefix: str) -> dict[str, str | int]:
    return {f"{prefix}{name}": one[name] for name in ("expert", "login", "name")}


def _dossier(tx: Transaction, meeting: int, declaration: int) -> sa.Row[Any]:
    row = tx.row(sa.select(meeting_dossier).where(d.meeting == meeting, d.declaration == declaration))
    assert row is not None
    return row
