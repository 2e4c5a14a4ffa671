"""The lists and days that come with the release, written to the database once; what staff change there stays."""

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.db import Transaction
from engine.reference.tables import calendar_day, code

DATA = Path(__file__).parent / "data"
COLUMNS = {"value", "label", "parent", "rank"}

#: how the calendar package names the days off
HOLIDAYS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利七十周年纪念日",
}


@cache
def seed_rows() -> Mapping[str, list[dict[str, Any]]]:
    """The rows of every file under `data/`, by list. A column beyond value, label, parent and rank is an attribute."""
    return {path.stem: list(_read(path)) for path in sorted(DATA.glob("*.csv"))}


def _read(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as lines:
        for position, row in enumerate(csv.DictReader(lines)):
            yield {
                "list": path.stem,
                "value": row["value"],
                "label": row["label"],
                "parent": row.get("parent") or None,
                "rank": int(row["rank"]) if row.get("rank") else None,
                "position": position,
                "active": True,
                "extra": {name: text for name, text in row.items() if name not in COLUMNS and text},
            }


def seed_days() -> Iterator[dict[str, Any]]:
    """The published days off and make-up days of 2004 to 2026 that differ from what their weekday says."""
    # imported where it is needed: only preparing a database needs it
    from chinese_calendar.constants import holidays, workdays

    for day, name in sorted(holidays.items()):
        if day.weekday() < 5:
            yield {"day": day, "working": False, "note": HOLIDAYS.get(name, name)}
    for day, name in sorted(workdays.items()):
        if day.weekday() >= 5:
            yield {"day": day, "working": True, "note": f"{HOLIDAYS.get(name, name)}调休"}


def seed_reference(tx: Transaction, year: int) -> None:
    """Write the lists that no year up to `year` has yet, and the days that are not there yet. Nothing is overwritten."""
    known = set(tx.execute(sa.select(code.c.list).where(code.c.year <= year).distinct()).scalars())
    for name, rows in seed_rows().items():
        if name not in known:
            tx.execute(sa.insert(code), [{**row, "year": year} for row in rows])
    present: set[date] = set(tx.execute(sa.select(calendar_day.c.day)).scalars())
    missing = [row for row in seed_days() if row["day"] not in present]
    if missing:
        tx.execute(sa.insert(calendar_day), missing)
