"""The list of open incidents."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.datastructures import QueryParams

from engine.access import Actor
from engine.db import Transaction
from engine.flow.definitions import list_latest
from engine.flow.elements import element_name
from engine.flow.queries import case_titles
from engine.flow.search import INCIDENTS, Condition, Operator, Order, search
from engine.flow.tables import DefinitionKind, IncidentState
from web.monitor.asking import equal, pager_of, read_page
from web.paging import Pager


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """A line of the list."""

    id: int
    url: str
    title: str
    process: str
    step: str
    message: str
    code: str
    at: datetime


def incident_fields(tx: Transaction) -> list[dict[str, Any]]:
    """The filters as `ui.filters` draws them."""
    processes = [(one.id, one.name or one.id) for one in list_latest(tx, DefinitionKind.PROCESS)]
    return [
        {"name": "process", "label": "流程", "kind": "select", "options": processes},
        {"name": "element", "label": "环节标识"},
        {"name": "code", "label": "原因代码"},
    ]


def list_incidents(tx: Transaction, actor: Actor, query: QueryParams) -> tuple[list[IncidentRow], Pager]:
    """One page of what is open, the newest first."""
    asked = read_page(query)
    conditions = [
        Condition("state", Operator.EQ, IncidentState.OPEN),
        *equal("process_id", query.get("process")),
        *equal("element_id", (query.get("element") or "").strip()),
        *equal("code", (query.get("code") or "").strip()),
    ]
    found = search(tx, actor, INCIDENTS, conditions, [Order("key", descending=True)], asked)
    titles = case_titles(tx, {row.case_key for row in found.rows})
    rows = [
        IncidentRow(
            id=row.key,
            url=f"/monitor/cases/{row.case_key}",
            title=titles[row.case_key].title,
            process=titles[row.case_key].process,
            step=element_name(tx, row.definition_key, row.element_id) or row.element_id,
            message=row.message,
            code=row.code,
            at=row.at,
        )
        for row in found.rows
    ]
    return rows, pager_of(found, asked)
