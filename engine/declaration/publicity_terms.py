"""How long something is publicised: the same rule for a unit's recommendation (J10) and for the results of a meeting (J11)."""

from collections.abc import Mapping
from datetime import date

from engine.clock import local
from engine.db import Transaction
from engine.declaration.years import year_plan
from engine.errors import InvalidInput
from engine.reference import CodeLists


def check_publicity_term(tx: Transaction, year: int, values: Mapping[str, object]) -> None:
    """`publicity_from` is today or later, and as many working days as the year's plan wants lie before `publicity_to`.

    The day it begins is not counted. Raises `InvalidInput` by field, with the earliest day it may end.
    """
    begin, end = date.fromisoformat(str(values["publicity_from"])), date.fromisoformat(str(values["publicity_to"]))
    if begin < local(tx.now).date():
        raise InvalidInput(fields={"publicity_from": ["公示开始日期不能早于今天"]})
    days = year_plan(tx, year).publicity_days
    calendar = tx.service(CodeLists).calendar(tx)
    if calendar.working_days_between(begin, end) < days:
        earliest = calendar.add_working_days(begin, days)
        raise InvalidInput(
            fields={"publicity_to": [f"公示不得少于 {days} 个工作日，最早到{earliest.month}月{earliest.day}日"]}
        )
