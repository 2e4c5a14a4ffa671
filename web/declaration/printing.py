"""`/declaration/{case}/print`: the dossier on paper, for its owner and for whoever reviews it.

Not the 通用表: that is the province's form, to be signed and sealed, which has neither every field nor the attachments nor the
journal. This page is the dossier as it was typed, 预览 while it is filled in.
"""

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.declaration.detail import declaration_detail, masked_detail
from engine.declaration.looks import Looked
from web.declaration.dossier import dossier_of
from web.declaration.journal import entries_of
from web.declaration.words import titles_of
from web.deps import Key, code_book, query
from web.looks import note_look
from web.pages import page

router = APIRouter()


@router.get("/declaration/{case_key}/print")
def show_sheet(request: Request, case_key: Key) -> Response:
    with query(request) as (tx, actor):
        detail = declaration_detail(tx, actor, case_key)
        if note_look(request, tx, actor, case_key, Looked.PRINT):
            detail = masked_detail(detail)
        return page(
            request,
            "declaration/print.html",
            row=detail.row,
            titles=titles_of(code_book(request, tx, detail.row["year"]), detail.row),
            sentence=detail.sentence,
            dossier=dossier_of(tx, actor, detail, "print"),
            entries=entries_of(tx, actor, case_key),
            draft=detail.row["submitted_at"] is None,
            back_url="/declaration" if detail.row["applicant"] == actor.login else f"/declarations/{case_key}",
            printed_at=tx.now,
        )
