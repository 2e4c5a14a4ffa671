"""A task as a line of the inbox."""

from dataclasses import dataclass
from datetime import datetime

from web.due import Due


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One line. `state` and `kind` are the words and colour of its badge; what stays empty is not drawn."""

    id: int
    url: str
    title: str
    step: str
    process: str
    business_key: str
    state: str
    kind: str
    arrived_at: datetime
    age: str
    due: Due | None = None
    note: str = ""
    may_claim: bool = False
    ended_at: datetime | None = None
