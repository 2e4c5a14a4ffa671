"""What all elements have in common: entered, passed, left; and taken up again where a fault stopped them."""

# mypy: allow-subclassing-any

from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

from engine.errors import ProcessFault
from engine.flow.model import Element, Trigger
from engine.flow.spiff.machine import Machine
from engine.flow.spiff.token import Stage, Token, token_of


def node_name(element_id: str) -> str:
    """The library's own nodes are called `Start`, `End` …: ours never are."""
    return f"node:{element_id}"


class Node(BpmnSpecMixin):
    """An element. Subclasses say in `begin` whether a token may pass, in `depart` where it goes."""

    #: the word for a token here in the snapshot
    role = "step"
    #: the word while it waits without being run: on its owner, or at a join
    waiting_role = ""
    #: True where a resting token is itself a waiting event
    waits = False
    #: True where a resting token waits for `Run.complete`
    completable = False
    #: True where `begin` puts the tokens on the flows
    chooses = False

    def __init__(self, wf_spec: Any, name: str, element: Element, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.bpmn_id, self.bpmn_name, self.element = element.id, element.name, element
        self.boundaries: list[Node] = []

    # Asked by the machine

    def scope_of(self, task: Any) -> int:
        """The key of the enclosing instance."""
        scope: int = task.workflow.scope_key
        return scope

    def catcher(self, trigger: Trigger, code: str | None) -> "Node | None":
        """The boundary event here that catches an error or escalation; one that names the code goes first."""
        found = None
        for boundary in self.boundaries:
            event = boundary.element.event
            if event is None or event.trigger is not trigger:
                continue
            if event.name is None:
                found = found or boundary
            elif event.name.text == code:
                return boundary
        return found

    # The way through

    def begin(self, task: Any, token: Token) -> bool:
        """True where the token passes at once, False where it rests. May raise `ProcessFault` and is then repeated."""
        return True

    def leave(self, task: Any, token: Token) -> None:
        machine: Machine = task.workflow.top_workflow
        machine.stop_waiting(task)
        machine.host.left(self.element, token.key, self.scope_of(task), "completed")
        token.stage = Stage.LEFT

    def depart(self, task: Any, token: Token) -> None:
        """Put tokens on the flows that are taken."""
        task._sync_children(self.outputs, TaskState.FUTURE)

    def advance(self, task: Any, token: Token) -> bool:
        """Take the token as far as it goes; False while it rests."""
        if token.stage is Stage.NEW:
            machine: Machine = task.workflow.top_workflow
            machine.identify(task)
            machine.host.entered(self.element, token.key, self.scope_of(task), token.item)
            token.stage = Stage.ENTERED
        if token.stage is Stage.ENTERED:
            passes = self.begin(task, token)
            if token.stage is Stage.ENTERED:
                token.stage = Stage.LEAVING if passes else Stage.RESTING
        if token.stage is Stage.RESTING:
            return False
        if token.stage is Stage.LEAVING:
            self.leave(task, token)
        if token.stage is Stage.LEFT and task.id in task.workflow.tasks:
            self.depart(task, token)
        return True

    # Called by the library

    def test(self) -> None:
        """What the library asks of a specification each time was checked once, when it was compiled."""

    def _predict_hook(self, my_task: Any) -> None:
        """Nothing is foreseen: the tree holds what is, not what may come."""

    def _update_hook(self, my_task: Any) -> bool:
        return True

    def _on_ready_hook(self, my_task: Any) -> None:
        my_task.workflow.top_workflow.ready.append(my_task)

    def _run_hook(self, my_task: Any) -> bool | None:
        """True completes the task, None lets it rest (the library's STARTED)."""
        token = token_of(my_task)
        try:
            return self.advance(my_task, token) or None
        except ProcessFault as fault:
            my_task.workflow.top_workflow.fail(my_task, fault.code, fault.message)
            return None
