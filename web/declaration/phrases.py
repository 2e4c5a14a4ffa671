"""`/declarations/phrases`: 常用意见设置 – each account's own phrases (U11)."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.declaration.phrases import (
    add_stock_phrase,
    edit_stock_phrase,
    move_stock_phrase,
    remove_stock_phrase,
    stock_phrases,
)
from engine.errors import InvalidInput, Refused
from web.deps import POSTED, Form, Key, command, query
from web.pages import flash, page, query_with, redirect

router = APIRouter()

Change = Callable[[Transaction, Actor], object]


@router.get("/declarations/phrases")
def show_phrases(request: Request) -> Response:
    return _draw(request)


@router.post("/declarations/phrases")
def add(request: Request, form: Form = POSTED) -> Response:
    text = str(form.get("text", ""))
    return _change(request, lambda tx, actor: add_stock_phrase(tx, actor, text=text), "已添加。", 0, text)


@router.post("/declarations/phrases/{phrase_id}")
def edit(request: Request, phrase_id: Key, form: Form = POSTED) -> Response:
    """Save the text, or move or delete the phrase, by the button pressed."""
    text = str(form.get("text", ""))
    place = str(form.get("to", ""))
    if "remove" in form:
        return _change(request, lambda tx, actor: remove_stock_phrase(tx, actor, phrase_id), "已删除。", phrase_id)
    if place.isdecimal() and len(place) < 5:
        return _change(request, lambda tx, actor: move_stock_phrase(tx, actor, phrase_id, to=int(place)), "", phrase_id)
    return _change(
        request, lambda tx, actor: edit_stock_phrase(tx, actor, phrase_id, text=text), "已保存。", phrase_id, text
    )


def _change(request: Request, change: Change, done: str, phrase_id: int, text: str = "") -> Response:
    """Make the change; a text that cannot be kept stays in its field with the reason. `phrase_id` 0 is the new one."""
    try:
        with command(request) as (tx, actor):
            change(tx, actor)
    except InvalidInput as error:
        return _draw(request, phrase_id, text, error.fields.get("text", [error.message])[0], 422)
    except Refused as refusal:
        return _draw(request, phrase_id, text, refusal.message, 409)
    if done:
        flash(request, done)
    return redirect(request, f"/declarations/phrases{query_with(request.query_params)}".rstrip("?"))


def _draw(request: Request, wrong: int = -1, text: str = "", problem: str = "", status: int = 200) -> Response:
    back = request.query_params.get("back", "")
    with query(request) as (tx, actor):
        authorize(actor, Permission.DECLARATIONS_REVIEW)
        return page(
            request,
            "declaration/phrases.html",
            status=status,
            phrases=stock_phrases(tx, actor),
            wrong=wrong,
            text=text,
            problem=problem,
            back_query=f"?back={back}" if back.isdecimal() else "",
            back_url=f"/declarations/{back}/review" if back.isdecimal() else "/declarations",
        )
