"""Asking administrators in time for the working days of the next year, on which terms over the year's end depend."""

import sqlalchemy as sa

from engine.access import Permission
from engine.clock import local
from engine.db import Transaction
from engine.notification import Recipient, notify
from engine.notification.tables import notification
from engine.organisation.roles import ROLES
from engine.organisation.tables import State, account, membership
from engine.reference.days import missing_year

TEMPLATE = "calendar_missing"
_KEEPERS = [role.value for role, rights in ROLES.items() if Permission.CODES_MANAGE in rights.permissions]


def remind_of_calendar(tx: Transaction) -> int:
    """Tell everybody who keeps the calendar that a year is missing, once a month; how many were told."""
    year = missing_year(tx)
    if year is None:
        return 0
    begun = local(tx.now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    n, a, m = notification.c, account.c, membership.c
    told = sa.select(n.account).where(n.template == TEMPLATE, n.at >= begun)
    keepers = sa.select(m.account).where(m.role.in_(_KEEPERS))
    wanted = sa.select(a.id, a.email).where(a.id.in_(keepers), a.id.not_in(told), a.state == State.ACTIVE)
    rows = tx.rows(wanted.order_by(a.id))
    for row in rows:
        notify(tx, Recipient(row.id, email=row.email or ""), TEMPLATE, {"year": year}, url=f"/calendar?year={year}")
    return len(rows)
