"""经办人 ↔ 单位领导: what was claimed goes back to the colleagues, at once and with a note; nobody grants what they may not."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.db import Database
from engine.declaration.checking import check_declarations
from engine.errors import NotAllowed, NotFound, Refused
from engine.flow.tables import journal, task
from engine.flow.tasks import claim_task, delegate_task
from engine.organisation import Role
from engine.organisation.delegations import delegate_inbox, delegations_of
from engine.organisation.leaving import tasks_left_by_role
from engine.organisation.queries import holders_of
from engine.organisation.role_changes import change_staff_role, role_to_change
from engine.organisation.staff import staff_details
from engine.organisation.tables import account
from tests.declaration.story import Story

Who = Callable[..., Actor]


@pytest.fixture(scope="module")
def database_url(sqlite_url: str) -> str:
    """Nothing here asks one database otherwise than the other."""
    return sqlite_url


@pytest.fixture
def account_id(database: Database) -> Callable[[str], int]:
    def account_id(login: str) -> int:
        with database.read() as tx:
            return int(tx.value(sa.select(account.c.id).where(account.c.login == login)))

    return account_id


@pytest.mark.catalogue("U4")
def test_an_officer_becomes_a_leader_and_the_colleagues_go_on(
    database: Database, who: Who, account_id: Callable[[str], int]
) -> None:
    admin, officer = who("hosp3_admin", "unit_admin"), who("hosp3_officer", "case_officer")
    stories = [Story(database).submitted() for _ in range(2)]
    with database.transaction() as tx:
        colleague = next(
            login for login, _ in holders_of(tx, "case_officer", officer.unit or 0) if login != officer.login
        )
        keys = [story.task_key(tx) for story in stories]
        for key in keys:
            claim_task(tx, officer, key)
        delegate_task(tx, officer, keys[1], colleague)
        delegate_inbox(
            tx, officer, to=colleague, starts_on=date(2026, 6, 1), ends_on=date(2026, 6, 5), reason="测试外出"
        )
    key = account_id("hosp3_officer")
    with database.transaction() as tx:
        assert role_to_change(tx, admin, key) == Role.CASE_OFFICER
        assert change_staff_role(tx, admin, key, Role.UNIT_LEADER) == 1
        assert change_staff_role(tx, admin, key, Role.UNIT_LEADER) == 0
    with database.read() as tx:
        rows = {row.key: row for row in tx.rows(sa.select(task).where(task.c.key.in_(keys)))}
        assert [(rows[one].assignee, rows[one].delegated_by) for one in keys] == [(None, None), (colleague, None)]
        wanted = sa.select(journal.c.actor, journal.c.detail).where(
            journal.c.case_key == stories[0].case_key, journal.c.event == "task.released"
        )
        entries = tx.rows(wanted)
        assert [(row.actor, row.detail["released_from"], row.detail["reason"]) for row in entries] == [
            ("hosp3_admin", "hosp3_officer", "经办人改为单位领导，退回本单位同岗位人员")
        ]
        found = staff_details(tx, admin, key)
        assert found.staff.roles == ("单位领导",)
        assert found.events[0].detail == {"from": "case_officer", "to": "unit_leader", "tasks": 1}
        assert [one.state for one in delegations_of(tx, officer)] == ["revoked"]
        assert list(check_declarations(tx)) == []
        assert stories[0].reviewer(tx).login == colleague
    stories[0].review()
    with database.transaction() as tx:
        assert change_staff_role(tx, admin, key, Role.CASE_OFFICER) == 0


@pytest.mark.catalogue("U4")
@pytest.mark.parametrize(
    ("login", "role", "whose", "to", "error"),
    [
        ("hosp3_admin", "unit_admin", "hosp3_officer", Role.UNIT_ADMIN, NotAllowed),
        ("hosp3_admin", "unit_admin", "hosp3_admin", Role.CASE_OFFICER, NotAllowed),
        ("hosp3_admin", "unit_admin", "tv_officer", Role.UNIT_LEADER, NotFound),
        ("hosp3_officer", "case_officer", "hosp3_leader", Role.CASE_OFFICER, NotAllowed),
        ("medu_admin", "unit_admin", "hosp3_officer", Role.UNIT_LEADER, NotAllowed),
        ("medu_admin", "unit_admin", "hosp3_admin", Role.UNIT_LEADER, Refused),
    ],
)
def test_what_may_not_be_granted_is_refused(
    database: Database,
    who: Who,
    account_id: Callable[[str], int],
    login: str,
    role: str,
    whose: str,
    to: Role,
    error: type[Exception],
) -> None:
    with database.transaction() as tx, pytest.raises(error) as problem:
        change_staff_role(tx, who(login, role), account_id(whose), to)
    assert str(problem.value)


@pytest.mark.catalogue("U4")
def test_tasks_of_the_only_leader_are_named_before_the_role_changes(
    database: Database, who: Who, account_id: Callable[[str], int]
) -> None:
    admin, story = who("hosp3_admin", "unit_admin"), Story(database).submitted()
    story.review()
    with database.read() as tx:
        leader = tasks_left_by_role(tx, admin, account_id("hosp3_leader"), "unit_leader")
        assert story.task_key(tx) in {row["key"] for row in leader.tasks}
        assert tasks_left_by_role(tx, admin, account_id("hosp3_officer"), "case_officer").tasks == []
