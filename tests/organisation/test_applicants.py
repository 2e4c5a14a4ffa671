"""申报人帐号管理: the own unit's people of a year, and nobody else's."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from engine.access import Actor
from engine.db import Database
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.organisation import Applicant, Session, create_enrolment
from engine.organisation.applicants import (
    ApplicantFilter,
    applicant_details,
    edit_applicant,
    find_applicant,
    list_applicants,
)
from engine.organisation.enrolments import EnrolledElsewhere
from engine.reference.check_digits import identity_check_digit

Enter = Callable[..., tuple[Actor, Session]]


def somebody(number: int) -> Applicant:
    first = f"99000019900101{number:03d}"
    return Applicant(f"测试名册{number}", "01", first + identity_check_digit(first), "13000000088", department="内科")


def names(database: Database, actor: Actor, year: int = 2026, **wanted: str) -> list[str]:
    with database.read() as tx:
        return [row.name for row in list_applicants(tx, actor, year, ApplicantFilter(**wanted), limit=100).rows]


@pytest.mark.catalogue("U5", "Q28")
def test_the_new_applicant_appears_in_the_list_of_the_own_unit_alone(database: Database, enter: Enter) -> None:
    officer, superior = enter("hosp3_officer")[0], enter("medu_officer")[0]
    with database.transaction() as tx:
        made = create_enrolment(tx, officer, year=2026, applicant=somebody(301), password_hash="x")
    assert names(database, officer)[0] == "测试名册301"
    assert "测试名册301" not in names(database, superior)
    assert "测试名册301" not in names(database, officer, 2025)
    with database.read() as tx:
        with pytest.raises(NotFound):
            find_applicant(tx, superior, made.enrolment)
        with pytest.raises(NotAllowed):
            find_applicant(tx, enter("hosp3_leader")[0], made.enrolment)


@pytest.mark.catalogue("U5")
def test_the_list_is_narrowed_by_its_filters(database: Database, enter: Enter) -> None:
    officer, _ = enter("tv_officer")
    with database.transaction() as tx:
        for number in (311, 312):
            create_enrolment(tx, officer, year=2026, applicant=somebody(number), password_hash="x")
    number = somebody(312).identity_number
    assert names(database, officer, identity_number=number) == ["测试名册312"]
    assert names(database, officer, name="册311") == ["测试名册311"]
    assert names(database, officer, department="外科") == []
    assert names(database, officer, department="内") == ["测试名册312", "测试名册311"]


@pytest.mark.catalogue("U5", "J24", "W4")
def test_only_an_agency_keeps_the_real_employer(database: Database, enter: Enter) -> None:
    hospital, agency = enter("hosp3_officer")[0], enter("talent_officer")[0]
    person = replace(somebody(321), employer="示范小微企业（示例）")
    with database.transaction() as tx:
        with pytest.raises(InvalidInput) as problem:
            create_enrolment(tx, hospital, year=2026, applicant=person, password_hash="x")
        made = create_enrolment(tx, agency, year=2026, applicant=person, password_hash="x")
        assert find_applicant(tx, agency, made.enrolment).employer == "示范小微企业（示例）"
    assert problem.value.fields == {"employer": ["只有代理机构填写实际工作单位，请清空此项"]}


@pytest.mark.catalogue("U5", "Q41")
def test_telephone_and_department_are_changed_by_the_unit(database: Database, enter: Enter) -> None:
    officer, _ = enter("school1_officer")
    with database.transaction() as tx:
        made = create_enrolment(tx, officer, year=2026, applicant=somebody(331), password_hash="x")
        with pytest.raises(InvalidInput) as problem:
            edit_applicant(tx, officer, made.enrolment, mobile="130", department="科" * 101)
        edit_applicant(tx, officer, made.enrolment, mobile="13000000077", department="外科")
        found = applicant_details(tx, officer, made.enrolment)
    assert problem.value.fields.keys() == {"mobile", "department"}
    assert (found.row.mobile, found.row.department) == ("13000000077", "外科")
    assert [event.event for event in found.events] == ["account:edited", "person:edited", "person:enrolled"]


@pytest.mark.catalogue("U5", "Q36")
def test_a_second_enrolment_names_the_unit_that_has_the_person(database: Database, enter: Enter) -> None:
    first, second = enter("tv_officer")[0], enter("tvb_officer")[0]
    with database.transaction() as tx:
        create_enrolment(tx, first, year=2026, applicant=somebody(341), password_hash="x")
    with database.transaction() as tx, pytest.raises(EnrolledElsewhere) as refused:
        create_enrolment(tx, second, year=2026, applicant=somebody(341), password_hash="x")
    assert refused.value.unit == first.unit


@pytest.mark.catalogue("U5")
def test_pages_go_on_where_the_last_one_ended(database: Database, enter: Enter) -> None:
    officer, _ = enter("archive_officer")
    with database.transaction() as tx:
        for number in range(351, 356):
            create_enrolment(tx, officer, year=2026, applicant=somebody(number), password_hash="x")
    everybody = names(database, officer)
    with database.read() as tx:
        first = list_applicants(tx, officer, 2026, ApplicantFilter(), limit=2)
        second = list_applicants(tx, officer, 2026, ApplicantFilter(), limit=2, after=first.next)
        back = list_applicants(tx, officer, 2026, ApplicantFilter(), limit=2, before=second.previous)
        with pytest.raises(InvalidInput):
            list_applicants(tx, officer, 2026, ApplicantFilter(), after="x")
    assert [row.name for row in (*first.rows, *second.rows)] == everybody[:4]
    assert (back.rows, first.previous, back.previous) == (first.rows, None, None)
