"""初次认定, 确认, 补发, 更正: what is issued, what is replaced, who may ask."""

from typing import Any

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.errors import InvalidInput, NotFound, Refused
from engine.flow.queries import get_case
from engine.flow.tables import variable
from engine.flow.variables import read_variables
from engine.organisation import identity_of
from engine.result.aftercare.asking import (
    CONFIRMATION,
    CORRECTION,
    RECOGNITION,
    REISSUE,
    ask_replacement,
    ask_title,
    recognise_for,
)
from engine.result.aftercare.lists import list_requests, my_requests
from engine.result.tables import CertificateState, title_certificate
from tests.result.aftercare.office import TITLE, Office

DOCUMENT = {"document_no": "示范职改〔2026〕8号", "obtained_on": "2026-05-20"}
FIRST_TITLE = {**TITLE, "title_name": "physician-assistant", "title_level": "assistant"}


def files(office: Office, actor: Actor) -> list[Any]:
    return [office.upload(actor)["id"]]


def recognition(office: Office, actor: Actor) -> dict[str, Any]:
    return {
        "recognition_education": "本科",
        "graduated_on": "2024-07-01",
        "working_since": "2024-08-01",
        **FIRST_TITLE,
        "recognition_files": files(office, actor),
    }


def granted(office: Office, key: int) -> None:
    office.do(key, office.hospital, "approve")
    office.do(key, office.officer, "approve", **DOCUMENT)


@pytest.mark.catalogue("W14")
def test_a_first_title_is_recognised_without_a_review(office: Office) -> None:
    applicant = office.applicant()
    key = office.case_of(office.run(ask_title, applicant, RECOGNITION))
    office.do(key, applicant, "submit", **recognition(office, applicant))
    granted(office, key)
    (held,) = office.certificates(applicant)
    assert (held.kind.value, held.state.value, held.title_name) == ("recognition", "valid", "physician-assistant")
    assert (held.document_no, str(held.obtained_on)) == (DOCUMENT["document_no"], DOCUMENT["obtained_on"])
    assert office.status(key) == "已认定"
    with pytest.raises(Refused, match="已取得职称的不能再申请初次认定"):
        office.run(ask_title, applicant, RECOGNITION)


@pytest.mark.catalogue("W14")
def test_too_few_years_are_refused_or_want_a_reason_as_the_table_says(office: Office) -> None:
    applicant = office.applicant()
    key = office.case_of(office.run(ask_title, applicant, RECOGNITION))
    given = recognition(office, applicant)

    def fields(**changes: str) -> dict[str, list[str]]:
        with pytest.raises(InvalidInput) as refused:
            office.do(key, applicant, "submit", **{**given, **changes})
        return refused.value.fields

    short = "须在毕业后从事本专业工作满 1 年，现满 0 年，期满后再申请"
    assert fields(working_since="2025-12-01") == {"working_since": [f"本科毕业认定为初级(助理级){short}"]}
    assert fields(graduated_on="2025-07-01") == {"graduated_on": [f"本科毕业认定为初级(助理级){short}"]}
    intermediate = {"title_name": "physician-intermediate", "title_level": "intermediate"}
    assert fields(**intermediate) == {"title_level": ["本科毕业不能初次认定为中级，请改选职称等级，或者通过评审取得"]}
    master = {"recognition_education": "硕士", **intermediate}
    assert fields(**master) == {
        "term_reason": ["硕士毕业认定为中级须在毕业后从事本专业工作满 3 年，现满 1 年，请写明理由"]
    }
    office.do(key, applicant, "submit", **{**given, **master, "term_reason": "取得学位前后合计满三年"})
    assert office.open(key) == ["check_request"]
    with office.database.read() as tx:
        summary = read_variables(tx, key)["summary"]
    assert {"label": "年限不足的理由", "value": "取得学位前后合计满三年"} in summary


@pytest.mark.catalogue("W14")
def test_a_unit_s_officer_asks_for_its_own_people_alone(office: Office) -> None:
    applicant = office.applicant()
    who = office.ask(identity_of, applicant.person)
    given = {"name": who.name, "identity_number": who.identity_number}
    with pytest.raises(InvalidInput) as refused:
        office.run(recognise_for, office.stranger, **given)
    assert refused.value.fields == {"identity_number": ["本单位本年度没有这位人员，请核对姓名和证件号码"]}
    key = office.case_of(office.run(recognise_for, office.hospital, **given))
    office.do(key, office.hospital, "submit", **recognition(office, office.hospital))
    assert office.open(key) == ["decide_request"]
    assert [one["title"] for one in office.ask(my_requests, applicant)] == [f"{applicant.name} 初次认定"]


