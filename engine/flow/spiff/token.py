"""What a token carries besides its place: the key of its element instance and how far it has come there."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Stage(StrEnum):
    """How far a token has come on its element. Each stage can be taken up again after a fault."""

    NEW = "new"
    ENTERED = "entered"
    RESTING = "resting"
    LEAVING = "leaving"
    LEFT = "left"


@dataclass(slots=True)
class Token:
    """`failed` tokens stay until `Run.retry`. The other fields serve single kinds of elements.

    flow: how the token came (joins, arms of an event-based gateway) · fired: an event that has already happened ·
    item, count, next, taken: multi-instance sub-processes · exit, exit_key: the flow that an event-based gateway leaves
    by, and the key its event waited with.
    """

    key: int = 0
    stage: Stage = Stage.NEW
    failed: bool = False
    fired: bool = False
    flow: str | None = None
    item: int | None = None
    count: int = 0
    next: int = 0
    taken: bool = False
    exit: str | None = None
    exit_key: int = 0


def token_of(task: Any) -> Token:
    """The token of a library task; made at the first question."""
    token: Token | None = task.internal_data.get("token")
    if token is None:
        token = task.internal_data["token"] = Token()
    return token
