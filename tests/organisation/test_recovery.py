"""忘记密码 by code, and binding an address: one answer for everybody, hashed, single use, within ten minutes."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.clock import FixedClock
from engine.db import Database
from engine.errors import InvalidInput, Refused
from engine.notification import Channel
from engine.notification.ports import Letter
from engine.notification.sending import send_waiting
from engine.notification.tables import delivery, notification
from engine.organisation import Passwords, Role, Session, create_account
from engine.organisation.codes import Purpose
from engine.organisation.recovery import bind_address, bound_addresses, request_binding, request_reset, reset_by_code
from engine.organisation.tables import account, organisation_event, sign_in_failure, verification_code

Enter = Callable[..., tuple[Actor, Session]]
MOBILE = "13000000066"
NEW = "Xuexi-2026-hao"


@pytest.fixture
def login(database: Database, enter: Enter, passwords: Passwords) -> str:
    """A fresh officer of the industry group with a telephone."""
    admin, _ = enter("industry_admin")
    assert admin.unit is not None
    with database.transaction() as tx:
        tx.execute(sa.delete(sign_in_failure))
        login = f"forgetful_{tx.next_key()}"
        create_account(
            tx,
            admin,
            unit=admin.unit,
            role=Role.CASE_OFFICER,
            login=login,
            name="测示忘",
            password_hash=passwords.hash("888888"),
            mobile=MOBILE,
            email="wang@example.com",
        )
    sent(database)
    return login


class Collected:
    """A port that keeps what is sent."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def send(self, letter: Letter) -> None:
        self.letters.append(letter)


def sent(database: Database) -> list[Letter]:
    port = Collected()
    send_waiting(database, {Channel.SMS: port, Channel.MAIL: port})
    return port.letters


def code_in(letters: list[Letter]) -> str:
    found = re.search(r"验证码 (\d{6})", letters[-1].text)
    assert found is not None
    return found[1]


@pytest.mark.catalogue("A4", "Q2")
@pytest.mark.parametrize("address", [MOBILE, "wang@example.com"])
def test_the_code_sent_to_the_bound_address_opens_a_new_password(
    database: Database, passwords: Passwords, enter: Enter, login: str, address: str
) -> None:
    request_reset(database, passwords, login=login, address=address)
    letters = sent(database)
    assert [letter.recipient for letter in letters] == [address]
    reset_by_code(database, passwords, login=login, code=code_in(letters), password=NEW, repeated=NEW)
    actor, details = enter(login, NEW)
    assert details.must_change is False
    with database.read() as tx:
        events = sa.select(organisation_event.c.event).where(organisation_event.c.account == actor.account)
        assert tx.value(events.order_by(organisation_event.c.key.desc()).limit(1)) == "account:password_recovered"


@pytest.mark.catalogue("A4", "Q2")
@pytest.mark.parametrize("who", ["unknown account", "another address"])
def test_nothing_is_sent_and_nothing_is_told_where_account_and_address_do_not_fit(
    database: Database, passwords: Passwords, login: str, who: str
) -> None:
    given = (
        {"login": "nobody_at_all", "address": MOBILE}
        if who == "unknown account"
        else {"login": login, "address": "13000000067"}
    )
    request_reset(database, passwords, **given)
    assert sent(database) == []
    with pytest.raises(InvalidInput) as problem:
        reset_by_code(database, passwords, login=given["login"], code="123456", password=NEW, repeated=NEW)
    assert problem.value.fields == {"code": ["验证码不正确或已失效，请核对；输错 5 次须重新获取。"]}


@pytest.mark.catalogue("Q2")
def test_a_code_is_kept_hashed_and_what_was_sent_is_wiped(database: Database, passwords: Passwords, login: str) -> None:
    request_reset(database, passwords, login=login, address=MOBILE)
    code = code_in(sent(database))
    with database.read() as tx:
        held = tx.rows(sa.select(verification_code.c.code_hash).join(account).where(account.c.login == login))
        texts = [row.text for row in tx.rows(sa.select(notification.c.text))]
        secrets = [row.secret for row in tx.rows(sa.select(delivery.c.secret))]
    assert all(row.code_hash.startswith("$argon2id$") for row in held)
    assert (len(held), any(code in text for text in texts), set(secrets)) == (1, False, {None})


