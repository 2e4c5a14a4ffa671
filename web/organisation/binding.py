"""`/account/contact`: binding one's telephone and e-mail address by the code sent to it (Q2)."""

from fastapi import APIRouter, Request, Response

from engine.errors import InvalidInput, Refused
from engine.notification import Channel
from engine.organisation.recovery import bind_address, request_binding
from web.deps import POSTED, Form, app_of, current
from web.organisation.asking import first_errors, text_of
from web.pages import flash, page, redirect

router = APIRouter()


@router.get("/account/contact")
def show_binding(request: Request) -> Response:
    current(request)
    return _draw_address(request, "", {})


def _draw_address(request: Request, address: str, errors: dict[str, str], status: int = 200) -> Response:
    return page(request, "organisation/contact.html", status=status, values={"address": address}, errors=errors)


@router.post("/account/contact")
def do_request(request: Request, form: Form = POSTED) -> Response:
    actor, app, address = current(request), app_of(request), text_of(form, "address")
    try:
        channel = request_binding(app.database, app.passwords, actor, address)
    except InvalidInput as problem:
        return _draw_address(request, address, first_errors(problem), 422)
    except Refused as refused:
        return _draw_address(request, address, {"address": refused.message}, 409)
    return _draw_code(request, channel, {})


def _draw_code(request: Request, channel: Channel, errors: dict[str, str], status: int = 200) -> Response:
    return page(request, "organisation/contact_code.html", status=status, channel=channel.value, errors=errors)


@router.post("/account/contact/code")
def do_bind(request: Request, form: Form = POSTED) -> Response:
    actor, app = current(request), app_of(request)
    channel = Channel.MAIL if text_of(form, "channel") == Channel.MAIL.value else Channel.SMS
    try:
        address = bind_address(app.database, app.passwords, actor, channel, text_of(form, "code"))
    except InvalidInput as problem:
        return _draw_code(request, channel, first_errors(problem), 422)
    except Refused as refused:
        return _draw_code(request, channel, {"code": refused.message}, 409)
    flash(request, f"已绑定 {address}。")
    return redirect(request, "/account")
