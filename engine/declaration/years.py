"""The plan of a review year: from when to when declarations are taken, and how long each step may last (A10, P26)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.clock import ZONE, local
from engine.db import Transaction
from engine.declaration.dossier import PROCESS
from engine.declaration.tables import declaration_year
from engine.errors import InvalidInput
from engine.flow.tables import task
from engine.flow.timers import move_deadline

CORRECTION_DAYS = 10
REVIEW_DAYS = 10
REMINDER = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class YearPlan:
    """`correction_days` and `review_days` are working days."""

    year: int
    opens_at: datetime
    closes_at: datetime
    reminder_at: datetime
    correction_days: int = CORRECTION_DAYS
    review_days: int = REVIEW_DAYS

    def is_open(self, at: datetime) -> bool:
        return self.opens_at <= at < self.closes_at


def current_year(tx: Transaction) -> int:
    """The review year as the province's calendar has it now."""
    return local(tx.now).year


def year_plan(tx: Transaction, year: int) -> YearPlan:
    """The plan of that year; where nobody has made one, the whole calendar year."""
    columns = [column for column in declaration_year.c if column.name != "last_no"]
    row = tx.row(sa.select(*columns).where(declaration_year.c.year == year))
    return YearPlan(**row._mapping) if row else default_plan(year)


def default_plan(year: int) -> YearPlan:
    """From 1 January to the last minute of 31 December."""
    closes = datetime.combine(date(year, 12, 31), time(23, 59), ZONE)
    return YearPlan(year, datetime(year, 1, 1, tzinfo=ZONE), closes, closes - REMINDER)


def set_year_plan(tx: Transaction, actor: Actor, plan: YearPlan) -> None:
    """Write the plan of a year in place of the one before.

    Drafts that are under way take the new closing and reminding times with it: their timers follow the deadlines
    `declaration_close` and `declaration_close_reminder`. Raises `InvalidInput` where the times are not in their order.
    """
    authorize(actor, Permission.DECLARATIONS_MANAGE)
    if not plan.opens_at < plan.closes_at:
        raise InvalidInput(fields={"closes_at": ["截止时间应晚于开始时间"]})
    if not plan.opens_at <= plan.reminder_at <= plan.closes_at:
        raise InvalidInput(fields={"reminder_at": ["提醒时间应在开始时间和截止时间之间"]})
    if not (1 <= plan.correction_days <= 365 and 1 <= plan.review_days <= 365):
        raise InvalidInput(fields={"correction_days": ["工作日天数应在 1 至 365 之间"]})
    before = year_plan(tx, plan.year)
    _write(tx, plan)
    move_deadline(tx, actor, "declaration_close", plan.closes_at)
    move_deadline(tx, actor, "declaration_close_reminder", plan.reminder_at)
    drafts = sa.and_(task.c.process_id == PROCESS, task.c.due_at == before.closes_at)
    tx.execute(sa.update(task).where(drafts).values(due_at=plan.closes_at))


def plan_variables(plan: YearPlan) -> dict[str, Any]:
    """What the diagram reads of the plan."""
    return {
        "closes_at": local(plan.closes_at).isoformat(),
        "closing_reminder_at": local(plan.reminder_at).isoformat(),
        "correction_days": plan.correction_days,
        "review_days": plan.review_days,
    }


def _write(tx: Transaction, plan: YearPlan) -> None:
    values = {name: getattr(plan, name) for name in YearPlan.__slots__}
    updated = tx.execute(sa.update(declaration_year).where(declaration_year.c.year == plan.year).values(**values))
    if not updated.rowcount:
        tx.execute(sa.insert(declaration_year).values(**values, last_no=0))


def next_number(tx: Transaction, year: int) -> str:
    """The next 申报编号 of the year: 2026-000123."""
    advance = (
        sa.update(declaration_year)
        .where(declaration_year.c.year == year)
        .values(last_no=declaration_year.c.last_no + 1)
        .returning(declaration_year.c.last_no)
    )
    number = tx.value(advance)
    if number is None:
        _write(tx, default_plan(year))
        number = tx.value(advance)
    return f"{year}-{number:06d}"
