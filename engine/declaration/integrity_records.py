"""诚信记录: who is barred from declaring or reviewing for a time, entered and lifted by hand (J15, J16).

What a revoked title or an objection brings about is written by their diagrams. By hand the title office enters any kind, of anybody;
the officer of a unit enters punishments of the unit's own people, whom nobody else can know of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission
from engine.clock import local
from engine.db import Transaction
from engine.declaration.standing import barred_until
from engine.declaration.stopping import stop_declarations
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused
from engine.organisation.events import record
from engine.organisation.integrity import RecordKind, end_record, integrity_record, write_record
from engine.organisation.paging import Slice, read_slice
from engine.organisation.tables import enrolment, person
from engine.reference.check_digits import tidy_code

#: how long cheating bars where no other day is given (J16)
CHEATING_YEARS = 3
LONGEST_REASON = 200
r, p, e = integrity_record.c, person.c, enrolment.c


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """What the list is narrowed to: a part of the name, the beginning of the identity number, a kind, records that are over."""

    name: str = ""
    identity_number: str = ""
    kind: str = ""
    over: bool = False


def kinds_of(actor: Actor) -> Sequence[RecordKind]:
    """What the actor may enter by hand, and sees. Raises `NotAllowed` where that is nothing."""
    if actor.may(Permission.RESULTS_APPROVE):
        return tuple(RecordKind)
    officer = actor.may(Permission.APPLICANTS_MANAGE) and actor.may(Permission.DECLARATIONS_REVIEW)
    if officer and actor.unit is not None:
        return (RecordKind.PUNISHMENT,)
    raise NotAllowed


def list_records(
    tx: Transaction,
    actor: Actor,
    wanted: RecordFilter,
    *,
    limit: int = 20,
    before: str | None = None,
    after: str | None = None,
) -> Slice:
    """A page of what the actor may see, the newest first, in one statement. Raises `NotAllowed`, `InvalidInput` for a bad cursor."""
    holds = sa.and_(r.lifted_at.is_(None), r.until >= local(tx.now).date())
    query = _visible(tx, actor).where(sa.not_(holds) if wanted.over else holds)
    if wanted.name:
        query = query.where(p.name.contains(wanted.name, autoescape=True))
    if wanted.identity_number:
        query = query.where(p.identity_number.startswith(tidy_code(wanted.identity_number), autoescape=True))
    if wanted.kind:
        query = query.where(r.kind == _kind(wanted.kind))
    return read_slice(tx, query, r.id, limit=limit, before=before, after=after)


def find_record(tx: Transaction, actor: Actor, record_id: int) -> Mapping[str, Any]:
    """One record the actor may see. Raises `NotAllowed`, `NotFound`."""
    row = tx.row(_visible(tx, actor).where(r.id == record_id))
    if row is None:
        raise NotFound
    return dict(row._mapping)


def find_person(tx: Transaction, actor: Actor, *, name: str, identity_number: str) -> int:
    """Whom a record is about, by both as they stand on the identity card. Raises `InvalidInput` where they fit nobody the actor may bar."""
    query = sa.select(p.id).where(p.name == name.strip(), p.identity_number == tidy_code(identity_number))
    everybody = RecordKind.INTEGRITY in kinds_of(actor)
    found = tx.value(query if everybody else query.where(_own_people(tx, actor)))
    if found is None:
        whom = "没有" if everybody else "本单位本年度没有"
        raise InvalidInput(fields={"identity_number": [f"{whom}这位人员，请核对姓名和证件号码"]})
    return int(found)


def record_integrity(
    tx: Transaction,
    actor: Actor,
    *,
    person: int,
    kind: RecordKind,
    reason: str,
    until: date | None,
    since: date | None = None,
    source: str = "",
) -> int:
    """Bar a person up to and including `until`; the record's id.

    Cheating bars for three years where no day is given, and stops the declaration that is under way (J16); a punishment bars for its
    period (J15). Raises `NotAllowed`, `NotFound` for people of other units, `InvalidInput` by field.
    """
    if kind not in kinds_of(actor):
        raise NotAllowed
    if RecordKind.INTEGRITY not in kinds_of(actor) and not _is_own(tx, actor, person):
        raise NotFound
    if until is None and kind is RecordKind.INTEGRITY:
        until = barred_until(tx, CHEATING_YEARS)
    if until is None:
        missing = {} if reason.strip() else {"reason": ["请填写原因，最多 200 个字"]}
        raise InvalidInput(fields={**missing, "until": ["请填写截止日期"]})
    key = write_record(tx, actor, person=person, kind=kind, reason=reason, until=until, since=since, source=source)
    record(tx, actor, "person:barred", person=person, detail={"record": key, "until": until.isoformat()})
    if kind is RecordKind.INTEGRITY:
        stop_declarations(tx, actor, person=person, reason=reason, until=until, source=source or f"失信记录 {key}")
    return key


def lift_record(tx: Transaction, actor: Actor, record_id: int, reason: str) -> None:
    """End a record before its day, for it was entered by mistake or what it rests on fell. What it stopped stays stopped.

    Raises `NotAllowed`, `NotFound`, `InvalidInput` by field, `Refused` where it is over already.
    """
    held, reason = find_record(tx, actor, record_id), reason.strip()
    if held["lifted_at"] is not None or held["until"] < local(tx.now).date():
        raise Refused("这条诚信记录已经结束，不用解除。")
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise InvalidInput(fields={"reason": [f"请填写解除的原因，最多 {LONGEST_REASON} 个字"]})
    end_record(tx, actor, record_id, reason)
    record(tx, actor, "person:unbarred", person=held["person"], detail={"record": record_id})


def _visible(tx: Transaction, actor: Actor) -> sa.Select[Any]:
    """Records with whom they are about, as far as the actor may know of them."""
    columns = (*integrity_record.c, p.name, p.identity_number)
    query = sa.select(*columns).join(person, p.id == r.person).where(r.kind.in_(kinds_of(actor)))
    return query if RecordKind.INTEGRITY in kinds_of(actor) else query.where(_own_people(tx, actor))


def _own_people(tx: Transaction, actor: Actor) -> sa.ColumnElement[bool]:
    here = sa.and_(e.unit == actor.unit, e.year == local(tx.now).year)
    return p.id.in_(sa.select(e.person).where(here))


def _is_own(tx: Transaction, actor: Actor, person_id: int) -> bool:
    return tx.value(sa.select(p.id).where(p.id == person_id, _own_people(tx, actor))) is not None


def _kind(text: str) -> RecordKind:
    try:
        return RecordKind(text)
    except ValueError as error:
        raise InvalidInput(fields={"kind": ["没有这一类记录"]}) from error
