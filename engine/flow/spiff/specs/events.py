"""Events: what starts, waits, happens, is thrown and ends."""

from typing import Any

from engine.errors import ProcessFault
from engine.flow.model import Trigger
from engine.flow.spiff.machine import Machine
from engine.flow.spiff.specs.activities import wait_for_itself
from engine.flow.spiff.specs.node import Node
from engine.flow.spiff.token import Token


class Passing(Node):
    """Start events, throwing events without effect of their own, links, and the end of a path."""


class Catch(Node):
    """An intermediate event that waits."""

    role = "event"
    waits = True

    def begin(self, task: Any, token: Token) -> bool:
        if not token.fired:
            wait_for_itself(task, token)
        return token.fired


class Boundary(Node):
    """An event on the border of an activity. While it waits it hangs on the activity; then it is a token that passes."""

    waiting_role = "boundary"


class Throw(Node):
    """A message or signal to be sent: rests until the flow has sent it."""

    role = "throw"
    completable = True

    def begin(self, task: Any, token: Token) -> bool:
        return False


class Escalate(Node):
    """Throws an escalation to the enclosing sub-processes; where nothing catches it, it is only told to the host."""

    def begin(self, task: Any, token: Token) -> bool:
        machine: Machine = task.workflow.top_workflow
        code = code_of(self, task)
        caught = machine.find_catcher(machine.owner_of(task.workflow), Trigger.ESCALATION, code)
        if caught is None:
            machine.host.uncaught(self.element, token.key, self.scope_of(task), Trigger.ESCALATION, code)
        elif caught[1].element.interrupting:
            _vanish(self, task, token)
            machine.catch(*caught)
        else:
            machine.catch(*caught)
        return True


class Fail(Node):
    """An error end event: the nearest error boundary event takes over, else the host, else it is an incident."""

    def begin(self, task: Any, token: Token) -> bool:
        machine: Machine = task.workflow.top_workflow
        code = code_of(self, task)
        caught = machine.find_catcher(machine.owner_of(task.workflow), Trigger.ERROR, code)
        if caught is None and not machine.host.uncaught(
            self.element, token.key, self.scope_of(task), Trigger.ERROR, code
        ):
            message = (
                f"“{self.element.name or self.element.id}”抛出的错误 {code} 没有边界事件捕获，请修改流程图后重试。"
            )
            raise ProcessFault(message, self.element.id, "uncaught_error")
        _vanish(self, task, token)
        if caught is None:
            machine.terminate()
        else:
            machine.catch(*caught)
        return True


class Terminate(Node):
    """Ends its scope: every other token of it is cancelled."""

    def depart(self, task: Any, token: Token) -> None:
        machine: Machine = task.workflow.top_workflow
        for other in task.workflow.tokens():
            if other is not task:
                machine.cancel_token(other)


def _vanish(node: Node, task: Any, token: Token) -> None:
    """Leave before the scope is cancelled, so that the event that did it counts as completed."""
    node.leave(task, token)
    task.workflow.forget(task)


def code_of(node: Node, task: Any) -> str | None:
    """The code an event throws: its text, or what its expression gives."""
    event = node.element.event
    value = event.name if event is not None else None
    if value is None or value.expression is None:
        return value.text if value is not None else None
    code = task.workflow.top_workflow.host.evaluate(value.expression, task.workflow.scope_key, node.element)
    if not isinstance(code, str):
        raise ProcessFault(f"代码 {value.text} 的结果不是文本，请检查表达式。", node.element.id, "code")
    return code
