"""Where a case stands, in one plain sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.clock import local
from web.due import Due


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open task as the sentence and the list below it name it. `url` is there where the reader may do it."""

    key: int
    step: str
    who: str
    age: str
    due: Due | None = None
    on_hold: bool = False
    mine: bool = False
    url: str = ""


#: how an activity that is no task of people is waited for, by its kind
SYSTEM: Mapping[str, str] = {
    "receive_task": "正在等待{}",
    "intermediate_catch_event": "正在等待{}",
    "event_based_gateway": "目前处于“{}”",
    "call_activity": "正在办理“{}”",
    "sub_process": "正在办理“{}”",
}


def sentence_of_tasks(tasks: Sequence[Waiting]) -> str:
    """正由河北医科大学（示例）经办人办理“经办人审核”，已 2 个工作日，最迟 6月30日"""
    first = tasks[0]
    if len(tasks) > 1:
        steps = "、".join(dict.fromkeys(f"“{task.step}”" for task in tasks))
        return f"有 {len(tasks)} 件事项正在办理：{steps}"
    if first.mine:
        return f"轮到您办理“{first.step}”{_by_when(first.due)}"
    waited = "刚刚到达" if first.age == "刚刚" else f"已 {first.age}"
    parked = "，暂列审核待定" if first.on_hold else ""
    return f"正由{first.who or '待定的办理人'}办理“{first.step}”，{waited}{parked}{_by_when(first.due)}"


def _by_when(due: Due | None) -> str:
    if due is None:
        return ""
    if due.overdue:
        return f"，{due.words}"
    return f"，最迟 {due.day.month}月{due.day.day}日"


def sentence_of_system(elements: Sequence[tuple[str, str]]) -> str:
    """What the system itself is about: the kind and name of each activity the case stands at."""
    if not elements:
        return "正在办理"
    kind, name = elements[0]
    return SYSTEM.get(kind, "系统正在处理“{}”，完成后自动继续").format(name.removeprefix("等待"))


def sentence_of_incident(step: str) -> str:
    return f"在“{step}”出现异常，管理员处理后自动继续，您不用重新提交"


def sentence_of_end(ended_at: datetime, status: str, *, completed: bool) -> str:
    """已于 2026年6月30日办结：已通过"""
    day = local(ended_at)
    ended = "办结" if completed else "终止"
    return f"已于 {day.year}年{day.month}月{day.day}日{ended}" + (f"：{status}" if status else "")
