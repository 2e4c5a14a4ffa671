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


class Looked(StrEnum):
    """What of a dossier was looked at."""

    DOSSIER = "dossier"
    FILE = "file"
    JOURNAL = "journal"
    PRINT = "print"
    VARIABLES = "variables"


WORDS = {
    Looked.DOSSIER: "申报材料",
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
    held = tx.row(sa.select(declaration.c.person, declaration.c.unit).where(declaration.c.case_key == case_key))
    if held is None or (actor.person is not None and actor.person == held.person):
        return False
    chain = tx.value(
        sa.select(variable.c.value).where(
            variable.c.case_key == case_key, variable.c.scope_key == case_key, variable.c.name == "chain"
        )
    )
    units = {held.unit, *(one.get("unit") for one in chain or () if isinstance(one, dict))}
    return actor.units.isdisjoint(units) and not _is_asked(tx, actor, case_key)


def _is_asked(tx: Transaction, actor: Actor, case_key: int) -> bool:
    """Whether the actor is a party, or had something to do in the case."""
    party = sa.exists().where(case_party.c.case_key == case_key, case_party.c.principal.in_(sorted(actor.principals)))
    offered = sa.or_(task.c.assignee == actor.login, task.c.candidate.in_(sorted(actor.groups)))
    open_task = sa.exists().where(task.c.case_key == case_key, offered)
    done = sa.exists().where(task_done.c.case_key == case_key, task_done.c.ended_by == actor.login)
    return bool(tx.value(sa.select(sa.or_(party, open_task, done))))


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
