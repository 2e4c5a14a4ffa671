"""`/pool/{committee}/{expert}`: one expert of a pool – what is known, another term, out of the pool, barred, a password again."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.committee.keeping import find_pool
from engine.committee.membership import bar_expert, remove_expert, reset_expert_password, set_term
from engine.committee.pool_lists import pool_detail
from engine.committee.vetting import PROFILE_FORM
from engine.errors import InvalidInput
from engine.flow.registry import clock_of, registry_of
from engine.flow.tables import DefinitionKind
from web.committee.asking import day_of, text_of
from web.committee.password import first_password, show_password
from web.committee.pool import line_of, may_bar
from web.deps import POSTED, Form, Key, app_of, code_book, command, query
from web.fields import render_form
from web.pages import flash, page, redirect

router = APIRouter()


@router.get("/pool/{committee}/{expert}")
def show_member(request: Request, committee: Key, expert: Key) -> Response:
    return _draw(request, committee, expert)


@router.post("/pool/{committee}/{expert}/term")
def change_term(request: Request, committee: Key, expert: Key, form: Form = POSTED) -> Response:
    begin, end = day_of(text_of(form, "term_from")), day_of(text_of(form, "term_until"))
    try:
        with command(request) as (tx, actor):
            set_term(tx, actor, committee, expert, begin, end)
    except InvalidInput as error:
        return _draw(request, committee, expert, form, error.fields)
    flash(request, "聘期已保存。")
    return redirect(request, f"/pool/{committee}/{expert}")


@router.post("/pool/{committee}/{expert}/remove")
def remove(request: Request, committee: Key, expert: Key, form: Form = POSTED) -> Response:
    try:
        with command(request) as (tx, actor):
            remove_expert(tx, actor, committee, expert, reason=text_of(form, "remove_reason"))
    except InvalidInput as error:
        return _draw(request, committee, expert, form, {"remove_reason": error.fields["reason"]})
    flash(request, "已移出评委库，今后的会议不再抽取该专家。")
    return redirect(request, f"/pool?committee={committee}")


@router.post("/pool/{committee}/{expert}/bar")
def bar(request: Request, committee: Key, expert: Key, form: Form = POSTED) -> Response:
    until = day_of(text_of(form, "until"))
    try:
        with command(request) as (tx, actor):
            bar_expert(
                tx,
                actor,
                committee,
                expert,
                reason=text_of(form, "reason"),
                until=until,
                source=text_of(form, "source"),
            )
    except InvalidInput as error:
        return _draw(request, committee, expert, form, error.fields)
    flash(request, "已记入诚信记录，到期自动解除；期内不能被抽取、不能入库。")
    return redirect(request, f"/pool/{committee}/{expert}")


@router.post("/pool/{committee}/{expert}/password")
def reset(request: Request, committee: Key, expert: Key, form: Form = POSTED) -> Response:
    password, hashed = first_password(request)
    with command(request) as (tx, actor):
        login = reset_expert_password(tx, actor, committee, expert, hashed)
        name = pool_detail(tx, actor, committee, expert).line.row["name"]
    back = f"/pool/{committee}/{expert}"
    if app_of(request).settings.demo:
        flash(request, f"{name}的密码已重置为初始密码。")
        return redirect(request, back)
    return show_password(request, name, login, password, back)


def _draw(
    request: Request,
    committee: int,
    expert: int,
    form: Form | None = None,
    errors: Mapping[str, list[str]] | None = None,
) -> Response:
    with query(request) as (tx, actor):
        book, pool = code_book(request, tx), find_pool(tx, actor, committee)
        held = pool_detail(tx, actor, committee, expert)
        registry = registry_of(tx)
        found = registry.library.latest(tx, DefinitionKind.FORM, PROFILE_FORM) if held.profile else None
        shown = ""
        if found is not None:
            view = registry.library.form(tx, found.key).prepare(held.profile, {}, options=book, clock=clock_of(tx))
            shown = render_form(view, "read", target="profile")
        return page(
            request,
            "committee/member.html",
            status=422 if errors else 200,
            pool=pool,
            held=held,
            one=line_of(held.line, book),
            title=book.label("title_name", held.line.row["title_name"]) if held.line.row["title_name"] else "",
            identity=book.label("identity_type", held.line.row["identity_type"]),
            profile=shown,
            typed={name: text_of(form, name) for name in form} if form is not None else {},
            errors=errors or {},
            may_change=pool.state == "active",
            may_bar=may_bar(actor),
        )
