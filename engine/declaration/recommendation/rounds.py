"""Reading rounds: the list of a unit, one round whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.recommendation.tables import (
    CandidateState,
    recommendation_candidate,
    recommendation_objection,
    recommendation_round,
)
from engine.declaration.tables import declaration
from engine.errors import NotFound
from engine.flow.actions import Action, task_actions
from engine.flow.queries import TaskView, case_tasks
from engine.flow.tables import case
from engine.flow.variables import read_variables
from engine.flow.visibility import is_visible
from engine.organisation.tables import unit

r, c, d, o = recommendation_round.c, recommendation_candidate.c, declaration.c, recommendation_objection.c

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Round:
    """A round as everybody who may see it reads it. `candidates` are its declarations with their columns, the ranked
    first; `tasks` what waits, `actions` the reader's buttons besides."""

    row: Row
    candidates: Sequence[Row]
    objections: Sequence[Row]
    variables: Mapping[str, Any]
    tasks: Sequence[TaskView]
    actions: Sequence[Action]

    @property
    def case_key(self) -> int:
        return int(self.row["case_key"])

    @property
    def is_agency(self) -> bool:
        return self.variables.get("is_agency") is True

    def task_of(self, element_id: str) -> TaskView | None:
        """The open task of that element, where the reader may do it."""
        return next((one for one in self.tasks if one.row["element_id"] == element_id and one.may_work), None)


def rounds_of_unit(tx: Transaction, unit_id: int, year: int) -> list[Row]:
    """The rounds of a unit in a year, the newest first, with status and counts. The caller has made sure its reader may."""
    count = sa.func.count(c.declaration)
    chosen = sa.func.count(sa.case((c.recommended.is_(True), 1)))
    query = (
        sa.select(recommendation_round, case.c.status, count.label("declared"), chosen.label("recommended"))
        .join(case, case.c.key == r.case_key)
        .join(recommendation_candidate, c.round == r.case_key, isouter=True)
        .where(r.unit == unit_id, r.year == year)
        .group_by(*recommendation_round.c, case.c.status)
    )
    return [dict(row._mapping) for row in tx.rows(query.order_by(r.case_key.desc()))]


def round_of(tx: Transaction, actor: Actor, case_key: int) -> Round:
    """One round the actor sees. Raises `NotFound`."""
    query = (
        sa.select(recommendation_round, case.c.status, case.c.ended_at, unit.c.name.label("unit_name"))
        .join(case, case.c.key == r.case_key)
        .join(unit, unit.c.id == r.unit)
        .where(r.case_key == case_key, is_visible(r.case_key, actor))
    )
    row = tx.row(query)
    if row is None:
        raise NotFound
    return Round(
        row=dict(row._mapping),
        candidates=candidates_of(tx, case_key),
        objections=[dict(one._mapping) for one in tx.rows(_objections(case_key))],
        variables=read_variables(tx, case_key),
        tasks=case_tasks(tx, actor, case_key),
        actions=task_actions(tx, actor, case_key),
    )


def candidates_of(tx: Transaction, case_key: int) -> list[Row]:
    """The declarations of a round: recommended ones by rank, then by score, then as they came."""
    query = (
        sa.select(recommendation_candidate, declaration)
        .join(declaration, d.case_key == c.declaration)
        .where(c.round == case_key)
        .order_by(
            c.recommendation_rank.is_(None), c.recommendation_rank, c.score_rank.is_(None), c.score_rank, d.case_key
        )
    )
    return [dict(row._mapping) for row in tx.rows(query)]


def present(candidates: Sequence[Row]) -> list[Row]:
    """Those who are still in their round."""
    return [row for row in candidates if row["state"] is not CandidateState.LEFT]


def _objections(case_key: int) -> sa.Select[Any]:
    about = d.name.label("about")
    joined = sa.select(recommendation_objection, about).join(declaration, d.case_key == o.declaration, isouter=True)
    return joined.where(o.round == case_key).order_by(o.key)
