"""报送职称证书: the certificates of a meeting as a workbook for the national query service, by a map of columns (W15)."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission
from engine.db import Transaction
from engine.declaration.exchange.certificate_sources import CERTIFICATE_SOURCES, NATIONAL, NATIONAL_NAME
from engine.declaration.exchange.sources import value_of
from engine.declaration.exchange.tables import Direction
from engine.declaration.exchange.templates import TemplateView, find_template, list_templates
from engine.document.workbooks import Column, write_workbook
from engine.errors import InvalidInput, Refused
from engine.organisation.tables import person
from engine.reference import CodeLists
from engine.result.certificate_sheets import issuer_of
from engine.result.handlings import handling_of
from engine.result.tables import CertificateKind, CertificateState, result_document, title_certificate

t, p, k = title_certificate.c, person.c, result_document.c
OBTAINED_BY = {
    CertificateKind.REVIEW: "评审",
    CertificateKind.RECOGNITION: "初次认定",
    CertificateKind.CONFIRMATION: "职称确认",
}
STATES = {CertificateState.VALID: "有效", CertificateState.REVOKED: "已撤销"}


def report_templates(tx: Transaction, actor: Actor) -> Sequence[TemplateView]:
    """The maps for certificates that the actor's unit, or one above it, keeps."""
    return list_templates(tx, actor, Direction.CERTIFICATES) if actor.may(Permission.DECLARATIONS_REVIEW) else []


def certificate_report(tx: Transaction, actor: Actor, handling: int, template: int | None = None) -> tuple[str, bytes]:
    """The name and content of the workbook; by the shipped map where `template` names none.

    Certificates that were revoked say so, replaced ones are left out: what replaced them stands in their place. Raises `Refused` before
    the document is issued, `NotFound`, `InvalidInput` for a map that is not for certificates.
    """
    held = handling_of(tx, actor, handling)
    if held.document is None:
        raise Refused("还没有发文公布，证书编号以后才能报送。")
    name, columns = _map_of(tx, actor, template)
    book = tx.service(CodeLists).book(tx, held.meeting["year"])
    titles = [Column(str(at), one["title"]) for at, one in enumerate(columns)]
    rows = (
        {str(at): _cell(one, row, book) for at, one in enumerate(columns)} for row in _rows(tx, handling, held.document)
    )
    return f"{held.meeting['name']}-{name}", write_workbook(titles, rows, title=name)


def _map_of(tx: Transaction, actor: Actor, template: int | None) -> tuple[str, Sequence[Mapping[str, str]]]:
    if template is None:
        return NATIONAL_NAME, NATIONAL
    found = find_template(tx, actor, template)
    if found.row["direction"] is not Direction.CERTIFICATES:
        raise InvalidInput("这个报盘模板不用于报送职称证书，请另选模板。")
    return str(found.row["name"]), found.columns


def _rows(tx: Transaction, handling: int, document: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    columns = (p.identity_type, p.sex, p.born_on)
    query = sa.select(title_certificate, *columns).join(person, p.id == t.person, isouter=True)
    wanted = sa.and_(t.handling == handling, t.state.in_(tuple(STATES)))
    same = {"issuer": issuer_of(tx), "document_date": document["document_date"]}
    return [
        {
            **row._mapping,
            **same,
            "obtained_by": OBTAINED_BY[row.kind],
            "state": STATES[row.state],
        }
        for row in tx.rows(query.where(wanted).order_by(t.certificate_no))
    ]


def _cell(column: Mapping[str, str], row: Mapping[str, Any], book: Any) -> str:
    source = CERTIFICATE_SOURCES.get(column["source"])
    return column["text"] if source is None else value_of(source, column["format"], row, {}, book)
