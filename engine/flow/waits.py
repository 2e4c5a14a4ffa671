"""Events that wait: messages and signals as subscriptions, timers as due instants, conditions by what they read."""

from typing import TYPE_CHECKING, Any

from engine.errors import ProcessFault
from engine.flow import timing
from engine.flow.model import Element, EventDetails, Trigger
from engine.flow.tables import WaitKind, subscription, timer

if TYPE_CHECKING:
    from engine.flow.run import Execution

KINDS = {Trigger.MESSAGE: WaitKind.MESSAGE, Trigger.SIGNAL: WaitKind.SIGNAL, Trigger.CONDITION: WaitKind.CONDITION}


class Waits:
    """The waiting events of one case in one command. What is armed and disarmed within it never reaches the database."""

    def __init__(self, execution: "Execution") -> None:
        self._x = execution
        self.subscriptions: dict[int, dict[str, Any]] = {}
        self.timers: dict[int, dict[str, Any]] = {}
        self.disarmed: set[int] = set()
        #: repeating timers that fired: their event and what becomes of their row
        self.rescheduled: dict[int, tuple[int, dict[str, Any]]] = {}

    def arm(self, element: Element, event: EventDetails, key: int, owner: int, scope: int) -> None:
        """Wait for the event. Raises `ProcessFault` where its name, key or time cannot be worked out."""
        # a boundary event sees what its activity sees, any other what its own instance does
        seen = owner if element.attached_to is not None or owner == key else scope
        if event.trigger is Trigger.TIMER and event.timer is not None:
            self.timers[key] = self._row(element, key, owner) | timing.first_firing(self._x, element, event.timer, seen)
        elif event.trigger in KINDS:
            self.subscriptions[key] = self._row(element, key, owner) | {
                "kind": KINDS[event.trigger],
                "name": self._name(element, event, seen),
                "correlation_key": self._correlation(element, event, seen),
                "condition": {"scope": seen} if event.trigger is Trigger.CONDITION else None,
                "created_at": self._x.tx.now,
            }

    def disarm(self, element: Element, key: int) -> None:
        """Wait no longer."""
        event = element.event
        if self.subscriptions.pop(key, None) is None and self.timers.pop(key, None) is None:
            table = timer if event is not None and event.trigger is Trigger.TIMER else subscription
            if key not in self.disarmed:
                self.disarmed.add(key)
                self._x.tx.writes.delete(table, {"case_key": self._x.key, "wait_key": key})

    def forget_timer(self, row: dict[str, Any]) -> None:
        """A timer that has fired for the last time, while its event goes on waiting."""
        self.disarmed.add(row["wait_key"])
        self._x.tx.writes.delete(timer, {"case_key": self._x.key, "wait_key": row["wait_key"]})

    def store(self) -> None:
        for row in self.subscriptions.values():
            self._x.tx.writes.insert(subscription, row)
        for row in self.timers.values():
            self._x.tx.writes.insert(timer, row)
        for key, (wait_key, values) in self.rescheduled.items():
            if wait_key not in self.disarmed:
                self._x.tx.writes.update(timer, {"key": key}, values)

    def _row(self, element: Element, key: int, owner: int) -> dict[str, Any]:
        return {
            "key": self._x.new_key(),
            "process_id": self._x.case["process_id"],
            "definition_key": self._x.case["definition_key"],
            "case_key": self._x.key,
            "element_id": element.id,
            "wait_key": key,
            "owner_key": owner,
        }

    def _name(self, element: Element, event: EventDetails, scope: int) -> str:
        if event.trigger is Trigger.CONDITION:
            return element.id
        name = self._x.evaluation.text(event.name, scope, element.id, "name")
        if name is None:
            raise ProcessFault(f"“{element.name or element.id}”等待的消息或信号没有名称。", element.id, "name")
        return name

    def _correlation(self, element: Element, event: EventDetails, scope: int) -> str | None:
        if event.trigger is not Trigger.MESSAGE or event.correlation_key is None:
            return None
        key = self._x.evaluation.json(event.correlation_key, scope, element.id, "correlation")
        if isinstance(key, bool) or not isinstance(key, str | int | float):
            text = event.correlation_key.text
            message = f"“{element.name or element.id}”的关联键 {text} 应得到文本或数字，请检查变量是否已有值。"
            raise ProcessFault(message, element.id, "correlation")
        return str(key)
