"""Records that bar a person for a time: from declaring, or from sitting as an expert. Each ends by itself on its day (J15, J16)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import sqlalchemy as sa

from engine.access import Actor
from engine.clock import local
from engine.db import Key, Transaction, UtcDateTime, enum_column, metadata
from engine.errors import InvalidInput


class RecordKind(StrEnum):
    """What a person may not do for a time: declare, for cheating (J16) or a punishment of 记过 or worse (J15); or review,
    for what they did as an expert."""

    INTEGRITY = "integrity"
    PUNISHMENT = "punishment"
    EXPERT = "expert"


integrity_record = sa.Table(
    "integrity_record",
    metadata,
    sa.Column("id", Key, primary_key=True, autoincrement=False),
    sa.Column("person", Key, nullable=False),
    sa.Column("kind", enum_column(RecordKind), nullable=False),
    sa.Column("reason", sa.String(200), nullable=False),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("until", sa.Date, nullable=False),
    sa.Column("source", sa.String(100), nullable=False, server_default=""),
    sa.Column("recorded_by", sa.String(64), nullable=False),
    sa.Column("recorded_at", UtcDateTime, nullable=False),
    sa.Column("lifted_at", UtcDateTime),
    sa.Column("lifted_by", sa.String(64)),
    sa.Column("lift_reason", sa.String(200)),
    sa.Index("ix_integrity_record_person", "person", "until"),
)
"""What bars a person from `since` to `until`, both of them included, unless it was lifted. `source` names what it rests on: a document,
a case."""

r = integrity_record.c


@dataclass(frozen=True, slots=True)
class IntegrityRecord:
    """One record that holds."""

    id: int
    person: int
    kind: RecordKind
    reason: str
    since: date
    until: date
    source: str


def blocked(tx: Transaction, person: int, on: date, kind: RecordKind) -> IntegrityRecord | None:
    """The record of that kind that bars the person on that day, the one that lasts longest; nothing where there is none."""
    return blocked_among(tx, [person], on, kind).get(person)


def blocked_among(
    tx: Transaction, persons: Collection[int], on: date, kind: RecordKind
) -> Mapping[int, IntegrityRecord]:
    """Those of these persons who are barred on that day, each with the record that lasts longest: one statement."""
    if not persons:
        return {}
    holds = sa.and_(r.kind == kind, r.since <= on, r.until >= on, r.lifted_at.is_(None), r.person.in_(sorted(persons)))
    columns = (r.id, r.person, r.kind, r.reason, r.since, r.until, r.source)
    rows = tx.rows(sa.select(*columns).where(holds).order_by(r.until, r.id))
    return {row.person: IntegrityRecord(**row._mapping) for row in rows}


def write_record(
    tx: Transaction,
    actor: Actor,
    *,
    person: int,
    kind: RecordKind,
    reason: str,
    until: date,
    since: date | None = None,
    source: str = "",
) -> int:
    """Bar a person up to and including `until`, from `since` or from today; the record's id. The caller has authorised.

    Raises `InvalidInput` by field.
    """
    reason, source, today = reason.strip(), source.strip(), local(tx.now).date()
    problems: dict[str, list[str]] = {}
    if not 1 <= len(reason) <= 200:
        problems["reason"] = ["请填写原因，最多 200 个字"]
    if since is not None and since > until:
        problems["until"] = ["截止日期不能早于起始日期"]
    elif until < today:
        problems["until"] = ["截止日期不能早于今天"]
    if len(source) > 100:
        problems["source"] = ["依据最多 100 个字"]
    if problems:
        raise InvalidInput(fields=problems)
    key = tx.next_key()
    tx.insert(
        integrity_record,
        id=key,
        person=person,
        kind=kind,
        reason=reason,
        since=since or today,
        until=until,
        source=source,
        recorded_by=actor.login,
        recorded_at=tx.now,
    )
    return key


def end_record(tx: Transaction, actor: Actor, record: int, reason: str) -> None:
    """Lift a record as of now. The caller has authorised, and checked that it holds."""
    lifted = {"lifted_at": tx.now, "lifted_by": actor.login, "lift_reason": reason}
    tx.execute(sa.update(integrity_record).where(r.id == record).values(**lifted))
