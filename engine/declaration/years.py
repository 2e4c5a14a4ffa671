"""The plan of a review year: from when to when declarations are taken, and how long each step may last (A10, P26)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.clock import ZONE, local
from engine.db import Transaction
from engine.declaration.dossier import PROCESS
from engine.declaration.tables import CorrectionResume, QuotaCheck, declaration_year
from engine.errors import InvalidInput
from engine.flow.bulk_variables import assign_in_cases
from engine.flow.tables import case, task
from engine.flow.timers import move_deadline

CORRECTION_DAYS = 10
REVIEW_DAYS = 10
REMINDER = timedelta(days=3)
LEVEL_REMINDER_DAYS = 3
#: J10
PUBLICITY_DAYS = 5

#: the levels of the chain from the own unit to the top, as `unit_chain` names them, with their words
LEVELS: Mapping[str, str] = {
    "unit": "申报单位",
    "subordinate": "下级主管单位",
    "department": "主管部门",
    "province": "省级",
}
#: a timer of a date that nobody has set yet: it exists, so that setting the date moves it, and never fires
NEVER = datetime(9999, 12, 31, tzinfo=ZONE)


@dataclass(frozen=True, slots=True)
class YearPlan:
    """The plan of one year. `correction_days`, `review_days` and `publicity_days` are working days, `level_reminder_days`
    days before the closing of a level. Years, age and achievements count up to and including `cutoff_on` (J27)."""

    year: int
    opens_at: datetime
    closes_at: datetime
    reminder_at: datetime
    cutoff_on: date
    correction_days: int = CORRECTION_DAYS
    review_days: int = REVIEW_DAYS
    unit_closes_at: datetime | None = None
    subordinate_closes_at: datetime | None = None
    department_closes_at: datetime | None = None
    province_closes_at: datetime | None = None
    level_reminder_days: int = LEVEL_REMINDER_DAYS
    publicity_days: int = PUBLICITY_DAYS
    correction_resume: CorrectionResume = CorrectionResume.FULL
    quota_check: QuotaCheck = QuotaCheck.WARN

    def is_open(self, at: datetime) -> bool:
        return self.opens_at <= at < self.closes_at

    def closing_of(self, level: str) -> datetime | None:
        """When that level of the chain closes; None where the plan sets no such time."""
        return {
            "unit": self.unit_closes_at,
            "subordinate": self.subordinate_closes_at,
            "department": self.department_closes_at,
            "province": self.province_closes_at,
        }[level]

    def reminder_of(self, level: str) -> datetime | None:
        """When that level is reminded of its closing."""
        closes = self.closing_of(level)
        return None if closes is None else closes - timedelta(days=self.level_reminder_days)


def current_year(tx: Transaction) -> int:
    """The review year as the province's calendar has it now."""
    return local(tx.now).year


def year_plan(tx: Transaction, year: int) -> YearPlan:
    """The plan of that year; where nobody has made one, the whole calendar year. Asked once a transaction."""
    held: YearPlan | None = tx.memo.get((PLAN, year))
    if held is None:
        columns = [column for column in declaration_year.c if column.name != "last_no"]
        row = tx.row(sa.select(*columns).where(declaration_year.c.year == year))
        held = tx.memo[PLAN, year] = YearPlan(**row._mapping) if row else default_plan(year)
    return held


PLAN = "year plan"


def default_plan(year: int) -> YearPlan:
    """From 1 January to the last minute of 31 December, which is also the day everything counts up to."""
    last = date(year, 12, 31)
    closes = datetime.combine(last, time(23, 59), ZONE)
    return YearPlan(year, datetime(year, 1, 1, tzinfo=ZONE), closes, closes - REMINDER, last)


