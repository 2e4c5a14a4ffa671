"""Certificates that something is asked about: one's own, those the title office looks for, the one in force now."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.clock import local
from engine.db import Transaction
from engine.errors import NotFound
from engine.reference import CodeLists
from engine.result.tables import title_certificate

t = title_certificate.c
Row = Mapping[str, Any]


def own_certificate(tx: Transaction, actor: Actor, key: int) -> Row:
    """One of the actor's own. Raises `NotFound` for others'."""
    row = tx.row(sa.select(title_certificate).where(t.key == key, t.person == actor.person))
    if row is None or actor.person is None:
        raise NotFound
    return dict(row._mapping)


def find_certificates(tx: Transaction, actor: Actor, words: str, *, limit: int = 50) -> Sequence[Row]:
    """For the title office: certificates by their whole number, or by the holder's whole name or identity number."""
    authorize(actor, Permission.RESULTS_APPROVE)
    wanted = words.strip()
    if not wanted:
        return []
    same = sa.or_(t.certificate_no == wanted, t.name == wanted, t.identity_number == wanted)
    return [
        dict(row._mapping)
        for row in tx.rows(sa.select(title_certificate).where(same).order_by(t.key.desc()).limit(limit))
    ]


def current_of(tx: Transaction, key: int) -> Row:
    """The certificate that stands for this one now, past every replacement, locked. Raises `NotFound`."""
    while True:
        row = tx.row(sa.select(title_certificate).where(t.key == key).with_for_update())
        if row is None:
            raise NotFound
        newer = tx.value(sa.select(t.key).where(t.replaces == key))
        if newer is None:
            return dict(row._mapping)
        key = int(newer)


def certificate_words(tx: Transaction, row: Row) -> str:
    """What a certificate is for: series, title and specialty as the code lists call them."""
    book = tx.service(CodeLists).book(tx, local(tx.now).year)
    named = [(name, row.get(name)) for name in ("title_series", "title_name", "specialty")]
    return "，".join(book.label(name, value) for name, value in named if value)
