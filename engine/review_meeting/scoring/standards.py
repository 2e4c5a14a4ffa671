"""The scoring standard a dossier is scored by: its items, their ranges, and what a sheet must say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa

from engine.db import Transaction
from engine.errors import InvalidInput, NotFound, Refused
from engine.review_meeting.tables import StandardState, scoring_standard

LONGEST_OPINION = 2000
#: an opinion of so many signs is asked for where the total stays below the standard's `lowest`
LEAST_OPINION = 10
CENT = Decimal("0.01")

s = scoring_standard.c


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a standard: at most `points`, times `weight` in the total."""

    key: str
    name: str
    points: Decimal
    weight: Decimal
    guide: str


@dataclass(frozen=True, slots=True)
class Standard:
    """评分标准 as the chair confirmed it."""

    id: int
    name: str
    items: Sequence[Item]
    lowest: Decimal
    anonymous: bool

    @property
    def highest(self) -> Decimal:
        """What a sheet can reach."""
        return sum((one.points * one.weight for one in self.items), Decimal(0))

    def total(self, points: Mapping[str, Decimal]) -> Decimal:
        """The weighted sum, to the cent."""
        return sum((points[one.key] * one.weight for one in self.items), Decimal(0)).quantize(CENT)


def standard_for_group(tx: Transaction, meeting: int, group: int | None) -> Standard:
    """The confirmed standard of a group: its own, else the one that holds for all. Raises `Refused` where there is none."""
    rows = tx.rows(
        sa.select(scoring_standard).where(s.meeting == meeting, s.state == StandardState.CONFIRMED).order_by(s.id)
    )
    fitting = [row for row in rows if not row.groups or group in row.groups]
    if not fitting:
        raise Refused("本组的评分标准还没有经主任确认，请确认后再公布分配。")
    return _standard(max(fitting, key=lambda row: bool(row.groups)))


def standard_of(tx: Transaction, key: int) -> Standard:
    """One standard. The caller has authorised. Raises `NotFound`."""
    row = tx.row(sa.select(scoring_standard).where(s.id == key))
    if row is None:
        raise NotFound
    return _standard(row)


def _standard(row: sa.Row[Any]) -> Standard:
    items = [
        Item(
            str(one["key"]),
            str(one["name"]),
            Decimal(str(one["points"])),
            Decimal(str(one.get("weight") or 1)),
            str(one.get("guide") or ""),
        )
        for one in row.items
    ]
    return Standard(row.id, row.name, items, Decimal(str(row.lowest or 0)), bool(row.anonymous))


def check_points(standard: Standard, items: Sequence[Mapping[str, Any]], opinion: str) -> Decimal:
    """The total of a sheet. Raises `InvalidInput` by field (`points[KEY]`, `opinion`) for what is missing or out of range."""
    given = {str(one.get("key")): one.get("points") for one in items}
    problems: dict[str, list[str]] = {}
    points: dict[str, Decimal] = {}
    for one in standard.items:
        value = number_in(given.get(one.key))
        if value is None:
            problems[f"points[{one.key}]"] = [f"请填写“{one.name}”的得分"]
        elif not 0 <= value <= one.points:
            problems[f"points[{one.key}]"] = [f"“{one.name}”应在 0 至 {plain(one.points)} 分之间"]
        elif value != value.quantize(CENT):
            problems[f"points[{one.key}]"] = [f"“{one.name}”最多两位小数"]
        else:
            points[one.key] = value
    opinion = opinion.strip()
    if not opinion:
        problems["opinion"] = ["请填写评议意见"]
    elif len(opinion) > LONGEST_OPINION:
        problems["opinion"] = [f"评议意见最多 {LONGEST_OPINION:,} 个字，现有 {len(opinion):,} 个"]
    total = standard.total(points) if len(points) == len(standard.items) else Decimal(0)
    is_low = len(points) == len(standard.items) and total < standard.lowest
    if is_low and 0 < len(opinion) < LEAST_OPINION:
        problems["opinion"] = [f"总分低于 {plain(standard.lowest)} 分，请写明理由（不少于 {LEAST_OPINION} 个字）"]
    if problems:
        raise InvalidInput("评分表还不完整，请按提示补充。", problems)
    return total


def number_in(value: object) -> Decimal | None:
    """A number as it came from a form or a workbook; nothing for what is none."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def plain(number: Decimal) -> str:
    """80 and 82.5, without zeros nobody needs."""
    return f"{number.normalize():f}"
