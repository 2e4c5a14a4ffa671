"""Who waits for the unit's recommendation, and a round begun with them."""

from collections.abc import Collection, Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.declaration.recommendation.tables import CandidateState, recommendation_candidate, recommendation_round
from engine.declaration.roles import UNIT_ROLES
from engine.declaration.tables import declaration
from engine.declaration.years import year_plan
from engine.errors import InvalidInput, NotAllowed, Refused
from engine.flow.cases import find_process
from engine.flow.direct import add_message
from engine.flow.repeats import first_result, keep_result
from engine.flow.starting import begin_case
from engine.organisation import unit_chain

PROCESS = "recommendation_round"
OFFICER = next(iter(UNIT_ROLES))
#: the status of a declaration that waits for its unit
WAITING = "推荐中"
#: the statuses of one that may still hear a result
AWAITING = frozenset({WAITING, "单位公示中"})
#: what only informs is of no use later
NEWS = timedelta(days=1)
MOST = 2000
METHODS = ("量化评分", "民主评议", "投票")

r, c, d = recommendation_round.c, recommendation_candidate.c, declaration.c
_in_round = sa.exists().where(c.declaration == d.case_key, c.state == CandidateState.WAITING)


def own_unit(actor: Actor) -> int:
    """The unit the actor recommends for. Raises `NotAllowed` for anybody but a unit's officer."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    if actor.unit is None or actor.role != OFFICER:
        raise NotAllowed("推荐轮由本单位经办人办理。")
    return actor.unit


def waiting_declarants(tx: Transaction, actor: Actor, year: int) -> Sequence[sa.Row[tuple[object, ...]]]:
    """The unit's declarations that were checked and are in no round yet, the first submitted first."""
    query = sa.select(declaration).where(
        d.unit == own_unit(actor), d.year == year, d.status == WAITING, d.live.is_(True), ~_in_round
    )
    return tx.rows(query.order_by(d.submitted_at, d.case_key).limit(MOST))


def start_round(
    tx: Transaction,
    actor: Actor,
    *,
    year: int,
    declarations: Collection[int] | None = None,
    command_key: str | None = None,
) -> int:
    """Begin a round with these declarations, or with all that wait; the key of its case.

    Each of them hears that it is in a round, so that the officer's check cannot be taken back any more. Raises
    `InvalidInput` where nobody is left, `Refused` where a colleague has begun a round with one of them.
    """
    unit = own_unit(actor)
    if (before := first_result(tx, actor, command_key)) is not None:
        return int(before["case_key"])
    waiting = waiting_declarants(tx, actor, year)
    chosen = [row for row in waiting if declarations is None or row.case_key in declarations]
    if not chosen:
        raise InvalidInput("请选择参加本轮推荐的申报人。")
    own, plan = unit_chain(tx, unit)[0], year_plan(tx, year)
    number = 1 + int(
        tx.value(sa.select(sa.func.count()).select_from(recommendation_round).where(r.unit == unit, r.year == year))
        or 0
    )
    round_no, title = f"{year}-TJ-{unit}-{number:02d}", f"{year} 年度第 {number} 轮推荐"
    case_key = begin_case(
        tx,
        actor,
        find_process(tx, PROCESS, None, None),
        {
            "round_no": round_no,
            "unit": unit,
            "unit_name": own.name,
            "is_agency": own.is_agency,
            "publicity_days": plan.publicity_days,
        },
        parties=[],
        interactive=True,
        business_key=round_no,
        unit_id=unit,
        year=year,
        title=f"{own.name} {title}",
        tags=None,
    ).key
    tx.insert(
        recommendation_round,
        case_key=case_key,
        round_no=round_no,
        unit=unit,
        year=year,
        title=title,
        method=METHODS[0],
        panel=[],
        panel_opinion="",
        version=1,
        started_at=tx.now,
        started_by=actor.login,
    )
    for row in chosen:
        tx.insert(
            recommendation_candidate,
            round=case_key,
            declaration=row.case_key,
            state=CandidateState.WAITING,
            score=None,
            score_rank=None,
            recommendation_rank=None,
            recommended=None,
            reason="",
        )
        add_message(tx, actor, "recommendation_joined", row.declaration_no, {}, expires_at=tx.now + NEWS)
    keep_result(tx, actor, command_key, {"case_key": case_key})
    try:
        tx.flush()
    except IntegrityError as error:
        raise Refused("有同事刚刚开始了一轮推荐，请刷新后查看。") from error
    return case_key
