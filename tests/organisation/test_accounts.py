"""Accounts and enrolments: who may give which role, and that a person has one account per year."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.db import Database
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused
from engine.organisation import (
    Applicant,
    Passwords,
    Role,
    Session,
    actor_of,
    create_account,
    create_enrolment,
    disable_account,
    enable_account,
    enrolment_of,
    identity_of,
    issue_token,
    make_initial_password,
    reset_password,
    sign_in,
)
from engine.organisation.actors import actor_of_token
from engine.organisation.tables import account, organisation_event

Enter = Callable[..., tuple[Actor, Session]]

PERSON = Applicant("测试申报人甲", "01", "990000199501011008", "13000000099")


@pytest.fixture
def account_id(database: Database) -> Callable[[str], int]:
    def account_id(login: str) -> int:
        with database.read() as tx:
            return int(tx.value(sa.select(account.c.id).where(account.c.login == login)))

    return account_id


@pytest.mark.catalogue("R3", "R4", "U4", "A5")
def test_a_units_administrator_makes_its_officers_and_leaders(
    database: Database, enter: Enter, passwords: Passwords
) -> None:
    admin, _ = enter("tvb_admin")
    assert admin.unit is not None
    with database.transaction() as tx:
        for role in (Role.CASE_OFFICER, Role.UNIT_LEADER):
            create_account(
                tx,
                admin,
                unit=admin.unit,
                role=role,
                login=f"tvb_{role}_2",
                name="测示二",
                password_hash=passwords.hash("888888"),
            )
    made, details = enter("tvb_case_officer_2")
    assert (made.role, made.unit, details.must_change) == ("case_officer", admin.unit, True)


@pytest.mark.catalogue("R2")
def test_an_administrator_makes_those_of_the_units_below_but_not_their_staff(
    database: Database, enter: Enter, unit_id: Callable[[str], int]
) -> None:
    admin, _ = enter("edu_admin")
    details = {"unit": unit_id("示范医科大学"), "name": "测示三", "password_hash": "x"}
    with database.transaction() as tx:
        assert create_account(tx, admin, role=Role.UNIT_ADMIN, login="medu_admin_2", **details)
        with pytest.raises(NotAllowed):
            create_account(tx, admin, role=Role.CASE_OFFICER, login="medu_officer_2", **details)


@pytest.mark.parametrize(
    "role", [Role.SYSTEM_ADMIN, Role.DESIGNER, Role.AUDITOR, Role.TITLE_OFFICE_ADMIN, Role.SERVICE]
)
def test_nobody_gives_more_than_its_own_rights(database: Database, enter: Enter, role: Role) -> None:
    for login in ("office_admin", "edu_admin"):
        admin, _ = enter(login)
        assert admin.unit is not None
        with database.transaction() as tx, pytest.raises(NotAllowed):
            create_account(tx, admin, unit=admin.unit, role=role, login="climber", name="测", password_hash="x")


def test_a_login_name_is_taken_once_in_any_case(database: Database, enter: Enter) -> None:
    admin, _ = enter("edu_admin")
    assert admin.unit is not None
    with database.transaction() as tx, pytest.raises(InvalidInput) as refused:
        create_account(
            tx, admin, unit=admin.unit, role=Role.UNIT_LEADER, login=" EDU_Leader ", name="测", password_hash="x"
        )
    assert refused.value.fields == {"login": ["该登录名已被使用，请换一个"]}


@pytest.mark.catalogue("R5", "U5", "Q28")
def test_a_units_staff_enrols_its_applicant_who_signs_in_with_the_identity_number(
    database: Database, enter: Enter, passwords: Passwords
) -> None:
    officer, _ = enter("station_officer")
    with database.transaction() as tx:
        made = create_enrolment(
            tx, officer, year=2026, applicant=PERSON, password_hash=passwords.hash(make_initial_password(demo=True))
        )
    applicant, details = enter(PERSON.identity_number)
    assert (applicant.person, applicant.unit, details.must_change) == (made.person, officer.unit, True)
    with database.read() as tx:
        identity, enrolled = identity_of(tx, made.person), enrolment_of(tx, made.person, 2026)
    assert identity is not None
    assert (identity.sex, str(identity.born_on)) == ("2", "1995-01-01")
    assert enrolled is not None
    assert enrolled.unit == officer.unit


@pytest.mark.catalogue("U5", "Q28", "Q36")
def test_one_person_has_one_account_a_year_in_the_whole_province(
    database: Database, enter: Enter, passwords: Passwords
) -> None:
    first, _ = enter("archive_officer")
    second, _ = enter("industry_officer")
    person = replace(PERSON, identity_number="990000199501011016", name="测试申报人乙")
    with database.transaction() as tx:
        made = create_enrolment(tx, first, year=2026, applicant=person, password_hash=passwords.hash("888888"))
    with pytest.raises(Refused) as refused, database.transaction() as tx:
        create_enrolment(tx, second, year=2026, applicant=person, password_hash="x")
    assert refused.value.message == (
        "该人员 2026 年度的账户已由“示范市图书档案馆（示例）”建立，如需调整请与该单位联系（袁示办、0311-00000011）。"
    )
    with database.transaction() as tx:
        again = create_enrolment(tx, second, year=2027, applicant=person, password_hash="x")
    assert (again.person, again.account, again.new_account) == (made.person, made.account, False)
    assert enter(person.identity_number)[1].unit_name == "示范省工业集团（示例）"
    assert enter(person.identity_number)[1].roles == 1


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"identity_number": "990000199501011005"}, "identity_number", "证件号码校验位不正确，请核对第 18 位"),
        ({"name": ""}, "name", "请填写姓名，最多 50 个字符"),
        ({"mobile": "123"}, "mobile", "手机号码应为 11 位手机号码"),
    ],
)
def test_a_slip_in_an_applicants_data_is_said_beside_the_field(
    database: Database, enter: Enter, change: dict[str, str], field: str, sentence: str
) -> None:
    officer, _ = enter("station_officer")
    with database.transaction() as tx, pytest.raises(InvalidInput) as refused:
        create_enrolment(tx, officer, year=2026, applicant=replace(PERSON, **change), password_hash="x")
    assert refused.value.fields == {field: [sentence]}


def test_a_known_number_with_another_name_is_refused(database: Database, enter: Enter) -> None:
    officer, _ = enter("hosp3_officer")
    person = replace(PERSON, identity_number="990000197603121014")
    with database.transaction() as tx, pytest.raises(InvalidInput) as refused:
        create_enrolment(tx, officer, year=2027, applicant=person, password_hash="x")
    assert list(refused.value.fields) == ["name"]


def test_leaders_and_applicants_enrol_nobody(database: Database, enter: Enter) -> None:
    for login in ("hosp3_leader", "990000197603121014"):
        actor, _ = enter(login)
        with database.transaction() as tx, pytest.raises(NotAllowed):
            create_enrolment(tx, actor, year=2026, applicant=PERSON, password_hash="x")


@pytest.mark.catalogue("Q2")
def test_a_reset_gives_a_first_password_ends_sessions_and_tokens_and_lifts_the_lock(
    database: Database, enter: Enter, passwords: Passwords, account_id: Callable[[str], int]
) -> None:
    admin, _ = enter("school1_admin")
    old = sign_in(database, passwords, login="school1_officer", password="888888")
    with database.transaction() as tx:
        token = issue_token(tx, "school1_officer")
    for _ in range(5):
        with pytest.raises((InvalidInput, Refused)):
            sign_in(database, passwords, login="school1_officer", password="wrong")
    officer = account_id("school1_officer")
    with database.transaction() as tx:
        reset_password(tx, admin, officer, passwords.hash("first-2026"))
    with database.read() as tx:
        assert actor_of(tx, old) is None
        assert actor_of_token(tx, token) is None
        events = sa.select(organisation_event.c.actor, organisation_event.c.event)
        assert [tuple(row) for row in tx.rows(events.where(organisation_event.c.account == officer))] == [
            ("system", "account:token_issued"),
            ("school1_admin", "account:password_reset"),
        ]
    assert enter("school1_officer", "first-2026")[1].must_change is True


@pytest.mark.parametrize(
    ("admin", "target", "error"),
    [
        ("hosp3_admin", "medu_officer", NotFound),
        ("edu_admin", "tv_officer", NotFound),
        ("office_admin", "sysadmin", NotAllowed),
        ("medu_admin", "990000198001311202", NotAllowed),
        ("medu_officer", "medu_leader", NotAllowed),
        ("hosp3_leader", "hosp3_officer", NotAllowed),
        ("medu_admin", "medu_admin", NotAllowed),
    ],
)
def test_an_account_is_closed_only_by_who_could_have_given_all_its_roles(
    database: Database,
    enter: Enter,
    account_id: Callable[[str], int],
    admin: str,
    target: str,
    error: type[Exception],
) -> None:
    actor, _ = enter(admin)
    with database.transaction() as tx, pytest.raises(error):
        disable_account(tx, actor, account_id(target))


def test_a_closed_account_is_out_at_once_and_can_be_opened_again(
    database: Database, enter: Enter, passwords: Passwords, account_id: Callable[[str], int]
) -> None:
    admin, _ = enter("cedu_admin")
    token = sign_in(database, passwords, login="cedu_officer", password="888888")
    with database.transaction() as tx:
        disable_account(tx, admin, account_id("cedu_officer"))
    with database.read() as tx:
        assert actor_of(tx, token) is None
    with pytest.raises(Refused):
        enter("cedu_officer")
    with database.transaction() as tx:
        enable_account(tx, admin, account_id("cedu_officer"))
    assert enter("cedu_officer")[0].role == "case_officer"


def test_outside_demo_mode_every_first_password_is_another() -> None:
    made = {make_initial_password(demo=False) for _ in range(20)}
    assert len(made) == 20
    assert {len(password) for password in made} == {10}
