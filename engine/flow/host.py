"""What the interpreter asks of the flow while it moves tokens."""

from typing import Protocol

from engine.feel import Expression
from engine.flow.model import Element, EventDetails


class Host(Protocol):
    """Called by `engine.flow.spiff.runner.Run`, in the order in which things happen.

    A `key` names an element instance; `scope` is the key of the enclosing instance (sub-process, multi-instance item),
    or 0 for the case itself. Whatever the host raises as `ProcessFault` leaves the token where it is, failed, until
    `Run.retry`; nothing else that was done in the command is undone by it.
    """

    def new_key(self) -> int: ...

    def evaluate(self, expression: Expression, scope: int, element: Element) -> object:
        """The value of a condition, collection or completion condition as seen from `scope`."""
        ...

    def entered(self, element: Element, key: int, scope: int, item: int | None) -> None:
        """An instance begins: inputs are mapped before its content runs. `item` is the 0-based multi-instance index.

        Activities (tasks, call activities and multi-instance bodies of them) rest here until `Run.complete`,
        so do throwing message and signal events; catching events rest until `Run.fire`.
        """
        ...

    def left(self, element: Element, key: int, scope: int, outcome: str) -> None:
        """It ends, `completed` or `cancelled`; outputs of sub-processes are mapped here on `completed`."""
        ...

    def waits(self, element: Element, event: EventDetails, key: int, owner: int, scope: int) -> None:
        """A catching event is armed. `key` is what `Run.fire` takes; `owner` the instance it hangs on: the activity of
        a boundary event, the event-based gateway of its arms, else the event's or receive task's own instance (= key)."""
        ...

    def stops_waiting(self, element: Element, key: int) -> None:
        """The event will not fire any more (owner left, or it fired and does not wait again)."""
        ...

    def took(self, flow_id: str) -> None:
        """A token went over this sequence flow."""
        ...

    def failed(self, element: Element, key: int, scope: int, code: str, message: str) -> None:
        """The token cannot go on here (no flow matches, condition fails, uncaught error): an incident."""
        ...

    def collection(self, element: Element, scope: int) -> list[object]:
        """The evaluated input collection of a multi-instance sub-process."""
        ...

    def item_completed(self, element: Element, key: int, scope: int, item: int) -> None:
        """An item of a multi-instance sub-process is done; its output element is taken before its scope is left."""
        ...
