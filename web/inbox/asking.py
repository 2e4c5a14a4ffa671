"""What the address of the inbox asks for: a tab, filters, a place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from starlette.datastructures import QueryParams

from engine.clock import ZONE, local
from web.paging import size_of


class Tab(StrEnum):
    """What the inbox is divided into; the address names them so."""

    PENDING = "pending"
    CLAIMED = "claimed"
    HELD = "held"
    DONE = "done"


LABELS: Mapping[Tab, str] = {Tab.PENDING: "待办", Tab.CLAIMED: "已签收", Tab.HELD: "审核待定", Tab.DONE: "已办"}

#: the filter 期限 and how many days from now its end lies
DUE: Mapping[str, tuple[str, int]] = {"overdue": ("已超期", 0), "today": ("今天到期", 1), "week": ("七天内到期", 7)}


@dataclass(frozen=True, slots=True)
class Asked:
    """The address, read: what does not fit counts as not asked."""

    tab: Tab
    text: str | None
    process_id: str | None
    due: str
    after: str | None
    before: str | None
    size: int

    @property
    def filtered(self) -> bool:
        return bool(self.text or self.process_id or self.due)

    @property
    def place(self) -> dict[str, Any]:
        return {"limit": self.size, "after": self.after, "before": self.before}

    def due_before(self, now: datetime) -> datetime | None:
        """The end of what 期限 asks for: now for what is overdue, else a midnight in the province."""
        if not self.due:
            return None
        days = DUE[self.due][1]
        return now if not days else datetime.combine(local(now).date() + timedelta(days=days), time(), ZONE)


def read_asked(query: QueryParams) -> Asked:
    tab, due = query.get("tab", ""), query.get("due", "")
    before = query.get("before") or None
    return Asked(
        tab=Tab(tab) if tab in set(Tab) else Tab.PENDING,
        text=(query.get("q") or "").strip()[:100] or None,
        process_id=query.get("process") or None,
        due=due if due in DUE else "",
        after=None if before else query.get("after") or None,
        before=before,
        size=size_of(query),
    )
