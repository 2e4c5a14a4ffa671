"""`/post-quotas`: 核准岗位职数 – the posts a superior approves for the public institutions below it (J25, W3)."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.declaration.recommendation.quota import MOST_UNITS, Posts, posts_of, quota_unit, quota_units, set_posts
from engine.errors import InvalidInput
from web.declaration.recommendation import posts_label
from web.deps import POSTED, Form, Key, code_book, command, query, year_of
from web.pages import flash, page, redirect

router = APIRouter()

SPARE, MOST = 3, 200
NAMES = ("title_level", "specialty", "posts", "filled")


@router.get("/post-quotas")
def show_units(request: Request) -> Response:
    """The public institutions below, to choose one; found by a part of the name."""
    search = request.query_params.get("q", "").strip()
    with query(request) as (tx, actor):
        units = quota_units(tx, actor, search)
    return page(
        request, "declaration/quotas.html", units=units, q=search, year=year_of(request), many=len(units) >= MOST_UNITS
    )


@router.get("/post-quotas/{unit}")
def show_unit(request: Request, unit: Key) -> Response:
    year = year_of(request)
    with query(request) as (tx, actor):
        quota_unit(tx, actor, unit)
        held = posts_of(tx, unit, year)
    typed = {f"{name}[{number}]": str(getattr(one, name)) for number, one in enumerate(held) for name in NAMES}
    return _draw(request, unit, typed, {}, len(held))


@router.post("/post-quotas/{unit}")
def save(request: Request, unit: Key, form: Form = POSTED) -> Response:
    """Put what was typed in place of what was approved; rows without a level are left out."""
    year = year_of(request)
    typed = {name: str(value).strip() for name, value in form.items() if isinstance(value, str)}
    count = min(sum(name.startswith("title_level[") for name in typed), MOST)
    lines = [number for number in range(count) if typed.get(f"title_level[{number}]")]
    try:
        problems: dict[str, list[str]] = {}
        posts = [_posts(number, typed, problems) for number in lines]
        if problems:
            raise InvalidInput(fields=problems)
        with command(request) as (tx, actor):
            set_posts(tx, actor, code_book(request, tx, year), unit, year, posts)
    except InvalidInput as error:
        places = {f"{name}[{at}]": f"{name}[{number}]" for at, number in enumerate(lines) for name in NAMES}
        errors = {places.get(name, name): found for name, found in error.fields.items()}
        return _draw(request, unit, typed, errors, count - SPARE, 422)
    flash(request, "核准岗位职数已保存。")
    return redirect(request, f"/post-quotas/{unit}")


def _posts(number: int, typed: Mapping[str, str], problems: dict[str, list[str]]) -> Posts:
    numbers = {}
    for name in ("posts", "filled"):
        text = typed.get(f"{name}[{number}]", "")
        if not (text.isascii() and text.isdigit() and len(text) < 6):
            problems[f"{name}[{number}]"] = ["请填写不小于 0 的整数"]
        numbers[name] = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    return Posts(typed[f"title_level[{number}]"], typed.get(f"specialty[{number}]", ""), **numbers)


def _draw(
    request: Request,
    unit: int,
    typed: Mapping[str, str],
    errors: Mapping[str, list[str]],
    filled: int,
    status: int = 200,
) -> Response:
    year = year_of(request)
    with query(request) as (tx, actor):
        row, book = quota_unit(tx, actor, unit), code_book(request, tx, year)
        levels = [(code.value, code.label) for code in book.codes("title_level")]
        specialties = [(code.value, code.label) for code in book.codes("specialty")]
        held = [(posts_label(book, one.title_level, one.specialty), one) for one in posts_of(tx, unit, year)]
    return page(
        request,
        "declaration/quota.html",
        status=status,
        unit=row,
        year=year,
        typed=typed,
        errors=errors,
        lines=range(max(filled, 0) + SPARE),
        levels=levels,
        specialties=specialties,
        held=held,
    )
