"""Which committee fits a declaration, and why: the proposal of 预分配评委会 (U19, Q8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.clock import local
from engine.committee.tables import CommitteeState, committee
from engine.db import Transaction
from engine.declaration.dossier import section
from engine.flow.contexts import JobContext

#: how many committees a proposal names besides the first
MOST = 100
NONE_FITS = "没有与申报系列、专业、等级和地区相符且在有效期内的评委会，可以委托其他单位的评委会评审。"


@dataclass(frozen=True, slots=True)
class Fit:
    """A committee that may review it. `distance` is how far its unit lies above the declaring one, None beside the chain."""

    committee: int
    name: str
    forming_unit: int
    why: str
    local: bool
    distance: int | None

    def told(self) -> dict[str, Any]:
        return {"committee": self.committee, "name": self.name, "why": self.why}


def propose_committee(tx: Transaction, context: JobContext) -> Mapping[str, object]:
    """The inline job `propose_committee`: the variable `committee_proposal`.

    The nearest committee of the own chain comes first; those of other units are what one may entrust. Where none fits
    the proposal is empty and says so.
    """
    fits = fitting_committees(tx, context.variables)
    first = fits[0] if fits else None
    proposal = {
        "committee": first.committee if first else None,
        "name": first.name if first else None,
        "why": first.why if first else NONE_FITS,
        "alternatives": [one.told() for one in fits[1 : MOST + 1]],
        "entrustable": [one.told() for one in entrustable_committees(tx, context.variables)[:MOST]],
    }
    return {"committee_proposal": proposal}


def fitting_committees(tx: Transaction, variables: Mapping[str, Any]) -> list[Fit]:
    """The committees of the declaration's own chain of units that fit series, level, specialty and region today."""
    setup = section(variables, "setup")
    fits = [
        _fit(row, variables)
        for row in _in_force(tx, series=setup.get("title_series"))
        if setup.get("title_level") in row.levels
        if not row.specialties or setup.get("specialty") in row.specialties
    ]
    own = [one for one in fits if one.local and one.distance is not None]
    return sorted(own, key=lambda one: (one.distance or 0, one.name, one.committee))


def entrustable_committees(tx: Transaction, variables: Mapping[str, Any]) -> list[Fit]:
    """Those of other units, whatever their series and region: who may be asked to review for us (Q11, J18). Those of
    the declaration's series come first; whether they can is for them to say when they accept."""
    series, unit = section(variables, "setup").get("title_series"), variables.get("review_unit")
    rows = [row for row in _in_force(tx) if row.forming_unit != unit]
    rows.sort(key=lambda row: (row.series != series, row.name, row.id))
    return [_fit(row, variables) for row in rows]


def _fit(row: sa.Row[Any], variables: Mapping[str, Any]) -> Fit:
    distances = {one["unit"]: place for place, one in enumerate(variables.get("chain") or [])}
    return Fit(
        committee=row.id,
        name=row.name,
        forming_unit=row.forming_unit,
        why=_why(row),
        local=_covers(row.region, str(variables.get("region") or "")),
        distance=distances.get(row.forming_unit),
    )


def _in_force(tx: Transaction, series: object = None) -> list[sa.Row[Any]]:
    today, c = local(tx.now).date(), committee.c
    wanted = sa.select(c.id, c.name, c.forming_unit, c.region, c.series, c.specialties, c.levels).where(
        c.state == CommitteeState.ACTIVE, c.valid_from <= today, c.valid_until >= today
    )
    if series is not None:
        wanted = wanted.where(c.series == series)
    return list(tx.rows(wanted.order_by(c.id)))


def _why(row: sa.Row[Any]) -> str:
    return "系列、等级相符，" + ("专业在评审范围内" if row.specialties else "评审本系列全部专业")


def _covers(wide: str, region: str) -> bool:
    """Whether a region code holds another: 130000 the province, 130100 a city, 130102 a district."""
    return region.startswith(wide.removesuffix("00").removesuffix("00"))
