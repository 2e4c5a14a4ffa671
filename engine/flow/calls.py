"""Call activities: each starts a case of its own, and goes on when that one ends."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.errors import ProcessFault
from engine.flow.faults import BpmnError
from engine.flow.instances import Instance
from engine.flow.loading import new_case
from engine.flow.model import Called
from engine.flow.tables import DefinitionKind, ElementState, MessageKind, case_party

if TYPE_CHECKING:
    from engine.flow.run import Execution

#: cases that may call each other within one command
DEEPEST = 20
DEPTH = "call depth"


def call(execution: "Execution", instance: Instance) -> None:
    """Start the called process. Raises `ProcessFault` where there is none or the calls never end."""
    from engine.flow.run import Execution

    tx, called = execution.tx, _called(instance)
    depth = tx.memo.get(DEPTH, 0)
    if depth >= DEEPEST:
        raise ProcessFault("流程互相调用的层数过多，可能是循环调用，请检查流程图。", instance.element.id, "loop")
    row = _child_row(execution, instance, called)
    if execution.registry.library.process(tx, row["definition_key"]).compiled.specs.process.first is None:
        name = instance.element.name or instance.element.id
        message = f"“{name}”调用的流程 {row['process_id']} 没有可以直接启动的开始事件，请在该流程中添加。"
        raise ProcessFault(message, instance.element.id, "called")
    child = Execution(tx, execution.actor, new_case(tx, execution.actor, row))
    for name, value in _variables(execution, instance, called).items():
        child.scopes.declare(child.key, name, value, history=True)
    _share_parties(execution, child.key)
    child.journal.append(tx.now, execution.actor, "case.started", name=child.process.name or child.process.id)
    tx.memo[DEPTH] = depth + 1
    try:
        child.run.start()
        child.finish()
    finally:
        tx.memo[DEPTH] = depth


def come_back(execution: "Execution", element_key: int, event: MessageKind, payload: Mapping[str, Any]) -> None:
    """A called case has ended, failed with a business error, or escalates."""
    instance = execution.instances.get(element_key)
    if instance is None:
        execution.load_instances()
        instance = execution.instances.get(element_key)
    if instance is None or instance.state is not ElementState.ACTIVE:
        return
    if event is MessageKind.CHILD_COMPLETED:
        execution.complete(instance, _results(instance, payload["variables"]))
    elif event is MessageKind.CHILD_FAILED:
        execution.throw_error(instance, BpmnError(**payload))
    else:
        execution.throw_escalation(instance, payload["code"])


def _called(instance: Instance) -> Called:
    called = instance.element.called
    if called is None:
        name = instance.element.name or instance.element.id
        raise ProcessFault(f"“{name}”没有指定要调用的流程。", instance.element.id, "called")
    return called


def _child_row(execution: "Execution", instance: Instance, called: Called) -> dict[str, Any]:
    parent, element = execution.case, instance.element
    process_id = execution.evaluation.text(called.id, instance.key, element.id, "called")
    found = process_id and execution.registry.library.bound(
        execution.tx,
        DefinitionKind.PROCESS,
        process_id,
        called.binding,
        called.version_tag,
        parent["definition_key"],
    )
    if not found:
        name = element.name or element.id
        raise ProcessFault(f"“{name}”调用的流程 {process_id} 尚未发布。", element.id, "called")
    return {
        "definition_key": found.key,
        "process_id": found.id,
        "business_key": parent["business_key"],
        "title": parent["title"],
        "unit_id": parent["unit_id"],
        "year": parent["year"],
        "parent_case_key": execution.key,
        "parent_element_key": instance.key,
        "root_case_key": parent["root_case_key"],
        "tags": parent["tags"],
    }


def _variables(execution: "Execution", instance: Instance, called: Called) -> dict[str, Any]:
    """All the caller sees, or only what its inputs map and its item is."""
    if called.propagate_all_parent:
        return execution.scopes.visible(instance.key)
    return execution.scopes.local(instance.key)


def _results(instance: Instance, variables: Mapping[str, Any]) -> Mapping[str, Any]:
    """What comes back: with outputs they choose from everything, else everything or nothing."""
    called = _called(instance)
    return variables if instance.element.outputs or called.propagate_all_child else {}


def _share_parties(execution: "Execution", child: int) -> None:
    """Whoever is a party of the calling case is one of the called."""
    tx = execution.tx
    pending = execution.parties
    stored = () if execution.is_new else parties_of(execution)
    for principal in {*pending, *stored}:
        tx.writes.insert(case_party, {"principal": principal, "case_key": child})


def parties_of(execution: "Execution") -> set[str]:
    query = sa.select(case_party.c.principal).where(case_party.c.case_key == execution.key)
    return set(execution.tx.connection.execute(query).scalars())
