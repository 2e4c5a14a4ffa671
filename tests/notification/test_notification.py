"""Telling people: in the transaction of what happened, sent at least once with an id that stays."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.clock import FixedClock
from engine.db import Database
from engine.notification import (
    TEMPLATES,
    Channel,
    DeliveryState,
    Letter,
    Ports,
    Recipient,
    SmtpPort,
    make_ports,
    mark_read,
    notices_of,
    notify,
    retry_failed,
    send_one,
    send_waiting,
    unread_of,
)
from engine.notification.tables import delivery
from engine.notification.templates import fill
from tests.support.mail import Mailbox
from tests.support.tables import make_tables
from tests.support.templates import Templates

APPLICANT = Actor(account=1, login="a", name="测试申报人")
OTHER = Actor(account=2, login="b", name="测试经办人")
AT = Recipient(1, "applicant@example.com", "13000000001")
RETURNED = {"title": "教授", "unit": "示范医科大学（示例）", "due": "2026年6月30日", "opinion": "缺学位证书。"}


class Collector:
    """A port that keeps what it is given, and fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.letters: list[Letter] = []
        self._failures = failures

    def send(self, letter: Letter) -> None:
        if self._failures:
            self._failures -= 1
            raise ConnectionError("away")
        self.letters.append(letter)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 6, 1, tzinfo=UTC))


@pytest.fixture
def database(database_url: str, templates: Templates, clock: FixedClock) -> Iterator[Database]:
    templates.fill(database_url, make_tables)
    database = Database(database_url, clock=clock, synchronous="OFF")
    yield database
    database.dispose()


@pytest.fixture
def mail() -> Collector:
    return Collector()


@pytest.fixture
def ports(mail: Collector) -> Ports:
    return {Channel.MAIL: mail, Channel.SMS: Collector()}


def tell(database: Database, recipient: Recipient = AT) -> int:
    with database.transaction() as tx:
        return notify(tx, recipient, "declaration_returned", RETURNED, case_key=70, url="/cases/70")


def states(database: Database) -> list[tuple[str, str, int]]:
    with database.read() as tx:
        rows = tx.rows(sa.select(delivery).order_by(delivery.c.key))
        return [(row.channel, row.state, row.attempts) for row in rows]


@pytest.mark.catalogue("P24")
def test_a_returned_applicant_finds_who_why_and_until_when(database: Database) -> None:
    key = tell(database)
    with database.read() as tx:
        (notice,) = notices_of(tx, APPLICANT)
        assert notices_of(tx, OTHER) == []
        assert (unread_of(tx, APPLICANT), unread_of(tx, OTHER)) == (1, 0)
    assert (notice.key, notice.case_key, notice.url, notice.read) == (key, 70, "/cases/70", False)
    assert notice.text == (
        "您的申报材料“教授”被示范医科大学（示例）退回修改，请于2026年6月30日前按审核意见修改后重新提交。审核意见：缺学位证书。"
    )


def test_one_reads_ones_own_one_or_all(database: Database) -> None:
    first, _, _ = tell(database), tell(database), tell(database)
    with database.transaction() as tx:
        mark_read(tx, OTHER)
        assert unread_of(tx, APPLICANT) == 3
        mark_read(tx, APPLICANT, first)
        assert [notice.read for notice in notices_of(tx, APPLICANT)] == [False, False, True]
        mark_read(tx, APPLICANT)
        assert unread_of(tx, APPLICANT) == 0


def test_the_bell_is_read_page_by_page(database: Database) -> None:
    keys = [tell(database) for _ in range(5)]
    with database.read() as tx:
        page = notices_of(tx, APPLICANT, limit=2)
        rest = notices_of(tx, APPLICANT, before=page[-1].key, limit=9)
    assert [notice.key for notice in (*page, *rest)] == keys[::-1]


def test_what_is_rolled_back_tells_nobody(database: Database, ports: Ports, mail: Collector) -> None:
    def tell_and_fail() -> None:
        with database.transaction() as tx:
            notify(tx, AT, "declaration_returned", RETURNED)
            tx.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        tell_and_fail()
    assert (send_waiting(database, ports), mail.letters) == (0, [])


