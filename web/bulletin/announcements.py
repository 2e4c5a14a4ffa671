"""`/announcements`: what the offices have announced, for everybody, before signing in too."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor, Permission
from engine.bulletin.announcements import mark_announcement_read, read_announcement, visible_announcements
from engine.db import Transaction
from engine.document import Attachment
from engine.document.published import published_attachment
from engine.errors import NotFound
from web.bulletin.serving import serve_file
from web.deps import Key, app_of, database_of, try_enter
from web.pages import page
from web.shared.markdown import to_html
from web.told import forget_told
from web.view import View

router = APIRouter()

SIZE = 20


@contextmanager
def asking(request: Request) -> Iterator[tuple[Transaction, Actor | None]]:
    """A view for reading, and who asks: nobody where nobody is signed in."""
    try_enter(request)
    actor: Actor | None = getattr(request.state, "actor", None)
    if actor is None:
        request.state.view = View(demo=app_of(request).settings.demo)
    with database_of(request).read() as tx:
        yield tx, actor


@router.get("/announcements")
def show_announcements(request: Request) -> Response:
    text = request.query_params.get("page", "")
    number = max(1, int(text)) if text.isdecimal() and len(text) < 6 else 1
    with asking(request) as (tx, actor):
        found, total = visible_announcements(tx, actor, page=number, size=SIZE)
    return page(
        request,
        "bulletin/announcements.html",
        found=found,
        total=total,
        number=number,
        size=SIZE,
        may_write=actor is not None and actor.may(Permission.BULLETIN_MANAGE),
    )


@router.get("/announcements/{key}")
def show_announcement(request: Request, key: Key) -> Response:
    """One of them; from now on it counts as read."""
    with asking(request) as (tx, actor):
        found = read_announcement(tx, actor, key)
    if actor is not None and not found.read:
        with database_of(request).transaction() as tx:
            mark_announcement_read(tx, actor, key)
        forget_told(request, actor)
    return page(request, "bulletin/announcement.html", one=found, text=to_html(found.fields.text, 2))


@router.get("/announcements/{key}/files/{file}")
async def download(request: Request, key: Key, file: Key) -> Response:
    return await serve_file(request, lambda: _file(request, key, file))


def _file(request: Request, key: int, file: int) -> Attachment:
    with asking(request) as (tx, actor):
        found = read_announcement(tx, actor, key)
        if all(held["id"] != str(file) for held in found.files):
            raise NotFound
        return published_attachment(tx, file)
