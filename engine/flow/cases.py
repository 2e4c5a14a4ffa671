"""Cases (流程实例): started, cancelled, suspended, described."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.errors import InvalidInput, NotFound, Refused
from engine.flow import repeats
from engine.flow.library import Found
from engine.flow.loading import lock_case
from engine.flow.noting import note_on_case
from engine.flow.registry import clock_of, registry_of
from engine.flow.run import Execution, running_case
from engine.flow.starting import begin_case
from engine.flow.tables import CaseState, DefinitionKind, WaitKind, case, case_party, definition, subscription


def start_case(
    tx: Transaction,
    actor: Actor,
    process_id: str = "",
    variables: Mapping[str, Any] | None = None,
    *,
    business_key: str | None = None,
    unit_id: int | None = None,
    year: int | None = None,
    title: str = "",
    parties: Iterable[str] = (),
    definition_key: int | None = None,
    version: int | None = None,
    command_key: str | None = None,
    tags: Iterable[str] = (),
    start_event: str | None = None,
) -> int:
    """Start a case of a process, in the version in force or the one named, and run it until every token rests.

    `parties` are the principals that see the case (`person:12`). A repeated `command_key` of the same actor gives the
    first case again. The case's key. Raises `NotFound` where there is no such process.
    """
    authorize(actor, Permission.CASES_START)
    before = repeats.first_result(tx, actor, command_key)
    if before is not None:
        return int(before["case_key"])
    found = find_process(tx, process_id, definition_key, version)
    execution = begin_case(
        tx,
        actor,
        found,
        variables or {},
        start_event=start_event,
        parties=parties,
        interactive=True,
        business_key=business_key,
        unit_id=unit_id,
        year=year,
        title=title,
        tags=list(tags) or None,
    )
    repeats.keep_result(tx, actor, command_key, {"case_key": execution.key})
    return execution.key


def find_process(tx: Transaction, process_id: str, definition_key: int | None, version: int | None) -> Found:
    """The version of a process that is meant. Raises `NotFound`."""
    found = None
    if definition_key is None and version is None:
        found = registry_of(tx).library.latest(tx, DefinitionKind.PROCESS, process_id)
    else:
        d = definition.c
        where = (
            d.key == definition_key if definition_key is not None else sa.and_(d.id == process_id, d.version == version)
        )
        query = sa.select(d.key, d.id, d.version, d.version_tag, d.deployment_key)
        row = tx.row(query.where(d.kind == DefinitionKind.PROCESS, where))
        found = None if row is None else Found(**row._mapping)
    if found is None:
        raise NotFound(f"没有发布过流程“{process_id or definition_key}”。")
    return found


def start_where_true(
    tx: Transaction, actor: Actor, variables: Mapping[str, Any], *, process_id: str | None = None, **options: Any
) -> list[int]:
    """Start a case at every conditional start event whose condition these variables make true; the keys.

    `process_id` asks only that process; `options` are those of `start_case`.
    """
    s = subscription.c
    query = sa.select(s.process_id, s.definition_key, s.element_id).where(
        s.kind == WaitKind.CONDITION, s.case_key.is_(None)
    )
    if process_id is not None:
        query = query.where(s.process_id == process_id)
    return [
        start_case(
            tx,
            actor,
            row.process_id,
            variables,
            definition_key=row.definition_key,
            start_event=row.element_id,
            **options,
        )
        for row in tx.rows(query.order_by(s.process_id, s.key))
        if _holds(tx, row.definition_key, row.element_id, variables)
    ]


def _holds(tx: Transaction, definition_key: int, element_id: str, variables: Mapping[str, Any]) -> bool:
    registry = registry_of(tx)
    event = registry.library.process(tx, definition_key).process.elements[element_id].event
    if event is None or event.condition is None:
        return False
    return event.condition.evaluate(variables, clock_of(tx), registry.calendar) is True


def cancel_case(tx: Transaction, actor: Actor, key: int, reason: str = "") -> None:
    """End a case before its time, with every case it called. Raises `NotFound`, and `Refused` where it is over."""
    authorize(actor, Permission.CASES_CANCEL)
    execution = open_case(tx, actor, key)
    execution.journal.append(tx.now, actor, "case.cancelled", detail={"reason": reason} if reason else None)
    execution.run.cancel()
    execution.finish()


def suspend_case(tx: Transaction, actor: Actor, key: int, reason: str = "") -> None:
    """Let nothing move in a case until it is resumed. Raises `NotFound`, and `Refused` where it is not running."""
    authorize(actor, Permission.CASES_REPAIR)
    held = lock_case(tx, key).case
    refuse_unless_active(held["state"])
    detail = {"reason": reason} if reason else None
    note_on_case(tx, actor, held, "case.suspended", detail=detail, state=CaseState.SUSPENDED)


def resume_case(tx: Transaction, actor: Actor, key: int) -> None:
    """Let a suspended case move again. Raises `Refused` where it is not suspended, or this release cannot run it."""
    authorize(actor, Permission.CASES_REPAIR)
    held = lock_case(tx, key).case
    if held["state"] is not CaseState.SUSPENDED:
        raise Refused("该流程没有暂停，无需恢复。")
    try:
        registry_of(tx).library.process(tx, held["definition_key"])
    except InvalidInput as error:
        raise Refused(f"该流程的版本目前无法运行，不能恢复：{error.message}") from error
    note_on_case(tx, actor, held, "case.resumed", state=CaseState.ACTIVE)


def open_case(tx: Transaction, actor: Actor, key: int, *, interactive: bool = True) -> Execution:
    """Load a running case for a command. Raises `NotFound`, and `Refused` where it is over or suspended."""
    loaded = lock_case(tx, key)
    refuse_unless_active(loaded.case["state"])
    return Execution(tx, actor, loaded, interactive=interactive)


def refuse_unless_active(state: CaseState) -> None:
    if state is CaseState.SUSPENDED:
        raise Refused("该流程已暂停，请联系管理员恢复后再办理。")
    if state is not CaseState.ACTIVE:
        raise Refused("该流程已经结束，不能再办理。")


def set_title(tx: Transaction, key: int, title: str) -> None:
    """Name the case as lists show it; tasks opened from now on carry the name."""
    _set(tx, key, title=title)


def set_unit(tx: Transaction, key: int, unit_id: int | None) -> None:
    """Say which unit's case it is: that unit and those above it see it."""
    _set(tx, key, unit_id=unit_id)


def set_year(tx: Transaction, key: int, year: int) -> None:
    """Say which review year the case belongs to, where it was not known when it began."""
    _set(tx, key, year=year)


def _set(tx: Transaction, key: int, **values: Any) -> None:
    running = running_case(tx, key)
    if running is not None:
        running.case.update(values)
        return
    if tx.execute(sa.update(case).where(case.c.key == key).values(values)).rowcount == 0:
        raise NotFound


def add_party(tx: Transaction, key: int, principal: str) -> None:
    """Let a principal (`person:12`, `committee:3`) see the case."""
    tx.writes.upsert(case_party, {"principal": principal, "case_key": key}, ())


def remove_party(tx: Transaction, key: int, principal: str) -> None:
    """The principal sees the case no longer."""
    tx.execute(sa.delete(case_party).where(case_party.c.principal == principal, case_party.c.case_key == key))
