"""`/service-accounts`: 服务账号与令牌, for the administrator of the system; `/account/tokens`: one's own tokens."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from engine.access import Permission, authorize
from engine.errors import InvalidInput
from engine.organisation import disable_account, enable_account
from engine.organisation.api_tokens import issue_own_token, own_tokens, revoke_own_token
from engine.organisation.services import (
    SERVICE_SCOPES,
    create_service,
    issue_service_token,
    list_services,
    revoke_service_token,
    service_details,
)
from web.deps import POSTED, Form, Key, command, query
from web.organisation import token_words
from web.organisation.asking import text_of
from web.organisation.events import told
from web.pages import flash, page, redirect

router = APIRouter()

TokenId = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
Errors = dict[str, list[str]]
REVOKED = "令牌已吊销，使用它的调用将被拒绝。"


@router.get("/service-accounts")
def show_services(request: Request) -> Response:
    with query(request) as (tx, actor):
        rows = list_services(tx, actor)
    return page(request, "organisation/services.html", rows=rows)


@router.get("/service-accounts/new")
def show_new(request: Request) -> Response:
    with query(request) as (_, actor):
        authorize(actor, Permission.SERVICES_MANAGE)
    return _draw_new(request, {}, {})


def _draw_new(request: Request, values: dict[str, object], errors: Errors) -> Response:
    return page(
        request,
        "organisation/service_form.html",
        status=422 if errors else 200,
        errors=errors,
        **token_words.form_context(SERVICE_SCOPES, values),
    )


@router.post("/service-accounts/new")
def do_create(request: Request, form: Form = POSTED) -> Response:
    fields, login, title = token_words.fields_of(form), text_of(form, "login"), text_of(form, "title")
    try:
        with command(request) as (tx, actor):
            key, token = create_service(tx, actor, login=login, title=title, fields=fields)
    except InvalidInput as problem:
        return _draw_new(request, token_words.typed(form, "login", "title"), problem.fields)
    return _show_token(request, title.strip(), login.strip().lower(), fields.name, token, f"/service-accounts/{key}")


def _show_token(request: Request, owner: str, login: str, name: str, token: str, back: str) -> Response:
    """The page that says a token this once; nothing of it is kept."""
    return page(
        request,
        "organisation/token.html",
        owner=owner,
        login=login,
        name=name.strip(),
        token=token,
        back=back,
    )


@router.get("/service-accounts/{key}")
def show_service(request: Request, key: Key) -> Response:
    return _draw_service(request, key, {}, {})


def _draw_service(request: Request, key: int, values: dict[str, object], errors: Errors) -> Response:
    with query(request) as (tx, actor):
        found = service_details(tx, actor, key)
    return page(
        request,
        "organisation/service.html",
        status=422 if errors else 200,
        found=found,
        tokens=token_words.told(found.tokens),
        events=told(found.events),
        errors=errors,
        **token_words.form_context(SERVICE_SCOPES, values),
    )


@router.post("/service-accounts/{key}/tokens")
def do_issue(request: Request, key: Key, form: Form = POSTED) -> Response:
    fields = token_words.fields_of(form)
    try:
        with command(request) as (tx, actor):
            token = issue_service_token(tx, actor, key, fields)
            service = service_details(tx, actor, key).service
    except InvalidInput as problem:
        return _draw_service(request, key, token_words.typed(form), problem.fields)
    return _show_token(request, service.name, service.login, fields.name, token, f"/service-accounts/{key}")


@router.post("/service-accounts/{key}/tokens/{token_id}/revoke")
def do_revoke(request: Request, key: Key, token_id: TokenId, form: Form = POSTED) -> Response:
    with command(request) as (tx, actor):
        revoke_service_token(tx, actor, key, token_id)
    flash(request, REVOKED)
    return redirect(request, f"/service-accounts/{key}")


@router.post("/service-accounts/{key}/disable")
def do_disable(request: Request, key: Key, form: Form = POSTED) -> Response:
    with command(request) as (tx, actor):
        service_details(tx, actor, key)
        disable_account(tx, actor, key)
    flash(request, "服务账号已停用，它的令牌全部吊销。")
    return redirect(request, f"/service-accounts/{key}")


@router.post("/service-accounts/{key}/enable")
def do_enable(request: Request, key: Key, form: Form = POSTED) -> Response:
    with command(request) as (tx, actor):
        service_details(tx, actor, key)
        enable_account(tx, actor, key)
    flash(request, "服务账号已启用，请签发新的令牌。")
    return redirect(request, f"/service-accounts/{key}")


@router.get("/account/tokens")
def show_own(request: Request) -> Response:
    return _draw_own(request, {}, {})


def _draw_own(request: Request, values: dict[str, object], errors: Errors) -> Response:
    with query(request) as (tx, actor):
        tokens = own_tokens(tx, actor)
    return page(
        request,
        "organisation/own_tokens.html",
        status=422 if errors else 200,
        tokens=token_words.told(tokens),
        errors=errors,
        **token_words.form_context(actor.permissions, values),
    )


@router.post("/account/tokens")
def do_issue_own(request: Request, form: Form = POSTED) -> Response:
    fields = token_words.fields_of(form)
    try:
        with command(request) as (tx, actor):
            token = issue_own_token(tx, actor, fields)
    except InvalidInput as problem:
        return _draw_own(request, token_words.typed(form), problem.fields)
    return _show_token(request, actor.name, actor.login, fields.name, token, "/account/tokens")


@router.post("/account/tokens/{token_id}/revoke")
def do_revoke_own(request: Request, token_id: TokenId, form: Form = POSTED) -> Response:
    with command(request) as (tx, actor):
        revoke_own_token(tx, actor, token_id)
    flash(request, REVOKED)
    return redirect(request, "/account/tokens")
