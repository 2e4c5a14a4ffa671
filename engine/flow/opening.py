"""Opening a user task: who may do it, by when, with which form."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.db import Transaction
from engine.errors import ProcessFault
from engine.flow.instances import Instance
from engine.flow.instants import read_instant
from engine.flow.model import UserTaskDetails, Value
from engine.flow.tables import DefinitionKind, TaskState, task, task_candidate

if TYPE_CHECKING:
    from engine.flow.run import Execution

PRIORITY = 50
PLAIN = UserTaskDetails()


def open_task(execution: "Execution", instance: Instance) -> None:
    """Add a task for the instance. Raises `ProcessFault` where an attribute cannot be worked out."""
    element, details = instance.element, instance.element.user_task or PLAIN
    case = execution.case
    assignee = _text(execution, instance, details.assignee)
    groups = names_in(_value(execution, instance, details.candidate_groups))
    users = names_in(_value(execution, instance, details.candidate_users))
    form_id, form_key = _form(execution, details)
    execution.opened[instance.key] = {
        "key": execution.new_key(),
        "case_key": execution.key,
        "element_key": instance.key,
        "element_id": element.id,
        "name": element.name or element.id,
        "process_id": case["process_id"],
        "definition_key": case["definition_key"],
        "form_id": form_id,
        "form_key": form_key,
        "title": case["title"],
        "business_key": case["business_key"],
        "assignee": assignee,
        "candidate_groups": groups,
        "candidate_users": users,
        "unit_id": unit_in(groups) or case["unit_id"],
        "due_at": _instant(execution, instance, details.due_date),
        "follow_up_at": _instant(execution, instance, details.follow_up_date),
        "priority": _priority(execution, instance, details.priority),
        "state": TaskState.OPEN,
        "hold_reason": None,
        "delegated_by": None,
        "action": None,
        "version": 1,
        "created_at": execution.tx.now,
    }


def store_task(tx: Transaction, row: dict[str, Any]) -> None:
    """Put a new task into the write set, with who may claim it while nobody has."""
    principals = candidates(row)
    row["candidate"] = principals[0] if len(principals) == 1 else None
    tx.writes.insert(task, row)
    for principal in principals if len(principals) > 1 else ():
        tx.writes.insert(
            task_candidate, {"principal": principal, "created_at": row["created_at"], "task_key": row["key"]}
        )


def candidates(row: dict[str, Any]) -> list[str]:
    """The principals that may claim the task: nobody where somebody has it."""
    if row["assignee"] is not None:
        return []
    return list(dict.fromkeys([*row["candidate_groups"], *(f"user:{login}" for login in row["candidate_users"])]))


def names_in(value: Any) -> list[str]:
    """Groups or users as a diagram may give them: a list, or a text with commas."""
    found: Iterable[Any] = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else ()
    return [str(name).strip() for name in found if name is not None and str(name).strip()]


def unit_in(groups: list[str]) -> int | None:
    """The unit that handles the task: the number in the first `role@4711`."""
    for group in groups:
        _, at, key = group.partition("@")
        if at and key.isdecimal():
            return int(key)
    return None


def _form(execution: "Execution", details: UserTaskDetails) -> tuple[str | None, int | None]:
    """The form's id and the version the task keeps until it is done."""
    if details.form_id is None:
        return details.external_form, None
    found = execution.registry.library.bound(
        execution.tx,
        DefinitionKind.FORM,
        details.form_id,
        details.form_binding,
        details.form_version_tag,
        execution.case["definition_key"],
    )
    return details.form_id, None if found is None else found.key


def _value(execution: "Execution", instance: Instance, value: Value | None) -> Any:
    return execution.evaluation.value(value, instance.key, instance.element.id, "assignment")


def _text(execution: "Execution", instance: Instance, value: Value | None) -> str | None:
    return execution.evaluation.text(value, instance.key, instance.element.id, "assignment")


def _instant(execution: "Execution", instance: Instance, value: Value | None) -> datetime | None:
    if value is None:
        return None
    found: Any = value.text
    if value.expression is not None:
        found = execution.evaluation.feel(value.expression, instance.key, instance.element.id, "schedule")
    if found is None or found == "":
        return None
    instant = read_instant(found)
    if instant is None:
        name = instance.element.name or instance.element.id
        raise ProcessFault(f"“{name}”的期限 {value.text} 不是日期时间，请检查。", instance.element.id, "schedule")
    return instant


def _priority(execution: "Execution", instance: Instance, value: Value | None) -> int:
    found = _value(execution, instance, value)
    if found is None or found == "":
        return PRIORITY
    try:
        return min(max(int(found), 0), 100)
    except (TypeError, ValueError):
        name = instance.element.name or instance.element.id
        raise ProcessFault(f"“{name}”的优先级应为 0 到 100 的整数。", instance.element.id, "priority") from None