@pytest.mark.catalogue("W14")
def test_a_title_from_elsewhere_is_confirmed_apart_from_any_declaration(office: Office) -> None:
    applicant = office.applicant()
    key = office.case_of(office.run(ask_title, applicant, CONFIRMATION))
    origin = {"origin": "外省职改办", "origin_no": "外2020001", "origin_obtained_on": "2020-12-01"}
    office.do(key, applicant, "submit", **origin, **TITLE, confirmation_files=files(office, applicant))
    v = variable.c
    (summary,) = office.rows(sa.select(v.value).where(v.case_key == key, v.name == "summary"))[0]
    assert summary[0] == {"label": "发证单位", "value": "外省职改办"}
    granted(office, key)
    assert [one.kind.value for one in office.certificates(applicant)] == ["confirmation"]


@pytest.mark.catalogue("W14")
def test_a_lost_certificate_is_issued_again_under_a_new_number_with_the_reason(office: Office) -> None:
    applicant = office.applicant()
    key = office.case_of(office.run(ask_replacement, applicant, REISSUE, office.certificate(applicant)))
    office.do(key, applicant, "submit", reissue_reason="搬家时遗失", reissue_files=[])
    office.do(key, office.hospital, "approve")
    office.do(key, office.officer, "approve")
    old, new = office.certificates(applicant)
    assert (old.state.value, old.reason) == ("replaced", "补发：搬家时遗失")
    assert (new.state.value, new.replaces, new.reason) == ("valid", old.key, "补发：搬家时遗失")
    assert (new.title_name, new.obtained_on) == (old.title_name, old.obtained_on)
    assert new.certificate_no != old.certificate_no


def correcting(office: Office, applicant: Actor) -> tuple[int, dict[str, Any]]:
    key = office.case_of(office.run(ask_replacement, applicant, CORRECTION, office.certificate(applicant)))
    (held,) = office.certificates(applicant)
    printed = {
        "corrected_name": held.name,
        "corrected_identity_number": held.identity_number,
        "corrected_unit_name": held.unit_name,
        "corrected_document_no": held.document_no,
        "corrected_obtained_on": held.obtained_on.isoformat(),
    }
    return key, {**printed, "correction_reason": "单位名称印错", "correction_files": files(office, applicant)}


@pytest.mark.catalogue("W14")
def test_a_correction_changes_only_what_the_certificate_prints_and_shows_old_beside_new(office: Office) -> None:
    applicant = office.applicant()
    key, printed = correcting(office, applicant)
    with pytest.raises(InvalidInput) as refused:
        office.do(key, applicant, "submit", **printed)
    assert refused.value.fields == {"corrected_name": ["没有改动任何内容，请修改证书上有误的一项"]}
    office.do(key, applicant, "submit", **{**printed, "corrected_unit_name": "示范医科大学附属医院"})
    v = variable.c
    (summary,) = office.rows(sa.select(v.value).where(v.case_key == key, v.name == "summary"))[0]
    assert summary == [
        {"label": "工作单位", "old": "示范医科大学第三附属医院", "new": "示范医科大学附属医院"},
        {"label": "理由", "old": "", "new": "单位名称印错"},
    ]
    office.do(key, office.hospital, "approve")
    office.do(key, office.officer, "approve")
    old, new = office.certificates(applicant)
    assert (old.state.value, new.unit_name, new.title_name) == ("replaced", "示范医科大学附属医院", old.title_name)


@pytest.mark.catalogue("W14")
def test_what_was_revoked_meanwhile_is_not_replaced(office: Office) -> None:
    applicant = office.applicant()
    key, printed = correcting(office, applicant)
    office.do(key, applicant, "submit", **{**printed, "corrected_unit_name": "示范医院"})
    office.do(key, office.hospital, "approve")
    t = title_certificate.c
    with office.database.transaction() as tx:
        mine = t.person == applicant.person
        tx.execute(sa.update(title_certificate).where(mine).values(state=CertificateState.REVOKED))
    with pytest.raises(Refused, match="不能补发、更正"):
        office.do(key, office.officer, "approve")


@pytest.mark.catalogue("W14")
def test_nobody_asks_about_others_certificates_or_reads_their_requests(office: Office) -> None:
    applicant, other = office.applicant(), office.applicant()
    certificate = office.certificate(applicant)
    with pytest.raises(NotFound):
        office.run(ask_replacement, other, REISSUE, certificate)
    key = office.case_of(office.run(ask_replacement, applicant, REISSUE, certificate))
    with pytest.raises(Refused, match="已有正在办理的申请"):
        office.run(ask_replacement, applicant, REISSUE, certificate)
    for one in (other, office.stranger):
        with pytest.raises(NotFound):
            office.ask(get_case, one, key)
    rows, total = office.ask(list_requests, office.stranger, [REISSUE], ended=False, page=1, size=20)
    assert (rows, total) == ([], 0)
    rows, _ = office.ask(list_requests, office.hospital, [REISSUE], ended=False, page=1, size=200)
    assert key in [row["key"] for row in rows]
