"""Administrators hear in time that the working days of the next year are missing."""

from datetime import UTC, date, datetime

import sqlalchemy as sa

from engine.clock import FixedClock
from engine.db import Database
from engine.notification.tables import notification
from engine.organisation.calendar_reminder import TEMPLATE, remind_of_calendar
from engine.organisation.tables import account
from engine.reference import set_calendar_day
from engine.reference.days import last_published_year

KEEPERS = {"office_admin", "sysadmin"}


def told(database: Database) -> list[str]:
    """Who hears of it now."""
    with database.transaction() as tx:
        remind_of_calendar(tx)
        wanted = sa.select(account.c.login).join(notification, notification.c.account == account.c.id)
        mine = wanted.where(notification.c.template == TEMPLATE, notification.c.at == tx.now)
        return sorted(row.login for row in tx.rows(mine))


def test_from_november_on_they_are_told_once_a_month_until_it_is_entered(database: Database, clock: FixedClock) -> None:
    year = last_published_year()
    seen = []
    for month, day in ((10, 31), (11, 1), (11, 2), (12, 1)):
        database.clock = FixedClock(datetime(year, month, day, 1, tzinfo=UTC))
        seen.append(told(database))
    assert [set(one) for one in seen] == [set(), KEEPERS, set(), KEEPERS]
    with database.transaction() as tx:
        set_calendar_day(tx, date(year + 1, 2, 8), working=False, note="春节")
    database.clock = FixedClock(datetime(year + 1, 1, 5, 1, tzinfo=UTC))
    assert told(database) == []
    database.clock = clock
