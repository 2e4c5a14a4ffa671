"""What is known of a person apart from the dossier: records that bar from declaring, the day of retirement (J15, J16)."""

from datetime import date, timedelta

from engine.clock import local
from engine.db import Transaction
from engine.declaration.decisions import retirement_months
from engine.organisation import Identity
from engine.organisation.integrity import RecordKind, blocked

Standing = dict[str, str | None]


def standing_of(tx: Transaction, identity: Identity, year: int) -> Standing:
    """The variable `standing`: dates until which records hold, with the reason, and the day of retirement; ISO text or null."""
    today = local(tx.now).date()
    integrity = blocked(tx, identity.person, today, RecordKind.INTEGRITY)
    punishment = blocked(tx, identity.person, today, RecordKind.PUNISHMENT)
    retires = retires_on(tx, identity, year)
    return {
        "integrity_until": integrity.until.isoformat() if integrity else None,
        "integrity_reason": integrity.reason if integrity else None,
        "punished_until": punishment.until.isoformat() if punishment else None,
        "retires_on": retires.isoformat() if retires else None,
    }


def retires_on(tx: Transaction, identity: Identity, year: int) -> date | None:
    """The day the person reaches the age of the table `retirement_age`; None where birth or sex is not known."""
    if identity.born_on is None:
        return None
    months = retirement_months(tx, year, sex=identity.sex, born_on=identity.born_on)
    return None if months is None else add_months(identity.born_on, months)


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or the last day of a month that has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    for last in range(day.day, 27, -1):
        try:
            return date(day.year + years, month + 1, last)
        except ValueError:
            continue
    return date(day.year + years, month + 1, day.day)


def barred_until(tx: Transaction, years: int) -> date:
    """The last day of a record of so many years that begins today."""
    return add_months(local(tx.now).date(), 12 * years) - timedelta(days=1)
