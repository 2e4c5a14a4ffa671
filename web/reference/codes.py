"""`/codes`: 代码表 – the lists, the values of one for a year, adding, changing and retiring a value, its history."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import QueryParams
from starlette.responses import Response

from engine.access import Actor, Permission
from engine.clock import local
from engine.db import Transaction
from engine.errors import InvalidInput, Refused
from engine.reference import Code, dependents_of
from engine.reference.changes import list_changes
from engine.reference.code_tables import code_table
from engine.reference.editing import (
    AHEAD,
    CodeFields,
    add_code,
    copy_list,
    delete_code,
    edit_code,
    move_code,
    set_code_active,
)
from engine.reference.listing import code_page, code_row, list_code_tables
from web.deps import POSTED, Form, code_book, command, database_of, query
from web.pages import flash, is_htmx, page, piece, redirect
from web.paging import SIZES
from web.reference.words import change_lines, changed_words

router = APIRouter()

EARLIEST = 2000


@router.get("/codes")
def show_tables(request: Request) -> Response:
    year = asked_year(request)
    with query(request) as (tx, actor):
        groups = list_code_tables(tx, actor, year)
    return page(request, "reference/tables.html", groups=groups, year=year, years=year_choices(request))


@router.get("/codes/{name}")
def show_table(request: Request, name: str) -> Response:
    params = request.query_params
    year, number, size = asked_year(request), _number(params), _size(params)
    with query(request) as (tx, actor):
        found = code_page(
            tx,
            actor,
            name,
            year,
            text=params.get("text", ""),
            parent=params.get("parent", ""),
            state=params.get("state", ""),
            page=number,
            size=size,
        )
        context: dict[str, Any] = {
            "found": found,
            "table": found.table,
            "fields": _filter_fields(request, tx, name, year),
            "attributes": _attributes(request, tx, name, year),
            "page_number": number,
            "size": size,
            "years": year_choices(request),
            "open": is_open(request, year),
        }
    if is_htmx(request):
        return piece(request, "reference/table.html", "list", **context)
    return page(request, "reference/table.html", **context)


@router.get("/codes/{name}/new")
def show_new(request: Request, name: str) -> Response:
    return _draw(request, name, asked_year(request), CodeFields("", "", request.query_params.get("parent", "")))


@router.post("/codes/{name}/new")
def add(request: Request, name: str, form: Form = POSTED) -> Response:
    year, fields = asked_year(request), _fields(name, form)
    try:
        with command(request) as (tx, actor):
            add_code(tx, actor, name, year, fields)
    except InvalidInput as error:
        return _draw(request, name, year, fields, error.fields, status=422)
    flash(request, f"已添加“{fields.label}”，{year} 年度起可以选择。")
    return redirect(request, f"/codes/{name}?year={year}")


@router.get("/codes/{name}/value")
def show_value(request: Request, name: str, value: str) -> Response:
    """One value: its fields, what depends on it, and what may be done with it."""
    year = asked_year(request)
    with query(request) as (tx, actor):
        one = code_row(tx, actor, name, year, value)
    return _draw(request, name, year, _of(one), value=value)


@router.post("/codes/{name}/value")
def change(request: Request, name: str, value: str, form: Form = POSTED) -> Response:
    """Save, move, retire, offer again or delete, by the button pressed."""
    year = asked_year(request)
    fields = _fields(name, form, value)
    todo, done = _deed(name, year, value, fields, str(form.get("do", "")))
    try:
        with command(request) as (tx, actor):
            todo(tx, actor)
    except InvalidInput as error:
        return _draw(request, name, year, fields, error.fields, value=value, status=422)
    except Refused as refusal:
        return _draw(request, name, year, fields, value=value, refusal=refusal.message, status=409)
    flash(request, done)
    return redirect(request, f"/codes/{name}?year={year}")


def _deed(
    name: str, year: int, value: str, fields: CodeFields, do: str
) -> tuple[Callable[[Transaction, Actor], object], str]:
    """What a button does, and the sentence when it is done."""
    match do:
        case "disable":
            return (
                lambda tx, actor: set_code_active(tx, actor, name, year, value, active=False),
                f"已停用，{year} 年度起不再提供选择；已填写的内容仍可查看。",
            )
        case "enable":
            return lambda tx, actor: set_code_active(tx, actor, name, year, value, active=True), "已重新启用。"
        case "delete":
            return lambda tx, actor: delete_code(tx, actor, name, year, value), "已删除。"
        case "up" | "down":
            return lambda tx, actor: move_code(tx, actor, name, year, value, down=do == "down"), "已调整次序。"
    return lambda tx, actor: edit_code(tx, actor, name, year, fields), "已保存。"


@router.post("/codes/{name}/copy")
def copy(request: Request, name: str, form: Form = POSTED) -> Response:
    """Give a year a version of its own."""
    year = asked_year(request)
    try:
        with command(request) as (tx, actor):
            count = copy_list(tx, actor, name, year)
    except Refused as refusal:
        flash(request, refusal.message, "warn")
    else:
        flash(request, f"已建立 {year} 年度的版本，共 {count} 个取值。以后的修改不影响往年。")
    return redirect(request, f"/codes/{name}?year={year}")


@router.get("/codes/{name}/history")
def show_history(request: Request, name: str) -> Response:
    before = request.query_params.get("before", "")
    value = request.query_params.get("value", "")
    with query(request) as (tx, actor):
        place = int(before) if before.isdecimal() and len(before) < 19 else None
        changes = list_changes(tx, actor, name, value=value, before=place, limit=31)
        shown = [
            {
                "at": one.at,
                "who": one.by_name,
                "year": one.year,
                "value": one.value,
                "words": changed_words(one),
                "lines": change_lines(one),
            }
            for one in changes[:30]
        ]
    return page(
        request,
        "reference/history.html",
        name=name,
        label=code_table(name).label,
        value=value,
        changes=shown,
        older=changes[29].key if len(changes) > 30 else None,
    )


def asked_year(request: Request) -> int:
    """The year of the address, else the present one."""
    text = request.query_params.get("year", "")
    return int(text) if text.isdecimal() and len(text) == 4 and int(text) >= EARLIEST else present_year(request)


def present_year(request: Request) -> int:
    return local(database_of(request).clock.now()).year


def year_choices(request: Request) -> list[int]:
    """The years a list may be looked at for: those before, this one, and those to prepare."""
    this = present_year(request)
    return list(range(this + AHEAD, this - 6, -1))


def is_open(request: Request, year: int) -> bool:
    """Whether the lists of that year may be changed."""
    this = present_year(request)
    return this <= year <= this + AHEAD


def _draw(
    request: Request,
    name: str,
    year: int,
    fields: CodeFields,
    errors: dict[str, list[str]] | None = None,
    *,
    value: str = "",
    refusal: str = "",
    status: int = 200,
) -> Response:
    with query(request) as (tx, actor):
        one = code_row(tx, actor, name, year, value) if value else None
        version = code_page(tx, actor, name, year, size=1)
        return page(
            request,
            "reference/value.html",
            status=status,
            name=name,
            table=version.table,
            version=version.version,
            year=year,
            fields=fields,
            one=one,
            errors=errors or {},
            refusal=refusal,
            attributes=_attributes(request, tx, name, year),
            parents=_parents(request, tx, name, year),
            uses=dependents_of(tx, name, year, value) if value else [],
            draws=actor.may(Permission.DEFINITIONS_EDIT),
            open=is_open(request, year),
        )


def _fields(name: str, form: Form, value: str = "") -> CodeFields:
    rank = str(form.get("rank", "")).strip()
    return CodeFields(
        value=value or str(form.get("value", "")),
        label=str(form.get("label", "")),
        parent=str(form.get("parent", "")),
        rank=int(rank) if rank.isdecimal() and len(rank) < 6 else None,
        extra={key: str(form.get(key, "")) for key in code_table(name).attributes},
    )


def _of(one: Code) -> CodeFields:
    return CodeFields(one.value, one.label, one.parent or "", one.rank, one.extra)


def _attributes(request: Request, tx: Transaction, name: str, year: int) -> list[dict[str, Any]]:
    """The attributes of a list: name, label, and the choices of those that come from another list."""
    table, book = code_table(name), code_book(request, tx, year)
    return [
        {
            "name": key,
            "label": label,
            "choices": [(code.value, code.label) for code in book.codes(table.sources[key])]
            if key in table.sources
            else None,
        }
        for key, label in table.attributes.items()
    ]


def _parents(request: Request, tx: Transaction, name: str, year: int) -> list[tuple[str, str]]:
    upper = code_table(name).parent
    if upper is None:
        return []
    book = code_book(request, tx, year)
    words = book.path_label if upper == name else book.label
    return [(code.value, words(upper, code.value)) for code in book.codes(upper)]


def _filter_fields(request: Request, tx: Transaction, name: str, year: int) -> list[dict[str, Any]]:
    upper = code_table(name).parent
    fields: list[dict[str, Any]] = [{"name": "text", "label": "代码或名称"}]
    if upper is not None:
        book = code_book(request, tx, year)
        held = {code.parent for code in book.codes(name)}
        choices = [(code.value, code.label) for code in book.codes(upper) if code.value in held]
        fields.append({"name": "parent", "label": code_table(upper).label, "kind": "select", "options": choices})
    states = [("active", "启用"), ("disabled", "停用")]
    return [*fields, {"name": "state", "label": "状态", "kind": "select", "options": states}]


def _number(params: QueryParams) -> int:
    text = params.get("page", "")
    return max(1, int(text)) if text.isdecimal() and len(text) < 6 else 1


def _size(params: QueryParams) -> int:
    return next((size for size in SIZES if str(size) == params.get("size")), SIZES[0])
