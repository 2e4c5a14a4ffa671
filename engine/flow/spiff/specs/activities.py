"""Activities rest until the flow completes them; events on their border wait meanwhile."""

# mypy: allow-subclassing-any

from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask

from engine.errors import ProcessFault
from engine.flow.model import Element, Trigger
from engine.flow.spiff.machine import Machine
from engine.flow.spiff.specs.flow import holds
from engine.flow.spiff.specs.gateways import Choosing
from engine.flow.spiff.specs.node import Node
from engine.flow.spiff.token import Stage, Token, token_of

MAX_ITEMS = 50
"""Instances of a multi-instance sub-process; tasks and call activities have no limit, the flow keeps their items."""

_CAUGHT_HERE = (Trigger.ERROR, Trigger.ESCALATION)


class Activity(Node):
    """A task or call activity, its multi-instance body too: one token, whatever the flow does with it."""

    role = "task"
    completable = True

    def begin(self, task: Any, token: Token) -> bool:
        if token.fired:
            return True
        self.arm(task)
        self.open(task, token)
        return False

    def arm(self, task: Any) -> None:
        """Let the boundary events wait that do not yet; errors and escalations are found when they are thrown."""
        machine: Machine = task.workflow.top_workflow
        armed = [child.task_spec for child in task.children]
        for boundary in self.boundaries:
            event = boundary.element.event
            if event is not None and event.trigger not in _CAUGHT_HERE and boundary not in armed:
                machine.wait(task, boundary)

    def open(self, task: Any, token: Token) -> None:
        """Start what is inside."""


class ChoosingActivity(Choosing, Activity):
    """An activity with conditions on its outgoing flows: they are asked when it is done."""

    def depart(self, task: Any, token: Token) -> None:
        self.choose(task)


class Receive(Activity):
    """A receive task: waits for its message like a catching event. With several instances the flow waits instead."""

    waits = True
    completable = False

    def open(self, task: Any, token: Token) -> None:
        wait_for_itself(task, token)


class ChoosingReceive(ChoosingActivity, Receive):
    """A receive task with conditions on its outgoing flows."""


def wait_for_itself(task: Any, token: Token) -> None:
    element: Element = task.task_spec.element
    assert element.event is not None
    host = task.workflow.top_workflow.host
    host.waits(element, element.event, token.key, token.key, task.task_spec.scope_of(task))


class SubProcess(Activity, SubWorkflowTask):
    """An embedded sub-process: its content is a workflow of its own, and it is done when no token is left in it."""

    role = "scope"
    completable = False

    def __init__(self, wf_spec: Any, name: str, element: Element) -> None:
        super().__init__(wf_spec, name, element, subworkflow_spec=element.id)

    def open(self, task: Any, token: Token) -> None:
        open_content(task)


class ChoosingSubProcess(ChoosingActivity, SubProcess):
    """A sub-process with conditions on its outgoing flows."""


def open_content(task: Any) -> None:
    machine: Machine = task.workflow.top_workflow
    scope = machine.create_subprocess(task, task.task_spec.spec)
    start = scope.spec.first
    start._update(scope.put(start))


class Body(Activity):
    """A multi-instance sub-process: the items hang on it, all at once or one after the other."""

    role = "body"
    completable = False
    item: "Item"

    def open(self, task: Any, token: Token) -> None:
        machine: Machine = task.workflow.top_workflow
        assert self.element.multi is not None
        token.count = len(machine.host.collection(self.element, token.key))
        if token.count > MAX_ITEMS:
            message = (
                f"“{self.element.name or self.element.id}”有 {token.count} 项，子流程的多实例最多 {MAX_ITEMS} 项，"
                "请改用任务或调用活动的多实例。"
            )
            raise ProcessFault(message, self.element.id, "too_many_items")
        if token.count == 0:
            token.stage = Stage.LEAVING
        self.start_items(task, token, 1 if self.element.multi.sequential else token.count)

    def start_items(self, task: Any, token: Token, number: int) -> None:
        for index in range(token.next, min(token.next + number, token.count)):
            self.item._update(task.workflow.put(self.item, task, item=index))
            token.next = index + 1

    def goes_on(self, task: Any) -> bool:
        """After an item was cancelled: whether another is there, or comes next."""
        token = token_of(task)
        if any(child.task_spec is self.item for child in task.children):
            return True
        self.start_items(task, token, 1)
        return bool(task.children) and task.children[-1].task_spec is self.item

    def item_left(self, task: Any, item: Any, enough: bool) -> None:
        """One item is done; the body is when it was the last, or when the completion condition says it is enough."""
        machine: Machine = task.workflow.top_workflow
        token = token_of(task)
        others = [child for child in task.children if child.task_spec is self.item and child is not item]
        if enough:
            for other in others:
                machine.cancel_token(other)
        elif token.next < token.count:
            if not others:
                self.start_items(task, token, 1)
            return
        elif others:
            return
        token.stage = Stage.LEAVING
        machine.ready.append(task)


class ChoosingBody(ChoosingActivity, Body):
    """A multi-instance sub-process with conditions on its outgoing flows."""


class Item(Node, SubWorkflowTask):
    """One instance of a multi-instance sub-process."""

    role = "item"

    def __init__(self, wf_spec: Any, name: str, element: Element) -> None:
        super().__init__(wf_spec, name, element, subworkflow_spec=element.id)

    def scope_of(self, task: Any) -> int:
        return token_of(task.parent).key

    def begin(self, task: Any, token: Token) -> bool:
        open_content(task)
        return False

    def leave(self, task: Any, token: Token) -> None:
        machine: Machine = task.workflow.top_workflow
        multi, body = self.element.multi, task.parent
        assert multi is not None
        assert token.item is not None
        if not token.taken:
            machine.host.item_completed(self.element, token.key, token_of(body).key, token.item)
            token.taken = True
        condition = multi.completion_condition
        enough = condition is not None and holds(task, condition, token.key, self.element)
        super().leave(task, token)
        body.task_spec.item_left(body, task, enough)

    def depart(self, task: Any, token: Token) -> None:
        """Nothing follows an item but its body."""
