"""`/expert/profile` while it is written: kept section by section, handed in to be vetted (K5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from engine.access import Actor
from engine.clock import local
from engine.committee.bank_cards import own_bank_card
from engine.committee.profile import (
    Kept,
    OwnProfile,
    ProfileFilling,
    filling_of,
    own_profile,
    parse_profile,
    save_profile,
    submit_profile,
)
from engine.db import Transaction
from engine.errors import InvalidInput, Refused
from engine.flow.registry import clock_of, registry_of
from engine.form import Problem, is_command
from engine.form.paths import html_id
from web.committee.asking import text_of
from web.deps import POSTED, Form, command, database_of, query
from web.fields import render_form, render_summary
from web.pages import flash, page, redirect

router = APIRouter()

URL = "/expert/profile"
SAVE, SUBMIT = "_save", "_submit"
STATES = {"complete": "complete", "incomplete": "lacking", "empty": "", "optional": "optional"}
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Card:
    """The card number as it is kept or was typed, with what is wrong with it."""

    number: str
    errors: Mapping[str, list[str]] = field(default_factory=dict)


@router.post(f"{URL}/draft")
def autosave(request: Request, form: Form = POSTED) -> Response:
    """Keep what is typed, section by section; autosave reads the answer as JSON."""
    kept = _save(request, form)
    fields = {"draft_version": write_versions(kept.versions)}
    if kept.conflicts:
        return JSONResponse({"message": conflict_words(kept), "fields": fields}, status_code=409)
    at = local(database_of(request).clock.now())
    return JSONResponse({"saved_at": f"{at:%H:%M}", "fields": fields})


@router.post(URL)
def take_in(request: Request, form: Form = POSTED) -> Response:
    """暂存 and 提交审批, and without JavaScript the buttons for rows and choices."""
    pairs = _pairs(form)
    if is_command(pairs) and SAVE not in form and SUBMIT not in form:
        with query(request) as (tx, actor):
            held = own_profile(tx, actor)
            filling = filling_of(tx, actor)
            return draw_filling(request, tx, actor, held, filling, parse_profile(tx, actor, filling, pairs))
    if SUBMIT not in form:
        kept = _save(request, form)
        if kept.conflicts:
            return _draw_conflict(request, pairs, kept)
        flash(request, "已暂存，可以随时回来继续填写。")
        return redirect(request, URL)
    return _submit(request, form, pairs)


def _save(request: Request, form: Form) -> Kept:
    with command(request) as (tx, actor):
        values = parse_profile(tx, actor, filling_of(tx, actor), _pairs(form))
        return save_profile(tx, actor, values, _versions(text_of(form, "draft_version")))


def _draw_conflict(request: Request, pairs: Pairs, kept: Kept) -> Response:
    """The page with everything that was typed; what is saved elsewhere stays until somebody saves over it."""
    with query(request) as (tx, actor):
        held, filling = own_profile(tx, actor), filling_of(tx, actor)
        values = parse_profile(tx, actor, filling, pairs)
        words = f"{conflict_words(kept)}再次暂存，就以本页的内容为准。"
        return draw_filling(request, tx, actor, held, filling, values, message=words, status=409)


def conflict_words(kept: Kept) -> str:
    """Which sections were saved elsewhere, and what to do."""
    names = "、".join(f"“{name}”" for name in kept.conflicts)
    return f"{names}已在别处保存过，这一部分没有保存，请核对。"


def write_versions(versions: Mapping[str, int]) -> str:
    """The versions as a page carries them: `basic_info:3,education:1`."""
    return ",".join(f"{name}:{number}" for name, number in sorted(versions.items()))


def _submit(request: Request, form: Form, pairs: Pairs) -> Response:
    version = text_of(form, "version")
    try:
        with command(request) as (tx, actor):
            submit_profile(
                tx,
                actor,
                parse_profile(tx, actor, filling_of(tx, actor), pairs),
                version=int(version) if version.isdecimal() and len(version) < 10 else None,
                command_key=text_of(form, "command_key")[:64] or None,
            )
    except InvalidInput as error:
        with query(request) as (tx, actor):
            held, filling = own_profile(tx, actor), filling_of(tx, actor)
            values = parse_profile(tx, actor, filling, pairs)
            problems = [Problem(path, "", sentence) for path, found in error.fields.items() for sentence in found]
            return draw_filling(request, tx, actor, held, filling, values, problems, status=422)
    except Refused as error:  # such as a file that is still looked at: what was typed stays on the page
        with query(request) as (tx, actor):
            held, filling = own_profile(tx, actor), filling_of(tx, actor)
            values = parse_profile(tx, actor, filling, pairs)
            return draw_filling(request, tx, actor, held, filling, values, message=error.message, status=409)
    flash(request, "已提交审批，审核结果会在消息中通知您。")
    return redirect(request, URL)


def draw_filling(
    request: Request,
    tx: Transaction,
    actor: Actor,
    held: OwnProfile,
    filling: ProfileFilling,
    values: Mapping[str, Any] | None = None,
    problems: Sequence[Problem] = (),
    *,
    message: str = "",
    card: Card | None = None,
    status: int = 200,
) -> Response:
    """The form with what is kept or was typed, what is wrong with it, and how far each section is."""
    key = filling.task.row["key"]
    options = registry_of(tx).options_of(tx, local(tx.now).year)
    shown = filling.values if values is None else values
    view = filling.form.prepare(shown, filling.context, options=options, clock=clock_of(tx))
    return page(
        request,
        "committee/profile_fill.html",
        status=status,
        held=held,
        returned=filling.task.row["element_id"] == "revise_profile",
        fields=render_form(
            view,
            errors=problems,
            rerender=f"/tasks/{key}/fields",
            upload=f"/files?task={key}",
            upload_page=f"/tasks/{key}/files",
        ),
        summary=render_summary(problems),
        message=message,
        side=[_entry(state) for state in filling.sections],
        task=filling.task.row,
        versions=write_versions(filling.versions),
        saved=_saved_words(filling),
        command_key=token_urlsafe(12),
        card=card or Card(own_bank_card(tx, actor)),
    )


def _saved_words(filling: ProfileFilling) -> str:
    if filling.saved_at is None:
        return ""
    at = local(filling.saved_at)
    return f"已保存 {at.month}月{at.day}日 {at:%H:%M}"


def _entry(state: Any) -> dict[str, Any]:
    return {
        "label": state.label,
        "url": f"#{html_id(state.path)}",
        "state": STATES[state.state],
        "words": state.text,
        "current": False,
    }


def _pairs(form: Form) -> Pairs:
    return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]


def _versions(text: str) -> dict[str, int]:
    parts = (part.rpartition(":") for part in text.split(","))
    return {name: int(number) for name, colon, number in parts if colon and number.isascii() and number.isdigit()}
