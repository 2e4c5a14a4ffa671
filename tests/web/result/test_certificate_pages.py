"""Certificates on the pages: the office's, the holder's, and the public one that verifies (F4, J22)."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from engine.flow.batch_tables import batch
from engine.result.tables import CertificateState, title_certificate
from tests.result.decided import DOCUMENT, Decided
from tests.support.visitor import Visitor

t = title_certificate.c
Who = Callable[..., Visitor]


@pytest.fixture
def granted(decided: Decided) -> Decided:
    decided.publish()
    decided.end_publicity()
    decided.forward()
    decided.do("approve_results", {"outcome": "approve", "opinion": None}, by=decided.office)
    decided.do("issue_document", {**DOCUMENT, "document_files": [decided.upload(decided.office)]}, by=decided.office)
    return decided


def first(granted: Decided) -> Any:
    return granted.rows(sa.select(title_certificate).where(t.handling == granted.handling).order_by(t.key))[0]


@pytest.mark.catalogue("F4", "J22")
def test_anybody_verifies_a_certificate_by_number_and_code(granted: Decided, visitor: Who) -> None:
    anybody, one = visitor(), first(granted)
    page = anybody.get(f"/certificates/verify?number={one.certificate_no}&code={one.code.upper()}")
    assert (page.status, "证书有效" in page.words, one.document_no in page.words) == (200, True, True)
    with granted.database.transaction() as tx:
        tx.execute(sa.update(title_certificate).where(t.key == one.key).values(state=CertificateState.REVOKED))
    page = anybody.get(f"/certificates/verify?number={one.certificate_no}&code={one.code}")
    assert "证书已撤销，不再有效" in page.words
    wrong = anybody.get(f"/certificates/verify?number={one.certificate_no}&code=0000000000000000")
    assert ("查无此证" in wrong.words, one.document_no in wrong.words) == (True, False)


@pytest.mark.catalogue("F4")
def test_the_office_takes_one_and_lets_all_be_made(granted: Decided, visitor: Who) -> None:
    officer, one = visitor("medu_officer"), first(granted)
    address = f"/results/{granted.handling}"
    page = officer.get(address)
    assert f"/certificates/{one.key}/certificate.pdf" in page.links
    assert officer.get(f"/certificates/{one.key}/certificate.pdf").headers["content-type"] == "application/pdf"
    assert f"{address}/certificates.xlsx" in page.links
    assert officer.get(f"{address}/certificates.xlsx").headers["content-type"].endswith("spreadsheetml.sheet")
    officer.get(address)
    given = {"csrf_token": officer.csrf, "papers": "certificates"}
    assert "没有选择人员" in officer.post(f"{address}/papers", given).words
    officer.post(f"{address}/papers", {**given, "all": "1"})
    made = granted.rows(sa.select(batch.c.total).where(batch.c.kind == "result_documents").order_by(batch.c.key.desc()))
    assert (made[0].total, officer.page.path.startswith("/batches/")) == (2, True)


def test_a_certificate_is_nobody_else_s(granted: Decided, visitor: Who) -> None:
    one = first(granted)
    assert visitor("cedu_officer").get(f"/certificates/{one.key}/certificate.pdf").status == 404
    assert visitor().get(f"/certificates/{one.key}/certificate.pdf").path.startswith("/sign-in")