def test_each_channel_with_an_address_gets_one_message_and_only_once(
    database: Database, ports: Ports, mail: Collector
) -> None:
    tell(database)
    tell(database, Recipient(1, email="applicant@example.com"))
    tell(database, Recipient(1))
    assert send_waiting(database, ports) == 3
    assert send_waiting(database, ports) == 0
    assert [letter.recipient for letter in mail.letters] == ["applicant@example.com"] * 2
    assert states(database) == [("mail", "sent", 1), ("sms", "sent", 1), ("mail", "sent", 1)]


def test_a_failed_message_is_sent_later_under_the_same_id(database: Database, clock: FixedClock) -> None:
    mail, seen = Collector(failures=2), []

    class Noting:
        def send(self, letter: Letter) -> None:
            seen.append(letter.message_id)
            mail.send(letter)

    ports: Ports = {Channel.MAIL: Noting(), Channel.SMS: Noting()}
    tell(database, Recipient(1, email="applicant@example.com"))
    for wait in (0, 59, 1, 299, 1):
        clock.advance(timedelta(seconds=wait))
        send_waiting(database, ports)
    assert (len(seen), len(set(seen)), len(mail.letters)) == (3, 1, 1)
    assert states(database) == [("mail", "sent", 3)]


def test_a_message_nobody_takes_is_given_up_and_can_be_tried_again(database: Database, clock: FixedClock) -> None:
    mail = Collector(failures=7)
    ports: Ports = {Channel.MAIL: mail}
    tell(database, Recipient(1, email="applicant@example.com"))
    for _ in range(10):
        send_waiting(database, ports)
        clock.advance(timedelta(hours=5))
    assert states(database) == [("mail", DeliveryState.FAILED, 7)]
    with database.read() as tx:
        key = tx.value(sa.select(delivery.c.key))
        assert tx.value(sa.select(delivery.c.error)) == "ConnectionError: away"
    retry_failed(database, key)
    assert send_one(database, ports, key) is True
    assert len(mail.letters) == 1


def test_while_one_sends_a_second_sender_leaves_it_alone_until_the_first_is_given_up(
    database: Database, clock: FixedClock
) -> None:
    inner: list[bool] = []

    class Slow:
        def send(self, letter: Letter) -> None:
            inner.append(send_one(database, ports, key))
            clock.advance(timedelta(minutes=3))
            inner.append(send_one(database, {Channel.MAIL: Collector()}, key))

    ports: Ports = {Channel.MAIL: Slow()}
    tell(database, Recipient(1, email="applicant@example.com"))
    with database.read() as tx:
        key = tx.value(sa.select(delivery.c.key))
    send_one(database, ports, key)
    assert inner == [False, True]


def test_mail_goes_out_by_smtp_with_the_stable_id(database: Database, mailbox: Mailbox, tmp_path: Path) -> None:
    tell(database, Recipient(1, email="applicant@example.com"))
    ports = make_ports(tmp_path, f"{mailbox.url}?from=zhiping@example.com")
    assert send_waiting(database, ports) == 1
    (letter,) = mailbox.letters
    with database.read() as tx:
        message_id = tx.value(sa.select(delivery.c.message_id))
    assert letter["Message-ID"] == f"<{message_id}>"
    assert (letter["Subject"], letter["From"]) == ("申报材料被退回修改", "zhiping@example.com")
    assert "缺学位证书。" in letter.get_content()


def test_without_a_mail_server_messages_are_files(database: Database, tmp_path: Path) -> None:
    tell(database)
    assert send_waiting(database, make_ports(tmp_path)) == 2
    sent = {path.parent.name: path.read_text(encoding="utf-8").splitlines()[0] for path in tmp_path.rglob("*.txt")}
    assert sent == {"mail": "applicant@example.com", "sms": "13000000001"}


def test_a_mail_address_that_is_none_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="ZHIPING_SMTP_URL"):
        SmtpPort("mail.example.com")


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_every_template_can_be_filled_even_with_nothing(template: str) -> None:
    subject, text = fill(template, {"title": None})
    assert "{" not in subject + text
