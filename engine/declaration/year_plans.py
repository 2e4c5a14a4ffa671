"""Preparing the plan of a year: which there are, next year's from this one, what a change would move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.declaration.tables import declaration_year
from engine.declaration.years import LEVELS, NEVER, YearPlan, check_plan, deadlines_of, year_plan
from engine.flow.timers import count_following

Day = TypeVar("Day", date, datetime)

DEADLINES: Mapping[str, str] = {
    "declaration_close": "申报截止",
    "declaration_close_reminder": "申报截止提醒",
    **{f"{level}_close": f"{label}审核截止" for level, label in LEVELS.items()},
    **{f"{level}_close_reminder": f"{label}审核截止提醒" for level, label in LEVELS.items()},
}


@dataclass(frozen=True, slots=True)
class Moved:
    """A date of the plan that changes: its words, from when to when (None for no such date), how many cases go with it."""

    words: str
    before: datetime | None
    after: datetime | None
    cases: int


def planned_years(tx: Transaction) -> Sequence[int]:
    """The years somebody has made a plan for, or given a number in, the newest first."""
    return list(tx.execute(sa.select(declaration_year.c.year).order_by(declaration_year.c.year.desc())).scalars())


def plan_changes(tx: Transaction, actor: Actor, plan: YearPlan) -> list[Moved]:
    """What saving the plan would move. Raises `InvalidInput` as saving would."""
    authorize(actor, Permission.DECLARATIONS_MANAGE)
    check_plan(plan)
    old, new = deadlines_of(year_plan(tx, plan.year)), deadlines_of(plan)
    return [
        Moved(words, _date(old[name]), _date(new[name]), count_following(tx, name, plan.year))
        for name, words in DEADLINES.items()
        if old[name] != new[name]
    ]


def next_plan(plan: YearPlan) -> YearPlan:
    """The same plan a year later."""
    closings: dict[str, Any] = {
        f"{level}_closes_at": None if (at := plan.closing_of(level)) is None else _later(at) for level in LEVELS
    }
    return replace(
        plan,
        year=plan.year + 1,
        opens_at=_later(plan.opens_at),
        closes_at=_later(plan.closes_at),
        reminder_at=_later(plan.reminder_at),
        cutoff_on=_later(plan.cutoff_on),
        **closings,
    )


def _later(day: Day) -> Day:
    """The same day of the next year; 28 February for the 29th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def _date(at: datetime) -> datetime | None:
    return None if at == NEVER else at
