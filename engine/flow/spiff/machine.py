"""The library's workflows with nothing in them but open tokens.

SpiffWorkflow keeps every task that ever was in a tree and looks through it for joins, for what is open and for what
has ended. In loops that answers wrongly, beyond depth 1000 not at all, and it grows with every return. Here a task
leaves the tree when it is completed, so the tree is the root and one task per token: what waits at a join, what hangs
on an activity and whether a scope has ended are read off it directly.
"""

# mypy: allow-subclassing-any

import logging
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.flow.host import Host
from engine.flow.model import Trigger
from engine.flow.spiff.token import Stage, Token, token_of

if TYPE_CHECKING:
    from engine.flow.spiff.specs.node import Node

# Below WARNING the library writes ids and data of tasks into its log records.
for _name in ("spiff", "spiff.workflow", "spiff.task"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class NoScripts(PythonScriptEngine):
    """Python in a diagram is never run; every expression is FEEL and goes to the host."""

    def evaluate(self, task: Any, expression: Any, external_context: Any = None) -> Any:
        raise AssertionError("an expression reached the library's script engine")

    def execute(self, task: Any, script: Any, external_context: Any = None) -> Any:
        raise AssertionError("a script reached the library's script engine")


_NO_SCRIPTS = NoScripts()


class _Scope:
    """The process or an open sub-process: a root and its tokens. `scope_key` is 0 for the process."""

    tasks: dict[Any, Any]
    task_tree: Any
    spec: Any
    completed: bool
    top_workflow: "Machine"
    scope_key: int

    def plant(self, scope_key: int) -> None:
        self.scope_key = scope_key
        self.task_tree = Task(self, self.spec.start, state=TaskState.COMPLETED)

    def put(self, spec: "Node", parent: Any = None, **token: Any) -> Any:
        """Add a token at `spec`, under the root or under the activity it hangs on; it does not move yet."""
        task = (parent or self.task_tree)._add_child(spec, TaskState.FUTURE)
        task.internal_data["token"] = Token(**token)
        return task

    def tokens(self) -> list[Any]:
        """The tokens that stand for themselves, oldest first: not boundary events, arms or items."""
        return [task for task in self.task_tree.children if task is not None]

    def forget(self, task: Any) -> None:
        """Take a task out of the tree; what follows it moves up to the root."""
        if self.tasks.pop(task.id, None) is None:
            return
        self.top_workflow.by_key.pop(token_of(task).key, None)
        root = self.task_tree
        parent = self.tasks.get(task._parent)
        if parent is not None:
            parent._children.remove(task.id)
        for child in task.children:
            child._parent = root.id
            root._children.append(child.id)
        task._children = []

    def lift(self, task: Any) -> None:
        """Let a token that hung on an activity stand for itself."""
        self.tasks[task._parent]._children.remove(task.id)
        task._parent = self.task_tree.id
        self.task_tree._children.append(task.id)

    def update_waiting_tasks(self) -> None:
        """The library looks at every waiting task after every step; joins here are asked when a token arrives."""

    def _task_completed_notify(self, task: Any) -> None:
        if self.completed:
            return
        self.forget(task)
        if not self.task_tree._children:
            self.finish()

    def finish(self) -> None:
        self.completed = True


class SubScope(_Scope, BpmnSubWorkflow):
    """The content of one instance of an embedded sub-process."""

    def __init__(self, spec: Any, parent_task_id: Any, top_workflow: "Machine", **kwargs: Any) -> None:
        super().__init__(spec, parent_task_id, top_workflow, deserializing=True, **kwargs)

    def finish(self) -> None:
        super().finish()
        parent = self.top_workflow.get_task_from_id(self.parent_task_id)
        self.top_workflow.subprocesses.pop(parent.id)
        token_of(parent).stage = Stage.LEAVING
        self.top_workflow.ready.append(parent)


class Machine(_Scope, BpmnWorkflow):
    """One case. `ready` are the tokens that can move now, first come first served."""

    def __init__(self, spec: Any, subprocess_specs: dict[str, Any], host: Host) -> None:
        self.host = host
        self.ready: deque[Any] = deque()
        self.by_key: dict[int, Any] = {}
        self.terminated = False
        super().__init__(spec, subprocess_specs, script_engine=_NO_SCRIPTS, deserializing=True)
        self.plant(0)

    def create_subprocess(self, my_task: Any, spec_name: str) -> SubScope:
        scope = SubScope(self.subprocess_specs[spec_name], my_task.id, self)
        self.subprocesses[my_task.id] = scope
        scope.plant(token_of(my_task).key)
        return scope

    def scopes(self) -> Iterator[Any]:
        yield self
        yield from list(self.subprocesses.values())

    def owner_of(self, scope: Any) -> Any:
        """The task of the sub-process whose content `scope` is; None for the process."""
        return None if scope is self else self.get_task_from_id(scope.parent_task_id)

    # What a token does

    def identify(self, task: Any) -> Token:
        """Give the token its element instance key, once, and make it findable by it."""
        token = token_of(task)
        token.key = token.key or self.host.new_key()
        self.by_key[token.key] = task
        return token

    def fail(self, task: Any, code: str, message: str) -> None:
        token = self.identify(task)
        token.failed = True
        self.host.failed(task.task_spec.element, token.key, task.task_spec.scope_of(task), code, message)

    def wait(self, owner: Any, spec: "Node", **token: Any) -> None:
        """Arm an event that hangs on `owner`: a boundary event, or an arm of an event-based gateway."""
        key = self.host.new_key()
        element = spec.element
        assert element.event is not None
        self.host.waits(element, element.event, key, token_of(owner).key, owner.workflow.scope_key)
        task = owner.workflow.put(spec, owner, key=key, stage=Stage.RESTING, **token)
        task._set_state(TaskState.WAITING)
        self.by_key[key] = task

    def stop_waiting(self, owner: Any) -> None:
        """Whatever hangs on `owner`, and `owner` itself where it is an event, waits no longer."""
        token = token_of(owner)
        if owner.task_spec.waits and token.stage is Stage.RESTING:
            self.host.stops_waiting(owner.task_spec.element, token.key)
        for child in owner.children:
            if child.has_state(TaskState.WAITING):
                self.host.stops_waiting(child.task_spec.element, token_of(child).key)
                owner.workflow.forget(child)

    def cancel_token(self, task: Any) -> None:
        """End a token and everything inside and on its element, innermost first."""
        self.stop_waiting(task)
        for item in task.children:
            self.cancel_token(item)
        content = self.subprocesses.pop(task.id, None)
        if content is not None:
            self.cancel_scope(content)
        token = token_of(task)
        if token.failed or token.stage in (Stage.ENTERED, Stage.RESTING, Stage.LEAVING):
            self.host.left(task.task_spec.element, token.key, task.task_spec.scope_of(task), "cancelled")
        task.cancel()
        task.workflow.forget(task)

    def cancel_scope(self, scope: Any) -> None:
        for task in scope.tokens():
            self.cancel_token(task)
        scope.completed = True

    def terminate(self) -> None:
        """End the whole case before its time."""
        self.cancel_scope(self)
        self.terminated = True

    # Events that interrupt

    def catch(self, owner: Any, boundary: "Node") -> None:
        """A boundary event of `owner` happens that never waits on its own: an error or an escalation."""
        scope = owner.workflow
        if boundary.element.interrupting:
            self.cancel_token(owner)
        self.spring(scope, boundary)

    def interrupt(self, waiting: Any) -> None:
        """An interrupting boundary event that waited happens: its token takes the place of the activity's."""
        owner = waiting.parent
        waiting.workflow.lift(waiting)
        self.host.stops_waiting(waiting.task_spec.element, token_of(waiting).key)
        self.cancel_token(owner)
        self.free(waiting)

    def spring(self, scope: Any, spec: "Node") -> None:
        """Start a token at an event that has just happened."""
        task = scope.put(spec, fired=True)
        spec._update(task)

    def free(self, task: Any) -> None:
        """Turn a waiting event into a token that has just happened."""
        token = token_of(task)
        token.fired, token.stage = True, Stage.NEW
        task.task_spec._update(task)

    def find_catcher(self, task: Any, trigger: Trigger, code: str | None) -> tuple[Any, "Node"] | None:
        """The nearest boundary event that catches: on `task` itself, then on the enclosing sub-processes."""
        while task is not None:
            boundary = task.task_spec.catcher(trigger, code)
            if boundary is not None:
                return task, boundary
            task = task.parent if token_of(task).item is not None else self.owner_of(task.workflow)
        return None
