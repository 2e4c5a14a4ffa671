"""`/monitor/looks`: who looked at which dossier from outside its chain, for those who watch over the system."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.declaration.looks import MOST, list_looks
from engine.organisation import ROLES
from web.deps import query
from web.pages import page, query_with

router = APIRouter()


@router.get("/monitor/looks")
def show_looks(request: Request) -> Response:
    params = request.query_params
    with query(request) as (tx, actor):
        found = list_looks(
            tx,
            actor,
            case_key=_key(params.get("case", "")),
            login=params.get("who", ""),
            before=_key(params.get("before", "")),
        )
    roles = {role.value: rights.label for role, rights in ROLES.items()}
    return page(
        request,
        "monitor/looks.html",
        looks=found,
        roles={one.key: roles.get(one.role, one.role) for one in found},
        filtered=bool(params.get("case") or params.get("who")),
        older=query_with(params, before=found[-1].key) if len(found) == MOST else "",
    )


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
