"""Doing user tasks: completing, assigning, changing, and the form they are done with."""

from typing import Any

from fastapi import APIRouter, Body, Request, Response

from engine.errors import InvalidInput, Refused
from engine.flow import search as flow_search
from engine.flow.definitions import get_definition, resource_content
from engine.flow.search import Condition, Operator
from engine.flow.tasks import assign_task, complete_task, update_task
from web.api import shapes
from web.api.access import command, query
from web.api.bodies import as_object, flag, required_text, texts, variables, whole
from web.api.problems import not_found
from web.api.requests import to_instant, to_key

router = APIRouter()

HIGHEST_PRIORITY = 100


@router.post("/user-tasks/{key}/completion", status_code=204)
def complete_user_task(request: Request, key: str, body: Any = Body(None)) -> Response:
    """Complete the task with variables; `outcome` among them is the button pressed."""
    given = as_object(body)
    with command(request) as (tx, actor):
        complete_task(tx, actor, to_key(key), variables(given))
    return Response(status_code=204)


@router.post("/user-tasks/{key}/assignment", status_code=204)
def assign_user_task(request: Request, key: str, body: Any = Body(None)) -> Response:
    """Give the task to `assignee`; with `allowOverride` false only where nobody has it."""
    given = as_object(body)
    assignee = required_text(given, "assignee")
    with command(request) as (tx, actor):
        if not flag(given, "allowOverride", True):
            held = flow_search.search(tx, actor, flow_search.OPEN_TASKS, [Condition("key", Operator.EQ, to_key(key))])
            if held.rows and held.rows[0].assignee is not None:
                raise Refused("这件事项已有办理人，没有改派。")
        assign_task(tx, actor, to_key(key), assignee)
    return Response(status_code=204)


@router.delete("/user-tasks/{key}/assignee", status_code=204)
def unassign_user_task(request: Request, key: str) -> Response:
    with command(request) as (tx, actor):
        assign_task(tx, actor, to_key(key), None)
    return Response(status_code=204)


@router.patch("/user-tasks/{key}", status_code=204)
def update_user_task(request: Request, key: str, body: Any = Body(None)) -> Response:
    """Change dates, candidates and priority; an empty text takes a date away."""
    changes = as_object(as_object(body).get("changeset"))
    values: dict[str, Any] = {}
    for name, column in (("dueDate", "due_at"), ("followUpDate", "follow_up_at")):
        if changes.get(name) is not None:
            values[column] = to_instant(changes[name]) if changes[name] else None
    for name, column in (("candidateGroups", "candidate_groups"), ("candidateUsers", "candidate_users")):
        if changes.get(name) is not None:
            values[column] = texts(changes, name)
    priority = whole(changes, "priority")
    if priority is not None:
        if not 0 <= priority <= HIGHEST_PRIORITY:
            raise InvalidInput(f"priority 应在 0 到 {HIGHEST_PRIORITY} 之间。")
        values["priority"] = priority
    if not values:
        raise InvalidInput("changeset 中没有要修改的内容。")
    with command(request) as (tx, actor):
        update_task(tx, actor, to_key(key), **values)
    return Response(status_code=204)


@router.get("/user-tasks/{key}/form", response_model=None)
def get_user_task_form(request: Request, key: str) -> dict[str, Any] | Response:
    """The form in the version the task was opened with; 204 where it has none."""
    with query(request) as (tx, actor):
        found = flow_search.search(tx, actor, flow_search.TASKS, [Condition("key", Operator.EQ, to_key(key))])
        if not found.rows:
            raise not_found(key)
        if found.rows[0].form_key is None:
            return Response(status_code=204)
        definition = get_definition(tx, found.rows[0].form_key)
        _, _, content = resource_content(tx, definition.key)
    return shapes.form(definition, content.decode())
