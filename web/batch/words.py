"""How far a batch is, in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.clock import local
from engine.flow.batches import BatchRow, BatchState, BatchView, ItemState

STATES: Mapping[BatchState, tuple[str, str]] = {
    BatchState.WAITING: ("等待开始", "info"),
    BatchState.RUNNING: ("正在办理", "info"),
    BatchState.STOPPED: ("已停止", "warn"),
    BatchState.FAILED: ("未能完成", "bad"),
    BatchState.COMPLETED: ("已完成", "good"),
}
OUTCOMES: Mapping[ItemState, tuple[str, str]] = {
    ItemState.DONE: ("成功", "good"),
    ItemState.REFUSED: ("未办理", "warn"),
    ItemState.FAILED: ("出现故障", "bad"),
    ItemState.PENDING: ("待办理", ""),
}
#: before so many seconds have gone by nobody can say how long it will take
SURE_AFTER = 2.0


def view_of(batch: BatchView, now: datetime) -> dict[str, Any]:
    """What a page shows of a batch."""
    row = batch.row
    word, kind = STATES[row["state"]]
    if row["state"] is BatchState.COMPLETED and row["refused"] + row["failed"]:
        kind = "warn"
    return {
        "key": row["key"],
        "url": f"/batches/{row['key']}",
        "title": row["title"],
        "label": batch.label,
        "state": word,
        "kind": kind,
        "open": batch.is_open,
        "can_resume": batch.can_resume,
        "can_undo": batch.can_undo,
        "processed": batch.processed,
        "total": row["total"],
        "done": row["done"],
        "missed": row["refused"] + row["failed"],
        "left": row["total"] - batch.processed,
        "message": row["message"],
        "note": note_of(batch, now),
        "at": row["created_at"],
        "ended_at": row["ended_at"],
        "name": row["name"],
        "file": f"/files/{row['attachment']}?download=1" if row["attachment"] else "",
        "undo_of": row["undo_of"],
        "undone_by": row["undone_by"],
    }


def note_of(batch: BatchView, now: datetime) -> str:
    """How long it will still take, or took."""
    row = batch.row
    if row["state"] is BatchState.WAITING:
        return "正在排队，马上开始"
    if row["started_at"] is None:
        return ""
    if not batch.is_open:
        return f"用时{span((row['ended_at'] - row['started_at']).total_seconds())}" if row["ended_at"] else ""
    gone = (now - row["started_at"]).total_seconds()
    if gone < SURE_AFTER or not batch.processed:
        return "正在估计剩余时间"
    left = gone / batch.processed * (row["total"] - batch.processed)
    return f"大约还需{span(left)}"


def span(seconds: float) -> str:
    """`35 秒`, `4 分钟`, `2 小时 10 分钟`, with a space before."""
    if seconds < 60:
        return f" {max(round(seconds), 1)} 秒"
    minutes = round(seconds / 60)
    return f" {minutes} 分钟" if minutes < 60 else f" {minutes // 60} 小时 {minutes % 60} 分钟"


def row_view(row: BatchRow) -> dict[str, Any]:
    word, kind = OUTCOMES[row.state]
    return {
        "number": row.seq + 1,
        "title": row.item.get("title") or f"第 {row.seq + 1} 条",
        "note": row.item.get("note") or "",
        "url": row.item.get("url") or "",
        "state": word,
        "kind": kind,
        "message": row.message or (row.result or {}).get("message") or "",
    }


def day_of(at: datetime) -> str:
    return local(at).strftime("%Y%m%d-%H%M")
