"""工作人员帐号管理: an account sees only its units; what is left behind when somebody goes."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.db import Database
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.flow.tables import TaskState, task
from engine.organisation import Passwords, Role, Session, create_account, disable_account
from engine.organisation.accounts import Details, edit_account
from engine.organisation.leaving import tasks_left_behind
from engine.organisation.staff import StaffFilter, list_staff, staff_details
from engine.organisation.tables import account

Enter = Callable[..., tuple[Actor, Session]]


@pytest.fixture
def account_id(database: Database) -> Callable[[str], int]:
    def account_id(login: str) -> int:
        with database.read() as tx:
            return int(tx.value(sa.select(account.c.id).where(account.c.login == login)))

    return account_id


def logins(database: Database, actor: Actor, **wanted: object) -> set[str]:
    with database.read() as tx:
        return {row.login for row in list_staff(tx, actor, StaffFilter(**wanted), limit=100).rows}  # type: ignore[arg-type]


@pytest.mark.catalogue("U4", "R2")
def test_an_administrator_lists_its_own_staff_and_the_administrators_below(database: Database, enter: Enter) -> None:
    admin, _ = enter("medu_admin")
    assert logins(database, admin) == {"medu_admin", "medu_officer", "medu_leader"}
    below = logins(database, admin, below=True)
    assert "hosp3_admin" in below
    assert not below & {"medu_admin", "edu_admin", "hosp3_officer"}
    office, _ = enter("office_admin")
    assert {"medu_admin", "hosp3_admin", "tv_admin"} <= logins(database, office, below=True)


@pytest.mark.catalogue("U4")
@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"login": "medu_off"}, {"medu_officer"}),
        ({"role": "unit_leader"}, {"medu_leader"}),
        ({"state": "disabled"}, set()),
        ({"name": "没有此人"}, set()),
        ({"below": True, "unit_name": "第三附属"}, {"hosp3_admin"}),
    ],
)
def test_the_list_is_narrowed_by_its_filters(
    database: Database, enter: Enter, wanted: dict[str, object], found: set[str]
) -> None:
    assert logins(database, enter("medu_admin")[0], **wanted) == found


@pytest.mark.catalogue("U4")
@pytest.mark.parametrize("login", ["medu_officer", "medu_leader", "990000197603121014"])
def test_nobody_else_keeps_staff(database: Database, enter: Enter, login: str) -> None:
    with pytest.raises(NotAllowed):
        logins(database, enter(login)[0])


@pytest.mark.catalogue("U4")
def test_accounts_of_other_units_are_not_there(
    database: Database, enter: Enter, account_id: Callable[[str], int]
) -> None:
    admin, _ = enter("medu_admin")
    with database.transaction() as tx:
        for login in ("tv_officer", "edu_officer"):
            with pytest.raises(NotFound):
                staff_details(tx, admin, account_id(login))
            with pytest.raises(NotFound):
                edit_account(tx, admin, account_id(login), Details("测示"))


@pytest.mark.catalogue("U4")
def test_details_tell_what_was_done_to_an_account(database: Database, enter: Enter, passwords: Passwords) -> None:
    admin, _ = enter("tvb_admin")
    assert admin.unit is not None
    with database.transaction() as tx:
        key = create_account(
            tx,
            admin,
            unit=admin.unit,
            role=Role.CASE_OFFICER,
            login="tvb_officer_9",
            name="测示九",
            password_hash="x",
            mobile="13000000009",
            department="人事处",
        )
        with pytest.raises(InvalidInput) as problem:
            edit_account(tx, admin, key, Details("", "1300", "nowhere", "处" * 51))
        edit_account(tx, admin, key, Details("测示九", "13000000019", "nine@example.com", "人事处"))
        disable_account(tx, admin, key)
        found = staff_details(tx, admin, key)
    assert problem.value.fields.keys() == {"name", "mobile", "email", "department"}
    assert (found.staff.roles, found.staff.department, found.staff.mobile) == (("经办人",), "人事处", "13000000019")
    assert [event.event for event in found.events] == ["account:disabled", "account:edited", "account:created"]
    assert found.events[1].detail == {"changed": ["email", "mobile"]}


@pytest.mark.catalogue("U4")
def test_before_somebody_goes_the_tasks_nobody_else_could_do_are_named(
    database: Database, enter: Enter, account_id: Callable[[str], int]
) -> None:
    admin, _ = enter("hosp3_admin")
    unit = admin.unit
    with database.transaction() as tx:
        for number, values in enumerate(
            [
                {"name": "领导审核", "candidate": f"unit_leader@{unit}"},
                {"name": "经办人审核", "candidate": f"case_officer@{unit}"},
                {"name": "已签收", "candidate": f"case_officer@{unit}", "assignee": "hosp3_officer"},
            ],
            1,
        ):
            key = tx.next_key()
            row = {
                "case_key": key,
                "element_key": key,
                "element_id": "review",
                "process_id": "sample",
                "definition_key": key,
                "title": f"第 {number} 件",
                "candidate_groups": [values["candidate"]],
                "candidate_users": [],
                "state": TaskState.OPEN,
                "created_at": tx.now,
            }
            tx.insert(task, key=key, **row, **values)
    with database.read() as tx:
        # the hospital has two officers and one leader
        leader = tasks_left_behind(tx, admin, account_id("hosp3_leader"))
        officer = tasks_left_behind(tx, admin, account_id("hosp3_officer"))
        assert [row["name"] for row in leader.tasks] == ["领导审核"]
        assert [row["name"] for row in officer.tasks] == ["已签收"]
        with pytest.raises(NotFound):
            tasks_left_behind(tx, admin, account_id("tv_leader"))
    with database.transaction() as tx:
        tx.execute(sa.delete(task).where(task.c.process_id == "sample"))
