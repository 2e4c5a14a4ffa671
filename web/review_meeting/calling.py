"""`/review-meetings/new` and `/review-meetings/{key}/edit`: calling a meeting, and changing what was typed (M1)."""

from collections.abc import Mapping
from secrets import token_urlsafe
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.clock import local
from engine.db import Transaction
from engine.errors import InvalidInput, StaleTask
from engine.review_meeting.creating import (
    calling_unit,
    committees_to_call,
    create_meeting,
    edit_meeting,
    editable_meeting,
    staff_to_call,
)
from engine.review_meeting.fields import MeetingFields
from engine.review_meeting.meetings import staff_of
from web.deps import POSTED, Form, Key, code_book, command, query
from web.pages import flash, page, redirect
from web.review_meeting.frame import BASE, address_of, moment_in, number_in, numbers_in, text_in

router = APIRouter()


@router.get(f"{BASE}/new")
def show_new(request: Request) -> Response:
    with query(request) as (tx, actor):
        return _draw(request, tx, actor, MeetingFields(), calling_unit(tx, actor))


@router.post(f"{BASE}/new")
def call_meeting(request: Request, form: Form = POSTED) -> Response:
    fields = _read(form)
    try:
        with command(request) as (tx, actor):
            key = create_meeting(tx, actor, fields, command_key=text_in(form, "command_key")[:64] or None)
    except InvalidInput as error:
        with query(request) as (tx, actor):
            return _draw(request, tx, actor, fields, calling_unit(tx, actor), error.fields, status=422)
    flash(request, f"评审会议“{fields.name}”已建立，请分组。")
    return redirect(request, address_of(key))


@router.get(BASE + "/{key}/edit")
def show_edit(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        meeting = editable_meeting(tx, actor, key)
        fields = MeetingFields(
            committees=tuple(meeting.committee_ids),
            staff=tuple(row["account"] for row in staff_of(tx, key)),
            **{name: meeting.row[name] for name in ("name", "starts_at", "ends_at", "venue", "brief", "masked")},
        )
        return _draw(request, tx, actor, fields, meeting.unit, key=key, version=meeting.row["version"])


@router.post(BASE + "/{key}/edit")
def save(request: Request, key: Key, form: Form = POSTED) -> Response:
    fields = _read(form)
    try:
        with command(request) as (tx, actor):
            edit_meeting(tx, actor, key, fields, version=number_in(form, "version") or 0)
    except (InvalidInput, StaleTask) as error:
        found = error.fields if isinstance(error, InvalidInput) else {"name": [error.message]}
        with query(request) as (tx, actor):
            meeting = editable_meeting(tx, actor, key)
            version = meeting.row["version"]
            code = 422 if isinstance(error, InvalidInput) else 409
            return _draw(request, tx, actor, fields, meeting.unit, found, key=key, version=version, status=code)
    flash(request, "会议信息已保存。")
    return redirect(request, address_of(key))


def _read(form: Form) -> MeetingFields:
    return MeetingFields(
        name=text_in(form, "name"),
        starts_at=moment_in(form, "starts_at"),
        ends_at=moment_in(form, "ends_at"),
        venue=text_in(form, "venue"),
        brief=text_in(form, "brief"),
        committees=tuple(numbers_in(form, "committees")),
        staff=tuple(numbers_in(form, "staff")),
        masked=text_in(form, "masked") == "1",
    )


def _draw(
    request: Request,
    tx: Transaction,
    actor: Actor,
    fields: MeetingFields,
    unit: int,
    errors: Mapping[str, list[str]] | None = None,
    *,
    key: int | None = None,
    version: int = 0,
    status: int = 200,
) -> Response:
    book = code_book(request, tx)
    committees = [
        (row.id, f"{row.name}（{book.label('title_series', row.series)}，备案至 {row.valid_until.isoformat()}）")
        for row in committees_to_call(tx, unit)
    ]
    context: dict[str, Any] = {
        "starts_at": _typed(fields.starts_at),
        "ends_at": _typed(fields.ends_at),
        "committees": committees,
        "staff": [(row.id, f"{row.name}（{row.login}）") for row in staff_to_call(tx, unit)],
        "back": address_of(key) if key else BASE,
    }
    return page(
        request,
        "review_meeting/edit.html",
        status=status,
        key=key,
        version=version,
        fields=fields,
        errors=errors or {},
        command_key=token_urlsafe(12),
        **context,
    )


def _typed(at: Any) -> str:
    return f"{local(at):%Y-%m-%dT%H:%M}" if at is not None else ""
