"""Asking for a certificate: 初次认定, 确认, 补发, 更正 (W14). Each has a diagram of its own in `processes/result`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.clock import local
from engine.db import Transaction
from engine.errors import InvalidInput, NotFound, Refused
from engine.organisation import unit_chain
from engine.organisation.integrity import RecordKind, blocked
from engine.organisation.tables import enrolment, person
from engine.reference.check_digits import tidy_code
from engine.result.aftercare.certificates import certificate_words, own_certificate
from engine.result.aftercare.requests import open_request
from engine.result.tables import CertificateState, title_certificate

RECOGNITION, CONFIRMATION = "initial_recognition", "certificate_confirmation"
REISSUE, CORRECTION = "certificate_reissue", "certificate_correction"
WORDS = {RECOGNITION: "初次认定", CONFIRMATION: "职称确认", REISSUE: "证书补发", CORRECTION: "证书更正"}
CODES = {RECOGNITION: "RD", CONFIRMATION: "QR", REISSUE: "BF", CORRECTION: "GZ"}
#: what a correction may change: what a certificate prints, never the title itself
PRINTED = {
    "name": "姓名",
    "identity_number": "证件号码",
    "unit_name": "工作单位",
    "document_no": "批文号",
    "obtained_on": "取得时间",
}
e, p, t = enrolment.c, person.c, title_certificate.c


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a certificate is for, in the unit that speaks for them now."""

    enrolment: int
    person: int
    name: str
    unit: int


def ask_title(tx: Transaction, actor: Actor, process: str) -> int:
    """Begin to ask for oneself, 初次认定 or 确认; the key of the task with the request. Raises `Refused` saying why not."""
    authorize(actor, Permission.DECLARATIONS_DECLARE)
    return _ask_title(tx, actor, process, _holder(tx, e.person == actor.person), "person")


def recognise_for(tx: Transaction, actor: Actor, *, name: str, identity_number: str) -> int:
    """Begin 初次认定 for somebody of the actor's own unit, as its officer. Raises `InvalidInput` where name and number fit nobody there."""
    authorize(actor, Permission.APPLICANTS_MANAGE)
    same = sa.and_(
        e.unit == actor.unit,
        e.year == local(tx.now).year,
        p.name == name.strip(),
        p.identity_number == tidy_code(identity_number),
    )
    try:
        holder = _holder(tx, same)
    except Refused as error:
        raise InvalidInput(fields={"identity_number": ["本单位本年度没有这位人员，请核对姓名和证件号码"]}) from error
    return _ask_title(tx, actor, RECOGNITION, holder, "unit")


def ask_replacement(tx: Transaction, actor: Actor, process: str, certificate: int) -> int:
    """Begin to ask that one's own certificate is issued again or corrected; the key of the task with the request.

    Raises `NotFound` for others' certificates, `Refused` for one that is not in force.
    """
    authorize(actor, Permission.DECLARATIONS_DECLARE)
    if process not in (REISSUE, CORRECTION):
        raise NotFound
    held = own_certificate(tx, actor, certificate)
    refuse_unless_valid(held)
    printed = {name: held[name] for name in PRINTED} | {"obtained_on": held["obtained_on"].isoformat()}
    more = {
        "certificate": held["key"],
        "certificate_no": held["certificate_no"],
        "certificate_words": certificate_words(tx, held),
        "printed": printed,
        **{f"corrected_{name}": value for name, value in printed.items() if process == CORRECTION},
    }
    return _open(tx, actor, process, held["certificate_no"], _holder(tx, e.person == actor.person), more)


def refuse_unless_valid(held: Mapping[str, Any]) -> None:
    """Raise `Refused` for a certificate that was revoked or replaced."""
    if held["state"] is not CertificateState.VALID:
        raise Refused("该证书已撤销或者已换发，不能补发、更正。")


def _ask_title(tx: Transaction, actor: Actor, process: str, holder: Holder, by: str) -> int:
    if process not in (RECOGNITION, CONFIRMATION):
        raise NotFound
    if (record := blocked(tx, holder.person, local(tx.now).date(), RecordKind.INTEGRITY)) is not None:
        raise Refused(f"{record.until.isoformat()}以前不能申请：{record.reason.rstrip('。')}。")
    valid = sa.select(t.key).where(t.person == holder.person, t.state == CertificateState.VALID).limit(1)
    if process == RECOGNITION and tx.value(valid) is not None:
        raise Refused("已取得职称的不能再申请初次认定，请通过年度申报评审晋升。")
    return _open(tx, actor, process, f"{local(tx.now).year}-{holder.enrolment}", holder, {"requested_by": by})


def _open(tx: Transaction, actor: Actor, process: str, matter: str, holder: Holder, more: Mapping[str, Any]) -> int:
    chain = unit_chain(tx, holder.unit)
    return open_request(
        tx,
        actor,
        process,
        f"{matter}-{CODES[process]}",
        {
            "person": holder.person,
            "person_name": holder.name,
            "unit": holder.unit,
            "unit_name": chain[0].name,
            "title_office": chain[-1].id,
            "title_office_name": chain[-1].name,
            "asked": None,
            **more,
        },
        unit=holder.unit,
        year=local(tx.now).year,
        title=f"{holder.name} {WORDS[process]}",
        parties=[f"person:{holder.person}"],
    )


def _holder(tx: Transaction, which: sa.ColumnElement[bool]) -> Holder:
    """The person's latest enrolment: its unit checks the request."""
    query = sa.select(e.id, e.person, p.name, e.unit).join(person, p.id == e.person).where(which)
    row = tx.row(query.order_by(e.year.desc()).limit(1))
    if row is None:
        raise Refused("您还没有所属单位，请先联系单位建立年度账户。")
    return Holder(row.id, row.person, row.name, row.unit)
