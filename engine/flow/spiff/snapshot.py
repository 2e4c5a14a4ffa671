"""The state of a case in our words: where its tokens are, and nothing of where they were.

`[format, compiler, definition key, payload]`. The payload names elements of the diagram and roles of tokens, never
anything of the library, so that a later interpreter can read it. A row of `tokens` is
`[element id, role, element instance key, key of the owner]` and, where there is more to say, what: `at` (the stage, if
not resting), `failed`, `flow` (of an arrival or arm), `item`, `count`, `next`, `taken`, `fired`, `exit`, `exit_key`.
The owner is the enclosing sub-process instance, for a boundary event its activity, for an arm its gateway, for an item
its multi-instance body; 0 is the case. Rows stand after their owner's.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from SpiffWorkflow.util.task import TaskState

from engine.errors import ProcessFault
from engine.flow.spiff.machine import Machine
from engine.flow.spiff.specs.activities import Item, SubProcess
from engine.flow.spiff.specs.build import arm_name, item_name
from engine.flow.spiff.specs.node import node_name
from engine.flow.spiff.token import Stage, token_of

FORMAT = 1
"""The shape of the payload. Every format that was ever released keeps its reader."""

COMPILER = 1
"""How diagrams become specifications; raised where the same row would mean another place."""

_ON_ITS_OWNER = ("boundary", "arm", "item")
_EXTRAS = ("fired", "count", "next", "taken", "exit", "exit_key")


def dump(machine: Machine, definition_key: int) -> bytes:
    """The snapshot of a machine at rest."""
    payload = {"state": state_of(machine), "tokens": [_row(task) for task in tasks_of(machine)]}
    return orjson.dumps([FORMAT, COMPILER, definition_key, payload])


def state_of(machine: Machine) -> str:
    if machine.terminated:
        return "terminated"
    return "completed" if machine.completed else "running"


def tasks_of(scope: Any) -> Iterator[Any]:
    """Every token, owners before what they own."""
    machine: Machine = scope.top_workflow
    for task in scope.tokens():
        yield task
        for part in task.children:
            if not part.has_state(TaskState.FUTURE):
                yield part
                yield from _inside(machine, part)
        yield from _inside(machine, task)


def _inside(machine: Machine, task: Any) -> Iterator[Any]:
    content = machine.subprocesses.get(task.id)
    if content is not None:
        yield from tasks_of(content)


def role_of(task: Any) -> str:
    spec = task.task_spec
    role: str = spec.waiting_role if task.has_state(TaskState.WAITING) else spec.role
    return role


def owner_key(task: Any) -> int:
    """The key of the row this one hangs on."""
    parent = task.parent
    return token_of(parent).key if parent is not task.workflow.task_tree else int(task.workflow.scope_key)


def _row(task: Any) -> list[Any]:
    token, role = token_of(task), role_of(task)
    row = [task.task_spec.element.id, role, token.key, owner_key(task)]
    more = {name: value for name in _EXTRAS if (value := getattr(token, name))}
    if token.item is not None:
        more["item"] = token.item
    if role == "arm":
        more["flow"] = task.task_spec.flow
    elif role == "arrival":
        more["flow"] = token.flow
    stage = Stage.ENTERED if token.stage is Stage.LEAVING and task.task_spec.chooses else token.stage
    if stage is not Stage.RESTING and role != "arrival":
        more["at"] = stage
    if token.failed:
        more["failed"] = True
    return [*row, more] if more else row


def restore(machine: Machine, snapshot: bytes) -> None:
    """Put the tokens of a snapshot into a machine that has none."""
    form, _, _, payload = orjson.loads(snapshot)
    if form != FORMAT:
        raise ProcessFault(f"案件状态的格式 {form} 无法读取，请联系管理员。", code="snapshot")
    machine.completed = payload["state"] != "running"
    machine.terminated = payload["state"] == "terminated"
    for element_id, role, key, owner, *more in payload["tokens"]:
        _restore_row(machine, element_id, role, key, owner, more[0] if more else {})


def _restore_row(machine: Machine, element_id: str, role: str, key: int, owner: int, more: Mapping[str, Any]) -> None:
    parent = machine.by_key[owner] if owner else None
    on_owner = role in _ON_ITS_OWNER
    scope: Any = machine
    if parent is not None:
        scope = parent.workflow if on_owner else machine.subprocesses[parent.id]
    spec = scope.spec.task_specs.get(_spec_name(element_id, role, more))
    if spec is None:
        raise ProcessFault(
            f"流程图中已没有节点 {element_id}，案件停在该处，请先指定迁移到哪个节点。", element_id, "snapshot"
        )
    task = scope.put(spec, parent if on_owner else None, **_token(role, key, more))
    waiting = role in ("boundary", "arm", "arrival")
    task._set_state(TaskState.WAITING if waiting else TaskState.STARTED)
    machine.by_key[key] = task
    if token_of(task).stage is Stage.RESTING and isinstance(spec, SubProcess | Item):
        machine.create_subprocess(task, spec.spec)


def _spec_name(element_id: str, role: str, more: Mapping[str, Any]) -> str:
    if role == "arm":
        return arm_name(more["flow"])
    return item_name(element_id) if role == "item" else node_name(element_id)


def _token(role: str, key: int, more: Mapping[str, Any]) -> dict[str, Any]:
    default = Stage.NEW if role == "arrival" else Stage.RESTING
    token = {name: more[name] for name in (*_EXTRAS, "item", "flow", "failed") if name in more}
    return {**token, "key": key, "stage": Stage(more.get("at", default))}
