"""委托办理: a colleague does one's tasks between two days, and nothing more."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from engine.access import Actor, Permission
from engine.clock import FixedClock
from engine.db import Database
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.flow.completion import can_work
from engine.flow.visibility import visible_to
from engine.organisation import Role, Session, create_account, disable_account, enable_account
from engine.organisation.delegations import (
    delegate_inbox,
    delegations_of,
    possible_delegates,
    revoke_delegation,
)
from engine.organisation.passwords import INITIAL_PASSWORD, Passwords

Enter = Callable[..., tuple[Actor, Session]]

#: a task of whoever is away
HELD = {"assignee": "hosp3_officer", "candidate_groups": [], "candidate_users": []}
JUNE = date(2026, 6, 1)


@pytest.fixture
def colleague(database: Database, enter: Enter, passwords: Passwords) -> str:
    """A second officer of the third hospital; the login."""
    admin, _ = enter("hosp3_admin")
    assert admin.unit is not None
    try:
        with database.transaction() as tx:
            create_account(
                tx,
                admin,
                unit=admin.unit,
                role=Role.CASE_OFFICER,
                login="hosp3_deputy",
                name="测示代",
                password_hash=passwords.hash(INITIAL_PASSWORD),
            )
    except InvalidInput:
        pass
    return "hosp3_deputy"


@pytest.fixture
def hand_over(database: Database, enter: Enter, colleague: str) -> Callable[..., int]:
    def hand_over(first: int = 0, last: int = 2) -> int:
        officer, _ = enter("hosp3_officer")
        with database.transaction() as tx:
            return delegate_inbox(
                tx,
                officer,
                to=colleague,
                starts_on=JUNE + timedelta(days=first),
                ends_on=JUNE + timedelta(days=last),
                reason="出差",
            )

    return hand_over


@pytest.mark.catalogue("U7")
def test_the_delegate_does_the_tasks_within_the_dates_and_the_name_is_known(
    database: Database, enter: Enter, hand_over: Callable[..., int], colleague: str, clock: FixedClock
) -> None:
    key = hand_over(1, 2)
    works = []
    for _ in range(4):
        actor, _ = enter(colleague)
        works.append(can_work(actor, HELD))
        if works[-1]:
            assert (actor.on_behalf_of, actor.stands_in_for("hosp3_officer")) == ({"hosp3_officer"}, "林示办")
        clock.advance(timedelta(days=1))
    assert works == [False, True, True, False]
    officer, _ = enter("hosp3_officer")
    with database.read() as tx:
        mine = delegations_of(tx, officer)
    assert [(one.id, one.others_name, one.state) for one in mine if one.id == key] == [(key, "测示代", "over")]


@pytest.mark.catalogue("U7")
def test_it_ends_at_once_when_it_is_taken_back(
    database: Database, enter: Enter, hand_over: Callable[..., int], colleague: str
) -> None:
    key = hand_over()
    assert enter(colleague)[0].on_behalf_of == {"hosp3_officer"}
    officer, stranger = enter("hosp3_officer")[0], enter("medu_officer")[0]
    with database.transaction() as tx:
        with pytest.raises(NotFound):
            revoke_delegation(tx, stranger, key)
        revoke_delegation(tx, officer, key)
        with pytest.raises(NotFound):
            revoke_delegation(tx, officer, key)
    assert enter(colleague)[0].on_behalf_of == frozenset()


@pytest.mark.catalogue("U7")
def test_only_tasks_go_over_no_rights_and_no_sight(
    enter: Enter, hand_over: Callable[..., int], colleague: str, database: Database
) -> None:
    before, _ = enter(colleague)
    key = hand_over()
    after, _ = enter(colleague)
    assert (after.permissions, after.groups, after.principals, after.units) == (
        before.permissions,
        before.groups,
        before.principals,
        before.units,
    )
    assert str(visible_to(after)) == str(visible_to(before))
    assert not after.may(Permission.ACCOUNTS_MANAGE)
    officer, _ = enter("hosp3_officer")
    with database.transaction() as tx:
        revoke_delegation(tx, officer, key)


@pytest.mark.catalogue("U7")
def test_who_is_disabled_hands_nothing_over(
    database: Database, enter: Enter, hand_over: Callable[..., int], colleague: str
) -> None:
    key = hand_over()
    admin, officer = enter("hosp3_admin")[0], enter("hosp3_officer")[0]
    with database.transaction() as tx:
        disable_account(tx, admin, officer.account)
    assert enter(colleague)[0].on_behalf_of == frozenset()
    with database.transaction() as tx:
        enable_account(tx, admin, officer.account)
        revoke_delegation(tx, officer, key)


@pytest.mark.catalogue("U7")
def test_the_inbox_goes_only_to_a_colleague_who_may_do_the_role(
    database: Database, enter: Enter, colleague: str
) -> None:
    officer, _ = enter("hosp3_officer")
    with database.read() as tx:
        assert {login for login, _ in possible_delegates(tx, officer)} == {"hosp3_deputy", "hosp3_new"}
    given = {"starts_on": JUNE, "ends_on": JUNE, "reason": "出差"}
    for to in ("hosp3_leader", "medu_officer", "hosp3_officer", "nobody"):
        with database.transaction() as tx, pytest.raises(InvalidInput) as problem:
            delegate_inbox(tx, officer, to=to, **given)
        assert problem.value.fields == {"to": ["请选择本单位的一位同岗位人员"]}
    applicant, _ = enter("990000197603121014")
    with database.transaction() as tx, pytest.raises(NotAllowed):
        delegate_inbox(tx, applicant, to="hosp3_officer", **given)


@pytest.mark.catalogue("U7")
@pytest.mark.parametrize(
    ("first", "last", "reason", "field"),
    [(-1, 2, "出差", "starts_on"), (2, 1, "出差", "ends_on"), (0, 93, "出差", "ends_on"), (0, 1, " ", "reason")],
)
def test_dates_and_reason_are_asked_for(
    database: Database, enter: Enter, colleague: str, first: int, last: int, reason: str, field: str
) -> None:
    officer, _ = enter("hosp3_officer")
    days = {"starts_on": JUNE + timedelta(days=first), "ends_on": JUNE + timedelta(days=last)}
    with database.transaction() as tx, pytest.raises(InvalidInput) as problem:
        delegate_inbox(tx, officer, to=colleague, reason=reason, **days)
    assert problem.value.fields.keys() == {field}
