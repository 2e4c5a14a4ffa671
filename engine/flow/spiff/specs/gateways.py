"""Gateways: which flows a token takes, and when tokens on several flows become one."""

# mypy: allow-subclassing-any

from collections.abc import Collection
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.exclusive_gateway import ExclusiveGateway
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.util.task import TaskState

from engine.errors import ProcessFault
from engine.flow.spiff.machine import Machine
from engine.flow.spiff.specs.flow import flow_name
from engine.flow.spiff.specs.node import Node
from engine.flow.spiff.token import Stage, Token, token_of


def _no_flow(node: Node) -> ProcessFault:
    name = node.element.name or node.element.id
    return ProcessFault(
        f"“{name}”之后没有一条连线的条件成立，也没有默认连线，请修正变量后重试。", node.element.id, "no_flow"
    )


class Exclusive(Node, ExclusiveGateway):
    """The first flow whose condition holds, else the default: chosen by the library."""

    chooses = True

    def begin(self, task: Any, token: Token) -> bool:
        try:
            ExclusiveGateway._run_hook(self, task)
        except WorkflowException as nothing_matches:
            raise _no_flow(self) from nothing_matches
        return True

    def depart(self, task: Any, token: Token) -> None:
        """The library has put the token on its flow already."""


class Choosing(Node, MultiChoice):
    """Every flow whose condition holds, or the default when none does."""

    def choose(self, task: Any) -> None:
        matches, defaults = self._get_matching_outputs(task)
        if not matches and not defaults:
            raise _no_flow(self)
        task._sync_children(matches or defaults, TaskState.FUTURE)


class Join(Node):
    """A gateway where tokens that arrive on several flows wait for each other.

    An arrival is a WAITING task that knows its flow. Each round takes one arrival per flow; a second token on the same
    flow stays for the next round.
    """

    waiting_role = "arrival"

    def _update_hook(self, my_task: Any) -> bool:
        token = token_of(my_task)
        if token.flow is None or len(self._inputs) < 2:
            return True
        my_task._set_state(TaskState.WAITING)
        my_task.workflow.top_workflow.identify(my_task)
        if not self.may_pass_at_once(my_task):
            return False
        self.gather(my_task.workflow, my_task)
        return True

    def may_pass_at_once(self, my_task: Any) -> bool:
        raise NotImplementedError

    def arrivals(self, scope: Any) -> dict[str, Any]:
        """The oldest arrival of each flow."""
        found: dict[str, Any] = {}
        for task in scope.tasks.values():
            if task.task_spec is self and task.has_state(TaskState.WAITING):
                found.setdefault(token_of(task).flow or "", task)
        return found

    def gather(self, scope: Any, last: Any) -> None:
        """Make one token of an arrival per flow: `last` goes on, under the key of one that was an incident."""
        token = token_of(last)
        for task in self.arrivals(scope).values():
            if task is last:
                continue
            if token_of(task).failed:
                scope.top_workflow.by_key.pop(token.key, None)
                token.key = token_of(task).key
            task._set_state(TaskState.CANCELLED)
            scope.forget(task)
        scope.top_workflow.by_key[token.key] = last
        token.failed, token.flow = False, None


class Parallel(Join):
    """Waits for a token on every incoming flow, then takes every outgoing one."""

    def may_pass_at_once(self, my_task: Any) -> bool:
        return len(self.arrivals(my_task.workflow)) == len(self._inputs)


class Inclusive(Choosing, Join):
    """Waits while a token elsewhere in the scope can still come over a flow that brought none.

    `reach` tells for each incoming flow the elements from which a token can get there without passing this gateway.
    """

    chooses = True
    reach: dict[str, Collection[str]]

    def begin(self, task: Any, token: Token) -> bool:
        self.choose(task)
        return True

    def depart(self, task: Any, token: Token) -> None:
        """Chosen in `begin`."""

    def may_pass_at_once(self, my_task: Any) -> bool:
        """Asked when everything that moves has come to rest, by `settle`."""
        return False

    def may_pass(self, scope: Any, arrivals: dict[str, Any]) -> bool:
        elsewhere = {
            task.task_spec.element.id
            for task in scope.tokens()
            if not (task.task_spec is self and task.has_state(TaskState.WAITING))
        }
        return all(elsewhere.isdisjoint(sources) for flow_id, sources in self.reach.items() if flow_id not in arrivals)


class EventBased(Node):
    """Waits for the first of the events behind its flows."""

    role = "gateway"
    arms: list[Node]

    def begin(self, task: Any, token: Token) -> bool:
        machine: Machine = task.workflow.top_workflow
        armed = [child.task_spec for child in task.children]
        for arm in self.arms:
            if arm not in armed:
                machine.wait(task, arm)
        return False

    def depart(self, task: Any, token: Token) -> None:
        flow = task._add_child(self._wf_spec.task_specs[flow_name(token.exit or "")], TaskState.FUTURE)
        flow.internal_data["token"] = Token(key=token.exit_key, fired=True)


class Arm(Node):
    """One event an event-based gateway waits for; `flow` is the id of the flow that leads to the event."""

    waiting_role = "arm"

    def __init__(self, wf_spec: Any, name: str, element: Any, flow: str) -> None:
        super().__init__(wf_spec, name, element)
        self.flow = flow

    def happen(self, task: Any) -> None:
        """The gateway goes on over this arm; the event itself then passes under the key it waited with."""
        machine: Machine = task.workflow.top_workflow
        gateway, key = task.parent, token_of(task).key
        machine.stop_waiting(gateway)
        token = token_of(gateway)
        token.exit, token.exit_key, token.stage = self.flow, key, Stage.LEAVING
        machine.ready.append(gateway)


def settle(machine: Machine) -> bool:
    """When nothing moves any more: let the inclusive joins pass that wait for nobody. True if one did.

    Where a scope holds nothing but tokens at joins that nobody can complete, the case would stand still for ever
    without a sign: that is an incident.
    """
    for scope in machine.scopes():
        waiting = [
            task for task in scope.tokens() if task.has_state(TaskState.WAITING) and isinstance(task.task_spec, Join)
        ]
        for join in dict.fromkeys(task.task_spec for task in waiting if isinstance(task.task_spec, Inclusive)):
            arrivals = join.arrivals(scope)
            if join.may_pass(scope, arrivals):
                last = list(arrivals.values())[-1]
                join.gather(scope, last)
                last._ready()
                return True
        if waiting and len(waiting) == len(scope.tokens()):
            _report_stuck(machine, waiting)
    return False


def _report_stuck(machine: Machine, waiting: list[Any]) -> None:
    reported = {task.task_spec for task in waiting if token_of(task).failed}
    for task in waiting:
        if task.task_spec not in reported:
            reported.add(task.task_spec)
            name = task.task_spec.element.name or task.task_spec.element.id
            machine.fail(task, "stuck", f"“{name}”等待的其他分支不会再到达，流程停在此处，请检查流程图或移动办理位置。")
