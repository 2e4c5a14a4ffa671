"""Moves the tokens of one case through one command. What happens is told to the host; nothing is stored here."""

import time
from collections import Counter, deque
from dataclasses import dataclass
from typing import Any

from engine.errors import InvalidInput, NotFound, Refused, StaleTask
from engine.flow.host import Host
from engine.flow.model import Element, Kind, Trigger
from engine.flow.spiff import snapshot as snapshots
from engine.flow.spiff.library import CompiledProcess
from engine.flow.spiff.machine import Machine
from engine.flow.spiff.specs.activities import Item
from engine.flow.spiff.specs.gateways import Arm, settle
from engine.flow.spiff.specs.node import Node
from engine.flow.spiff.token import Stage, Token, token_of

STEP_LIMIT = 10_000
"""Automatic steps of one command, where the caller names no other number."""

_REMEMBERED = 200
"""Steps back in which the elements of an endless loop are looked for."""


@dataclass(frozen=True, slots=True)
class Active:
    """A token, or an event that waits on one.

    `role` is the word of the snapshot (task, event, throw, gateway, scope, body, item, boundary, arm, arrival, step),
    `scope` the key of the enclosing instance, `state` is `resting`, `waiting` (boundary, arm, arrival) or `failed`.
    """

    element: Element
    key: int
    scope: int
    role: str
    state: str
    item: int | None


