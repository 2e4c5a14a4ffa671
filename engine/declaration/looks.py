"""Looks at a dossier from outside its chain: whoever reads one without being its applicant, of a unit it passes, or asked to do
something in it, is written down (who, when, in which role, what of it). Who watches over reading reads that list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.tables import declaration, dossier_look
from engine.errors import NotAllowed
from engine.flow.tables import case_party, task, task_done, variable
from engine.organisation import Role, unit_names

MOST = 100
#: cases looked up at once
AT_ONCE = 500


class Looked(StrEnum):
    """What of a dossier was looked at."""

    DOSSIER = "dossier"
    NUMBERS = "numbers"
    FILE = "file"
    JOURNAL = "journal"
    PRINT = "print"
    VARIABLES = "variables"


WORDS = {
    Looked.DOSSIER: "申报材料",
    Looked.NUMBERS: "完整证件号码和电话",
    Looked.FILE: "附件",
    Looked.JOURNAL: "流转日志",
    Looked.PRINT: "打印",
    Looked.VARIABLES: "流程变量",
}


@dataclass(frozen=True, slots=True)
class Look:
    """A look as the list shows it."""

    key: int
    at: datetime
    name: str
    login: str
    role: str
    unit: str
    what: str
    case_key: int
    declaration_no: str
    applicant: str


def is_outside(tx: Transaction, actor: Actor, case_key: int) -> bool:
    """Whether the case is a declaration whose chain the actor does not belong to."""
    return bool(cases_outside(tx, actor, [case_key]))


def cases_outside(tx: Transaction, actor: Actor, case_keys: Sequence[int]) -> list[int]:
    """Those of the cases that are declarations whose chain the actor does not belong to, in this order."""
    d, v = declaration.c, variable.c
    foreign: set[int] = set()
    for start in range(0, len(case_keys), AT_ONCE):
        piece = case_keys[start : start + AT_ONCE]
        chain = sa.and_(v.case_key == d.case_key, v.scope_key == d.case_key, v.name == "chain")
        query = sa.select(d.case_key, d.person, d.unit, v.value).outerjoin(variable, chain)
        held = {row.case_key for row in tx.rows(query.where(d.case_key.in_(piece))) if not _is_own(actor, row)}
        foreign |= held - _asked_in(tx, actor, held) if held else set()
    return [key for key in case_keys if key in foreign]


def _is_own(actor: Actor, row: sa.Row[Any]) -> bool:
    """Whether the actor is the applicant, or of a unit the declaration passes."""
    if actor.person is not None and actor.person == row.person:
        return True
    units = {row.unit, *(one.get("unit") for one in row.value or () if isinstance(one, dict))}
    return not actor.units.isdisjoint(units)


def _asked_in(tx: Transaction, actor: Actor, case_keys: set[int]) -> set[int]:
    """Those cases in which the actor is a party, or had something to do."""
    keys = sorted(case_keys)
    offered = sa.or_(task.c.assignee == actor.login, task.c.candidate.in_(sorted(actor.groups)))
    principals = case_party.c.principal.in_(sorted(actor.principals))
    query = sa.union(
        sa.select(case_party.c.case_key).where(case_party.c.case_key.in_(keys), principals),
        sa.select(task.c.case_key).where(task.c.case_key.in_(keys), offered),
        sa.select(task_done.c.case_key).where(task_done.c.case_key.in_(keys), task_done.c.ended_by == actor.login),
    )
    return {row.case_key for row in tx.rows(query)}


def record_look(tx: Transaction, actor: Actor, case_key: int, what: Looked) -> None:
    """Write it down. The caller has found the actor outside the chain."""
    tx.insert(
        dossier_look,
        key=tx.next_key(),
        case_key=case_key,
        at=tx.now,
        login=actor.login,
        name=actor.name,
        role=actor.role,
        unit=actor.unit,
        what=what.value,
    )


def list_looks(
    tx: Transaction, actor: Actor, *, case_key: int | None = None, login: str = "", before: int | None = None
) -> Sequence[Look]:
    """The looks, the newest first, a hundred at a time; `before` is the key of the last one seen.

    For those who watch over the system, and for nobody else: raises `NotAllowed`.
    """
    if actor.role not in (Role.AUDITOR, Role.SYSTEM_ADMIN):
        raise NotAllowed
    k = dossier_look.c
    wanted: list[Any] = []
    if case_key is not None:
        wanted.append(k.case_key == case_key)
    if login:
        wanted.append(k.login == login)
    if before is not None:
        wanted.append(k.key < before)
    d = declaration.c
    query = sa.select(dossier_look, d.declaration_no, d.name.label("applicant")).outerjoin(
        declaration, d.case_key == k.case_key
    )
    rows = tx.rows(query.where(*wanted).order_by(k.key.desc()).limit(MOST))
    units = unit_names(tx, {row.unit for row in rows if row.unit})
    return [
        Look(
            key=row.key,
            at=row.at,
            name=row.name,
            login=row.login,
            role=row.role,
            unit=units.get(row.unit, ""),
            what=WORDS[Looked(row.what)],
            case_key=row.case_key,
            declaration_no=row.declaration_no or "",
            applicant=row.applicant or "",
        )
        for row in rows
    ]
