"""Sequence flows. Each is a specification of its own, so two flows between the same two elements stay two."""

# mypy: allow-subclassing-any

from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.util.task import TaskState

from engine.errors import ProcessFault
from engine.feel import Expression
from engine.flow.model import Element, SequenceFlow
from engine.flow.spiff.specs.node import Node
from engine.flow.spiff.token import Token, token_of


def flow_name(flow_id: str) -> str:
    return f"flow:{flow_id}"


class Flow(BpmnTaskSpec):
    """Passed in no time: tells the host and puts the token on the target. `flow` is None between a pair of links."""

    def __init__(self, wf_spec: Any, name: str, flow: SequenceFlow | None, target: Node) -> None:
        super().__init__(wf_spec, name)
        self.flow = flow
        self.target = target
        self.connect(target)

    def test(self) -> None:
        """Checked once, when compiled."""

    def _predict_hook(self, my_task: Any) -> None:
        """Nothing is foreseen."""

    def _update_hook(self, my_task: Any) -> bool:
        if self.flow is not None:
            my_task.workflow.top_workflow.host.took(self.flow.id)
        my_task.complete()
        return False

    def _on_complete_hook(self, my_task: Any) -> None:
        token = token_of(my_task)
        task = my_task._add_child(self.target, TaskState.FUTURE)
        task.internal_data["token"] = Token(key=token.key, fired=token.fired, flow=self.flow.id if self.flow else None)
        token.key = 0


class Condition:
    """The condition of a flow as the library asks for it. `expression` is None where the flow is always taken."""

    def __init__(self, element: Element, expression: Expression | None) -> None:
        self.element = element
        self.expression = expression

    def _matches(self, task: Any) -> bool:
        if self.expression is None:
            return True
        return holds(task, self.expression, task.workflow.scope_key, self.element)


def holds(task: Any, expression: Expression, scope: int, element: Element) -> bool:
    """Whether a condition is true. Anything but true or false is a fault, as in Camunda 8: null must not decide."""
    value = task.workflow.top_workflow.host.evaluate(expression, scope, element)
    if value is True or value is False:
        return value
    shown = "空值（null）" if value is None else repr(value)[:100]
    raise ProcessFault(
        f"条件 {expression.text} 的结果应为 true 或 false，实际为{shown}，请检查其中的变量是否已有值。",
        element.id,
        "condition",
    )
