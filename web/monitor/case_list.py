"""The list of cases: its filters, one page of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.datastructures import QueryParams

from engine.access import Actor
from engine.db import Transaction
from engine.flow.definitions import list_latest
from engine.flow.search import CASES, Condition, Operator, Order, search
from engine.flow.tables import CaseState, DefinitionKind
from engine.organisation import unit_names, units_named
from web.monitor.asking import between, equal, number, pager_of, read_page
from web.monitor.rights import watches
from web.monitor.words import CASE, case_words
from web.paging import Pager

NEWEST_FIRST = (Order("key", descending=True),)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A line of the list."""

    id: int
    url: str
    title: str
    business_key: str
    process: str
    version: int
    status: str
    unit: str
    year: int | None
    started_at: datetime
    state: str
    kind: str


def filter_fields(tx: Transaction) -> list[dict[str, Any]]:
    """The filters as `ui.filters` draws them."""
    processes = [(one.id, one.name) for one in list_latest(tx, DefinitionKind.PROCESS)]
    return [
        {"name": "q", "label": "标题或业务编号"},
        {"name": "process", "label": "流程", "kind": "select", "options": processes},
        {
            "name": "state",
            "label": "状态",
            "kind": "select",
            "options": [(state.value, words) for state, (words, _) in CASE.items()],
        },
        {"name": "incident", "label": "异常", "kind": "select", "options": [("yes", "有异常"), ("no", "没有异常")]},
        {"name": "version", "label": "流程版本", "kind": "number"},
        {"name": "unit", "label": "单位名称"},
        {"name": "year", "label": "年度", "kind": "number"},
        {"name": "from", "label": "开始时间从", "kind": "date"},
        {"name": "to", "label": "到", "kind": "date"},
    ]


def conditions_of(tx: Transaction, query: QueryParams) -> list[Condition]:
    """What the address asks for; states and numbers that are none are passed over."""
    state, incident = query.get("state", ""), query.get("incident", "")
    return [
        *equal("text", (query.get("q") or "").strip()[:100]),
        *_of_units(tx, (query.get("unit") or "").strip()[:100]),
        *equal("process_id", query.get("process")),
        *([Condition("state", Operator.EQ, CaseState(state))] if state in set(CaseState) else []),
        *([Condition("has_incident", Operator.EQ, incident == "yes")] if incident in ("yes", "no") else []),
        *number("version", query.get("version")),
        *number("year", query.get("year")),
        *between("started_at", query.get("from"), query.get("to")),
    ]


def _of_units(tx: Transaction, name: str) -> list[Condition]:
    return [Condition("unit_id", Operator.IN, units_named(tx, name))] if name else []


def list_cases(tx: Transaction, actor: Actor, query: QueryParams) -> tuple[list[CaseRow], Pager]:
    """One page, the newest first."""
    asked = read_page(query)
    found = search(tx, actor, CASES, conditions_of(tx, query), NEWEST_FIRST, asked)
    units = unit_names(tx, {row.unit_id for row in found.rows if row.unit_id})
    base = "/monitor/cases" if watches(actor) else "/cases"
    return [_row(row, units, base) for row in found.rows], pager_of(found, asked)


def _row(row: Any, units: Mapping[int, str], base: str) -> CaseRow:
    words, kind = case_words(row.state, row.has_incident)
    return CaseRow(
        id=row.key,
        url=f"{base}/{row.key}",
        title=row.title or row.process_name,
        business_key=row.business_key or "",
        process=row.process_name,
        version=row.version,
        status=row.status,
        unit=units.get(row.unit_id, ""),
        year=row.year,
        started_at=row.started_at,
        state=words,
        kind=kind,
    )
