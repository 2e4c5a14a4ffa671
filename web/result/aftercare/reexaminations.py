"""`/declaration/{key}/reexamination`: what 复查 is, until when, and the button that begins it."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.errors import Refused
from engine.result.aftercare.reexamination import ask_reexamination, asked_before, reexamination_term
from web.deps import POSTED, Form, Key, command, query
from web.pages import page, redirect
from web.result.aftercare.words import status_kind

router = APIRouter()

ADDRESS = "/declaration/{key}/reexamination"


@router.get(ADDRESS)
def show_term(request: Request, key: Key) -> Response:
    return _draw(request, key)


@router.post(ADDRESS)
def begin(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Begin, and go on where the reasons are written."""
    try:
        with command(request) as (tx, actor):
            task = ask_reexamination(tx, actor, key)
    except Refused as refused:
        return _draw(request, key, refused.message)
    return redirect(request, f"/tasks/{task}")


def _draw(request: Request, key: int, refused: str = "") -> Response:
    term = None
    with query(request) as (tx, actor):
        try:
            term = reexamination_term(tx, actor, key)
        except Refused as error:
            refused = refused or error.message
        before = asked_before(tx, actor, key)
    return page(
        request,
        "result/aftercare/reexamination.html",
        status=409 if refused else 200,
        term=term,
        refused=refused,
        before=[(row, status_kind(row.status, ended=True)) for row in before],
        action=f"/declaration/{key}/reexamination",
    )
