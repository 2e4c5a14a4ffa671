"""`/forgot`: a new password by a code to the bound telephone or e-mail address (A4, Q2). It reads the same for every account."""

from fastapi import APIRouter, Request, Response

from engine.errors import InvalidInput, Refused
from engine.organisation.recovery import request_reset, reset_by_code
from web.deps import POSTED, Form, app_of
from web.organisation.asking import first_errors, text_of, values_of
from web.organisation.portal import public_view
from web.pages import flash, page, redirect

router = APIRouter()


@router.get("/forgot")
def show_forgotten(request: Request) -> Response:
    return _draw_asking(request, {"login": request.query_params.get("login", "")}, {})


def _draw_asking(request: Request, values: dict[str, str], errors: dict[str, str], status: int = 200) -> Response:
    request.state.view = public_view(request)
    return page(request, "organisation/forgot.html", status=status, values=values, errors=errors)


@router.post("/forgot")
def do_request_code(request: Request, form: Form = POSTED) -> Response:
    app, values = app_of(request), values_of(form, ("login", "address"))
    missing = {
        name: said
        for name, said in (("login", "请填写登录名或证件号码"), ("address", "请填写绑定的手机号码或电子邮箱"))
        if not values[name].strip()
    }
    if missing:
        return _draw_asking(request, values, missing, 422)
    client = request.client.host if request.client else ""
    try:
        request_reset(app.database, app.passwords, **values, client=client)
    except Refused as refused:
        return _draw_asking(request, values, {"login": refused.message}, 409)
    return _draw_code(request, values["login"], {})


def _draw_code(request: Request, login: str, errors: dict[str, str], status: int = 200) -> Response:
    request.state.view = public_view(request)
    return page(request, "organisation/forgot_code.html", status=status, login=login, errors=errors)


@router.post("/forgot/password")
def do_reset(request: Request, form: Form = POSTED) -> Response:
    app, login = app_of(request), text_of(form, "login")
    given = values_of(form, ("code", "password", "repeated"))
    try:
        reset_by_code(app.database, app.passwords, login=login, **given)
    except InvalidInput as problem:
        return _draw_code(request, login, first_errors(problem), 422)
    except Refused as refused:
        return _draw_code(request, login, {"code": refused.message}, 409)
    flash(request, "新密码已生效，请登录。")
    return redirect(request, "/sign-in")
