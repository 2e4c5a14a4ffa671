"""`/results/{key}`: what follows one meeting – the step it stands at, the people, objections, marks of the title office."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor, Permission
from engine.clock import local
from engine.db import Transaction
from engine.errors import InvalidInput
from engine.flow.registry import registry_of
from engine.reference import CodeBook
from engine.result.delivery import LABELS, deliveries_of
from engine.result.exports import LABELS as EXPORTS
from engine.result.forwarding import mark_result
from engine.result.handlings import Handling, People, Row, handling_of, people_of, person_of
from engine.result.records import OVER
from engine.result.reporting import report_templates
from web.deps import POSTED, Form, Key, code_book, command, query
from web.due import due_in
from web.pages import flash, page, redirect
from web.result.listing import page_number
from web.result.words import BASE, kind_of, state_of, title_words

router = APIRouter()

SIZES = (50, 100, 200)
TABS = ((People.ALL, "全部"), (People.PASSED, "通过"), (People.FAILED, "未通过"), (People.WITHHELD, "暂缓、取消"))
FIELDS = [{"name": "text", "label": "姓名、申报编号或单位"}]
#: the way from the meeting to its end
WAY = ("公示", "上报", "审核", "发文", "证书及评审表", "关闭会议")
#: status of a handling → its place on that way
PLACES = {
    "待公示": 0,
    "公示中": 0,
    "公示期满": 0,
    "待上报": 1,
    "已上报": 2,
    "待发文": 3,
    "待发证": 4,
    "待关闭": 5,
    "已关闭": 6,
}


@router.get(BASE + "/{key}")
def show_handling(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        return _draw(request, tx, actor, key)


@router.post(BASE + "/{key}/marks/{declaration}")
def mark(request: Request, key: Key, declaration: Key, form: Form = POSTED) -> Response:
    """不予确认 with a reason, or back again (`refused`)."""
    refused = form.get("refused") == "1"
    reason = str(form.get("reason", ""))
    try:
        with command(request) as (tx, actor):
            mark_result(tx, actor, key, declaration, refused=refused, reason=reason)
    except InvalidInput as error:
        with query(request) as (tx, actor):
            return _ask(request, tx, actor, key, declaration, reason, error.fields)
    flash(request, "已标记不予确认，审核通过时随全部结果一起生效。" if refused else "已取消标记。")
    return redirect(request, f"{BASE}/{key}?which={form.get('which', 'all')}")


@router.get(BASE + "/{key}/marks/{declaration}")
def ask_reason(request: Request, key: Key, declaration: Key) -> Response:
    """The page that asks for the reason of 不予确认."""
    with query(request) as (tx, actor):
        return _ask(request, tx, actor, key, declaration)


def _ask(
    request: Request,
    tx: Transaction,
    actor: Actor,
    key: int,
    declaration: int,
    reason: str = "",
    errors: dict[str, list[str]] | None = None,
) -> Response:
    held = handling_of(tx, actor, key)
    book = code_book(request, tx, held.row["year"])
    line = lines_of(book, [person_of(tx, held, declaration)])[0]
    return page(
        request,
        "result/mark.html",
        status=422 if errors else 200,
        held=held,
        line=line,
        base=f"{BASE}/{key}",
        reason=reason,
        errors=errors or {},
    )


def _draw(request: Request, tx: Transaction, actor: Actor, key: int) -> Response:
    held = handling_of(tx, actor, key)
    params = request.query_params
    which = People(params["which"]) if params.get("which") in set(People) else People.ALL
    number, size = page_number(request), next((one for one in SIZES if str(one) == params.get("size")), SIZES[0])
    rows, total = people_of(tx, held, which, text=params.get("text", "").strip(), page=number, size=size)
    book, calendar = code_book(request, tx, held.row["year"]), registry_of(tx).calendar
    notice = next((one for one in held.notices if one["withdrawn_at"] is None), None)
    today = local(tx.now).date()
    return page(
        request,
        "result/handling.html",
        held=held,
        row=held.row,
        base=f"{BASE}/{key}",
        status_kind=kind_of(held.row["status"]),
        steps=steps_of(held),
        following=[
            {
                "name": one.row["name"],
                "due": due_in(one.row["due_at"], tx.now, calendar),
                "url": f"/tasks/{one.row['key']}" if one.may_work else "",
            }
            for one in held.tasks
        ],
        notice=notice,
        notice_open=notice is not None and notice["begins_on"] <= today <= notice["ends_on"],
        which=which,
        tabs=tabs_of(held, which, f"{BASE}/{key}"),
        fields=FIELDS,
        filtered=bool(params.get("text")),
        lines=lines_of(book, rows),
        total=total,
        number=number,
        size=size,
        sizes=SIZES,
        papers=LABELS,
        exports=EXPORTS,
        reports=report_templates(tx, actor) if held.document is not None else (),
        maps=actor.may(Permission.DECLARATIONS_REVIEW),
        deliveries=deliveries_of(tx, actor, key),
        delivers=held.document is not None and (held.keeps or held.task_of("deliver_certificates") is not None),
        marks=held.task_of("approve_results") is not None,
    )


def steps_of(held: Handling) -> list[dict[str, str]]:
    """The way of a handling for `ui.steps`."""
    at = PLACES.get(held.row["status"], 0)
    return [
        {"label": label, "state": "done" if place < at else "current" if place == at else "", "note": ""}
        for place, label in enumerate(WAY)
    ]


def tabs_of(held: Handling, which: People, address: str) -> list[dict[str, Any]]:
    counts = held.counts
    number = {
        People.ALL: counts.total,
        People.PASSED: counts.passed,
        People.FAILED: counts.failed,
        People.WITHHELD: counts.withheld,
    }
    return [
        {"label": label, "url": f"{address}?which={one}#people", "current": one is which, "count": number[one]}
        for one, label in TABS
    ]


def lines_of(book: CodeBook, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """People as tables show them."""
    return [
        {
            "row": row,
            "key": row["declaration"],
            "url": f"/declarations/{row['declaration']}",
            "title": title_words(book, row),
            "state": state_of(row),
            "over": not row["passed"] or row["state"] in OVER,
        }
        for row in rows
    ]
