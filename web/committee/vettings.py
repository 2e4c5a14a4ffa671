"""`/expert-vettings`: 评委材料审核 – what waits, what was decided, one decision for many (K6)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.datastructures import QueryParams
from starlette.responses import Response

from engine.access import Permission, authorize
from engine.committee.keeping import kept_pools
from engine.committee.vetting_batch import LONGEST_OPINION, OUTCOMES, start_batch_vetting
from engine.committee.vetting_lists import Vetting, VettingFilter, count_waiting, list_vettings
from engine.errors import InvalidInput
from engine.flow.registry import registry_of
from engine.organisation import account_names
from engine.reference import CodeBook
from web.committee.asking import key_of, page_of, text_of
from web.deps import POSTED, Form, code_book, command, query
from web.due import age_of
from web.pages import is_htmx, page, piece, query_with, redirect
from web.paging import size_of

router = APIRouter()

TEMPLATE = "committee/vettings.html"
KINDS = {"approve": "good", "return_for_revision": "warn", "refuse": "bad"}


@router.get("/expert-vettings")
def show_vettings(request: Request) -> Response:
    params = request.query_params
    wanted = asked_of(params)
    with query(request) as (tx, actor):
        book = code_book(request, tx)
        rows, total = list_vettings(tx, actor, wanted, page=page_of(params), size=size_of(params))
        names = account_names(tx, {row.row["decided_by"] for row in rows if row.row["decided_by"]})
        calendar = registry_of(tx).calendar
        pools = kept_pools(tx, actor)
        context: dict[str, Any] = {
            "decided": wanted.decided,
            "tabs": _tabs(request, wanted, count_waiting(tx, actor)),
            "rows": [
                {**_line(row, book, names), "age": age_of(row.at, tx.now, calendar) if not wanted.decided else ""}
                for row in rows
            ],
            "total": total,
            "number": page_of(params),
            "size": size_of(params),
            "fields": _filters(book, [(pool.id, pool.name) for pool in pools], {pool.series for pool in pools}, wanted),
            "filtered": any((wanted.name, wanted.workplace, wanted.specialty, wanted.title_level, wanted.outcome)),
            "command_key": uuid4().hex,
        }
    if is_htmx(request):
        return piece(request, TEMPLATE, "list", **context)
    return page(request, TEMPLATE, **context)


@router.post("/expert-vettings/batch/ask")
def ask_batch(request: Request, form: Form = POSTED) -> Response:
    """The dialog as a page of its own, for browsers without JavaScript."""
    return _draw_batch(request, form)


@router.post("/expert-vettings/batch")
def vet_many(request: Request, form: Form = POSTED) -> Response:
    """Hand the ticked rows, or everything the query finds, to the worker and show how far it is."""
    ticked = [key for value in form.getlist("task") if (key := key_of(str(value))) is not None]
    everything = text_of(form, "all") == "1"
    try:
        with command(request) as (tx, actor):
            key = start_batch_vetting(
                tx,
                actor,
                outcome=text_of(form, "outcome"),
                opinion=text_of(form, "opinion"),
                task_keys=None if everything else ticked,
                wanted=asked_of(QueryParams(parse_qsl(text_of(form, "list")[:2000]))),
                command_key=text_of(form, "command")[:64] or None,
            )
    except InvalidInput as error:
        return _draw_batch(request, form, error)
    return redirect(request, f"/batches/{key}")


def _draw_batch(request: Request, form: Form, error: InvalidInput | None = None) -> Response:
    with query(request) as (_, actor):
        authorize(actor, Permission.EXPERTS_VET)
    ticked = [str(value) for value in form.getlist("task") if key_of(str(value)) is not None]
    return page(
        request,
        "committee/vetting_batch.html",
        status=422 if error else 200,
        tasks=ticked,
        everything=text_of(form, "all") == "1",
        list_query=text_of(form, "list")[:2000],
        opinion=text_of(form, "opinion"),
        outcomes=OUTCOMES,
        errors=error.fields if error else {},
        problem=error.message if error and not error.fields else "",
        longest=LONGEST_OPINION,
        command_key=text_of(form, "command") or uuid4().hex,
    )


def asked_of(params: QueryParams) -> VettingFilter:
    """What an address asks of the list."""
    outcome = params.get("outcome", "")
    return VettingFilter(
        decided=params.get("tab") == "decided",
        name=params.get("name", "").strip()[:50],
        workplace=params.get("workplace", "").strip()[:100],
        specialty=params.get("specialty", "")[:64],
        title_level=params.get("title_level", "")[:64],
        outcome=outcome if outcome in OUTCOMES else "",
        committee=key_of(params.get("committee")),
    )


def _tabs(request: Request, wanted: VettingFilter, waiting: int) -> list[dict[str, Any]]:
    def tab(label: str, name: str | None, *, current: bool) -> dict[str, Any]:
        return {"label": label, "url": query_with(request.query_params, tab=name, page=None), "current": current}

    return [
        {**tab("待审核", None, current=not wanted.decided), "count": waiting},
        tab("已审核", "decided", current=wanted.decided),
    ]


def _line(found: Vetting, book: CodeBook, names: Mapping[str, str]) -> dict[str, Any]:
    row = found.row
    return {
        "task": row["open_task"],
        "row": row,
        "url": f"/tasks/{row['open_task']}" if row["open_task"] is not None else f"/cases/{row['case_key']}",
        "case": f"/cases/{row['case_key']}",
        "level": book.label("title_level", row["title_level"]) if row["title_level"] else "",
        "specialty": book.label("specialty", row["specialty"]) if row["specialty"] else "",
        "committees": "、".join(found.committees),
        "outcome": OUTCOMES.get(row["outcome"] or "", row["outcome"] or ""),
        "kind": KINDS.get(row["outcome"] or "", ""),
        "by": names.get(row["decided_by"] or "", ""),
    }


def _filters(
    book: CodeBook, pools: list[tuple[int, str]], series: set[str], wanted: VettingFilter
) -> list[dict[str, Any]]:
    specialties = [
        (code.value, code.label) for code in book.codes("specialty") if code.parent in series and code.active
    ]
    levels = [(code.value, code.label) for code in book.codes("title_level") if code.active]
    found: list[dict[str, Any]] = [
        {"name": "name", "label": "姓名"},
        {"name": "workplace", "label": "工作单位"},
        {"name": "specialty", "label": "可评专业", "kind": "select", "options": specialties},
        {"name": "title_level", "label": "现职称等级", "kind": "select", "options": levels},
        {"name": "committee", "label": "评委会", "kind": "select", "options": pools},
    ]
    if wanted.decided:
        found.append({"name": "outcome", "label": "审核结果", "kind": "select", "options": list(OUTCOMES.items())})
    return found
