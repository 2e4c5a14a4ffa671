"""`/batches`: the list, one batch with its progress and rows, stopping, going on, taking back, the report."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.document.workbooks import Column, write_workbook
from engine.errors import Refused
from engine.flow.batches import (
    BatchState,
    BatchView,
    ItemState,
    batch_of,
    batch_rows,
    my_batches,
    resume_batch,
    stop_batch,
    undo_batch,
)
from engine.flow.slots import living_workers
from web.batch.words import day_of, row_view, view_of
from web.deps import POSTED, Form, Key, app_of, command, query
from web.pages import flash, is_htmx, page, piece, query_with, redirect

router = APIRouter()

TEMPLATE = "batch/batch.html"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE = 50
#: what the tabs of the rows are called, by what the address says
TABS: dict[str, tuple[str, ItemState | None]] = {
    "": ("全部", None),
    "done": ("成功", ItemState.DONE),
    "refused": ("未办理", ItemState.REFUSED),
    "failed": ("故障", ItemState.FAILED),
    "pending": ("待办理", ItemState.PENDING),
}
REPORT = (
    Column("number", "序号", width=8),
    Column("title", "办理对象", width=40),
    Column("state", "结果", width=12),
    Column("message", "说明", width=70),
)


@router.get("/batches")
def show_batches(request: Request) -> Response:
    """What one has started, the newest first."""
    with query(request) as (tx, actor):
        batches = [view_of(found, tx.now) for found in my_batches(tx, actor)]
    if is_htmx(request):
        return piece(request, "batch/list.html", "list", batches=batches)
    return page(request, "batch/list.html", batches=batches)


@router.get("/batches/{key}")
def show_batch(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        context = _context(request, tx, actor, key)
    if is_htmx(request):
        return piece(request, TEMPLATE, "rows", **context)
    return page(request, TEMPLATE, **context)


@router.get("/batches/{key}/progress")
def show_progress(request: Request, key: Key) -> Response:
    """The bar alone, which asks for itself again each second while the batch runs."""
    with query(request) as (tx, actor):
        batch = _seen(request, tx, actor, key)
    if not is_htmx(request):
        return redirect(request, f"/batches/{key}")
    return piece(request, TEMPLATE, "progress", batch=batch, fresh=not batch["open"])


@router.post("/batches/{key}/stop")
def stop(request: Request, key: Key, form: Form = POSTED) -> Response:
    return _do(request, key, lambda tx, actor: stop_batch(tx, actor, key), "已停止，其余内容没有办理，可以继续。")


@router.post("/batches/{key}/resume")
def resume(request: Request, key: Key, form: Form = POSTED) -> Response:
    return _do(request, key, lambda tx, actor: resume_batch(tx, actor, key), "已继续办理。")


@router.get("/batches/{key}/undo")
def ask_undo(request: Request, key: Key) -> Response:
    """The question as a page of its own, for browsers without JavaScript."""
    with query(request) as (tx, actor):
        batch = view_of(batch_of(tx, actor, key), tx.now)
    return page(request, "batch/undo.html", batch=batch)


@router.post("/batches/{key}/undo")
def undo(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Take back what was done, as a batch of its own."""
    reason = str(form.get("reason", "")).strip()[:500]
    try:
        with command(request) as (tx, actor):
            made = undo_batch(tx, actor, key, reason=reason or "整批撤销")
    except Refused as refusal:
        flash(request, refusal.message, "warn")
        return redirect(request, f"/batches/{key}")
    return redirect(request, f"/batches/{made}")


@router.get("/batches/{key}/report.xlsx")
def download_report(request: Request, key: Key) -> Response:
    """Every row with what came of it, as a workbook."""
    with query(request) as (tx, actor):
        batch = batch_of(tx, actor, key)
        rows = batch_rows(tx, actor, key, size=None)
    content = write_workbook(REPORT, (row_view(row) for row in rows), title="办理结果")
    name = quote(f"{batch.label}结果-{day_of(batch.row['created_at'])}.xlsx")
    return Response(
        content, media_type=WORKBOOK, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    )


def _seen(request: Request, tx: Transaction, actor: Actor, key: int, batch: BatchView | None = None) -> dict[str, Any]:
    """The batch in words; one that waits says so where there is no worker to do it."""
    batch = batch or batch_of(tx, actor, key)
    shown = view_of(batch, tx.now)
    lease = timedelta(seconds=app_of(request).settings.worker_lease)
    if batch.row["state"] is BatchState.WAITING and not living_workers(tx, tx.now, lease):
        shown["note"] = "后台服务没有运行，恢复后自动开始；如长时间没有进展，请联系系统管理员"
    return shown


def _do(request: Request, key: int, act: Callable[[Transaction, Actor], None], said: str) -> Response:
    """Do it and come back; a batch that has ended meanwhile says so."""
    try:
        with command(request) as (tx, actor):
            act(tx, actor)
        flash(request, said)
    except Refused as refusal:
        flash(request, refusal.message, "warn")
    return redirect(request, f"/batches/{key}")


def _context(request: Request, tx: Transaction, actor: Actor, key: int) -> dict[str, Any]:
    params = request.query_params
    chosen = params.get("state", "")
    chosen = chosen if chosen in TABS else ""
    after = params.get("after", "")
    batch = batch_of(tx, actor, key)
    begin = int(after) if after.isdecimal() and len(after) < 9 else -1
    rows = batch_rows(tx, actor, key, state=TABS[chosen][1], after=begin, size=PAGE + 1)
    counts = {"": "total", "done": "done", "refused": "refused", "failed": "failed"}
    numbers = {name: batch.row[column] for name, column in counts.items()}
    numbers["pending"] = batch.row["total"] - batch.processed
    return {
        "batch": _seen(request, tx, actor, key, batch),
        "fresh": False,
        "own": batch.row["account"] == actor.account,
        "rows": [row_view(row) for row in rows[:PAGE]],
        "next_url": query_with(params, after=rows[PAGE - 1].seq) if len(rows) > PAGE else "",
        "first_url": query_with(params, after=None) if begin >= 0 else "",
        "tabs": [
            {
                "label": label,
                "url": f"/batches/{key}?state={name}" if name else f"/batches/{key}",
                "current": name == chosen,
                "count": numbers[name],
            }
            for name, (label, _) in TABS.items()
            if not name or numbers[name] or name == chosen
        ],
    }
