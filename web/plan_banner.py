"""How long there is left to declare and to review, in one line: drawn by `ui.year_plan_banner` (P26).

page(request, …, plan=year_plan_banner(tx, actor, year))        {{ ui.year_plan_banner(plan) }}
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from engine.access import Actor, Permission
from engine.clock import local
from engine.db import Transaction
from engine.declaration.years import LEVELS, year_plan
from engine.organisation import unit_chain

SOON = 7


@dataclass(frozen=True, slots=True)
class Deadline:
    """One date: `words` are 申报截止还有 12 天, `when` is 6月30日 18:00."""

    words: str
    when: str
    kind: Literal["", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class PlanBanner:
    """The line: the dates that matter to who reads it, and the day everything counts to."""

    year: int
    deadlines: Sequence[Deadline]
    note: str
    kind: Literal["", "warn", "bad"]


def year_plan_banner(tx: Transaction, actor: Actor | None, year: int) -> PlanBanner:
    """What the plan of the year says to the actor: declaring to everybody, the own level's closing to who reviews."""
    plan = year_plan(tx, year)
    deadlines = [_declaring(plan.opens_at, plan.closes_at, tx.now)]
    if actor is not None and actor.may(Permission.DECLARATIONS_REVIEW) and actor.unit is not None:
        closes = [(label, plan.closing_of(level)) for level, label in _levels(tx, actor.unit)]
        deadlines += [_until(f"{label}审核截止", at, tx.now) for label, at in closes if at is not None]
    day = plan.cutoff_on
    kinds = [one.kind for one in deadlines]
    kind: Literal["", "warn", "bad"] = "warn" if "warn" in kinds else "bad" if kinds == ["bad"] * len(kinds) else ""
    return PlanBanner(year, deadlines, f"年限、年龄、业绩计算到{day.year}年{day.month}月{day.day}日", kind)


def _declaring(opens: datetime, closes: datetime, now: datetime) -> Deadline:
    return _until("申报开始", opens, now) if now < opens else _until("申报截止", closes, now)


def _until(words: str, at: datetime, now: datetime) -> Deadline:
    """How far off an instant is: days while there are any, hours on the last day.

    >>> _until("申报截止", datetime.fromisoformat("2026-06-30T10:00:00Z"), datetime.fromisoformat("2026-06-18T01:00:00Z")).words
    '申报截止还有 12 天'
    """
    here = local(at)
    when = f"{here.month}月{here.day}日 {here:%H:%M}"
    days = (here.date() - local(now).date()).days
    if at <= now:
        return Deadline(f"{words.removesuffix('截止').removesuffix('开始')}已{words[-2:]}", when, "bad")
    if days == 0:
        hours = int((at - now) / timedelta(hours=1))
        left = f"{hours} 小时" if hours else f"{int((at - now) / timedelta(minutes=1))} 分钟"
        return Deadline(f"{words}还有 {left}", when, "warn")
    return Deadline(f"{words}还有 {days} 天", when, "warn" if days <= SOON and words.endswith("截止") else "")


def _levels(tx: Transaction, unit: int) -> list[tuple[str, str]]:
    """The levels at which a unit reviews: its own applicants, and what comes up to it."""
    depth = len(unit_chain(tx, unit)) - 1
    level = {0: "province", 1: "department"}.get(depth, "subordinate")
    return [("unit", "本单位"), (level, LEVELS[level])]
