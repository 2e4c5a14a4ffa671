"""`/account/delegation`: 委托办理, handing one's inbox to a colleague for some days, and taking it back."""

from datetime import date

from fastapi import APIRouter, Request, Response

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput, NotAllowed
from engine.organisation.delegations import (
    delegate_inbox,
    delegations_of,
    may_delegate,
    possible_delegates,
    revoke_delegation,
)
from web.deps import POSTED, Form, Key, command, query
from web.organisation.asking import first_errors, values_of
from web.pages import flash, page, redirect

router = APIRouter()

STATES = {
    "active": ("生效中", "good"),
    "waiting": ("未开始", "info"),
    "over": ("已结束", ""),
    "revoked": ("已收回", ""),
}


@router.get("/account/delegation")
def show_delegation(request: Request) -> Response:
    with query(request) as (tx, actor):
        return _draw(request, tx, actor, {}, {})


def _draw(request: Request, tx: Transaction, actor: Actor, values: dict[str, str], errors: dict[str, str]) -> Response:
    if not may_delegate(actor):
        raise NotAllowed("您现在的身份没有可以委托的单位待办。")
    return page(
        request,
        "organisation/delegation.html",
        status=422 if errors else 200,
        people=possible_delegates(tx, actor),
        given=delegations_of(tx, actor),
        received=delegations_of(tx, actor, received=True),
        states=STATES,
        values=values,
        errors=errors,
    )


@router.post("/account/delegation")
def do_delegate(request: Request, form: Form = POSTED) -> Response:
    values = values_of(form, ("to", "starts_on", "ends_on", "reason"))
    try:
        with command(request) as (tx, actor):
            delegate_inbox(
                tx,
                actor,
                to=values["to"],
                starts_on=_day(values["starts_on"]),
                ends_on=_day(values["ends_on"]),
                reason=values["reason"],
            )
    except InvalidInput as problem:
        with query(request) as (tx, actor):
            return _draw(request, tx, actor, values, first_errors(problem))
    flash(request, "已委托，对方会收到通知；到期自动结束，也可随时收回。")
    return redirect(request, "/account/delegation")


@router.post("/account/delegation/{key}/revoke")
def do_revoke(request: Request, key: Key, form: Form = POSTED) -> Response:
    with command(request) as (tx, actor):
        revoke_delegation(tx, actor, key)
    flash(request, "委托已收回。")
    return redirect(request, "/account/delegation")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
