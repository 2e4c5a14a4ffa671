"""`/announcements/own`: an office's own announcements – writing, changing, taking down, their files."""

from dataclasses import replace
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from engine.access import Permission, authorize
from engine.bulletin.announcements import (
    AnnouncementFields,
    add_announcement_file,
    audiences_of,
    edit_announcement,
    own_announcements,
    publish_announcement,
    read_announcement,
    remove_announcement,
    remove_announcement_file,
)
from engine.clock import ZONE, local
from engine.document import Stored, add_attachment
from engine.errors import InvalidInput
from engine.organisation import ROLES, Role
from engine.organisation.unit_lists import search_units, units_by_id
from web.bulletin.serving import receive_file
from web.deps import POSTED, Form, Key, app_of, command, current, query
from web.pages import flash, page, redirect

router = APIRouter()

SIZE = 20
#: so many units a search offers
MOST_UNITS = 50
Errors = dict[str, list[str]]


@router.get("/announcements/own")
def show_own(request: Request) -> Response:
    text = request.query_params.get("page", "")
    number = max(1, int(text)) if text.isdecimal() and len(text) < 6 else 1
    with query(request) as (tx, actor):
        found, total = own_announcements(tx, actor, page=number, size=SIZE)
        now = tx.now
    return page(request, "bulletin/own.html", found=found, total=total, number=number, size=SIZE, now=now)


@router.get("/announcements/new")
def show_new(request: Request) -> Response:
    return _draw(request, AnnouncementFields(audience=""))


@router.post("/announcements/new")
def publish(request: Request, form: Form = POSTED) -> Response:
    fields, errors = _read(form)
    if "search" in form:
        return _draw(request, fields, words=str(form.get("unit_q", "")))
    try:
        _refuse(errors)
        with command(request) as (tx, actor):
            key = publish_announcement(tx, actor, fields)
    except InvalidInput as error:
        return _draw(request, fields, error.fields, words=str(form.get("unit_q", "")), status=422)
    flash(request, "公告已保存，可以继续添加附件。")
    return redirect(request, f"/announcements/{key}/edit")


@router.get("/announcements/{key}/edit")
def show_edit(request: Request, key: Key) -> Response:
    return _draw_stored(request, key)


@router.post("/announcements/{key}/edit")
def edit(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Save it, or look for units, or take it down, by the button pressed."""
    if "remove" in form:
        with command(request) as (tx, actor):
            remove_announcement(tx, actor, key)
        flash(request, "公告已撤下。")
        return redirect(request, "/announcements/own")
    fields, errors = _read(form)
    if "search" in form:
        return _draw(request, fields, key=key, words=str(form.get("unit_q", "")))
    try:
        _refuse(errors)
        with command(request) as (tx, actor):
            edit_announcement(tx, actor, key, fields)
    except InvalidInput as error:
        return _draw(request, fields, error.fields, key=key, words=str(form.get("unit_q", "")), status=422)
    flash(request, "公告已保存。")
    return redirect(request, f"/announcements/{key}")


@router.post("/announcements/{key}/files")
async def add_file(request: Request, key: Key, form: Form = POSTED) -> Response:
    """One more file under it."""
    actor = await run_in_threadpool(current, request)
    authorize(actor, Permission.BULLETIN_MANAGE)
    try:
        stored = await receive_file(request, form)
        await run_in_threadpool(_keep, request, key, stored)
    except InvalidInput as error:
        return await run_in_threadpool(_draw_stored, request, key, error.fields, 422)
    flash(request, "附件已添加。")
    return redirect(request, f"/announcements/{key}/edit")


@router.post("/announcements/{key}/files/{file}/remove")
def remove_file(request: Request, key: Key, file: Key, form: Form = POSTED) -> Response:
    with command(request) as (tx, actor):
        remove_announcement_file(tx, actor, key, file)
    flash(request, "附件已删除。")
    return redirect(request, f"/announcements/{key}/edit")


def _keep(request: Request, key: int, stored: Stored) -> None:
    with command(request) as (tx, actor):
        added = add_attachment(tx, actor, app_of(request).files, stored, field="announcement")
        tx.flush()
        add_announcement_file(tx, actor, key, added.describe())


def _draw_stored(request: Request, key: int, errors: Errors | None = None, status: int = 200) -> Response:
    with query(request) as (tx, actor):
        authorize(actor, Permission.BULLETIN_MANAGE)
        fields = read_announcement(tx, actor, key).fields
    return _draw(request, fields, errors, key=key, status=status)


def _draw(
    request: Request,
    fields: AnnouncementFields,
    errors: Errors | None = None,
    *,
    key: int | None = None,
    words: str = "",
    status: int = 200,
) -> Response:
    with query(request) as (tx, actor):
        authorize(actor, Permission.BULLETIN_MANAGE)
        found = search_units(tx, actor, words.strip()[:50], MOST_UNITS, in_use=True) if words.strip() else []
        own = [held for held in (fields.unit, actor.unit) if held is not None]
        units = {unit.id: unit.name for unit in (*units_by_id(tx, actor, own), *found)}
        files = read_announcement(tx, actor, key).files if key is not None else []
        audiences = audiences_of(actor)
    if not fields.audience:
        fields = replace(fields, audience=audiences[0][0])
    return page(
        request,
        "bulletin/edit.html",
        status=status,
        key=key,
        fields=fields,
        errors=errors or {},
        audiences=audiences,
        units=list(units.items()),
        words=words,
        roles=[(role.value, rights.label) for role, rights in ROLES.items() if role != Role.SERVICE],
        files=files,
        shown_from=_typed(fields.shown_from),
        shown_until=_typed(fields.shown_until),
    )


def _read(form: Form) -> tuple[AnnouncementFields, Errors]:
    """What was filled in, and the instants that are none."""
    errors: Errors = {}
    instants: dict[str, datetime | None] = {}
    for name in ("shown_from", "shown_until"):
        text = str(form.get(name, "")).strip()
        try:
            instants[name] = datetime.fromisoformat(text).replace(tzinfo=ZONE) if text else None
        except ValueError:
            instants[name], errors[name] = None, ["请填写日期和时间，如 2026-06-30 18:00"]
    unit = str(form.get("unit", ""))
    fields = AnnouncementFields(
        title=str(form.get("title", "")),
        text=str(form.get("text", "")).replace("\r\n", "\n"),
        audience=str(form.get("audience", "")),
        unit=int(unit) if unit.isdecimal() and len(unit) < 19 else None,
        role=str(form.get("role", "")),
        shown_from=instants["shown_from"],
        shown_until=instants["shown_until"],
        pinned=form.get("pinned") == "1",
    )
    return fields, errors


def _refuse(errors: Errors) -> None:
    if errors:
        raise InvalidInput(fields=errors)


def _typed(at: datetime | None) -> str:
    return local(at).strftime("%Y-%m-%dT%H:%M") if at is not None else ""
