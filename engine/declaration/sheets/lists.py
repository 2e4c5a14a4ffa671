"""The sheets of many declarants: 一览表 for the committee, 公示表 for the notice board (W1, W5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.clock import local
from engine.db import Transaction
from engine.declaration.sheets.general import DECIDED, TO_SIGN
from engine.declaration.sheets.records import numbered, records_of
from engine.declaration.sheets.sheet import Sheet
from engine.declaration.tables import declaration
from engine.document.templates import source_in_force
from engine.errors import InvalidInput, NotFound
from engine.organisation import unit_names

OVERVIEW, PUBLICITY = "declaration/overview_sheet", "declaration/publicity_sheet"
OVERVIEW_TITLE = "申报评审专业技术职务任职资格人员情况一览表"
PUBLICITY_TITLE = "申报专业技术职务任职资格人员推荐公示表"
#: what the notice board may not show stands on no publicity sheet: identity numbers, telephones, health
POSTED = (
    *(
        "place",
        "name",
        "sex",
        "born",
        "highest_education",
        "began_work",
        "current_title",
        "current_title_on",
        "specialty",
    ),
    *("title", "route", "works", "score", "score_rank", "rank"),
)


@dataclass(frozen=True, slots=True)
class Publicity:
    """What a publicity sheet says besides its people: the unit, the days it hangs, where objections go."""

    unit_name: str
    year: int
    begins: date | None = None
    ends: date | None = None
    contact: str = ""
    phone: str = ""


def overview_sheet(tx: Transaction, actor: Actor, case_keys: Sequence[int]) -> Sheet:
    """一览表: a line per declarant, from 补充信息 and the dossier (P20). Raises `NotFound` where the actor sees none of them."""
    records = records_of(tx, actor, case_keys)
    if not records:
        raise NotFound
    units = {record["unit_name"] for record in records}
    where = next(iter(units)) if len(units) == 1 else ""
    data = {
        "title": OVERVIEW_TITLE,
        "unit_name": where,
        "printed_on": _day(local(tx.now).date()),
        "watermark": _watermark(tx, case_keys),
        "records": list(numbered(records)),
    }
    source = source_in_force(tx, OVERVIEW, local(tx.now).year)
    return Sheet(OVERVIEW, f"一览表-{where or '汇总'}", data, source=source)


def publicity_sheet(tx: Transaction, actor: Actor, case_keys: Sequence[int], about: Publicity) -> Sheet:
    """公示表: what the unit hangs up of those it recommends, in the order given, without personal data nobody needs to know.

    Raises `NotFound` where the actor sees none of them.
    """
    records = records_of(tx, actor, case_keys)
    if not records:
        raise NotFound
    data = {
        "title": PUBLICITY_TITLE,
        "unit_name": about.unit_name,
        "year": about.year,
        "begins": _day(about.begins),
        "ends": _day(about.ends),
        "contact": about.contact,
        "phone": about.phone,
        "watermark": "",
        "records": [{name: record[name] for name in POSTED} for record in numbered(records)],
    }
    source = source_in_force(tx, PUBLICITY, about.year)
    return Sheet(PUBLICITY, f"公示表-{about.unit_name}-{about.year}", data, source=source)


def unit_declarations(tx: Transaction, actor: Actor, year: int) -> list[int]:
    """The declarations the actor's unit has of a year: handed in, and not ended without result."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    d = declaration.c
    own = sa.select(d.case_key).where(d.unit == actor.unit, d.year == year, d.live, d.submitted_at.is_not(None))
    return [row.case_key for row in tx.rows(own.order_by(d.title_level, d.title_series, d.declaration_no))]


def publicity_of_unit(tx: Transaction, actor: Actor, year: int) -> Sheet:
    """公示表 of everybody the actor's unit declares for this year. Raises `InvalidInput` where there is nobody."""
    keys = unit_declarations(tx, actor, year)
    if not keys or actor.unit is None:
        raise InvalidInput("本单位今年还没有已提交的申报材料，暂时没有可公示的人员。")
    name = unit_names(tx, {actor.unit}).get(actor.unit, "")
    return publicity_sheet(tx, actor, keys, Publicity(name, year))


def _watermark(tx: Transaction, case_keys: Sequence[int]) -> str:
    """Nothing once every declaration on the sheet is decided."""
    d = declaration.c
    waiting = sa.select(d.case_key).where(d.case_key.in_(case_keys), d.status.not_in(DECIDED), d.live)
    return TO_SIGN if tx.row(waiting.limit(1)) is not None else ""


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
