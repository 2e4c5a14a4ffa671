"""组建校验: the rules a committee is put together by, asked of the decision table `composition` (J01–J05, J14, J23)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine.clock import local
from engine.committee.pool import is_outside
from engine.committee.tables import CommitteeKind, ExpertState, MemberState, committee, expert, pool_member
from engine.committee.terms import years_later
from engine.db import Transaction
from engine.decision import DecisionError
from engine.errors import NotFound, ProcessFault
from engine.feel import FeelError, from_json, to_json
from engine.flow.library import Found
from engine.flow.registry import clock_of, registry_of
from engine.flow.tables import DefinitionKind

DECISION, PARAMETERS = "composition", "composition_parameters"
SENIOR = frozenset({"senior", "associate_senior"})
#: what the table asks about; what is not given is not judged
FACTS = (
    "kind",
    "rank",
    "region",
    "members",
    "experts",
    "outside",
    "terms_over",
    "filing_from",
    "filing_until",
    "series_count",
)


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule of the table: its id (J03) and what it asks, what there is, what there should be, whether it holds, the sentence
    for where it does not, and the version of the table."""

    rule: str
    label: str
    input: str
    expected: str
    ok: bool
    sentence: str
    version: str


@dataclass(frozen=True, slots=True)
class Parameters:
    """How long an expert's term and a filing hold at most, in years; how many in a hundred experts come from elsewhere at least."""

    term_years: int
    filing_years: int
    outside_percent: int


def rank_of(levels: Collection[str]) -> str:
    """The highest of the levels a committee reviews, as the rules tell them apart: senior, intermediate or junior."""
    if SENIOR & set(levels):
        return "senior"
    return "intermediate" if "intermediate" in levels else "junior"


def check_composition(tx: Transaction, facts: Mapping[str, object]) -> Sequence[RuleResult]:
    """Every rule these facts can be judged by, in the order of the table; `FACTS` are their names.

    `kind` is series or specialty, `rank` as `rank_of` gives it, `members` the number registered or called, `experts` how many are
    in the pool, `outside` how many of them come from elsewhere, `terms_over` how many have no term that holds. Raises
    `ProcessFault` where the table is not deployed or cannot be worked out.
    """
    rows, found = _ask(tx, DECISION, {name: facts.get(name) for name in FACTS})
    version = f"{found.version_tag or ''} 第 {found.version} 版".strip()
    return [RuleResult(version=version, **row) for row in rows or ()]


def parameters_of(tx: Transaction, region: str) -> Parameters:
    """The parameters in force in a region. Raises `ProcessFault` where the table has none."""
    row, _ = _ask(tx, PARAMETERS, {"region": region})
    if row is None:
        raise ProcessFault("决策表“评委会组建参数”没有适用的规则，请联系管理员。", PARAMETERS, "decision")
    return Parameters(**row)


def _ask(tx: Transaction, decision_id: str, facts: Mapping[str, object]) -> tuple[Any, Found]:
    """The answer of the newest version tagged with this year, or of the one in force, and which version it was."""
    registry, kind = registry_of(tx), DefinitionKind.DECISION
    library = registry.library
    found = library.tagged(tx, kind, decision_id, str(local(tx.now).year)) or library.latest(tx, kind, decision_id)
    if found is None:
        raise ProcessFault(f"决策表“{decision_id}”尚未发布，请联系管理员。", decision_id, "missing_decision")
    _, model = library.decision(tx, found.key)
    try:
        given = {name: from_json(value) for name, value in facts.items()}
        return to_json(model.evaluate(decision_id, given, clock_of(tx), registry.calendar).value), found
    except (DecisionError, FeelError) as error:
        raise ProcessFault(f"决策表“{decision_id}”无法求值：{error}", decision_id, "decision") from error


def composition_of(tx: Transaction, committee_id: int, *, on: date | None = None) -> Sequence[RuleResult]:
    """Every rule judged for a committee as it is registered and as its pool stands on that day, today if none is named.

    The caller has authorised. Raises `NotFound`.
    """
    c = committee.c
    row = tx.row(sa.select(committee).where(c.id == committee_id))
    if row is None:
        raise NotFound
    day = on or local(tx.now).date()
    facts = {
        "kind": CommitteeKind(row.kind).value,
        "rank": rank_of(row.levels),
        "region": row.region,
        "members": row.members,
        "filing_from": row.valid_from.isoformat(),
        "filing_until": row.valid_until.isoformat(),
        "series_count": 1,
    }
    return check_composition(tx, {**facts, **pool_facts(tx, committee_id, row.region, day)})


def pool_facts(tx: Transaction, committee_id: int, region: str, on: date) -> dict[str, int]:
    """How many experts of a pool are fit to be called on that day, how many of them come from elsewhere, how many terms are over."""
    e, m = expert.c, pool_member.c
    rows = tx.rows(
        sa.select(m.term_from, m.term_until, is_outside().label("outside"))
        .select_from(pool_member.join(expert, e.id == m.expert).join(committee, committee.c.id == m.committee))
        .where(m.committee == committee_id, m.state == MemberState.ACTIVE, e.state == ExpertState.IN_POOL)
    )
    years = parameters_of(tx, region).term_years
    begun = [row for row in rows if row.term_from <= on]
    fit = [row for row in begun if on <= row.term_until < years_later(row.term_from, years)]
    return {
        "experts": len(fit),
        "outside": sum(bool(row.outside) for row in fit),
        "terms_over": len(begun) - len(fit),
    }
