"""`/pool/{committee}/new`: 单个新增专家 (K3)."""

from collections.abc import Mapping
from secrets import token_urlsafe

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.committee.adding import add_expert
from engine.committee.expert_fields import NewExpert, Rules, rules_for
from engine.committee.keeping import find_pool
from engine.committee.terms import years_later
from engine.errors import InvalidInput
from engine.flow.repeats import first_result, keep_result
from web.committee.asking import day_of, text_of
from web.committee.password import first_password, show_password
from web.deps import POSTED, Form, Key, app_of, code_book, command, query
from web.pages import flash, page, redirect

router = APIRouter()


@router.get("/pool/{committee}/new")
def show_new(request: Request, committee: Key) -> Response:
    return _draw(request, committee, None)


@router.post("/pool/{committee}/new")
def add(request: Request, committee: Key, form: Form = POSTED) -> Response:
    """Take one expert in; the first password is shown this once."""
    fields = NewExpert(
        name=text_of(form, "name"),
        identity_type=text_of(form, "identity_type"),
        identity_number=text_of(form, "identity_number"),
        phone=text_of(form, "phone"),
        workplace=text_of(form, "workplace"),
        specialty=text_of(form, "specialty"),
        title_level=text_of(form, "title_level"),
        term_from=day_of(text_of(form, "term_from")),
        term_until=day_of(text_of(form, "term_until")),
    )
    password, hashed = first_password(request)
    repeated = text_of(form, "command_key")[:64] or None
    try:
        with command(request) as (tx, actor):
            before = first_result(tx, actor, repeated)
            if before is None:
                added = add_expert(tx, actor, code_book(request, tx), committee, fields, password_hash=hashed)
                keep_result(tx, actor, repeated, {"expert": added.expert})
    except InvalidInput as error:
        return _draw(request, committee, fields, error.fields)
    if before is not None:
        return redirect(request, f"/pool/{committee}/{before['expert']}")
    back = f"/pool/{committee}/{added.expert}"
    if not added.new_account or app_of(request).settings.demo:
        told = "请本人完善信息。" if not added.known else "该专家此前已在其他评委库，信息沿用。"
        flash(request, f"专家“{fields.name}”已加入评委库，{told}")
        return redirect(request, back)
    return show_password(request, fields.name, added.login, password, back)


def _draw(
    request: Request, committee: int, fields: NewExpert | None, errors: Mapping[str, list[str]] | None = None
) -> Response:
    with query(request) as (tx, actor):
        pool = find_pool(tx, actor, committee, to_change=True)
        rules = rules_for(tx, code_book(request, tx), committee)
    return page(
        request,
        "committee/expert_new.html",
        status=422 if errors else 200,
        pool=pool,
        fields=fields or _first(rules),
        errors=errors or {},
        rules=rules,
        command_key=token_urlsafe(12),
    )


def _first(rules: Rules) -> NewExpert:
    """A term of the greatest length from today."""
    return NewExpert(term_from=rules.today, term_until=years_later(rules.today, rules.term_years, -1))
