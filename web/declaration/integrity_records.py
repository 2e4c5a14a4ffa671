"""`/integrity-records`: 诚信记录 – who is barred from declaring or reviewing, until when and why; entered and lifted by hand (J15, J16)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.clock import local
from engine.declaration.integrity_records import (
    RecordFilter,
    find_person,
    find_record,
    kinds_of,
    lift_record,
    list_records,
    record_integrity,
)
from engine.errors import InvalidInput, Refused
from engine.organisation import account_names
from engine.organisation.integrity import RecordKind
from web.deps import POSTED, Form, Key, command, query
from web.pages import flash, page, query_with, redirect
from web.paging import Pager, size_of

router = APIRouter()

ADDRESS = "/integrity-records"
KINDS: Mapping[RecordKind, str] = {
    RecordKind.INTEGRITY: "失信（弄虚作假）",
    RecordKind.PUNISHMENT: "处分（记过及以上）",
    RecordKind.EXPERT: "评审失信（不得评审）",
}
FIELDS = ("name", "identity_number", "kind", "reason", "since", "until", "source")


@router.get(ADDRESS)
def show_records(request: Request) -> Response:
    asked, size = request.query_params, size_of(request.query_params)
    over = asked.get("tab") == "over"
    with query(request) as (tx, actor):
        words = {name: asked.get(name, "").strip()[:100] for name in ("name", "identity_number", "kind")}
        wanted = RecordFilter(**words, over=over)
        found = list_records(tx, actor, wanted, limit=size, before=asked.get("before"), after=asked.get("after"))
        kinds = kinds_of(actor)
    options = [(kind.value, KINDS[kind]) for kind in kinds]
    fields: list[dict[str, Any]] = [
        {"name": "name", "label": "姓名"},
        {"name": "identity_number", "label": "证件号码"},
        *([{"name": "kind", "label": "类别", "kind": "select", "options": options}] if len(kinds) > 1 else []),
    ]
    return page(
        request,
        "declaration/integrity_records.html",
        rows=[_line(row) for row in found.rows],
        found=Pager(None, False, found.previous, found.next, size),
        fields=fields,
        over=over,
        tabs=[_tab(request, "生效中", None, current=not over), _tab(request, "已结束", "over", current=over)],
        everybody=len(kinds) > 1,
    )


@router.get(f"{ADDRESS}/new")
def show_new(request: Request) -> Response:
    return _draw_new(request, {}, {})


@router.post(f"{ADDRESS}/new")
def enter(request: Request, form: Form = POSTED) -> Response:
    """Enter the record; with a bad field the page again with all that was typed."""
    typed = _typed(form, FIELDS)
    try:
        with command(request) as (tx, actor):
            problems: dict[str, list[str]] = {}
            since, until = _day(typed, "since", problems), _day(typed, "until", problems)
            kind = next((one for one in kinds_of(actor) if one.value == typed["kind"]), None)
            if kind is None:
                problems["kind"] = ["请选择类别"]
            if not typed["reason"].strip():
                problems["reason"] = ["请填写原因，最多 200 个字"]
            try:
                person = find_person(tx, actor, name=typed["name"], identity_number=typed["identity_number"])
            except InvalidInput as error:
                raise InvalidInput(fields={**error.fields, **problems}) from error
            if problems or kind is None:
                raise InvalidInput(fields=problems)
            record_integrity(
                tx,
                actor,
                person=person,
                kind=kind,
                reason=typed["reason"],
                since=since,
                until=until,
                source=typed["source"],
            )
    except InvalidInput as error:
        return _draw_new(request, typed, error.fields)
    flash(request, f"已登记“{typed['name'].strip()}”的诚信记录。")
    return redirect(request, ADDRESS)


@router.get(f"{ADDRESS}/{{key}}")
def show_record(request: Request, key: Key) -> Response:
    return _draw_record(request, key)


@router.post(f"{ADDRESS}/{{key}}")
def lift(request: Request, key: Key, form: Form = POSTED) -> Response:
    typed = _typed(form, ("reason",))
    try:
        with command(request) as (tx, actor):
            lift_record(tx, actor, key, typed["reason"])
    except InvalidInput as error:
        return _draw_record(request, key, typed, error.fields)
    except Refused as refused:
        return _draw_record(request, key, typed, {}, refused.message)
    flash(request, "诚信记录已解除。")
    return redirect(request, f"{ADDRESS}/{key}")


def _draw_new(request: Request, typed: Mapping[str, str], errors: Mapping[str, list[str]]) -> Response:
    with query(request) as (_tx, actor):
        kinds = kinds_of(actor)
    return page(
        request,
        "declaration/integrity_record_new.html",
        status=422 if errors else 200,
        typed=typed,
        errors=errors,
        kinds=[(kind.value, KINDS[kind]) for kind in kinds],
    )


def _draw_record(
    request: Request,
    key: int,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, list[str]] | None = None,
    refused: str = "",
) -> Response:
    with query(request) as (tx, actor):
        row = find_record(tx, actor, key)
        names = account_names(tx, {login for login in (row["recorded_by"], row["lifted_by"]) if login})
        holds = row["lifted_at"] is None and row["until"] >= local(tx.now).date()
    return page(
        request,
        "declaration/integrity_record.html",
        status=409 if refused else 422 if errors else 200,
        row=row,
        kind=KINDS[row["kind"]],
        recorded_by=names.get(row["recorded_by"], "系统"),
        lifted_by=names.get(row["lifted_by"], "系统"),
        holds=holds,
        typed=typed or {},
        errors=errors or {},
        refused=refused,
    )


def _typed(form: Form, names: Iterable[str]) -> dict[str, str]:
    return {name: value for name in names if isinstance(value := form.get(name, ""), str)}


def _line(row: Any) -> dict[str, Any]:
    return {"row": row, "kind": KINDS[row.kind], "url": f"{ADDRESS}/{row.id}"}


def _tab(request: Request, label: str, name: str | None, *, current: bool) -> Mapping[str, Any]:
    address = query_with(request.query_params, tab=name, before=None, after=None)
    return {"label": label, "url": address, "current": current}


def _day(typed: Mapping[str, str], name: str, problems: dict[str, list[str]]) -> date | None:
    text = typed[name].strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        problems[name] = ["请填写日期，例如 2026-06-30"]
        return None
