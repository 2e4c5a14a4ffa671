"""职称证书 as they are read: by whom they are about, by the offices, and by anybody who holds one and verifies it (F4, J22)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission
from engine.db import Transaction
from engine.declaration.masking import masked_identity
from engine.errors import NotFound
from engine.flow.visibility import is_visible
from engine.result.tables import CertificateState, ResultState, review_result, title_certificate

t, r = title_certificate.c, review_result.c
Row = Mapping[str, Any]
#: keys asked for at once
AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class VerifiedCertificate:
    """What a certificate says, for who holds it in hand: no more of the identity number than shows whose it is."""

    row: Row
    identity_number: str
    replaced_by: str

    @property
    def state(self) -> CertificateState:
        return CertificateState(self.row["state"])


def certificate_of(tx: Transaction, actor: Actor, key: int) -> Row:
    """One certificate its reader may have: its holder, who handles its meeting, the title office. Raises `NotFound`."""
    row = tx.row(sa.select(title_certificate).where(t.key == key, _readable(actor)))
    if row is None:
        raise NotFound
    return dict(row._mapping)


def certificates_of(tx: Transaction, actor: Actor, keys: Sequence[int]) -> list[Row]:
    """These certificates by number, without those the actor may not have."""
    found: list[Row] = []
    for start in range(0, len(keys), AT_ONCE):
        piece = keys[start : start + AT_ONCE]
        rows = tx.rows(sa.select(title_certificate).where(t.key.in_(piece), _readable(actor)))
        found += [dict(row._mapping) for row in rows]
    return sorted(found, key=lambda row: row["certificate_no"])


def my_certificates(tx: Transaction, actor: Actor) -> list[Row]:
    """The certificates of the actor's person, the newest first."""
    if actor.person is None:
        return []
    rows = tx.rows(
        sa.select(title_certificate).where(t.person == actor.person).order_by(t.obtained_on.desc(), t.key.desc())
    )
    return [dict(row._mapping) for row in rows]


def valid_certificate(tx: Transaction, person: int) -> Row | None:
    """The title a person holds by a certificate of ours: the one obtained last of those that are valid (W15)."""
    mine = sa.select(title_certificate).where(t.person == person, t.state == CertificateState.VALID)
    row = tx.row(mine.order_by(t.obtained_on.desc(), t.key.desc()).limit(1))
    return None if row is None else dict(row._mapping)


def verify_certificate(tx: Transaction, number: str, code: str) -> VerifiedCertificate | None:
    """The certificate with this number and code, valid or not; nothing where there is none with both. For everybody."""
    row = tx.row(sa.select(title_certificate).where(t.certificate_no == number))
    if row is None or not compare_digest(row.code.encode(), code.strip().lower().encode()):
        return None
    later = tx.value(sa.select(t.certificate_no).where(t.replaces == row.key).order_by(t.key.desc()).limit(1))
    return VerifiedCertificate(dict(row._mapping), masked_identity(row.identity_number), later or "")


def certificates_to_deliver(tx: Transaction, handling: int, declarations: Collection[int] | None = None) -> list[int]:
    """The keys of the valid certificates of a handling by number, of these declarations or of all of them."""
    wanted = [t.handling == handling, t.state == CertificateState.VALID]
    if declarations is not None:
        wanted.append(t.declaration.in_(list(declarations)[:AT_ONCE]))
    return [row.key for row in tx.rows(sa.select(t.key).where(*wanted).order_by(t.certificate_no))]


def reviewed_declarations(tx: Transaction, handling: int, declarations: Collection[int] | None = None) -> list[int]:
    """Whose review is over and has its record (评审表), by number: granted, failed, overturned or not confirmed."""
    over = sa.or_(r.passed.is_(False), r.state.in_((ResultState.GRANTED, ResultState.OVERTURNED, ResultState.REFUSED)))
    wanted = [r.handling == handling, over]
    if declarations is not None:
        wanted.append(r.declaration.in_(list(declarations)[:AT_ONCE]))
    return [row.declaration for row in tx.rows(sa.select(r.declaration).where(*wanted).order_by(r.declaration_no))]


def _readable(actor: Actor) -> sa.ColumnElement[bool]:
    mine = t.person == actor.person if actor.person is not None else sa.false()
    handles = actor.may(Permission.MEETINGS_MANAGE) or actor.everywhere
    visible = is_visible(t.handling, actor) if handles else sa.false()
    return sa.or_(mine, visible, sa.true() if actor.may(Permission.RESULTS_APPROVE) else sa.false())
