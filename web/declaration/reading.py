"""`/declarations/{case}`: one declaration to be read by everybody who sees it, with its journal."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Permission
from engine.declaration.batch_review import decision_to_take_back
from engine.declaration.detail import declaration_detail, masked_detail
from engine.declaration.dossier import FILLING_FORM
from engine.declaration.filling import DISCARD, WITHDRAW
from engine.declaration.looks import Looked
from engine.result.opinions import opinions_for
from web.declaration.dossier import dossier_of
from web.declaration.journal import entries_of
from web.declaration.mine import steps_of
from web.declaration.words import REVIEW_FORMS, status_kind, titles_of
from web.deps import POSTED, Form, Key, code_book, query
from web.looks import note_look
from web.pages import is_htmx, page, piece, redirect
from web.undo import offered_undo

router = APIRouter()


@router.get("/declarations/{case_key}")
def show_declaration(request: Request, case_key: Key) -> Response:
    return _draw(request, case_key, Looked.DOSSIER)


@router.get("/declarations/{case_key}/numbers")
def leave_numbers(request: Request, case_key: Key) -> Response:
    """What was asked for once is not shown again by opening the address: back to the masked page."""
    return redirect(request, f"/declarations/{case_key}")


@router.post("/declarations/{case_key}/numbers")
def show_numbers(request: Request, case_key: Key, form: Form = POSTED) -> Response:
    """The same page with the person's numbers whole, for somebody outside the chain who asks for them; that is written down."""
    return _draw(request, case_key, Looked.NUMBERS)


def _draw(request: Request, case_key: int, looked: Looked) -> Response:
    with query(request) as (tx, actor):
        detail = declaration_detail(tx, actor, case_key)
        masked = note_look(request, tx, actor, case_key, looked) and looked is not Looked.NUMBERS
        if masked:
            detail = masked_detail(detail)
        waiting = {one.row["form_id"] for one in detail.tasks if one.may_work and actor.may(Permission.TASKS_WORK)}
        return page(
            request,
            "declaration/declaration.html",
            row=detail.row,
            masked=masked,
            titles=titles_of(code_book(request, tx, detail.row["year"]), detail.row),
            sentence=detail.sentence,
            kind=status_kind(detail.row["status"]),
            steps=steps_of(detail),
            opinions=opinions_for(tx, actor, case_key),
            dossier=dossier_of(tx, actor, detail),
            entries=entries_of(tx, actor, case_key),
            may_review=actor.may(Permission.DECLARATIONS_REVIEW) and not waiting.isdisjoint(REVIEW_FORMS),
            may_fill=detail.row["applicant"] == actor.login and FILLING_FORM in waiting,
            may_take_back=decision_to_take_back(tx, actor, case_key) is not None,
            actions=[one for one in detail.actions if one.action not in (WITHDRAW, DISCARD)],
            undo=offered_undo(request, tx, actor),
        )


@router.get("/declarations/{case_key}/journal")
def show_journal(request: Request, case_key: Key) -> Response:
    """流转日志, as a page or for a drawer (U15)."""
    with query(request) as (tx, actor):
        detail = declaration_detail(tx, actor, case_key)
        entries = entries_of(tx, actor, case_key)
        note_look(request, tx, actor, case_key, Looked.JOURNAL)
    if is_htmx(request):
        return piece(request, "declaration/log.html", "entries", entries=entries)
    return page(request, "declaration/log.html", row=detail.row, entries=entries)
