"""The files of a dossier as its experts open them, and the way from a task to its page."""

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from engine.access import Actor
from engine.declaration.looks import Looked
from engine.document import Attachment
from engine.review_meeting.scoring.content import note_opening, open_file
from engine.review_meeting.scoring.reviews import review_place
from web.deps import Key, database_of, query
from web.giving import file_answer
from web.pages import redirect
from web.review_meeting.scoring_words import dossier_url

router = APIRouter()


@router.get("/dossier-reviews/{case_key}")
def find_review(request: Request, case_key: Key) -> Response:
    """From a task to its page."""
    with query(request) as (tx, actor):
        meeting, declaration = review_place(tx, actor, case_key)
    return redirect(request, dossier_url(meeting, declaration))


@router.get("/my-meetings/{key}/dossiers/{declaration}/files/{file}")
async def show_file(request: Request, key: Key, declaration: Key, file: Key) -> Response:
    """A file of the dossier, looked at by an expert; under another name in a masked meeting."""
    found = await run_in_threadpool(_file, request, key, declaration, file)
    return await file_answer(request, found)


def _file(request: Request, key: int, declaration: int, file: int) -> Attachment:
    with query(request) as (tx, actor):
        found = open_file(tx, actor, key, declaration, file)
    note_for_expert(request, actor, declaration, Looked.FILE)
    return found


def note_for_expert(request: Request, actor: Actor, declaration: int, what: Looked) -> None:
    """In a transaction of its own, since pages only read."""
    with database_of(request).transaction() as own:
        note_opening(own, actor, declaration, what)
