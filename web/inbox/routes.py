"""`/inbox`: the list, and claiming from it."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor, Permission, authorize
from engine.clock import local
from engine.db import Transaction
from engine.errors import StaleTask
from engine.flow.definitions import list_latest
from engine.flow.inbox import COUNT_CAP
from engine.flow.queries import InboxCounts, count_inbox, done_tasks, get_task, inbox
from engine.flow.tables import DefinitionKind
from engine.flow.tasks import claim_task
from web.deps import POSTED, Form, Key, command, query
from web.inbox.asking import DUE, LABELS, Asked, Tab, read_asked
from web.inbox.rows import InboxRow, done_rows, open_rows
from web.pages import flash, is_htmx, page, piece, redirect
from web.paging import Pager, place_of

router = APIRouter()

TEMPLATE = "inbox/inbox.html"
#: what an empty tab says, and what to do next
NOTHING: Mapping[Tab, tuple[str, str]] = {
    Tab.PENDING: ("没有待办的事项", "新的事项到达时会出现在这里，消息里也会提醒您。"),
    Tab.CLAIMED: ("没有签收而未办的事项", "在“待办”里签收以后由您办理，别人不再看到它。"),
    Tab.HELD: ("没有审核待定的事项", "需要等材料或请示时，在办理页面点“审核待定”，事项会放在这里。"),
    Tab.DONE: ("还没有办过的事项", "办结的事项列在这里，可以随时查看后来的进度。"),
}


@router.get("/inbox")
def show_inbox(request: Request) -> Response:
    with query(request) as (tx, actor):
        authorize(actor, Permission.TASKS_WORK)
        context = _context(request, tx, actor)
    if is_htmx(request):
        return piece(request, TEMPLATE, "list", **context)
    return page(request, TEMPLATE, **context)


@router.post("/inbox/{key}/claim")
def claim(request: Request, key: Key, form: Form = POSTED) -> Response:
    try:
        with command(request) as (tx, actor):
            get_task(tx, actor, key)
            claim_task(tx, actor, key)
        flash(request, "已签收，由您办理。")
    except StaleTask as stale:
        flash(request, stale.message, "warn")
    if not is_htmx(request):
        return redirect(request, f"/inbox{place_of(request)}")
    with query(request) as (tx, actor):
        context = _context(request, tx, actor)
    return piece(request, TEMPLATE, "list", **context)


def _context(request: Request, tx: Transaction, actor: Actor) -> dict[str, Any]:
    asked = read_asked(request.query_params)
    counts = count_inbox(tx, actor)
    rows, pager = _read(tx, actor, asked)
    return {
        "lead": f"{actor.name}，{_greeting(tx)}。{_lead(counts)}",
        "tabs": _tabs(asked.tab, counts),
        "tab": asked.tab.value,
        "rows": rows,
        "place": place_of(request),
        "found": pager,
        "filtered": asked.filtered,
        "fields": _fields(tx, asked.tab),
        "nothing": NOTHING[asked.tab],
    }


def _read(tx: Transaction, actor: Actor, asked: Asked) -> tuple[list[InboxRow], Pager]:
    narrowed = {"process_id": asked.process_id, "text": asked.text}
    if asked.tab is Tab.DONE:
        done = done_tasks(tx, actor, **asked.place, **narrowed)
        return done_rows(tx, done.tasks), Pager(None, False, done.before, done.after, asked.size)
    found = inbox(
        tx,
        actor,
        **asked.place,
        **narrowed,
        free=asked.tab is Tab.PENDING,
        on_hold=asked.tab is Tab.HELD,
        due_before=asked.due_before(tx.now),
    )
    return open_rows(tx, actor, found.tasks), Pager(None, False, found.before, found.after, asked.size)


def _tabs(current: Tab, counts: InboxCounts) -> list[dict[str, Any]]:
    numbers = {Tab.PENDING: counts.mine + counts.free, Tab.CLAIMED: counts.mine, Tab.HELD: counts.held}
    return [
        {
            "label": LABELS[tab],
            "url": "/inbox" if tab is Tab.PENDING else f"/inbox?tab={tab}",
            "current": tab is current,
            "count": _capped(numbers[tab]) if tab in numbers else None,
        }
        for tab in Tab
    ]


def _capped(number: int) -> str:
    return f"{COUNT_CAP - 1}+" if number >= COUNT_CAP else str(number)


def _lead(counts: InboxCounts) -> str:
    waiting = counts.mine + counts.free
    return f"有 {_capped(waiting)} 件事项等您办理。" if waiting else "现在没有等您办理的事项。"


def _greeting(tx: Transaction) -> str:
    hour = local(tx.now).hour
    return "早上好" if hour < 9 else "上午好" if hour < 12 else "下午好" if hour < 18 else "晚上好"


def _fields(tx: Transaction, tab: Tab) -> Sequence[Mapping[str, Any]]:
    processes = [(one.id, one.name or one.id) for one in list_latest(tx, DefinitionKind.PROCESS)]
    fields: list[dict[str, Any]] = [{"name": "q", "label": "标题或业务编号"}]
    if len(processes) > 1:
        fields.append({"name": "process", "label": "流程", "kind": "select", "options": processes})
    if tab is not Tab.DONE:
        due = [(name, label) for name, (label, _) in DUE.items()]
        fields.append({"name": "due", "label": "期限", "kind": "select", "options": due})
    return fields
