"""Before a release serves: can every version that still has cases be run by it?"""

from dataclasses import dataclass

import sqlalchemy as sa
import structlog

from engine.access import SYSTEM
from engine.db import Database, Transaction
from engine.errors import ZhipingError
from engine.flow.cases import suspend_case
from engine.flow.registry import registry_of
from engine.flow.tables import CaseState, case, definition

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A version this release cannot run, why, and the cases that were suspended for it."""

    definition_key: int
    process_id: str
    version: int
    reason: str
    cases: tuple[int, ...]


def compile_open_versions(database: Database) -> list[Unreadable]:
    """Compile every version that has running cases, once. Where that fails its cases are suspended and named.

    Nobody loses anything: a release that can run the version lets an administrator resume them.
    """
    with database.read() as tx:
        d = definition.c
        running = sa.exists().where(case.c.definition_key == d.key, case.c.state == CaseState.ACTIVE)
        versions = tx.rows(sa.select(d.key, d.id, d.version).where(running).order_by(d.key))
        reasons = {version.key: _why_not(tx, version.key) for version in versions}
    unreadable = []
    for version in versions:
        reason = reasons[version.key]
        if reason is not None:
            log.error("version cannot be run, its cases are suspended", process=version.id, version=version.version)
            cases = _suspend(database, version.key, reason)
            unreadable.append(Unreadable(version.key, version.id, version.version, reason, cases))
    return unreadable


def _why_not(tx: Transaction, key: int) -> str | None:
    try:
        registry_of(tx).library.process(tx, key)
    except ZhipingError as error:
        return error.message
    return None


def _suspend(database: Database, key: int, reason: str) -> tuple[int, ...]:
    with database.read() as tx:
        found = sa.select(case.c.key).where(case.c.definition_key == key, case.c.state == CaseState.ACTIVE)
        keys = tuple(row.key for row in tx.rows(found.order_by(case.c.key)))
    for case_key in keys:
        with database.transaction() as tx:
            suspend_case(tx, SYSTEM, case_key, reason)
    return keys
