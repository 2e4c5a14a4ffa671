"""撤销职称: the person is heard, the certificate falls, three years without declaring or reviewing."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.declaration.standing import standing_of
from engine.declaration.tables import declaration
from engine.errors import NotAllowed, NotFound, Refused
from engine.flow.queries import get_case
from engine.organisation import identity_of
from engine.organisation.integrity import RecordKind, blocked
from engine.result.aftercare.asking import CONFIRMATION, CORRECTION, ask_replacement, ask_title
from engine.result.aftercare.certificates import find_certificates
from engine.result.aftercare.lists import list_requests
from engine.result.aftercare.revocation import start_revocation
from engine.result.certificates import verify_certificate
from tests.result.aftercare.office import Office

FACTS: dict[str, Any] = {"ground": "false_material", "facts": "论文系伪造", "evidence_files": []}


def begun(office: Office, holder: Actor) -> int:
    key = office.certificate(holder)
    return office.case_of(office.run(start_revocation, office.officer, key))


def revoked(office: Office) -> Actor:
    holder = office.applicant()
    key = begun(office, holder)
    office.do(key, office.officer, "propose", **FACTS)
    office.do(key, holder, "state", statement="无意见", statement_files=[])
    office.do(key, office.leader, "revoke", "论文伪造属实")
    assert office.status(key) == "已撤销"
    return holder


def barred(office: Office, holder: Actor, on: date, kind: RecordKind = RecordKind.INTEGRITY) -> Any:
    return office.ask(blocked, holder.person, on, kind)


@pytest.mark.catalogue("J16", "W10")
def test_the_certificate_is_revoked_and_says_so_to_anybody_who_verifies_it(office: Office) -> None:
    holder = revoked(office)
    (held,) = office.certificates(holder)
    assert (held.state.value, held.reason) == ("revoked", "论文伪造属实")
    verified = office.ask(verify_certificate, held.certificate_no, held.code)
    assert verified.state.value == "revoked"


@pytest.mark.catalogue("J16")
def test_for_three_years_the_person_neither_declares_nor_reviews_and_then_may_again(office: Office) -> None:
    holder = revoked(office)
    for kind in (RecordKind.INTEGRITY, RecordKind.EXPERT):
        record = barred(office, holder, date(2026, 6, 1), kind)
        assert (record.since, record.until) == (date(2026, 6, 1), date(2029, 5, 31))
        assert barred(office, holder, date(2029, 5, 31), kind) is not None
        assert barred(office, holder, date(2029, 6, 1), kind) is None


@pytest.mark.catalogue("J16")
def test_the_facts_of_a_declaration_say_until_when_and_why(office: Office) -> None:
    holder = revoked(office)
    with office.database.read() as tx:
        who = identity_of(tx, holder.person or 0)
        assert who is not None
        standing = standing_of(tx, who, 2026)
    assert standing["integrity_until"] == "2029-05-31"
    assert standing["integrity_reason"] == "弄虚作假被撤销职称：论文伪造属实"
    with pytest.raises(Refused, match="2029-05-31以前不能申请：弄虚作假被撤销职称：论文伪造属实"):
        office.run(ask_title, holder, CONFIRMATION)
    assert office.rows(sa.select(declaration.c.case_key).where(declaration.c.person == holder.person)) == []


@pytest.mark.catalogue("J16")
def test_what_replaced_the_certificate_meanwhile_falls(office: Office) -> None:
    holder = office.applicant()
    key = begun(office, holder)
    old = office.certificates(holder)[0]
    new = office.certificate(holder, replaces=old.key)
    office.do(key, office.officer, "propose", **FACTS)
    office.clock.advance(timedelta(days=20))
    office.sweep()
    office.do(key, office.leader, "revoke", "属实")
    assert {one.key: one.state.value for one in office.certificates(holder)}[new] == "revoked"


@pytest.mark.catalogue("J16")
def test_only_the_title_office_begins_and_only_its_leader_decides(office: Office) -> None:
    holder = office.applicant()
    certificate = office.certificate(holder)
    with pytest.raises(NotAllowed):
        office.run(start_revocation, office.hospital, certificate)
    key = office.case_of(office.run(start_revocation, office.officer, certificate))
    with pytest.raises(Refused, match="已有正在办理的"):
        office.run(start_revocation, office.officer, certificate)
    office.do(key, office.officer, "propose", **FACTS)
    with pytest.raises(NotAllowed):
        office.do(key, office.officer, "state")
    office.do(key, holder, "state", statement="不属实", statement_files=[])
    with pytest.raises(NotAllowed):
        office.do(key, office.officer, "revoke")
    office.do(key, office.leader, "keep", "证据不足")
    assert (office.status(key), office.certificates(holder)[0].state.value) == ("不予撤销", "valid")


@pytest.mark.catalogue("J16")
def test_the_person_reads_the_case_once_told_and_other_units_and_persons_do_not(office: Office) -> None:
    holder = office.applicant()
    key = begun(office, holder)
    with pytest.raises(NotFound):
        office.ask(get_case, holder, key)
    office.do(key, office.officer, "propose", **FACTS)
    assert office.ask(get_case, holder, key).key == key
    for one in (office.applicant(), office.hospital, office.stranger):
        with pytest.raises(NotFound):
            office.ask(get_case, one, key)
    with pytest.raises(NotAllowed):
        office.ask(list_requests, office.stranger, ["title_revocation"], ended=False, page=1, size=20)
    with pytest.raises(NotAllowed):
        office.ask(find_certificates, office.hospital, "测试申报人")


@pytest.mark.catalogue("J16")
def test_a_revoked_certificate_is_neither_revoked_nor_corrected_again(office: Office) -> None:
    holder = revoked(office)
    key = office.certificates(holder)[0].key
    with pytest.raises(Refused, match="已撤销或者已换发，不能撤销"):
        office.run(start_revocation, office.officer, key)
    with pytest.raises(Refused, match="不能补发、更正"):
        office.run(ask_replacement, holder, CORRECTION, key)
