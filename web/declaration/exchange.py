"""`/exchange-templates`: 报盘模板管理 (U21, Q10) – the maps of columns; what a list looks like by one; having it exported."""

from collections.abc import Mapping, Sequence
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.datastructures import QueryParams
from starlette.responses import HTMLResponse, Response

from engine.access import Permission, authorize
from engine.db import Transaction
from engine.declaration.exchange.certificate_sources import CERTIFICATE_SOURCES, NATIONAL, NATIONAL_NAME
from engine.declaration.exchange.exporting import preview_export, start_export
from engine.declaration.exchange.importing import IMPORT_SOURCES
from engine.declaration.exchange.sources import sources_of
from engine.declaration.exchange.tables import Direction
from engine.declaration.exchange.templates import (
    TemplateView,
    delete_template,
    find_template,
    list_templates,
    save_template,
)
from engine.declaration.forms import latest_form
from engine.declaration.lists import Tab
from engine.errors import InvalidInput
from engine.flow.registry import clock_of, registry_of
from engine.form import Problem, Values, as_fields, is_command
from web.declaration.filling import Pairs, pairs_of
from web.declaration.sheets import asked_of
from web.deps import POSTED, Form, Key, command, query
from web.fields import render_form, render_summary
from web.pages import flash, page, redirect

router = APIRouter()

FORM = "declaration_exchange_template"
NEW = "new"
WORDS = {
    Direction.EXPORT: "导出申报材料",
    Direction.IMPORT: "导入申报人",
    Direction.CERTIFICATES: "报送职称证书",
}
#: a copy of the shipped map of certificates, to be made one's own
NATIONAL_COPY = "national"
#: the list an export takes, as it is chosen where it was not come from
TABS = {Tab.ALL: "全部", Tab.PENDING: "未审核", Tab.ON_HOLD: "审核待定", Tab.DECIDED: "已审核"}


@router.get("/exchange-templates")
def show_templates(request: Request) -> Response:
    """The maps there are. `list` is the query of a list one came from, to be exported by one of them."""
    listed = request.query_params.get("list", "")
    with query(request) as (tx, actor):
        found = list_templates(tx, actor, Direction.EXPORT if listed else None)
    return page(request, "declaration/exchange_list.html", rows=found, words=WORDS, listed=listed)


@router.get("/exchange-templates/new")
def show_new(request: Request) -> Response:
    """An empty map, or a copy of the one `from` names; `national` is the shipped one for certificates."""
    with query(request) as (tx, actor):
        authorize(actor, Permission.DECLARATIONS_REVIEW)
        origin = request.query_params.get("from", "")
        values: Values = {"direction": "export"}
        if origin == NATIONAL_COPY:
            columns = [{**one, "position": at} for at, one in enumerate(NATIONAL, 1)]
            values = {"direction": Direction.CERTIFICATES.value, "receiver": NATIONAL_NAME, "columns": columns}
        if origin.isdecimal() and len(origin) < 19:
            values = _values(find_template(tx, actor, int(origin)))
            values["name"] = ""
        return _draw(request, tx, NEW, values)


