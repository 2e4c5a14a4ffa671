"""The bell: what one has been told, the newest first."""

from fastapi import APIRouter, Request, Response

from engine.notification import mark_read, notices_of
from web.deps import POSTED, Form, Key, command, query
from web.pages import page, redirect

router = APIRouter()

PAGE = 20


@router.get("/notifications")
def show_notifications(request: Request) -> Response:
    before = request.query_params.get("before", "")
    with query(request) as (tx, actor):
        found = notices_of(
            tx, actor, before=int(before) if before.isdecimal() and len(before) < 19 else None, limit=PAGE + 1
        )
    notices, more = found[:PAGE], found[PAGE:]
    return page(request, "notification/notifications.html", notices=notices, before=notices[-1].key if more else None)


@router.post("/notifications/read")
def read_notifications(request: Request, form: Form = POSTED) -> Response:
    """Mark all as read."""
    with command(request) as (tx, actor):
        mark_read(tx, actor)
    return redirect(request, "/notifications")


@router.post("/notifications/{key}")
def open_notification(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Mark one as read and go to what it is about."""
    with command(request) as (tx, actor):
        mark_read(tx, actor, key)
        url = next((notice.url for notice in notices_of(tx, actor, before=key + 1, limit=1) if notice.key == key), None)
    return redirect(request, url or "/notifications")
