"""Moving a running case to another version of its process: its tokens stay where they are, under the new names."""

from collections.abc import Mapping
from typing import Any

import orjson
import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.errors import InvalidInput, ProcessFault, Refused
from engine.flow.cases import refuse_unless_active
from engine.flow.loading import lock_case
from engine.flow.registry import registry_of
from engine.flow.run import Execution
from engine.flow.tables import JobState, element_instance, incident, job, subscription, task, timer

WAITING_ROLES = frozenset({"boundary", "arm"})


def migrate_case(
    tx: Transaction, actor: Actor, case_key: int, definition_key: int, mapping: Mapping[str, str] | None = None
) -> None:
    """Continue a case on another version. `mapping` names elements and flows that have another id there.

    Open tasks, jobs, timers and messages go on as they were opened. A boundary event that the new version no longer has
    stops waiting; one that is new begins to wait when its activity is entered the next time. Raises `InvalidInput` where
    an active element has no counterpart, `Refused` where the case is over.
    """
    authorize(actor, Permission.CASES_REPAIR)
    loaded = lock_case(tx, case_key)
    refuse_unless_active(loaded.case["state"])
    renamed = dict(mapping or {})
    target = registry_of(tx).library.process(tx, definition_key).process
    if target.id != loaded.case["process_id"]:
        raise InvalidInput("只能迁移到同一流程的其他版本。")
    gone = _rewrite(loaded.case, definition_key, renamed, target.elements)
    for table in (subscription, timer):
        if gone:
            tx.execute(sa.delete(table).where(table.c.case_key == case_key, table.c.wait_key.in_(sorted(gone))))
    _rename_rows(tx, case_key, definition_key, renamed)
    loaded.case["definition_key"] = definition_key
    try:
        execution = Execution(tx, actor, loaded, interactive=True)
    except ProcessFault as fault:
        raise Refused(fault.message) from fault
    detail = {"definition_key": str(definition_key), "mapping": renamed}
    execution.journal.append(tx.now, actor, "case.migrated", detail=detail)
    execution.store()


def _rewrite(
    case: dict[str, Any], definition_key: int, renamed: Mapping[str, str], elements: Mapping[str, Any]
) -> set[int]:
    """Put the new names into the snapshot; the keys of waiting events that have no counterpart."""
    form, compiler, _, payload = orjson.loads(case["snapshot"])
    kept, gone, missing = [], set(), []
    for element_id, role, key, owner, *more in payload["tokens"]:
        there = renamed.get(element_id, element_id)
        if there not in elements:
            if role in WAITING_ROLES:
                gone.add(key)
            else:
                missing.append(element_id)
            continue
        extras = [{name: _renamed_flow(value, renamed) for name, value in entry.items()} for entry in more]
        kept.append([there, role, key, owner, *extras])
    if missing:
        names = "、".join(dict.fromkeys(missing))
        raise InvalidInput(
            f"新版本没有这些正在办理的节点：{names}，请指定对应的节点。",
            {id_: ["请指定对应的节点。"] for id_ in missing},
        )
    case["snapshot"] = orjson.dumps([form, compiler, definition_key, {**payload, "tokens": kept}])
    return gone


def _renamed_flow(value: Any, renamed: Mapping[str, str]) -> Any:
    """Flows stand in the snapshot behind a word of the interpreter: `flow:f3`."""
    if not isinstance(value, str):
        return value
    before, colon, name = value.rpartition(":")
    return before + colon + renamed.get(name, name)


def _rename_rows(tx: Transaction, case_key: int, definition_key: int, renamed: Mapping[str, str]) -> None:
    """Let what is open carry the new element ids; what is over keeps the names it had."""
    live = {
        task: task.c.case_key == case_key,
        job: sa.and_(
            job.c.case_key == case_key, job.c.state.in_([JobState.CREATED, JobState.RUNNING, JobState.FAILED])
        ),
        timer: timer.c.case_key == case_key,
        subscription: subscription.c.case_key == case_key,
        incident: sa.and_(incident.c.case_key == case_key, incident.c.resolved_at.is_(None)),
        element_instance: sa.and_(element_instance.c.case_key == case_key, element_instance.c.left_at.is_(None)),
    }
    for table, which in live.items():
        values: dict[str, Any] = {}
        if "definition_key" in table.c:
            values["definition_key"] = definition_key
        if renamed:
            values["element_id"] = sa.case(renamed, value=table.c.element_id, else_=table.c.element_id)
        if values:
            tx.execute(sa.update(table).where(which).values(values))