@router.get("/exchange-templates/{key}")
def show_template(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        found = find_template(tx, actor, key)
        return _draw(request, tx, str(key), _values(found), found=found)


@router.post("/exchange-templates/{where}/fields")
def draw_again(request: Request, where: str, form: Form = POSTED) -> Response:
    """The inputs with what is filled in, rows added and taken away. For htmx."""
    with query(request) as (tx, actor):
        authorize(actor, Permission.DECLARATIONS_REVIEW)
        return HTMLResponse(_fields(tx, where, _parse(tx, pairs_of(form))))


@router.post("/exchange-templates/new")
def create(request: Request, form: Form = POSTED) -> Response:
    return _save(request, form, None)


@router.post("/exchange-templates/{key}")
def save(request: Request, key: Key, form: Form = POSTED) -> Response:
    return _save(request, form, key)


@router.post("/exchange-templates/{key}/delete")
def delete(request: Request, key: Key, form: Form = POSTED) -> Response:
    with command(request) as (tx, actor):
        name = delete_template(tx, actor, key)
    flash(request, f"已删除报盘模板“{name}”。")
    return redirect(request, "/exchange-templates")


@router.get("/exchange-templates/{key}/export")
def show_export(request: Request, key: Key) -> Response:
    """What the list whose query the address carries looks like by this map."""
    params = request.query_params
    asked = asked_of(request, params, Tab.ALL)
    with query(request) as (tx, actor):
        found = find_template(tx, actor, key)
        preview = preview_export(tx, actor, key, asked)
    return page(
        request,
        "declaration/exchange_export.html",
        found=found,
        preview=preview,
        tabs=TABS,
        tab=asked.tab,
        filtered=len(asked.filters),
        listed=params,
        command_key=token_urlsafe(12),
    )


@router.post("/exchange-templates/{key}/export")
def export(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Have the worker write it; what follows is 我的任务进度."""
    asked = asked_of(request, QueryParams(parse_qsl(str(form.get("list", ""))[:2000])), Tab.ALL)
    with command(request) as (tx, actor):
        batch = start_export(tx, actor, key, asked, command_key=str(form.get("command_key", ""))[:64] or None)
    return redirect(request, f"/batches/{batch}")


def _save(request: Request, form: Form, key: int | None) -> Response:
    pairs = pairs_of(form)
    where = NEW if key is None else str(key)
    if is_command(pairs):
        return _again(request, where, pairs)
    try:
        with command(request) as (tx, actor):
            values = _parse(tx, pairs)
            found = latest_form(tx, FORM)
            problems = found.validate(values, _context(tx), options=registry_of(tx).options, clock=clock_of(tx))
            if problems:
                raise InvalidInput(fields=as_fields(problems))
            save_template(tx, actor, found.clean(values), key)
    except InvalidInput as error:
        return _again(request, where, pairs, error)
    flash(request, "已保存报盘模板。")
    return redirect(request, "/exchange-templates")


def _again(request: Request, where: str, pairs: Pairs, error: InvalidInput | None = None) -> Response:
    with query(request) as (tx, actor):
        authorize(actor, Permission.DECLARATIONS_REVIEW)
        found = None if where == NEW else find_template(tx, actor, int(where))
        problems = [] if error is None else _problems(error)
        return _draw(request, tx, where, _parse(tx, pairs), problems, found, status=422 if error else 200)


def _draw(
    request: Request,
    tx: Transaction,
    where: str,
    values: Values,
    problems: Sequence[Problem] = (),
    found: TemplateView | None = None,
    *,
    status: int = 200,
) -> Response:
    sources = {**sources_of(tx), **CERTIFICATE_SOURCES} if _holds_certificates(values) else sources_of(tx)
    labels = {name: source.label for name, source in sources.items()} | dict(IMPORT_SOURCES)
    return page(
        request,
        "declaration/exchange_template.html",
        status=status,
        where=where,
        found=found,
        words=WORDS,
        labels=labels,
        fields=_fields(tx, where, values, problems),
        summary=render_summary(problems),
    )


def _holds_certificates(values: Mapping[str, Any]) -> bool:
    return values.get("direction") == Direction.CERTIFICATES


def _fields(tx: Transaction, where: str, values: Mapping[str, Any], problems: Sequence[Problem] = ()) -> Markup:
    view = latest_form(tx, FORM).prepare(values, _context(tx), options=registry_of(tx).options, clock=clock_of(tx))
    return render_form(view, errors=problems, rerender=f"/exchange-templates/{where}/fields")


def _context(tx: Transaction) -> dict[str, Any]:
    return {
        "export_sources": [{"value": one.name, "label": one.label} for one in sources_of(tx).values()],
        "certificate_sources": [{"value": one.name, "label": one.label} for one in CERTIFICATE_SOURCES.values()],
        "import_sources": [{"value": name, "label": label} for name, label in IMPORT_SOURCES.items()],
    }


def _parse(tx: Transaction, pairs: Pairs) -> Values:
    return latest_form(tx, FORM).parse(pairs, {}, context=_context(tx), clock=clock_of(tx))


def _values(found: TemplateView) -> Values:
    named = {name: found.row[name] for name in ("name", "receiver", "direction", "remark")}
    return {**named, "columns": [{**one, "position": at} for at, one in enumerate(found.columns, 1)]}


def _problems(error: InvalidInput) -> list[Problem]:
    return [Problem(path, "", sentence) for path, found in error.fields.items() for sentence in found]
