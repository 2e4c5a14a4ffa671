"""`/calendar`: 工作日历 – a year at a glance, a day put otherwise with its reason."""

from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.clock import local
from engine.errors import InvalidInput, NotFound, Refused
from engine.flow.timers import count_due_on
from engine.reference.changes import CALENDAR, list_changes
from engine.reference.days import day_of, last_published_year, missing_year, override_day, reset_day, year_calendar
from web.deps import POSTED, Form, command, database_of, query
from web.pages import flash, page, redirect
from web.reference.codes import asked_year, present_year
from web.reference.words import change_lines, changed_words

router = APIRouter()

WEEKDAYS = "一二三四五六日"
#: how many years before and after this one the page offers
YEARS_AROUND = 5


@router.get("/calendar")
def show_year(request: Request) -> Response:
    with query(request) as (tx, actor):
        found = year_calendar(tx, actor, asked_year(request))
        missing = missing_year(tx)
        own = [day for month in found.months for week in month for day in week if day and day.source == "own"]
    this = present_year(request)
    return page(
        request,
        "reference/calendar.html",
        found=found,
        own=own,
        missing=missing,
        total=sum(found.working),
        weekdays=WEEKDAYS,
        today=local(database_of(request).clock.now()).date(),
        years=range(this + YEARS_AROUND, this - YEARS_AROUND - 1, -1),
        last_published=last_published_year(),
    )


@router.get("/calendar/{text}")
def show_day(request: Request, text: str) -> Response:
    return _draw(request, _day(text))


@router.post("/calendar/{text}")
def change_day(request: Request, text: str, form: Form = POSTED) -> Response:
    """Put the day otherwise, or back, by the button pressed."""
    day, note, working = _day(text), str(form.get("note", "")), form.get("working") == "1"
    try:
        with command(request) as (tx, actor):
            if "reset" in form:
                reset_day(tx, actor, day)
            else:
                override_day(tx, actor, day, working=working, note=note)
    except InvalidInput as error:
        return _draw(request, day, error.fields, note, working, status=422)
    except Refused as refusal:
        return _draw(request, day, {"note": [refusal.message]}, note, working, status=409)
    flash(request, "已保存。已经确定的办理期限不变，以后计算的期限按新日历。")
    return redirect(request, f"/calendar?year={day.year}")


def _draw(
    request: Request,
    day: date,
    errors: dict[str, list[str]] | None = None,
    note: str | None = None,
    working: bool | None = None,
    status: int = 200,
) -> Response:
    with query(request) as (tx, actor):
        found = day_of(tx, actor, day)
        changes = list_changes(tx, actor, CALENDAR, value=day.isoformat())
        due = count_due_on(tx, day)
    return page(
        request,
        "reference/day.html",
        status=status,
        found=found,
        note=found.note if note is None else note,
        working=found.working if working is None else working,
        errors=errors or {},
        due=due,
        over=day < local(database_of(request).clock.now()).date(),
        changes=[(one, changed_words(one), change_lines(one)) for one in changes],
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound from None