def set_year_plan(tx: Transaction, actor: Actor, plan: YearPlan) -> None:
    """Write the plan of a year in place of the one before.

    What is under way takes the new plan with it: every timer of that year's cases that follows a date of the plan
    (`deadlines_of`) is moved, the date drafts are due, and what the diagram reads (`plan_variables`). Raises
    `InvalidInput` by field where the times are not in their order.
    """
    authorize(actor, Permission.DECLARATIONS_MANAGE)
    check_plan(plan)
    before = year_plan(tx, plan.year)
    _write(tx, plan)
    old, new = deadlines_of(before), deadlines_of(plan)
    for deadline, at in new.items():
        if at != old[deadline]:
            move_deadline(tx, actor, deadline, at, year=plan.year)
    if plan.closes_at != before.closes_at:
        cases = sa.select(case.c.key).where(case.c.process_id == PROCESS, case.c.year == plan.year)
        drafts = sa.and_(task.c.due_at == before.closes_at, task.c.case_key.in_(cases))
        tx.execute(sa.update(task).where(drafts).values(due_at=plan.closes_at))
    was = plan_variables(before)
    changed = {name: value for name, value in plan_variables(plan).items() if was[name] != value}
    assign_in_cases(tx, actor, PROCESS, plan.year, changed, reason="年度计划调整")


def check_plan(plan: YearPlan) -> None:
    """Raise `InvalidInput` by field unless the times follow each other and the numbers of days are sensible."""
    problems: dict[str, list[str]] = {}
    if not plan.opens_at < plan.closes_at:
        problems["closes_at"] = ["申报截止时间应晚于开始时间"]
    if not plan.opens_at <= plan.reminder_at <= plan.closes_at:
        problems["reminder_at"] = ["截止提醒时间应在开始时间和截止时间之间"]
    if not plan.year - 1 <= plan.cutoff_on.year <= plan.year + 1:
        problems["cutoff_on"] = [f"计算截止日应在 {plan.year} 年前后一年以内"]
    before, words = plan.opens_at, "申报开始时间"
    for level, label in LEVELS.items():
        closes = plan.closing_of(level)
        if closes is not None:
            if closes <= before:
                problems[f"{level}_closes_at"] = [f"{label}审核截止时间应晚于{words}"]
            before, words = closes, f"{label}审核截止时间"
    for name in ("correction_days", "review_days", "publicity_days"):
        if not 1 <= getattr(plan, name) <= 365:
            problems[name] = ["工作日天数应在 1 至 365 之间"]
    if plan.publicity_days < PUBLICITY_DAYS:
        problems["publicity_days"] = [f"单位公示不得少于 {PUBLICITY_DAYS} 个工作日"]
    if not 1 <= plan.level_reminder_days <= 60:
        problems["level_reminder_days"] = ["提前提醒的天数应在 1 至 60 之间"]
    if problems:
        raise InvalidInput(fields=problems)


def deadlines_of(plan: YearPlan) -> dict[str, datetime]:
    """The instants of the plan by the id that timers carry as property `deadline`; a date nobody has set is `NEVER`."""
    found = {"declaration_close": plan.closes_at, "declaration_close_reminder": plan.reminder_at}
    for level in LEVELS:
        found[f"{level}_close"] = plan.closing_of(level) or NEVER
        found[f"{level}_close_reminder"] = plan.reminder_of(level) or NEVER
    return found


def plan_variables(plan: YearPlan) -> dict[str, Any]:
    """What the diagram reads of the plan. `closings` holds null for a level without closing; `closing_reminders` is an
    instant for every level, one that never comes where there is none, so that its timer can be moved later."""
    reminders = {level: plan.reminder_of(level) or NEVER for level in LEVELS}
    return {
        "closes_at": local(plan.closes_at).isoformat(),
        "closing_reminder_at": local(plan.reminder_at).isoformat(),
        "correction_days": plan.correction_days,
        "review_days": plan.review_days,
        "cutoff_on": plan.cutoff_on.isoformat(),
        "closings": {level: _iso(plan.closing_of(level)) for level in LEVELS},
        "closing_reminders": {level: _iso(at) for level, at in reminders.items()},
        "publicity_days": plan.publicity_days,
        "correction_resume": plan.correction_resume.value,
        "quota_check": plan.quota_check.value,
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else local(at).isoformat()


def _write(tx: Transaction, plan: YearPlan) -> None:
    tx.memo[PLAN, plan.year] = plan
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
