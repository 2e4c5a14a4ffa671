"""`/my-certificates`: one's certificates and what may be asked about them; 初次认定 asked for by a unit's officer (W14)."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Permission, authorize
from engine.errors import InvalidInput, Refused
from engine.result.aftercare.asking import (
    CONFIRMATION,
    CORRECTION,
    RECOGNITION,
    REISSUE,
    WORDS,
    ask_replacement,
    ask_title,
    recognise_for,
)
from engine.result.aftercare.certificates import certificate_words
from engine.result.aftercare.lists import my_requests
from engine.result.certificates import my_certificates
from engine.result.tables import CertificateState
from web.deps import POSTED, Form, command, query
from web.pages import page, redirect
from web.result.aftercare.words import status_kind
from web.result.words import CERTIFICATE_STATES

router = APIRouter()

KINDS = {"review": "评审", "recognition": "初次认定", "confirmation": "职称确认"}
Errors = Mapping[str, Sequence[str]]


@router.get("/my-certificates")
def show_mine(request: Request) -> Response:
    return _draw(request)


@router.post("/my-certificates")
def ask(request: Request, form: Form = POSTED) -> Response:
    """Begin what the button names, and go on where the request is written."""
    wanted, key = str(form.get("ask", "")), str(form.get("certificate", ""))
    try:
        with command(request) as (tx, actor):
            if wanted in (REISSUE, CORRECTION):
                chosen = int(key) if key.isascii() and key.isdecimal() and len(key) < 19 else 0
                task = ask_replacement(tx, actor, wanted, chosen)
            else:
                task = ask_title(tx, actor, wanted)
    except Refused as refused:
        return _draw(request, refused.message)
    return redirect(request, f"/tasks/{task}")


def _draw(request: Request, refused: str = "") -> Response:
    with query(request) as (tx, actor):
        authorize(actor, Permission.DECLARATIONS_DECLARE)
        lines = [
            {
                "row": row,
                "words": certificate_words(tx, row),
                "state": CERTIFICATE_STATES[row["state"]],
                "valid": row["state"] is CertificateState.VALID,
                "kind": KINDS[row["kind"].value],
            }
            for row in my_certificates(tx, actor)
        ]
        requests: list[dict[str, Any]] = [
            {"row": row, "what": WORDS.get(row["process_id"], ""), "kind": _kind(row)} for row in my_requests(tx, actor)
        ]
    return page(
        request,
        "result/aftercare/certificates.html",
        status=409 if refused else 200,
        refused=refused,
        lines=lines,
        requests=requests,
        names={"recognition": RECOGNITION, "confirmation": CONFIRMATION, "reissue": REISSUE, "correction": CORRECTION},
    )


def _kind(row: Mapping[str, Any]) -> str:
    return status_kind(row["status"], ended=row["ended_at"] is not None)


@router.get("/certificate-requests/recognition")
def show_recognition(request: Request) -> Response:
    return _draw_recognition(request, {}, {})


@router.post("/certificate-requests/recognition")
def recognise(request: Request, form: Form = POSTED) -> Response:
    """Begin for the person named, and go on where the request is written."""
    typed = {name: str(form.get(name, "")) for name in ("name", "identity_number")}
    try:
        with command(request) as (tx, actor):
            task = recognise_for(tx, actor, **typed)
    except InvalidInput as error:
        return _draw_recognition(request, typed, error.fields)
    except Refused as refused:
        return _draw_recognition(request, typed, {"name": [refused.message]})
    return redirect(request, f"/tasks/{task}")


def _draw_recognition(request: Request, typed: Mapping[str, str], errors: Errors) -> Response:
    with query(request) as (_, actor):
        authorize(actor, Permission.APPLICANTS_MANAGE)
    return page(
        request,
        "result/aftercare/recognition.html",
        status=422 if errors else 200,
        typed={name: typed.get(name, "") for name in ("name", "identity_number")},
        errors=errors,
    )
