"""撤回 and 废弃, each asked once more (P23, P25)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.detail import DeclarationDetail, declaration_detail
from engine.declaration.filling import DISCARD, WITHDRAW, discard_declaration, withdraw_declaration
from engine.errors import NotFound, Refused
from web.deps import POSTED, Form, Key, command, query
from web.pages import flash, page, redirect

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Asked:
    """One of the two: its title, the word on its button, what is said afterwards, where one goes then."""

    title: str
    word: str
    done: str
    after: str
    run: Callable[[Transaction, Actor, int], None]


ACTIONS: Mapping[str, Asked] = {
    WITHDRAW: Asked(
        "撤回申报材料", "撤回", "已撤回，可以修改后重新提交。", "/declaration/{}/fill", withdraw_declaration
    ),
    DISCARD: Asked("废弃这份申报", "废弃", "已废弃，本年度可以重新申报。", "/declaration", discard_declaration),
}


@router.get("/declaration/{case_key}/{action}")
def ask(request: Request, case_key: Key, action: str) -> Response:
    """The question as a page of its own, or why it is too late for it."""
    if action not in ACTIONS:
        raise NotFound
    with query(request) as (tx, actor):
        detail = _own(tx, actor, case_key)
    offered = any(one.action == action for one in detail.actions)
    return page(
        request,
        "declaration/ask.html",
        case_key=case_key,
        action=action,
        asked=ACTIONS[action],
        offered=offered,
        sentence=detail.sentence,
    )


@router.post("/declaration/{case_key}/{action}")
def act(request: Request, case_key: Key, action: str, form: Form = POSTED) -> Response:
    if action not in ACTIONS:
        raise NotFound
    asked = ACTIONS[action]
    try:
        with command(request) as (tx, actor):
            _own(tx, actor, case_key)
            asked.run(tx, actor, case_key)
    except Refused as refusal:
        flash(request, refusal.message, "warn")
        return redirect(request, "/declaration")
    flash(request, asked.done)
    return redirect(request, asked.after.format(case_key))


def _own(tx: Transaction, actor: Actor, case_key: int) -> DeclarationDetail:
    """The actor's own declaration. Raises `NotFound` for anybody else's."""
    detail = declaration_detail(tx, actor, case_key)
    if detail.row["applicant"] != actor.login:
        raise NotFound
    return detail
