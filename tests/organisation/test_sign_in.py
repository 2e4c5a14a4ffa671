"""Signing in: one door for everybody, a lock that gives nothing away, sessions that end."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.clock import FixedClock
from engine.db import Database
from engine.errors import InvalidInput, NotFound, Refused
from engine.organisation import (
    Passwords,
    Session,
    actor_of,
    change_password,
    is_due,
    role_choices,
    set_preferences,
    sign_in,
    sign_out,
    switch_role,
    touch_session,
)
from engine.organisation.tables import account, session

Enter = Callable[..., tuple[Actor, Session]]


@pytest.fixture
def attempt(database: Database, passwords: Passwords) -> Callable[..., str]:
    """One attempt to sign in; returns the sentence of the refusal, or the token."""

    def attempt(login: str, password: str, address: str = "192.0.2.1") -> str:
        try:
            return sign_in(database, passwords, login=login, password=password, address=address)
        except (InvalidInput, Refused) as refused:
            return refused.message

    return attempt


@pytest.mark.catalogue("Q1", "A5")
@pytest.mark.parametrize("login", ["medu_admin", "medu_officer", "medu_leader", "990000197603121014"])
def test_every_kind_of_account_signs_in_at_the_same_door(enter: Enter, login: str) -> None:
    actor, details = enter(login)
    assert (actor.login, details.must_change) == (login, False)


def test_a_login_is_read_without_spaces_and_in_any_case(enter: Enter) -> None:
    assert enter(" 99000019890128115x ")[0].login == "99000019890128115X"
    assert enter("MEDU_officer")[0].login == "medu_officer"


def test_an_unknown_account_and_a_wrong_password_read_the_same(attempt: Callable[..., str]) -> None:
    assert attempt("nobody_here", "wrong") == attempt("edu_officer", "wrong") == "账号或密码不正确，请核对后重新输入。"


@pytest.mark.parametrize("login", ["edu_leader", "nobody_at_all"])
def test_five_failures_lock_for_a_quarter_of_an_hour_whether_the_account_exists_or_not(
    attempt: Callable[..., str], clock: FixedClock, login: str
) -> None:
    said = [attempt(login, "wrong") for _ in range(5)]
    assert said[2:4] == [f"账号或密码不正确，请核对后重新输入。再错 {left} 次账号将锁定 15 分钟。" for left in (2, 1)]
    locked = "登录失败次数过多，已锁定，请在 09:15（约 15 分钟后）再试，或联系单位管理员重置密码。"
    assert said[4] == attempt(login, "888888") == locked
    clock.advance(timedelta(minutes=15, seconds=1))
    assert (len(attempt(login, "888888")) == 43) is (login == "edu_leader")


def test_failures_of_an_earlier_quarter_of_an_hour_are_forgotten(
    attempt: Callable[..., str], clock: FixedClock
) -> None:
    for _ in range(3):
        for _ in range(4):
            attempt("health_leader", "wrong")
        clock.advance(timedelta(minutes=16))
    assert len(attempt("health_leader", "888888")) == 43


def test_many_accounts_tried_from_one_address_lock_the_address(attempt: Callable[..., str]) -> None:
    for number in range(50):
        attempt(f"sprayed{number}", "888888", "203.0.113.9")
    assert attempt("tv_leader", "888888", "203.0.113.9").startswith("登录失败次数过多")
    assert len(attempt("tv_leader", "888888", "203.0.113.10")) == 43


def test_of_many_wrong_passwords_at_once_none_goes_uncounted(database: Database, passwords: Passwords) -> None:
    def guess() -> None:
        with pytest.raises((InvalidInput, Refused)):
            sign_in(database, passwords, login="tvb_leader", password="wrong", address="192.0.2.77")

    guesses = [threading.Thread(target=guess) for _ in range(8)]
    for thread in guesses:
        thread.start()
    for thread in guesses:
        thread.join()
    with pytest.raises(Refused):
        sign_in(database, passwords, login="tvb_leader", password="888888")


def test_a_closed_account_is_told_so_only_with_its_password(database: Database, attempt: Callable[..., str]) -> None:
    with database.transaction() as tx:
        tx.execute(sa.update(account).where(account.c.login == "cagri_admin").values(state="disabled"))
    assert attempt("cagri_admin", "888888") == "该账号已停用，请联系单位管理员。"
    assert attempt("cagri_admin", "wrong") == "账号或密码不正确，请核对后重新输入。"


def test_a_service_account_has_no_password(attempt: Callable[..., str]) -> None:
    assert attempt("api", "888888") == attempt("api", "") == "账号或密码不正确，请核对后重新输入。"


def test_the_cookie_is_not_in_the_database(database: Database, passwords: Passwords) -> None:
    token = sign_in(database, passwords, login="medu_admin", password="888888")
    with database.read() as tx:
        assert token not in set(tx.execute(sa.select(session.c.token_hash)).scalars())


def test_a_session_ends_after_its_hours_unless_it_is_used(
    database: Database, passwords: Passwords, clock: FixedClock
) -> None:
    token = sign_in(database, passwords, login="medu_admin", password="888888", hours=8)

    def present() -> Session | None:
        with database.read() as tx:
            found = actor_of(tx, token)
        return found[1] if found else None

    clock.advance(timedelta(minutes=4))
    used = present()
    assert used is not None
    assert is_due(used, clock.now()) is False
    clock.advance(timedelta(hours=7))
    assert is_due(used, clock.now()) is True
    with database.transaction() as tx:
        touch_session(tx, used, 8)
    clock.advance(timedelta(hours=7))
    assert present() is not None
    clock.advance(timedelta(hours=2))
    assert present() is None


def test_signing_out_ends_this_session_alone(database: Database, enter: Enter, passwords: Passwords) -> None:
    token = sign_in(database, passwords, login="medu_leader", password="888888")
    _, other = enter("medu_leader")
    with database.transaction() as tx:
        sign_out(tx, other)
    with database.read() as tx:
        assert actor_of(tx, token) is not None


@pytest.mark.catalogue("Q35")
def test_one_person_switches_between_roles_and_finds_the_last_one_again(database: Database, enter: Enter) -> None:
    applicant, details = enter("990000198001311202")
    assert (applicant.role, details.roles) == ("applicant", 2)
    with database.read() as tx:
        choices = role_choices(tx, details.account)
    assert [choice.label for choice in choices] == ["申报人", "评审专家"]
    with database.transaction() as tx:
        switch_role(tx, details, choices[1].membership)
    expert, _ = enter("990000198001311202")
    assert (expert.role, expert.person) == ("expert", applicant.person)


def test_nobody_takes_a_role_of_somebody_else(database: Database, enter: Enter) -> None:
    _, details = enter("medu_officer")
    _, other = enter("edu_admin")
    assert other.membership is not None
    with database.transaction() as tx, pytest.raises(NotFound):
        switch_role(tx, details, other.membership)


class TestChangingThePassword:
    @pytest.fixture
    def change(self, database: Database, passwords: Passwords, enter: Enter) -> Callable[..., dict[str, list[str]]]:
        def change(login: str, current: str, password: str, repeated: str | None = None) -> dict[str, list[str]]:
            actor, details = enter(login)
            try:
                change_password(
                    database,
                    passwords,
                    actor,
                    details,
                    current=current,
                    password=password,
                    repeated=password if repeated is None else repeated,
                )
            except InvalidInput as problem:
                return problem.fields
            return {}

        return change

    @pytest.mark.parametrize(
        ("password", "sentence"),
        [
            ("short", "新密码至少 8 个字符"),
            ("x" * 129, "新密码最多 128 个字符"),
            ("88888888", "新密码不能是初始密码，也不能包含账号或取自账号"),
            ("hosp3_new2026", "新密码不能是初始密码，也不能包含账号或取自账号"),
            ("aabbaabb", "新密码过于简单，请勿使用重复或连续的字符"),
            ("12345678", "新密码过于简单，请勿使用重复或连续的字符"),
        ],
    )
    def test_a_weak_one_is_refused_beside_the_field(
        self, change: Callable[..., dict[str, list[str]]], password: str, sentence: str
    ) -> None:
        assert change("hosp3_new", "888888", password) == {"password": [sentence]}

    def test_the_last_digits_of_the_identity_number_are_refused(
        self, change: Callable[..., dict[str, list[str]]]
    ) -> None:
        assert list(change("990000199203151002", "888888", "03151002")) == ["password"]

    def test_both_have_to_agree_and_the_present_one_has_to_be_right(
        self, change: Callable[..., dict[str, list[str]]]
    ) -> None:
        assert list(change("hosp3_new", "888888", "xinmima-2026", "xinmima-2027")) == ["repeated"]
        assert list(change("hosp3_new", "wrong", "xinmima-2026")) == ["current"]

    @pytest.mark.catalogue("A5")
    def test_a_good_one_lifts_the_duty_and_ends_the_other_sessions(
        self,
        database: Database,
        passwords: Passwords,
        enter: Enter,
        change: Callable[..., dict[str, list[str]]],
    ) -> None:
        assert enter("990000199203151002")[1].must_change is True
        old = sign_in(database, passwords, login="990000199203151002", password="888888")
        assert change("990000199203151002", "888888", "xinmima-2026") == {}
        with database.read() as tx:
            assert actor_of(tx, old) is None
        assert enter("990000199203151002", "xinmima-2026")[1].must_change is False


def test_preferences_are_remembered_and_strange_words_refused(database: Database, enter: Enter) -> None:
    actor, details = enter("990000198007251028")
    assert (details.density, details.theme) == ("comfortable", "auto")
    with database.transaction() as tx:
        set_preferences(tx, actor, density="compact", theme="dark")
    _, details = enter("990000198007251028")
    assert (details.density, details.theme) == ("compact", "dark")
    with database.transaction() as tx, pytest.raises(InvalidInput):
        set_preferences(tx, actor, density="tiny", theme="dark")
