"""The columns a list of declarations can show (U9, U23), and what stands in them: the same on the page and in a workbook."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.clock import local
from engine.committee.tables import committee
from engine.db import Transaction
from engine.declaration.lists import SORTS, Tab
from engine.declaration.masking import masked_identity, shows_identity
from engine.organisation import unit_names
from engine.reference import CodeBook

#: name → heading; 姓名 stands first in every list
COLUMNS: Mapping[str, str] = {
    "name": "姓名",
    "identity_number": "身份证号",
    "title_category": "申报类别",
    "title_series": "申报系列",
    "specialty": "申报专业",
    "title_name": "申报职称名称",
    "title_level": "申报等级",
    "declaration_route": "申报方式",
    "review_mode": "评审方式",
    "unit_name": "申报单位",
    "governing_unit": "主管部门",
    "highest_education": "最高学历",
    "school": "毕业学校",
    "major": "所学专业",
    "first_education": "第一学历",
    "committee": "评委会",
    "region": "行政区划",
    "current_title_name": "现职称名称",
    "current_title_level": "现职称等级",
    "current_title_obtained_on": "现职称取得时间",
    "special_experience": "特殊经历",
    "entrusted_review": "是否委托评审",
    "declaration_no": "申报编号",
    "status": "当前状态",
    "review_unit": "所在单位",
    "submitted_at": "提交时间",
    "at": "送达",
    "outcome": "审核结果",
}
_WAITING = (
    "name",
    "identity_number",
    "title_category",
    "title_series",
    "specialty",
    "title_name",
    "committee",
    "at",
)
_DECIDED = (*_WAITING[:6], "title_level", "declaration_route", "review_mode", "committee", "outcome")
_ALL = ("name", "identity_number", "title_series", "specialty", "title_name", "title_level", "status", "review_unit")
#: the manual's columns of each tab
USUAL: Mapping[Tab, Sequence[str]] = {
    Tab.PENDING: _WAITING,
    Tab.ON_HOLD: _WAITING,
    Tab.DECIDED: _DECIDED,
    Tab.ALL: _ALL,
}
#: columns whose values are entries of a code list
LISTS: Mapping[str, str] = {
    **{
        name: name
        for name in (
            "title_category",
            "title_series",
            "specialty",
            "title_name",
            "title_level",
            "declaration_route",
            "review_mode",
            "major",
        )
    },
    "highest_education": "education_level",
    "first_education": "education_level",
    "current_title_name": "title_name",
    "current_title_level": "title_level",
}
UNITS = ("governing_unit", "review_unit")
FLAGS = ("special_experience", "entrusted_review")
INSTANTS = ("submitted_at", "at")


@dataclass(frozen=True, slots=True)
class Names:
    """What keys are called."""

    units: Mapping[int, str]
    committees: Mapping[int, str]
    outcomes: Mapping[str, str]


def sort_of(tab: Tab, name: str) -> str:
    """By what name a list is put in order by this column; nothing where it cannot be."""
    own = {Tab.ALL: "", Tab.DECIDED: "outcome"}.get(tab, "at")
    return "at" if name == own else name if name in SORTS else ""


def chosen_columns(tab: Tab, asked: Sequence[str]) -> list[str]:
    """The columns asked for that there are, each once, 姓名 first; the manual's where none is."""
    kept = [name for name in dict.fromkeys(asked) if name in COLUMNS and name != "name"]
    return ["name", *kept] if kept else list(USUAL[tab])


def names_in(tx: Transaction, rows: Sequence[Mapping[str, Any]], outcomes: Mapping[str, str] | None = None) -> Names:
    """What the units and committees of these rows are called."""
    units = {row[name] for row in rows for name in UNITS if row[name]}
    chosen = sorted({row["committee"] for row in rows if row["committee"]})
    wanted = sa.select(committee.c.id, committee.c.name).where(committee.c.id.in_(chosen))
    committees = {row.id: row.name for row in tx.rows(wanted)} if chosen else {}
    return Names(unit_names(tx, units), committees, outcomes or {})


def cell(actor: Actor, book: CodeBook, names: Names, row: Mapping[str, Any], column: str) -> str:
    """What stands in a column of a row, as the actor may read it."""
    value = row[column]
    if column == "identity_number":
        return str(value) if shows_identity(actor, row) else masked_identity(value)
    if column in LISTS:
        return book.label(LISTS[column], value)
    if column == "region":
        return book.path_label("region", value)
    if column in UNITS:
        return names.units.get(value, "")
    if column == "committee":
        return names.committees.get(value, "")
    if column in FLAGS:
        return "是" if value else "否"
    if column == "outcome":
        return names.outcomes.get(value, value or "")
    if column in INSTANTS:
        return f"{local(value):%Y-%m-%d %H:%M}" if value else ""
    return str(value or "")
