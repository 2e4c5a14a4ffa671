"""`/cases/{key}`: one case for everybody who sees it. Strangers get 404."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from engine.declaration.looks import Looked
from engine.declaration.masking import masked_sections
from engine.flow.queries import diagram, element_instances, get_case
from engine.flow.variables import read_variables
from web.case.story import diagram_state, tell
from web.case.telling import entries_of
from web.deps import Key, query
from web.dossier import case_dossier
from web.looks import note_look
from web.pages import is_htmx, page, piece
from web.undo import offered_undo

router = APIRouter()


@router.get("/cases/{key}")
def show_case(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        story = tell(tx, actor, get_case(tx, actor, key))
        if is_htmx(request):
            return piece(request, "case/case.html", "story", story=story)
        entries, undo = entries_of(tx, actor, key), offered_undo(request, tx, actor)
        note_look(request, tx, actor, key, Looked.JOURNAL)
    return page(request, "case/case.html", story=story, entries=entries, undo=undo)


@router.get("/cases/{key}/journal")
def show_journal(request: Request, key: Key) -> Response:
    """流转日志, as a page or for the drawer of a task."""
    with query(request) as (tx, actor):
        entries = entries_of(tx, actor, key)
        note_look(request, tx, actor, key, Looked.JOURNAL)
        if is_htmx(request):
            return piece(request, "case/journal.html", "entries", entries=entries)
        story = tell(tx, actor, get_case(tx, actor, key))
    return page(request, "case/journal.html", story=story, entries=entries)


@router.get("/cases/{key}/print")
def show_sheet(request: Request, key: Key) -> Response:
    """Everything on paper: where it stands, what was filled in, the journal."""
    with query(request) as (tx, actor):
        story = tell(tx, actor, get_case(tx, actor, key))
        outside = note_look(request, tx, actor, key, Looked.PRINT)
        variables = read_variables(tx, key)
        parts = case_dossier(tx, key, masked_sections(variables) if outside else variables, mode="print")
        entries, printed_at = entries_of(tx, actor, key), tx.now
    return page(request, "case/print.html", story=story, parts=parts, entries=entries, printed_at=printed_at)


@router.get("/cases/{key}/diagram.xml")
def show_diagram(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        xml = diagram(tx, actor, key).xml
    return Response(xml, media_type="application/xml")


@router.get("/cases/{key}/diagram.json")
def show_state(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        return JSONResponse(diagram_state(element_instances(tx, actor, key)))