class Run:
    """One case while a command handles it.

    After an exception other than the errors below, the object is half run: throw it away and load the case again.
    `step_limit` counts automatic steps over all calls; `deadline` is the value of `time.thread_time()` after which no
    further step begins. Where either is passed, what still moves fails with the code `loop`.
    """

    def __init__(
        self,
        compiled: CompiledProcess,
        host: Host,
        snapshot: bytes | None = None,
        *,
        definition_key: int = 0,
        step_limit: int = STEP_LIMIT,
        deadline: float | None = None,
    ) -> None:
        self._compiled = compiled
        self._machine = Machine(compiled.specs.process, dict(compiled.specs.subs), host)
        self._definition_key = definition_key
        self._step_limit = step_limit
        self._deadline = deadline
        self._steps = 0
        self._trail: deque[Element] = deque(maxlen=_REMEMBERED)
        self._moving = False
        if snapshot is not None:
            snapshots.restore(self._machine, snapshot)

    # What a caller reads

    @property
    def state(self) -> str:
        """`running`, `completed` or `terminated`."""
        return snapshots.state_of(self._machine)

    @property
    def steps(self) -> int:
        """Automatic steps taken so far by this object."""
        return self._steps

    def active(self) -> list[Active]:
        """Every token and waiting event, owners before what hangs on them."""
        return [_active(task) for task in snapshots.tasks_of(self._machine)]

    def dump(self) -> bytes:
        """The state to store; see `engine.flow.spiff.snapshot`."""
        return snapshots.dump(self._machine, self._definition_key)

    # Commands

    def start(self, start_event_id: str | None = None) -> None:
        """Begin at the start event without trigger, or at the one named.

        Raises `InvalidInput` where the process has no such start event.
        """
        spec = self._compiled.specs.process.first if start_event_id is None else self._start_event(start_event_id)
        if spec is None:
            raise InvalidInput("流程没有可以直接启动的开始事件，请指定从哪个开始事件启动。")
        spec._update(self._machine.put(spec))
        self._move()

    def complete(self, key: int) -> None:
        """Finish a resting activity, throwing event, or multi-instance body. Raises `StaleTask` where none rests."""
        task = self._resting(key)
        if not task.task_spec.completable:
            raise StaleTask
        self._leave(task)
        self._move()

    def fire(self, key: int) -> None:
        """A waiting event happens: boundary (interrupting or not), intermediate, receive task, arm of a gateway.

        Raises `StaleTask` where nothing waits under the key any more.
        """
        task = self._found(key)
        role = snapshots.role_of(task)
        if role == "boundary":
            self._fire_boundary(task)
        elif isinstance(task.task_spec, Arm):
            task.task_spec.happen(task)
        elif task.task_spec.waits and token_of(task).stage is Stage.RESTING:
            self._machine.stop_waiting(task)
            self._leave(task)
        else:
            raise StaleTask
        self._move()

    def throw_error(self, key: int, code: str | None) -> bool:
        """An activity fails with a BPMN error: the nearest error boundary event takes over, on it or further out.

        False where nothing catches the code; then nothing has changed. Raises `StaleTask` where no activity rests.
        """
        return self._throw(key, Trigger.ERROR, code)

    def throw_escalation(self, key: int, code: str | None) -> bool:
        """An activity (a called case) escalates; it goes on unless what catches interrupts it. False: not caught."""
        return self._throw(key, Trigger.ESCALATION, code)

    def retry(self, key: int) -> None:
        """Take up a failed token where it stopped. Raises `StaleTask` where none failed under the key."""
        task = self._found(key)
        token = token_of(task)
        if not token.failed:
            raise StaleTask
        token.failed = False
        if snapshots.role_of(task) != "arrival":
            self._machine.ready.append(task)
        self._move()

    def cancel(self) -> None:
        """End the whole case, innermost first."""
        self._running()
        self._machine.terminate()

    # Recorded modifications

    def move(self, key: int, element_id: str) -> None:
        """Cancel an active instance and open another element in the same scope.

        Raises `StaleTask` where the instance is gone, `NotFound` without such an element, `InvalidInput` where it stands
        in another scope or the instance is one item of a multi-instance sub-process, `Refused` where the case has ended.
        """
        task = self._movable(key)
        if isinstance(task.task_spec, Item):
            raise InvalidInput("多实例子流程的一项不能移动，请移动其中的任务，或终止这一项。")
        scope = task.workflow
        spec = self._place(element_id, scope)
        self._machine.cancel_token(task)
        spec._update(scope.put(spec, fired=spec.waiting_role == "boundary"))
        self._move()

    def activate(self, element_id: str, scope: int = 0) -> None:
        """Put a further token on an element; `scope` is the key of the open sub-process (or item) it stands in."""
        self._running()
        workflow = self._machine if scope == 0 else self._machine.subprocesses.get(self._found(scope).id)
        if workflow is None:
            raise NotFound
        spec = self._place(element_id, workflow)
        spec._update(workflow.put(spec, fired=spec.waiting_role == "boundary"))
        self._move()

    def terminate_instance(self, key: int) -> None:
        """Cancel one active instance. A scope that is left without any token is cancelled too, the case at last."""
        task = self._movable(key)
        while task is not None:
            scope, body = task.workflow, task.parent
            self._machine.cancel_token(task)
            if isinstance(task.task_spec, Item):
                task = None if body.task_spec.goes_on(body) else body
            elif scope.task_tree._children:
                task = None
            else:
                task = self._machine.owner_of(scope)
                if task is None:
                    self._machine.terminate()
        self._move()

    # Steps

    def _move(self) -> None:
        if self._moving:
            raise RuntimeError("the host may not command the run that is calling it")
        self._moving = True
        try:
            while self._machine.ready or settle(self._machine):
                self._step()
        finally:
            self._moving = False

    def _step(self) -> None:
        task = self._machine.ready.popleft()
        if task.id not in task.workflow.tasks:
            return
        if self._exhausted():
            self._machine.fail(task, "loop", self._loop())
            return
        self._steps += 1
        self._trail.append(task.task_spec.element)
        task.run()

    def _exhausted(self) -> bool:
        return self._steps >= self._step_limit or (self._deadline is not None and time.thread_time() > self._deadline)

    def _loop(self) -> str:
        times = Counter(element.id for element in self._trail)
        names = dict.fromkeys(element.name or element.id for element in self._trail if times[element.id] > 1)
        return f"自动步骤过多（已执行 {self._steps} 步），可能是死循环：{'、'.join(list(names)[:10])}。请检查其中的条件后重试。"

    def _leave(self, task: Any) -> None:
        token_of(task).stage = Stage.LEAVING
        self._machine.ready.append(task)

    def _fire_boundary(self, task: Any) -> None:
        if task.task_spec.element.interrupting:
            self._machine.interrupt(task)
        else:
            self._machine.spring(task.workflow, task.task_spec)

    def _throw(self, key: int, trigger: Trigger, code: str | None) -> bool:
        caught = self._machine.find_catcher(self._resting(key), trigger, code)
        if caught is None:
            return False
        self._machine.catch(*caught)
        self._move()
        return True

    # Finding

    def _running(self) -> None:
        if self._machine.completed:
            raise Refused("这个案件已经结束，不能再办理。")

    def _found(self, key: int) -> Any:
        task = self._machine.by_key.get(key)
        if task is None:
            raise StaleTask
        return task

    def _resting(self, key: int) -> Any:
        task = self._found(key)
        token: Token = token_of(task)
        if token.failed or token.stage is not Stage.RESTING or snapshots.role_of(task) in ("boundary", "arm"):
            raise StaleTask
        return task

    def _movable(self, key: int) -> Any:
        self._running()
        task = self._found(key)
        if snapshots.role_of(task) in ("boundary", "arm"):
            raise StaleTask
        return task

    def _place(self, element_id: str, scope: Any) -> Node:
        spec = self._compiled.specs.nodes.get(element_id)
        if spec is None:
            raise NotFound(f"流程图中没有节点 {element_id}。")
        if spec._wf_spec is not scope.spec:
            raise InvalidInput(f"节点 {element_id} 不在同一个子流程内，不能移到那里。")
        return spec

    def _start_event(self, element_id: str) -> Node:
        spec = self._compiled.specs.nodes.get(element_id)
        if spec is None or spec.element.kind is not Kind.START_EVENT or spec.element.scope != self._compiled.process.id:
            raise InvalidInput(f"流程没有开始事件 {element_id}。")
        return spec


def _active(task: Any) -> Active:
    token, role = token_of(task), snapshots.role_of(task)
    state = "failed" if token.failed else "waiting" if role in ("boundary", "arm", "arrival") else "resting"
    return Active(task.task_spec.element, token.key, task.task_spec.scope_of(task), role, state, token.item)
