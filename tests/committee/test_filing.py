"""A committee comes with the account of its pool; its filing runs out, is reminded and made again (K1, K2, J05, R6)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.clock import FixedClock
from engine.committee.committee_lists import CommitteeFilter, filings_of, find_committee, list_committees
from engine.committee.committees import create_committee, edit_committee, reset_password, set_committee_state
from engine.committee.fields import CommitteeFields
from engine.committee.filing import watch_filings
from engine.committee.keeping import find_pool, kept_pools
from engine.committee.tables import CommitteeState, committee, committee_filing
from engine.db import Database
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused
from engine.flow.messages import deliver_messages
from engine.flow.timers import run_due_timers
from engine.notification import notices_of
from engine.organisation import Passwords, sign_in
from engine.organisation.tables import unit
from engine.reference import CodeLists

Who = Callable[..., Actor]
SOUND = CommitteeFields(
    name="测试评审委员会",
    series="museum",
    levels=("intermediate",),
    region="130600",
    filing_no="示职评备〔2026〕99 号",
    valid_from=date(2026, 1, 1),
    valid_until=date(2026, 12, 31),
    members=15,
    contact_person="测试联系人",
    contact_phone="0311-12345678",
)


class Committees:
    """Committees registered by the city's administrator."""

    def __init__(self, database: Database, keeper: Actor, clock: FixedClock) -> None:
        self.database, self.keeper, self.clock = database, keeper, clock

    def create(self, code: str, password_hash: str | None = None, **changes: Any) -> int:
        with self.database.transaction() as tx:
            forming = int(tx.value(sa.select(unit.c.id).where(unit.c.name.startswith("示范市人力资源"))))
            fields = replace(SOUND, code=code, forming_unit=forming, **changes)
            return create_committee(tx, self.keeper, self._book(tx), fields, password_hash=password_hash)

    def edit(self, key: int, **changes: Any) -> None:
        with self.database.transaction() as tx:
            fields = replace(find_committee(tx, self.keeper, key).fields, **changes)
            edit_committee(tx, self.keeper, self._book(tx), key, fields)
        while deliver_messages(self.database):
            pass

    def wait_until(self, day: date) -> None:
        self.clock.move_to(datetime(day.year, day.month, day.day, 4, tzinfo=UTC))
        while run_due_timers(self.database):
            pass

    def standing(self, key: int) -> str:
        with self.database.read() as tx:
            return find_committee(tx, self.keeper, key).standing

    @staticmethod
    def _book(tx: Any) -> Any:
        return tx.service(CodeLists).book(tx, 2026)


@pytest.fixture
def committees(database: Database, who: Who, clock: FixedClock) -> Committees:
    return Committees(database, who("city_admin"), clock)


@pytest.mark.catalogue("K1", "Q1", "R6")
def test_a_committee_signs_in_with_its_code_and_gets_a_first_password_again(
    database: Database, committees: Committees, who: Who
) -> None:
    passwords = Passwords(time_cost=1, memory_cost=8)
    key = committees.create("PW9101", passwords.hash("first"))
    assert sign_in(database, passwords, login="pw9101", password="first")
    with database.transaction() as tx:
        assert reset_password(tx, committees.keeper, key, passwords.hash("second")) == "pw9101"
        with pytest.raises(NotFound):
            reset_password(tx, who("edu_admin"), key, "x")
        with pytest.raises(NotAllowed):
            reset_password(tx, who("school1_admin"), key, "x")
    with pytest.raises(InvalidInput):
        sign_in(database, passwords, login="PW9101", password="first")
    assert sign_in(database, passwords, login="PW9101", password="second")
    pool = who("pw9101", "committee")
    with database.read() as tx:
        assert [one.id for one in kept_pools(tx, pool)] == [key]
        with pytest.raises(NotFound):
            find_pool(tx, pool, key - 1)


def test_the_account_follows_the_code_and_no_code_is_a_login_of_somebody_else(committees: Committees, who: Who) -> None:
    key = committees.create("PW9102")
    committees.edit(key, code="PW9103", name="另一名称")
    assert who("pw9103", "committee").name == "另一名称"
    with pytest.raises(InvalidInput) as invalid:
        committees.edit(key, code="auditor")
    assert invalid.value.fields == {"code": ["这个代码已被用作登录名，请换一个"]}


@pytest.mark.catalogue("J05", "K2")
def test_a_filing_is_reminded_runs_out_and_makes_a_past_committee(
    database: Database, committees: Committees, who: Who
) -> None:
    key = committees.create("PW9104")
    officer = who("city_officer", "case_officer")
    committees.wait_until(date(2026, 11, 2))
    with database.read() as tx:
        assert notices_of(tx, officer)[0].subject == "评委会备案即将到期"
    committees.wait_until(date(2027, 1, 1))
    assert committees.standing(key) == "已到期"
    with database.transaction() as tx:
        assert [one.id for one in list_committees(tx, committees.keeper, CommitteeFilter(text="PW9104"))[0]] == []
        assert [
            one.id for one in list_committees(tx, committees.keeper, CommitteeFilter(text="PW9104", past=True))[0]
        ] == [key]
        with pytest.raises(Refused):
            set_committee_state(tx, committees.keeper, key, CommitteeState.ACTIVE)
        with pytest.raises(Refused):
            find_pool(tx, officer, key, to_change=True)
    committees.edit(key, filing_no="示职评备〔2027〕1 号", valid_from=date(2027, 1, 1), valid_until=date(2029, 12, 31))
    assert committees.standing(key) == "有效"
    with database.read() as tx:
        assert [row.filing_no for row in filings_of(tx, committees.keeper, key)] == [
            "示职评备〔2027〕1 号",
            "示职评备〔2026〕99 号",
        ]


@pytest.mark.catalogue("J05")
def test_a_committee_that_is_filed_again_in_time_goes_on(committees: Committees) -> None:
    key = committees.create("PW9105")
    committees.edit(key, filing_no="示职评备〔2026〕100 号", valid_until=date(2028, 12, 31))
    committees.wait_until(date(2027, 1, 1))
    assert committees.standing(key) == "有效"
    committees.wait_until(date(2029, 1, 1))
    assert committees.standing(key) == "已到期"


@pytest.mark.catalogue("J05")
def test_committees_of_an_earlier_release_are_watched_from_the_next_start(database: Database) -> None:
    with database.transaction() as tx:
        unwatched = tx.value(sa.select(sa.func.count()).where(committee.c.term_case.is_(None)))
        assert watch_filings(tx) == unwatched > 0
        assert watch_filings(tx) == 0
        filings = tx.value(sa.select(sa.func.count()).select_from(committee_filing))
        assert filings >= unwatched
