"""`POST …/search` and `GET …/{key}` of everything that can be looked up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Body, Request

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.looks import Looked
from engine.flow import search as flow_search
from engine.flow.elements import element_name
from engine.flow.search import Condition, Operator, Searchable
from web.api import fields, shapes
from web.api.access import query
from web.api.problems import not_found
from web.api.requests import Field, answer, read_search, to_key
from web.looks import note_look

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of thing: how it is searched, and how a row of it looks in a search and alone."""

    what: Searchable
    fields: Mapping[str, Field]
    shape: Callable[[Any], dict[str, Any]]
    alone: Callable[[Any], dict[str, Any]] | None = None
    #: where the name of an element stands beside the row
    named: bool = False
    fixed: tuple[Condition, ...] = ()


def _only(kind: str) -> tuple[Condition, ...]:
    return (Condition("kind", Operator.EQ, kind),)


RESOURCES = {
    "process-instances": Resource(flow_search.CASES, fields.PROCESS_INSTANCES, shapes.process_instance),
    "user-tasks": Resource(flow_search.TASKS, fields.USER_TASKS, shapes.user_task),
    "variables": Resource(
        flow_search.VARIABLES, fields.VARIABLES, shapes.variable, lambda row: shapes.variable(row, whole=True)
    ),
    "incidents": Resource(flow_search.INCIDENTS, fields.INCIDENTS, shapes.incident),
    "jobs": Resource(flow_search.JOBS, fields.JOBS, shapes.job),
    "element-instances": Resource(
        flow_search.ELEMENT_INSTANCES, fields.ELEMENT_INSTANCES, shapes.element_instance, named=True
    ),
    "process-definitions": Resource(
        flow_search.DEFINITIONS, fields.PROCESS_DEFINITIONS, shapes.process_definition, fixed=_only("process")
    ),
    "decision-definitions": Resource(
        flow_search.DEFINITIONS, fields.DECISION_DEFINITIONS, shapes.decision_definition, fixed=_only("decision")
    ),
}

#: states of tasks that are in the small table of open ones
OPEN = {"open", "on_hold"}


def search_resource(request: Request, name: str, body: Any, *extra: Condition) -> dict[str, Any]:
    """One page of the resource as the API answers it; `extra` narrows it beside what the body asks."""
    resource = RESOURCES[name]
    conditions, order, page = read_search(body, resource.fields)
    what = resource.what
    if what is flow_search.TASKS and _asks_open_only(conditions):
        what = flow_search.OPEN_TASKS
    with query(request) as (tx, actor):
        found = flow_search.search(tx, actor, what, [*resource.fixed, *extra, *conditions], order, page)
        _note(request, tx, actor, name, found.rows)
        return answer(found, lambda row: _with_name(tx, resource, row, resource.shape(row)))


def _note(request: Request, tx: Transaction, actor: Actor, name: str, rows: Sequence[Any]) -> None:
    """Variables are what a dossier says: reading them from outside its chain is written down."""
    if name == "variables":
        for case_key in sorted({row.case_key for row in rows}):
            note_look(request, tx, actor, case_key, Looked.VARIABLES)


def _with_name(tx: Transaction, resource: Resource, row: Any, shape: dict[str, Any]) -> dict[str, Any]:
    if resource.named:
        shape["elementName"] = element_name(tx, row.definition_key, row.element_id) or row.element_id
    return shape


def _asks_open_only(conditions: list[Condition]) -> bool:
    return any(
        condition.column == "state" and condition.operator is Operator.IN and set(condition.value) <= OPEN
        for condition in conditions
    )


def get_resource(request: Request, name: str, key: str) -> dict[str, Any]:
    """The one with that key, if the caller may see it; raises `NotFound`."""
    resource = RESOURCES[name]
    wanted = Condition(resource.what.key, Operator.EQ, to_key(key))
    with query(request) as (tx, actor):
        found = flow_search.search(tx, actor, resource.what, [*resource.fixed, wanted])
        if not found.rows:
            raise not_found(key)
        row = found.rows[0]
        _note(request, tx, actor, name, found.rows)
        return _with_name(tx, resource, row, (resource.alone or resource.shape)(row))


def _add_routes(name: str) -> None:
    @router.post(f"/{name}/search", name=f"search_{name}")
    def search(request: Request, body: Any = Body(None)) -> dict[str, Any]:
        return search_resource(request, name, body)

    if name == "jobs":
        return

    @router.get(f"/{name}/{{key}}", name=f"get_{name}")
    def get(request: Request, key: str) -> dict[str, Any]:
        return get_resource(request, name, key)


for _name in RESOURCES:
    _add_routes(_name)


@router.post("/user-tasks/{key}/variables/search")
@router.post("/user-tasks/{key}/effective-variables/search")
def search_task_variables(request: Request, key: str, body: Any = Body(None)) -> dict[str, Any]:
    """The variables a task sees: its own and those of the case."""
    task = get_resource(request, "user-tasks", key)
    scopes = [int(task["elementInstanceKey"]), int(task["processInstanceKey"])]
    return search_resource(
        request,
        "variables",
        body,
        Condition("case_key", Operator.EQ, int(task["processInstanceKey"])),
        Condition("scope_key", Operator.IN, scopes),
    )


@router.post("/process-instances/{key}/incidents/search")
def search_case_incidents(request: Request, key: str, body: Any = Body(None)) -> dict[str, Any]:
    get_resource(request, "process-instances", key)
    return search_resource(request, "incidents", body, Condition("case_key", Operator.EQ, to_key(key)))


@router.post("/element-instances/{key}/incidents/search")
def search_element_incidents(request: Request, key: str, body: Any = Body(None)) -> dict[str, Any]:
    get_resource(request, "element-instances", key)
    return search_resource(request, "incidents", body, Condition("element_key", Operator.EQ, to_key(key)))
