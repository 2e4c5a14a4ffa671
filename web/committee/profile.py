"""`/expert/profile`: 个人信息 of an expert as it stands; brought up to date, taken back (K5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import Response

from engine.access import Actor
from engine.committee.bank_cards import own_bank_card
from engine.committee.pool_lists import STATE_LABELS
from engine.committee.profile import OwnProfile, begin_profile, own_profile
from engine.committee.vetting import PROFILE_FORM
from engine.db import Transaction
from engine.errors import Refused
from engine.flow.actions import perform_action
from engine.flow.registry import clock_of, registry_of
from engine.flow.tables import DefinitionKind
from web.committee.pool import STATE_KINDS
from web.committee.profile_filling import URL, Card, draw_filling
from web.deps import POSTED, Form, code_book, command, query
from web.fields import render_form
from web.pages import flash, page, redirect

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Away:
    """A time one cannot come as it was typed, with what is wrong with it."""

    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, list[str]] = field(default_factory=dict)


def page_of_task(task_key: int, case_key: int) -> str:
    """Where a task with the form of the profile is done: there is one for each expert."""
    return URL


PAGES = {PROFILE_FORM: page_of_task}


@router.get(URL)
def show_profile(request: Request) -> Response:
    """The profile to be written, or as it stands."""
    with query(request) as (tx, actor):
        held = own_profile(tx, actor)
        return draw_own(request, tx, actor, held)


@router.post(f"{URL}/begin")
def begin(request: Request, form: Form = POSTED) -> Response:
    """更新信息."""
    with command(request) as (tx, actor):
        begin_profile(tx, actor)
    return redirect(request, URL)


@router.post(f"{URL}/withdraw")
def withdraw(request: Request, form: Form = POSTED) -> Response:
    """Take back what waits to be vetted."""
    with command(request) as (tx, actor):
        held = own_profile(tx, actor)
        if not any(action.action == "withdraw_profile" for action in held.actions) or held.last is None:
            raise Refused("信息已审核，不能撤回；需要修改的，请点“更新信息”。")
        perform_action(tx, actor, held.last["case_key"], "withdraw_profile", {})
    flash(request, "已撤回，修改后请重新提交。")
    return redirect(request, URL)


def draw_own(
    request: Request, tx: Transaction, actor: Actor, held: OwnProfile, card: Card | None = None, status: int = 200
) -> Response:
    """The page of the profile: to be written where that waits, or as it stands."""
    if held.filling is None:
        return draw_standing(request, tx, actor, held, card=card, status=status)
    return draw_filling(request, tx, actor, held, held.filling, card=card, status=status)


def draw_standing(
    request: Request,
    tx: Transaction,
    actor: Actor,
    held: OwnProfile,
    *,
    card: Card | None = None,
    away: Away | None = None,
    status: int = 200,
) -> Response:
    """The profile as it stands, with the times one cannot come and the card."""
    registry = registry_of(tx)
    found = registry.library.latest(tx, DefinitionKind.FORM, PROFILE_FORM)
    profile = Markup()
    if found is not None and held.sections:
        view = registry.library.form(tx, found.key).prepare(
            held.sections, {}, options=code_book(request, tx), clock=clock_of(tx)
        )
        profile = render_form(view, "read", target="profile")
    waits = held.last is not None and held.last["open_task"] is not None
    return page(
        request,
        "committee/profile.html",
        status=status,
        held=held,
        state="更新待审核" if waits and held.row["state"] == "in_pool" else STATE_LABELS[held.row["state"]],
        kind="info" if waits else STATE_KINDS[held.row["state"]],
        waits=waits,
        may_withdraw=any(action.action == "withdraw_profile" for action in held.actions),
        profile=profile,
        away=away or Away(),
        card=card or Card(own_bank_card(tx, actor)),
    )
