"""Resolving incidents."""

from typing import Any

from fastapi import APIRouter, Body, Request, Response

from engine.flow.elements import case_of_element
from engine.flow.incidents import resolve_incident
from engine.flow.variables import set_variables
from web.api.access import command
from web.api.bodies import as_object, flag, variables
from web.api.requests import to_key

router = APIRouter()


@router.post("/incidents/{key}/resolution", status_code=204)
def resolve(request: Request, key: str, body: Any = Body(None)) -> Response:
    """Take the case up where it stopped; what fails again is a new incident."""
    with command(request) as (tx, actor):
        resolve_incident(tx, actor, to_key(key))
    return Response(status_code=204)


@router.put("/element-instances/{key}/variables", status_code=204)
def set_element_variables(request: Request, key: str, body: Any = Body(None)) -> Response:
    """Set variables as seen from an element instance, or from a case where the key is one."""
    given = as_object(body)
    with command(request) as (tx, actor):
        case_key, scope = case_of_element(tx, to_key(key))
        set_variables(
            tx,
            actor,
            case_key,
            variables(given),
            scope=scope,
            local=flag(given, "local", False),
            reason="API",
        )
    return Response(status_code=204)
