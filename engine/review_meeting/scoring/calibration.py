"""校准: how first reviewers score side by side. It shows and changes nothing: a score is advice, and only the ballot decides (Q26)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import NotFound
from engine.review_meeting.scoring.tables import dossier_score
from engine.review_meeting.seats import keeps_meeting, seat_of
from engine.review_meeting.tables import meeting_dossier, meeting_expert

#: as far from the mean of its reviewer, or a reviewer from the mean of all, a score is worth a look
FAR = 2.0
#: with fewer scores a spread says nothing
FEWEST = 3

s, d, x = dossier_score.c, meeting_dossier.c, meeting_expert.c


@dataclass(frozen=True, slots=True)
class Score:
    """One score: raw, and how many standard deviations above or below the reviewer's own mean (`z`)."""

    declaration: int
    number: str
    reviewer: str
    raw: float
    z: float | None
    outlier: bool


@dataclass(frozen=True, slots=True)
class Spread:
    """The scores of one reviewer: mean, standard deviation, range; `lean` is how far the mean lies from that of all."""

    reviewer: str
    count: int
    mean: float
    deviation: float
    lowest: float
    highest: float
    lean: float
    outlier: bool


@dataclass(frozen=True, slots=True)
class Calibration:
    """The panel for leader and chair: reviewers by their lean, scores with the outliers first."""

    count: int
    mean: float
    deviation: float
    reviewers: Sequence[Spread]
    scores: Sequence[Score]


def calibration_of(tx: Transaction, actor: Actor, meeting: int, group: int | None = None) -> Calibration:
    """The scores of the groups the actor leads; of all, or of one group, for the chair and the office. Raises `NotFound`."""
    seat = seat_of(tx, actor, meeting)
    whole = keeps_meeting(tx, actor, meeting) or (seat is not None and seat.is_chair)
    if not whole and (seat is None or not seat.leads):
        raise NotFound
    query = (
        sa.select(s.declaration, d.declaration_no, s.total, x.name)
        .join(meeting_dossier, sa.and_(d.meeting == s.meeting, d.declaration == s.declaration))
        .join(meeting_expert, sa.and_(x.meeting == s.meeting, x.login == s.expert))
        .where(s.meeting == meeting, d.score.is_not(None))
        .order_by(d.declaration_no)
    )
    if not whole and seat is not None:
        query = query.where(d.group.in_(sorted(seat.leads)))
    if group is not None:
        query = query.where(d.group == group)
    return calibrate([(row.declaration, row.declaration_no, row.name, float(row.total)) for row in tx.rows(query)])


def calibrate(rows: Sequence[tuple[int, str, str, float]]) -> Calibration:
    """The panel over (declaration, its number, reviewer, score); a pure function."""
    by_reviewer: dict[str, list[float]] = {}
    for _, _, reviewer, raw in rows:
        by_reviewer.setdefault(reviewer, []).append(raw)
    moments = {reviewer: _moments(scores) for reviewer, scores in by_reviewer.items()}
    mean, deviation = _moments([raw for *_, raw in rows])
    lean = _moments([moments[one][0] for one in moments])[1]
    spreads = [_spread(name, by_reviewer[name], moments[name], mean, lean) for name in by_reviewer]
    scores = [_score(row, moments, len(by_reviewer[row[2]])) for row in rows]
    return Calibration(
        count=len(rows),
        mean=mean,
        deviation=deviation,
        reviewers=sorted(spreads, key=lambda one: (-abs(one.lean), one.reviewer)),
        scores=sorted(scores, key=lambda one: (not one.outlier, -abs(one.z or 0), one.number)),
    )


def _moments(values: Sequence[float]) -> tuple[float, float]:
    """Mean and standard deviation of all values."""
    if not values:
        return 0.0, 0.0
    mean = sum(values) / len(values)
    return mean, sqrt(sum((one - mean) ** 2 for one in values) / len(values))


def _spread(
    reviewer: str, scores: Sequence[float], moments: tuple[float, float], mean: float, between: float
) -> Spread:
    lean = moments[0] - mean
    far = len(scores) >= FEWEST and between > 0 and abs(lean) >= FAR * between
    return Spread(reviewer, len(scores), *moments, min(scores), max(scores), lean, far)


def _score(row: tuple[int, str, str, float], moments: Mapping[str, tuple[float, float]], count: int) -> Score:
    declaration, number, reviewer, raw = row
    mean, deviation = moments[reviewer]
    z = (raw - mean) / deviation if count >= FEWEST and deviation > 0 else None
    return Score(declaration, number, reviewer, raw, z, z is not None and abs(z) >= FAR)


def scores_of(tx: Transaction, meeting: int, declarations: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """The sheets of these dossiers as they stand. The caller has authorised."""
    query = sa.select(dossier_score).where(s.meeting == meeting, s.declaration.in_(sorted(declarations)))
    return {row.declaration: dict(row._mapping) for row in tx.rows(query)}
