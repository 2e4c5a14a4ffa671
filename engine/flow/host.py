"""What the interpreter asks of the flow while it moves tokens."""

from typing import Protocol

from engine.feel import Expression
from engine.flow.model import Element, EventDetails, Trigger


class Host(Protocol):
    """Called by `engine.flow.spiff.runner.Run`, in the order in which things happen.

    A `key` names an element instance; `scope` is the key of the enclosing instance (sub-process, multi-instance item),
    or 0 for the case itself. Whatever the host raises as `ProcessFault` leaves the token where it is, failed, until
    `Run.retry`; nothing else that was done in the command is undone by it. The call that raised counts as not made:
    `retry` makes it again, with the same keys for `entered`, `left`, `collection` and `item_completed`, and with a new
    key for `waits`. The host may not command the run that is calling it.
    """

    def new_key(self) -> int: ...

    def evaluate(self, expression: Expression, scope: int, element: Element) -> object:
        """The value of a condition, completion condition or thrown code as seen from `scope`."""
        ...

    def entered(self, element: Element, key: int, scope: int, item: int | None) -> None:
        """An instance begins: inputs are mapped before its content runs. `item` is the 0-based multi-instance index.

        Activities (tasks, call activities and multi-instance bodies of them) rest here until `Run.complete`,
        so do throwing and ending message and signal events; catching events and receive tasks (unless they are
        multi-instance bodies) rest until `Run.fire`. A multi-instance sub-process is entered once as its body, with
        `item` None, and once for each item, whose `scope` is the key of the body.
        """
        ...

    def left(self, element: Element, key: int, scope: int, outcome: str) -> None:
        """It ends, `completed` or `cancelled`.

        On `completed` the outputs of sub-processes are mapped here, and those of events that bring nothing along.
        Every key that was entered, or failed before it could be entered, is left once; an activity that failed after it
        was left (no outgoing condition holds) is left a second time, `cancelled`, where its token is cancelled.
        """
        ...

    def waits(self, element: Element, event: EventDetails, key: int, owner: int, scope: int) -> None:
        """A catching event is armed. `key` is what `Run.fire` takes; `owner` the instance it hangs on: the activity of
        a boundary event, the event-based gateway of its arms, else the event's or receive task's own instance (= key).

        Errors and escalations are caught by the interpreter and never wait. An interrupting boundary event and the arm
        that fires are then entered under `key`; each firing of a boundary event that does not interrupt is an instance
        with a key of its own, and the event goes on waiting under `key`."""
        ...

    def stops_waiting(self, element: Element, key: int) -> None:
        """The event will not fire any more (owner left, or it fired and does not wait again)."""
        ...

    def took(self, flow_id: str) -> None:
        """A token went over this sequence flow."""
        ...

    def failed(self, element: Element, key: int, scope: int, code: str, message: str) -> None:
        """The token cannot go on here: an incident, until `Run.retry` or until the key is left.

        Codes of the interpreter: `no_flow`, `condition` (not true or false), `uncaught_error`, `code` (of an error or
        escalation, not text), `too_many_items`, `loop` (step limit or deadline), `stuck` (a join nobody can complete);
        else the code of the `ProcessFault` the host raised. `key` may name an instance that was not entered yet.
        """
        ...

    def collection(self, element: Element, scope: int) -> list[object]:
        """The evaluated input collection of a multi-instance sub-process; `scope` is the key of its body."""
        ...

    def item_completed(self, element: Element, key: int, scope: int, item: int) -> None:
        """An item of a multi-instance sub-process is done; its output element is taken before its scope is left.

        `key` is the item's own, `scope` that of the body. The completion condition is evaluated next, seen from `key`.
        """
        ...

    def uncaught(self, element: Element, key: int, scope: int, trigger: Trigger, code: str | None) -> bool:
        """An event throws an error or escalation that nothing in this case catches; a caller's boundary event may.

        True for an error: the caller takes it, so the rest of this case is cancelled and it is `terminated`. False for
        an error: it becomes an incident with the code `uncaught_error`. After an escalation the case goes on anyway.
        """
        ...
