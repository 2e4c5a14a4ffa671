"""`/year-plan`: 年度计划 – when declaring and each level open and close, and what a change moves (P26, J27)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Permission, authorize
from engine.clock import ZONE, local
from engine.declaration.tables import CorrectionResume, QuotaCheck
from engine.declaration.year_plans import Moved, next_plan, plan_changes, planned_years
from engine.declaration.years import LEVELS, YearPlan, set_year_plan, year_plan
from engine.errors import InvalidInput
from web.deps import POSTED, Form, command, query
from web.pages import flash, page, redirect
from web.reference.codes import asked_year, present_year

router = APIRouter()

INSTANTS = ("opens_at", "closes_at", "reminder_at")
CLOSINGS = tuple(f"{level}_closes_at" for level in LEVELS)
NUMBERS = ("correction_days", "review_days", "publicity_days", "level_reminder_days")
RESUME = [
    (CorrectionResume.FULL.value, "从申报单位起重走全程"),
    (CorrectionResume.RESUME.value, "只补充附件的，从退回的一级继续"),
]
QUOTA = [(QuotaCheck.WARN.value, "提醒，可以继续推荐"), (QuotaCheck.BLOCK.value, "不允许超过核准岗位职数")]


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the inputs, as text by name."""

    values: dict[str, str]
    errors: dict[str, list[str]]


@router.get("/year-plan")
def show_plan(request: Request) -> Response:
    year = asked_year(request)
    with query(request) as (tx, actor):
        authorize(actor, Permission.DECLARATIONS_MANAGE)
        known = planned_years(tx)
        copied = year not in known and request.query_params.get("copy") == "1"
        plan = next_plan(year_plan(tx, year - 1)) if copied else year_plan(tx, year)
    return _draw(request, year, Typed(typed_of(plan), {}), copied=copied)


@router.post("/year-plan")
def save(request: Request, form: Form = POSTED) -> Response:
    """Save the plan; where a date that open cases follow would move, what moves is shown first and confirmed."""
    year = asked_year(request)
    typed = {name: str(form.get(name, "")).strip() for name in typed_names()}
    try:
        plan = read_plan(year, typed)
        with query(request) as (tx, actor):
            moved = plan_changes(tx, actor, plan)
        if any(one.cases for one in moved) and form.get("confirmed") != "1":
            return _draw(request, year, Typed(typed, {}), moved=moved)
        with command(request) as (tx, actor):
            set_year_plan(tx, actor, plan)
    except InvalidInput as error:
        return _draw(request, year, Typed(typed, error.fields), status=422)
    flash(request, f"{year} 年度计划已保存，" + _moved_words(moved))
    return redirect(request, f"/year-plan?year={year}")


def _moved_words(moved: list[Moved]) -> str:
    cases = max((one.cases for one in moved), default=0)
    return f"{cases} 件在办申报的期限已随之调整。" if cases else "没有在办申报的期限需要调整。"


def typed_names() -> tuple[str, ...]:
    """The names of the inputs."""
    return (*INSTANTS, "cutoff_on", *CLOSINGS, *NUMBERS, "correction_resume", "quota_check")


def typed_of(plan: YearPlan) -> dict[str, str]:
    """A plan as text in its inputs."""
    found: dict[str, str] = {}
    for name in typed_names():
        value = getattr(plan, name)
        found[name] = local(value).strftime("%Y-%m-%dT%H:%M") if isinstance(value, datetime) else str(value or "")
    return found


def read_plan(year: int, typed: dict[str, str]) -> YearPlan:
    """The inputs as a plan. Raises `InvalidInput` by field for what is no date or number."""
    problems: dict[str, list[str]] = {}
    read: dict[str, Any] = {}
    for name in (*INSTANTS, *CLOSINGS):
        read[name] = _instant(typed[name])
        if read[name] is None and (typed[name] or name in INSTANTS):
            problems[name] = ["请填写日期和时间，如 2026-06-30 18:00"]
    try:
        read["cutoff_on"] = date.fromisoformat(typed["cutoff_on"])
    except ValueError:
        problems["cutoff_on"] = ["请填写日期，如 2026-12-31"]
    for name in NUMBERS:
        if typed[name].isdecimal() and len(typed[name]) < 5:
            read[name] = int(typed[name])
        else:
            problems[name] = ["请填写天数"]
    for name, kind in (("correction_resume", CorrectionResume), ("quota_check", QuotaCheck)):
        if typed[name] in set(kind):
            read[name] = kind(typed[name])
        else:
            problems[name] = ["请在列出的选项中选择"]
    if problems:
        raise InvalidInput(fields=problems)
    return YearPlan(year=year, **read)


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZONE)
    except ValueError:
        return None


def _draw(
    request: Request,
    year: int,
    typed: Typed,
    *,
    moved: list[Moved] | None = None,
    copied: bool = False,
    status: int = 200,
) -> Response:
    this = present_year(request)
    with query(request) as (tx, actor):
        authorize(actor, Permission.DECLARATIONS_MANAGE)
        known = planned_years(tx)
    return page(
        request,
        "reference/plan.html",
        status=status,
        year=year,
        years=range(this + 2, this - 6, -1),
        planned=year in known,
        copied=copied,
        typed=typed.values,
        errors=typed.errors,
        levels=LEVELS,
        resume=RESUME,
        quota=QUOTA,
        moved=moved,
    )
