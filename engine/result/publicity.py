"""评审结果公示 (F1, J11): its dates, the page anybody reads, its withdrawal and its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.clock import local
from engine.db import Transaction
from engine.declaration.publicity_terms import check_publicity_term
from engine.errors import NotFound
from engine.flow.contexts import JobContext, TaskContext
from engine.flow.tables import case
from engine.result.states import move_results
from engine.result.tables import ResultState, publicity_notice, result_objection, review_result
from engine.result.telling import PUBLISHED

n, o, r = publicity_notice.c, result_objection.c, review_result.c
#: what a name on the public page may stand at: an objection does not take it off, being upheld does
LISTED = frozenset(ResultState) - {ResultState.DECIDED, ResultState.OVERTURNED, ResultState.REFUSED}


@dataclass(frozen=True, slots=True)
class Notice:
    """A published notice with the people on it, as anybody reads it: no number of identity, no expert, no count of votes."""

    row: Mapping[str, Any]
    people: Sequence[Mapping[str, Any]]
    is_open: bool


def check_result_publicity(
    tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]
) -> Mapping[str, object]:
    """The hook of 发起公示: it begins today or later and lasts as many working days as the year's plan wants (J11).

    The day it begins is not counted. Raises `InvalidInput` with the earliest day it may end.
    """
    check_publicity_term(tx, int(task.variables["year"]), values)
    return values


def open_result_publicity(tx: Transaction, context: JobContext) -> Mapping[str, object]:
    """The inline job `open_result_publicity`: the notice stands, those who passed are 公示中."""
    publicity, key = context.variables["publicity"], tx.next_key()
    tx.insert(
        publicity_notice,
        key=key,
        handling=context.case_key,
        meeting=context.variables["meeting"],
        unit=context.variables["unit"],
        unit_name=context.variables["unit_name"],
        year=context.variables["year"],
        title=publicity["title"],
        begins_on=date.fromisoformat(publicity["from"]),
        ends_on=date.fromisoformat(publicity["to"]),
        phone=publicity["phone"],
        address=publicity["address"],
        remark=publicity["remark"] or "",
        published_at=tx.now,
        withdrawn_at=None,
    )
    told = {"publicity_from": publicity["from"], "publicity_to": publicity["to"], "notice": key}
    move_results(tx, context, {ResultState.DECIDED}, ResultState.PUBLICISED, PUBLISHED, told)
    return {"notice": key}


def withdraw_result_publicity(tx: Transaction, context: JobContext) -> None:
    """The inline job `withdraw_result_publicity`: the page is taken down; what is published again begins anew."""
    mine = sa.and_(n.handling == context.case_key, n.withdrawn_at.is_(None))
    tx.execute(sa.update(publicity_notice).where(mine).values(withdrawn_at=tx.now))
    move_results(tx, context, {ResultState.PUBLICISED}, ResultState.DECIDED)


def count_result_objections(tx: Transaction, context: JobContext) -> Mapping[str, object]:
    """The inline job `count_result_objections`: how many there were, how many are not settled."""
    open_ones = sa.func.count(sa.case((o.settled_at.is_(None), 1)))
    query = sa.select(sa.func.count().label("total"), open_ones.label("open")).where(o.handling == context.case_key)
    row = tx.row(query)
    assert row is not None
    return {"objections_total": row.total, "objections_open": row.open}


def open_notices(tx: Transaction, *, limit: int = 50) -> Sequence[Mapping[str, Any]]:
    """The notices that may be read today, those that end first at the top. For everybody."""
    today = local(tx.now).date()
    query = sa.select(publicity_notice).where(*_readable(today)).order_by(n.ends_on, n.key).limit(limit)
    return [dict(row._mapping) for row in tx.rows(query)]


def notice_of(tx: Transaction, key: int) -> Notice:
    """One notice for everybody, while it may be read. Raises `NotFound` afterwards, and where it was withdrawn."""
    row = tx.row(sa.select(publicity_notice).where(n.key == key, *_readable(local(tx.now).date())))
    if row is None:
        raise NotFound
    columns = (r.declaration, r.name, r.unit_name, r.title_series, r.specialty, r.title_name, r.title_level)
    passed = sa.select(*columns).where(r.handling == row.handling, r.passed.is_(True), r.state.in_(LISTED))
    people = [dict(one._mapping) for one in tx.rows(passed.order_by(r.unit_name, r.name, r.declaration))]
    running = tx.value(sa.select(case.c.ended_at).where(case.c.key == row.handling)) is None
    return Notice(dict(row._mapping), people, running)


def _readable(today: date) -> tuple[sa.ColumnElement[bool], ...]:
    return n.begins_on <= today, n.ends_on >= today, n.withdrawn_at.is_(None)