@pytest.mark.catalogue("Q2")
def test_a_code_is_good_once_and_for_ten_minutes_and_the_last_one_counts(
    database: Database, passwords: Passwords, login: str, clock: FixedClock
) -> None:
    def reset(code: str) -> None:
        reset_by_code(database, passwords, login=login, code=code, password=NEW, repeated=NEW)

    request_reset(database, passwords, login=login, address=MOBILE)
    first = code_in(sent(database))
    request_reset(database, passwords, login=login, address=MOBILE)
    second = code_in(sent(database))
    if first != second:
        with pytest.raises(InvalidInput):
            reset(first)
    reset(second)
    with pytest.raises(InvalidInput):
        reset(second)
    request_reset(database, passwords, login=login, address=MOBILE)
    third = code_in(sent(database))
    clock.advance(timedelta(minutes=10, seconds=1))
    with pytest.raises(InvalidInput):
        reset(third)


@pytest.mark.catalogue("Q2")
def test_a_code_typed_wrong_five_times_is_worth_nothing(database: Database, passwords: Passwords, login: str) -> None:
    request_reset(database, passwords, login=login, address=MOBILE)
    right = code_in(sent(database))
    wrong = "000000" if right != "000000" else "111111"
    for code in [wrong] * 5 + [right]:
        with pytest.raises(InvalidInput):
            reset_by_code(database, passwords, login=login, code=code, password=NEW, repeated=NEW)


@pytest.mark.catalogue("A4", "Q2")
@pytest.mark.parametrize("known", [True, False])
def test_codes_are_asked_for_five_times_in_a_quarter_of_an_hour(
    database: Database, passwords: Passwords, login: str, known: bool, clock: FixedClock
) -> None:
    asked = login if known else "nobody_either"
    for _ in range(5):
        request_reset(database, passwords, login=asked, address=MOBILE)
    with pytest.raises(Refused) as refused:
        request_reset(database, passwords, login=asked, address=MOBILE)
    assert refused.value.message == "获取验证码过于频繁，请 15 分钟后再试。"
    clock.advance(timedelta(minutes=16))
    request_reset(database, passwords, login=asked, address=MOBILE)
    sent(database)


@pytest.mark.catalogue("Q2")
def test_an_address_is_bound_by_the_code_sent_to_it(
    database: Database, passwords: Passwords, enter: Enter, login: str
) -> None:
    actor, _ = enter(login)
    assert request_binding(database, passwords, actor, "new@example.com") is Channel.MAIL
    letters = sent(database)
    assert letters[-1].recipient == "new@example.com"
    with database.read() as tx:
        assert bound_addresses(tx, actor)[Channel.MAIL] == ("wang@example.com", False)
    with pytest.raises(InvalidInput):
        bind_address(database, passwords, actor, Channel.SMS, code_in(letters))
    assert bind_address(database, passwords, actor, Channel.MAIL, code_in(letters)) == "new@example.com"
    with database.read() as tx:
        assert bound_addresses(tx, actor)[Channel.MAIL] == ("new@example.com", True)
        left = sa.select(verification_code.c.purpose).where(verification_code.c.account == actor.account)
        assert tx.rows(left) == []
    assert Purpose.BIND_EMAIL == "bind_email"


@pytest.mark.catalogue("Q2")
@pytest.mark.parametrize("address", ["", "130", "wang@", "@example.com"])
def test_what_is_no_address_is_not_bound(database: Database, passwords: Passwords, enter: Enter, address: str) -> None:
    with pytest.raises(InvalidInput) as problem:
        request_binding(database, passwords, enter("tv_officer")[0], address)
    assert problem.value.fields.keys() == {"address"}
