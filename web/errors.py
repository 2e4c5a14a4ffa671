"""Errors become answers here and nowhere else: a page, a piece for htmx, or JSON for scripts, always with a sentence.

| error | status |
| --- | --- |
| NotFound | 404 |
| NotAllowed, PageExpired | 403 |
| InvalidInput | 422 |
| Refused, StaleTask | 409 |
| ProcessFault and anything unforeseen | 500 |
| Unavailable | 503 with Retry-After |
| SignedOut | the sign-in page, 401 |
"""

from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import quote, urlsplit

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine.errors import InvalidInput, NotAllowed, NotFound, ProcessFault, Refused, Unavailable, ZhipingError
from web.deps import MustChangePassword, PageExpired, SignedOut, try_enter
from web.guard import TOO_LARGE, BodyTooLong, refuse
from web.kept import Kept, kept_work
from web.pages import CSRF_FIELD, is_htmx, page, piece, redirect

log = structlog.get_logger(__name__)

#: the first kind that fits decides
_STATUS: tuple[tuple[type[ZhipingError], int], ...] = (
    (SignedOut, 401),
    (PageExpired, 403),
    (NotFound, 404),
    (NotAllowed, 403),
    (InvalidInput, 422),
    (Refused, 409),
    (ProcessFault, 500),
    (Unavailable, 503),
)
_TITLES: Mapping[int, str] = {
    401: "请重新登录",
    403: "不能办理",
    404: "没有找到",
    405: "不能这样访问",
    409: "现在不能办理",
    413: "内容过大",
    422: "填写有误",
    500: "系统出错了",
    503: "系统正忙",
}
_FAULT = "系统出错了，这次操作没有完成，也没有留下痕迹。请稍后再试；仍不成功时请把编号告诉系统管理员。"


#: draws the sign-in page with a sentence, where to go on, and what is kept meanwhile
SignInPage = Callable[[Request, str, str, Kept | None], Response]


def install_errors(app: FastAPI, sign_in_page: SignInPage) -> None:
    """Let every error of the application be answered here."""
    app.add_exception_handler(SignedOut, partial(_answer_signed_out, sign_in_page))
    app.add_exception_handler(ZhipingError, _answer_ours)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(RequestValidationError, _answer_unreadable)
    app.add_exception_handler(BodyTooLong, _answer_too_long)
    # the framework would answer outside every layer, without the security headers
    app.add_middleware(LastResort)


def status_of(error: ZhipingError) -> int:
    """The status of one of our errors."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def _answer_ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, ZhipingError)
    if isinstance(error, MustChangePassword):
        return redirect(request, "/password")
    status = status_of(error)
    if status >= 500:
        log.warning("request failed", id=request_id(request), error=type(error).__name__)
    fields = error.fields if isinstance(error, InvalidInput) else {}
    return answer(request, status, error.message, fields)


def _answer_signed_out(sign_in_page: SignInPage, request: Request, error: Exception) -> Response:
    """A page leads to signing in and back. What was posted is kept on the sign-in page; htmx leaves it in the page it is in."""
    assert isinstance(error, SignedOut)
    if wants_json(request) or (is_htmx(request) and request.method != "GET"):
        return answer(request, 401, error.message)
    target = _return_to(request)
    if is_htmx(request):
        return Response(status_code=401, headers={"HX-Redirect": f"/sign-in?next={quote(target, safe='/')}"})
    if request.method == "GET":
        return redirect(request, "/sign-in" if target == "/" else f"/sign-in?next={quote(target, safe='/')}")
    return sign_in_page(request, error.message, target, kept_work(request))


def _return_to(request: Request) -> str:
    shown = request.headers.get("HX-Current-URL") if is_htmx(request) else None
    if shown is None and request.method != "GET":
        shown = request.headers.get("referer")
    parts = urlsplit(shown or str(request.url))
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _answer_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    sentences = {404: NotFound().message, 405: "这个地址不能这样访问，请从菜单进入。"}
    return answer(request, error.status_code, sentences.get(error.status_code, str(error.detail)))


def _answer_unreadable(request: Request, error: Exception) -> Response:
    # An address with a word where a number belongs leads nowhere; nobody types such addresses by hand.
    assert isinstance(error, RequestValidationError)
    in_path = any(problem["loc"][0] == "path" for problem in error.errors())
    return answer(request, 404, NotFound().message) if in_path else answer(request, 422, InvalidInput().message)


def _answer_too_long(request: Request, error: Exception) -> Response:
    return answer(request, 413, TOO_LARGE)


class LastResort:
    """The innermost layer: what nobody foresaw becomes a page too, and a line in the log."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as error:
            if started or scope["type"] != "http":
                raise
            request = Request(scope, receive)
            log.error("request failed", id=request_id(request), error=type(error).__name__, exc_info=error)
            response = await run_in_threadpool(answer, request, 500, _FAULT)
            await response(scope, receive, send)


def answer(request: Request, status: int, sentence: str, fields: Mapping[str, list[str]] | None = None) -> Response:
    """The sentence in the form that was asked for. A form that could not be sent is on the page, to be sent again."""
    headers = {"Retry-After": "5"} if status == 503 else {}
    if wants_json(request):
        body = {"message": sentence, **({"fields": fields} if fields else {})}
        return JSONResponse(body, status_code=status, headers=headers)
    context = {
        "code": status,
        "heading": _TITLES.get(status, "没有办成"),
        "sentence": sentence,
        "problems": [text for found in (fields or {}).values() for text in found],
        "request_id": request_id(request),
        "kept": kept_work(request) if status >= 500 else None,
    }
    if is_htmx(request):
        return piece(request, "error.html", "message", status=status, headers=headers, **context)
    try:
        if getattr(request.state, "view", None) is None:
            try_enter(request)
        return page(request, "error.html", status=status, headers=headers, **context)
    except Exception:
        # the frame needs the database; an error page must not
        log.exception("error page failed", id=request_id(request))
        return _bare(request, status, sentence)


def _bare(request: Request, status: int, sentence: str) -> Response:
    """The sentence without a frame, and what was posted in a form that sends it again: nothing of it needs the database."""
    kept, form = kept_work(request), getattr(request.state, "form", None)
    if status < 500 or kept is None or form is None:
        return refuse(Headers(), status, sentence)
    fields = [(CSRF_FIELD, str(form.get(CSRF_FIELD, ""))), *kept.fields]
    hidden = Markup().join(Markup('<input type="hidden" name="{}" value="{}">').format(*pair) for pair in fields)
    body = Markup(
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{0}</title><p data-message>{1}</p>'
        '<form method="post" action="{2}">{3}<p>刚才填写的内容已保留。</p><button>重新提交</button></form></html>'
    ).format(status, sentence, kept.path, hidden)
    return HTMLResponse(body, status_code=status, headers={"Retry-After": "5"})


def wants_json(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    return "application/json" in accepted and "text/html" not in accepted


def request_id(request: Request) -> str:
    return str(getattr(request.state, "request_id", ""))
