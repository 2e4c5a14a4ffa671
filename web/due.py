"""How long something has waited and by when it is due, in the words people use: working days, 今天, 已超期."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from engine.clock import local
from engine.reference import Calendar

#: working days before the date from which a due date is drawn as a warning
SOON = 2


class WorkingDays(Protocol):
    """The calendar of the province; `engine.reference.Calendar` is one."""

    def working_days_between(self, start: date, end: date, /) -> int: ...


@dataclass(frozen=True, slots=True)
class Due:
    """A due date as a list shows it. `day` is the last day, `words` how far off it is, `kind` the colour of the badge."""

    day: date
    words: str
    kind: Literal["", "warn", "bad"]

    @property
    def overdue(self) -> bool:
        return self.kind == "bad"

    @property
    def sentence(self) -> str:
        """最迟 6月30日，还有 3 个工作日"""
        return f"最迟 {self.day.month}月{self.day.day}日，{self.words}"


def due_in(due_at: datetime | None, now: datetime, calendar: WorkingDays | None) -> Due | None:
    """The due date seen from `now`; nothing where there is none.

    >>> due_in(datetime.fromisoformat("2026-06-30T09:59:00Z"), datetime.fromisoformat("2026-06-25T01:00:00Z"), None).sentence
    '最迟 6月30日，还有 3 个工作日'
    """
    if due_at is None:
        return None
    last, today = local(due_at).date(), local(now).date()
    if due_at < now:
        late = _working_days(calendar, last, today)
        return Due(last, f"已超期 {late} 个工作日" if late else "已超期", "bad")
    left = _working_days(calendar, today, last)
    if last == today:
        return Due(last, "今天到期", "warn")
    return Due(last, f"还有 {left} 个工作日", "warn" if left <= SOON else "")


def age_of(since: datetime, now: datetime, calendar: WorkingDays | None) -> str:
    """How long ago something began: 刚刚, 25 分钟, 3 小时, 2 个工作日."""
    minutes = int((now - since).total_seconds() // 60)
    if minutes < 1:
        return "刚刚"
    if minutes < 60:
        return f"{minutes} 分钟"
    days = _working_days(calendar, local(since).date(), local(now).date())
    return f"{days} 个工作日" if days else f"{minutes // 60} 小时"


def _working_days(calendar: WorkingDays | None, start: date, end: date) -> int:
    return (calendar or Calendar()).working_days_between(start, end)
