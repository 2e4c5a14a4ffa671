"""`/revocations`: 撤销职称 – certificates to begin with, and what is under way (title office)."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.errors import Refused
from engine.result.aftercare.certificates import certificate_words, find_certificates
from engine.result.aftercare.revocation import PROCESS, start_revocation
from engine.result.tables import CertificateState
from web.deps import POSTED, Form, command, query
from web.pages import redirect
from web.result.aftercare.lists import Desk, draw_list
from web.result.words import CERTIFICATE_STATES

router = APIRouter()

DESK = Desk(
    "/revocations",
    "撤销职称",
    "提供虚假材料、弄虚作假取得职称的：立案、听取陈述、由领导决定；撤销的三年内不得申报",
    (PROCESS,),
    "立案调查的列在这里。",
)


@router.get("/revocations")
def show_revocations(request: Request) -> Response:
    return _draw(request, request.query_params.get("find", ""))


@router.post("/revocations")
def begin(request: Request, form: Form = POSTED) -> Response:
    """Begin for the certificate chosen, and go on where the facts are written."""
    key = str(form.get("certificate", ""))
    try:
        with command(request) as (tx, actor):
            chosen = int(key) if key.isascii() and key.isdecimal() and len(key) < 19 else 0
            task = start_revocation(tx, actor, chosen)
    except Refused as refused:
        return _draw(request, str(form.get("find", "")), refused.message)
    return redirect(request, f"/tasks/{task}")


def _draw(request: Request, words: str, refused: str = "") -> Response:
    words = words.strip()[:100]
    with query(request) as (tx, actor):
        found = [
            {
                "row": row,
                "words": certificate_words(tx, row),
                "state": CERTIFICATE_STATES[row["state"]],
                "valid": row["state"] is CertificateState.VALID,
                "key": row["key"],
            }
            for row in find_certificates(tx, actor, words)
        ]
    revoking: dict[str, Any] = {"words": words, "found": found, "refused": refused}
    return draw_list(request, DESK, status=409 if refused else 200, revoking=revoking)
