"""职称证书 as a PDF/A with its QR code, in a template staff can replace (F4, J22)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from engine.access import Actor
from engine.clock import local
from engine.db import Transaction
from engine.declaration.dossier import section
from engine.declaration.sheets.reading import photo_of
from engine.declaration.sheets.sheet import Sheet, qr_code
from engine.document.seals import Seals
from engine.document.templates import source_in_force
from engine.errors import InvalidInput
from engine.flow.variables import read_variables
from engine.organisation.tables import unit
from engine.reference import CodeLists
from engine.result.certificates import certificate_of
from engine.result.tables import CertificateState, title_certificate
from engine.settings import Settings

TEMPLATE = "result/certificate"
VERIFY = "/certificates/verify"
_ISSUER = "issuer of certificates"
#: what stands across a certificate that is not valid any more
WATERMARKS = {CertificateState.VALID: "", CertificateState.REPLACED: "已换发", CertificateState.REVOKED: "已撤销"}


def certificate_sheet(tx: Transaction, actor: Actor, key: int) -> Sheet:
    """One certificate, read and still to be set. Raises `NotFound` for whoever may not have it."""
    row = certificate_of(tx, actor, key)
    values = _values(tx, row)
    photo = photo_of(tx, actor, values)
    files = {"qr.svg": qr_code(qr_text(tx, row["certificate_no"], row["code"]))}
    if photo:
        files["photo.jpg"] = photo
    source = source_in_force(tx, TEMPLATE, row["year"])
    name = f"职称证书-{row['name']}-{row['certificate_no']}"
    return Sheet(TEMPLATE, name, _data(tx, row, values, has_photo=bool(photo)), files, source, archival=True)


def sample_certificate(tx: Transaction, actor: Actor) -> Sheet:
    """The certificate issued last, for a look at a template. Raises `InvalidInput` where there is none yet."""
    last = tx.value(sa.select(title_certificate.c.key).order_by(title_certificate.c.key.desc()).limit(1))
    if last is None:
        raise InvalidInput("还没有发过证书，暂时无法预览模板。发证以后请再试。")
    return certificate_sheet(tx, actor, last)


def sealed_pdf(sheet: Sheet, seals: Seals, *, tagged: bool = False) -> bytes:
    """The document with its electronic seal, or with the place for a seal of ink. Called outside any transaction.

    What is made in hundreds is not `tagged`: it takes half the time."""
    owner = str(sheet.data["sealed_by"])
    if seals.is_electronic:
        made = replace(sheet, data={**sheet.data, "electronic_seal": True}).pdf(tagged=tagged)
        sealed = seals.put_on(made, owner)
        if sealed is not None:
            return sealed
    return sheet.pdf(tagged=tagged)


def qr_text(tx: Transaction, number: str, code: str) -> str:
    """What the QR code holds: the public page that verifies, where the system knows its address, else number and code."""
    address = tx.service(Settings).public_url
    return f"{address}{VERIFY}?{urlencode({'number': number, 'code': code})}" if address else f"{number} {code}"


def issuer_of(tx: Transaction) -> str:
    """Who announces titles: the unit at the top."""
    if _ISSUER not in tx.memo:
        tx.memo[_ISSUER] = tx.value(sa.select(unit.c.name).where(unit.c.parent.is_(None)).order_by(unit.c.id)) or ""
    return str(tx.memo[_ISSUER])


def words_of(tx: Transaction, row: Mapping[str, Any]) -> dict[str, str]:
    """What a certificate says of the title, in words."""
    book = tx.service(CodeLists).book(tx, row["year"])
    names = ("title_category", "title_series", "specialty", "title_name", "title_level")
    return {name: book.label(name, row[name]) for name in names}


def day_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def made_on(tx: Transaction) -> list[int]:
    """Today, as `documents/shared/paper.typ` takes the date of a document."""
    day = local(tx.now).date()
    return [day.year, day.month, day.day]


def _values(tx: Transaction, row: Mapping[str, Any]) -> Mapping[str, Any]:
    return read_variables(tx, row["declaration"], frozenset({"basic_info"})) if row["declaration"] else {}


def _data(tx: Transaction, row: Mapping[str, Any], values: Mapping[str, Any], *, has_photo: bool) -> dict[str, Any]:
    issued, book = local(row["issued_at"]).date(), tx.service(CodeLists).book(tx, row["year"])
    return {
        "title": "职称证书",
        "made": made_on(tx),
        "watermark": WATERMARKS[row["state"]],
        "photo": "photo.jpg" if has_photo else "",
        "name": row["name"],
        "sex": book.label("sex", section(values, "basic_info").get("sex")),
        "identity_number": row["identity_number"],
        "unit_name": row["unit_name"],
        **words_of(tx, row),
        "committee": row["committee_name"],
        "document_no": row["document_no"],
        "certificate_no": row["certificate_no"],
        "code": row["code"],
        "obtained_on": day_words(row["obtained_on"]),
        "issued_on": day_words(issued),
        "sealed_by": issuer_of(tx),
        "electronic_seal": False,
    }
