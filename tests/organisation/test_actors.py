"""Who acts: one statement per request, groups and principals by role, nobody sees more than the unit's subtree."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from engine.access import Actor, Permission, in_scope
from engine.db import Database
from engine.errors import NotFound
from engine.organisation import (
    ROLES,
    Passwords,
    Role,
    Session,
    actor_of,
    actor_of_token,
    issue_token,
    revoke_token,
    sign_in,
)
from engine.organisation.tables import unit

Enter = Callable[..., tuple[Actor, Session]]


def test_an_officer_acts_for_the_unit_and_sees_its_subtree(
    database: Database, enter: Enter, unit_id: Callable[[str], int]
) -> None:
    medu, hosp3 = unit_id("示范医科大学"), unit_id("示范医科大学第三附属医院")
    officer, details = enter("medu_officer")
    assert officer.groups == {"user:medu_officer", "case_officer", f"case_officer@{medu}"}
    assert officer.principals == {"account:medu_officer", f"unit:{medu}"}
    assert (officer.units, officer.everywhere, officer.person) == ({medu}, False, None)
    assert details.office_name == "示范医科大学（示例）职称改革领导小组办公室"
    with database.read() as tx:
        seen = set(tx.execute(sa.select(unit.c.id).where(in_scope(officer, unit.c.id))).scalars())
    assert seen == {medu, hosp3}


def test_an_applicant_sees_no_case_for_the_units_sake(enter: Enter) -> None:
    applicant, _ = enter("990000197603121014")
    assert applicant.units == frozenset()
    assert applicant.everywhere is False
    assert applicant.principals == {"account:990000197603121014", f"person:{applicant.person}"}
    assert applicant.may(Permission.DECLARATIONS_DECLARE)
    assert not applicant.may(Permission.DECLARATIONS_REVIEW)


@pytest.mark.parametrize("login", ["office_officer", "office_leader", "office_admin", "sysadmin", "auditor"])
def test_the_title_office_and_the_keepers_of_the_system_see_everything(enter: Enter, login: str) -> None:
    assert enter(login)[0].everywhere is True


@pytest.mark.parametrize("login", ["edu_admin", "designer", "990000198001311202"])
def test_nobody_else_does(enter: Enter, login: str) -> None:
    assert enter(login)[0].everywhere is False


def test_the_title_offices_own_name_is_not_said_twice(enter: Enter) -> None:
    assert enter("office_officer")[1].office_name == "河北省职称改革领导小组办公室（示例）"


def test_whoever_keeps_the_system_neither_declares_nor_reviews(enter: Enter) -> None:
    keeper, _ = enter("sysadmin")
    assert frozenset(Permission) - keeper.permissions == {
        Permission.DECLARATIONS_DECLARE,
        Permission.DECLARATIONS_REVIEW,
        Permission.EXPERTS_MANAGE,
        Permission.EXPERTS_VET,
        Permission.MEETINGS_MANAGE,
        Permission.PROFILE_KEEP,
        Permission.RESULTS_APPROVE,
    }


def test_every_role_has_rights_and_a_word_for_people() -> None:
    assert set(ROLES) == set(Role)
    assert len({rights.label for rights in ROLES.values()}) == len(Role)


def test_the_actor_costs_one_statement(database: Database, passwords: Passwords) -> None:
    token = sign_in(database, passwords, login="medu_officer", password="888888")
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    sa.event.listen(database.reader, "before_cursor_execute", note)
    try:
        with database.read() as tx:
            assert actor_of(tx, token) is not None
    finally:
        sa.event.remove(database.reader, "before_cursor_execute", note)
    assert len(statements) == 1


def test_a_cookie_nobody_gave_out_is_nobody(database: Database) -> None:
    with database.read() as tx:
        assert actor_of(tx, "made-up") is None
        assert actor_of_token(tx, "made-up") is None


def test_a_token_acts_for_its_account_within_its_scopes(database: Database) -> None:
    with database.transaction() as tx:
        all_of_it = issue_token(tx, "api")
        jobs_only = issue_token(tx, "api", scopes=[Permission.API_USE, Permission.API_JOBS, Permission.ACCOUNTS_MANAGE])
    with database.read() as tx:
        service, narrow = actor_of_token(tx, all_of_it), actor_of_token(tx, jobs_only)
    assert service is not None
    assert narrow is not None
    assert service.permissions == ROLES[Role.SERVICE].permissions
    # made at the top unit it sees everything; made below only what lies there
    assert (service.everywhere, service.units) == (True, {service.unit})
    assert not ROLES[Role.SERVICE].everywhere
    assert narrow.permissions == {Permission.API_USE, Permission.API_JOBS}


def test_a_token_ends_with_its_term_and_when_revoked(database: Database) -> None:
    with database.transaction() as tx:
        ended = issue_token(tx, "api", days=0)
        revoked = issue_token(tx, "api")
    with database.transaction() as tx:
        revoke_token(tx, revoked)
        assert actor_of_token(tx, ended) is None
        assert actor_of_token(tx, revoked) is None
        with pytest.raises(NotFound):
            revoke_token(tx, revoked)
        with pytest.raises(NotFound):
            issue_token(tx, "nobody_here")
