"""The journal (流转日志) as people read it: what happened at which step, by whom, with which result and opinion."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

#: events people read, with the words of their state and the colour of their dot; others are the administrator's
EVENTS: Mapping[str, tuple[str, str]] = {
    "case.started": ("已开始", "info"),
    "case.completed": ("已办结", "good"),
    "case.terminated": ("已终止", "bad"),
    "case.cancelled": ("已终止", "bad"),
    "case.suspended": ("已暂停", "warn"),
    "case.resumed": ("已恢复", "info"),
    "case.migrated": ("已更换", "info"),
    "case.modified": ("已调整", "warn"),
    "case.handed_over": ("已移交", "info"),
    "task.completed": ("已提交", "good"),
    "task.claimed": ("已签收", ""),
    "task.released": ("已退签", ""),
    "task.assigned": ("已改派", ""),
    "task.delegated": ("已转办", ""),
    "task.held": ("审核待定", "warn"),
    "task.resumed": ("恢复办理", ""),
    "task.reopened": ("已撤销，重新办理", "warn"),
    "action.performed": ("已办理", "warn"),
    "incident.raised": ("出现异常", "bad"),
    "incident.resolved": ("异常已处理", "good"),
    "timer.fired": ("时限已到", "warn"),
    "variables.set": ("已更正", "warn"),
    "case.moved": ("已转接", "info"),
}

#: what happens to the case as a whole has no step of the diagram
_WHOLE_CASE = {
    "case.completed": "流程办结",
    "case.terminated": "流程终止",
    "case.cancelled": "流程终止",
    "case.suspended": "暂停流程",
    "case.resumed": "恢复流程",
    "case.migrated": "更换流程版本",
    "case.modified": "调整办理环节",
    "case.handed_over": "机构调整",
    "variables.set": "更正数据",
    "case.moved": "人员转接与更正",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the journal, as `ui.journal` draws it."""

    at: datetime
    step: str
    unit: str
    person: str
    status: str
    kind: str
    opinion: str = ""


def entry_of(row: Any, *, unit: str, outcome: tuple[str, str] | None, opinion: str) -> Entry | None:
    """An entry of the journal in words; None for what only administrators care about.

    `outcome` is the label and the style of the button that was pressed.
    """
    if row.event not in EVENTS:
        return None
    status, kind = EVENTS[row.event]
    if row.event == "task.completed" and outcome is not None:
        label, style = outcome
        status, kind = label, {"primary": "good", "danger": "bad"}.get(style, "warn")
    detail = row.detail or {}
    said = opinion or str(detail.get("reason") or "")
    step = _WHOLE_CASE.get(row.event) or row.name or status
    away = detail.get("on_behalf_of_name")
    person = (row.actor_name or row.actor) + (f"（代 {away}）" if away else "")
    return Entry(row.at, step, unit, person, status, kind, said)


def waiting_entry(step: str, who: str, since: datetime, *, on_hold: bool) -> Entry:
    """A task that is still open: it stands on top of the journal, as 待审核."""
    if on_hold:
        return Entry(since, step, who, "", "审核待定", "warn")
    return Entry(since, step, who, "", "待审核" if "审核" in step else "待办理", "info")
