"""What every request passes before and after the application: where it comes from, how long it may be, what the answer forbids."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    "default-src 'self'; script-src 'self'; style-src {styles}; img-src 'self' data: blob:; font-src 'self' data:; "
    "object-src 'self'; frame-ancestors {frames}; base-uri 'none'; form-action 'self'"
)
STRICT = _POLICY.format(styles="'self'", frames="'none'")
#: the diagram editor's libraries write style attributes
EDITOR = _POLICY.format(styles="'self' 'unsafe-inline'", frames="'none'")
EDITOR_PATHS = ("/studio",)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = "max-age=31536000; includeSubDomains"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: forms and diagrams; files have a limit of their own
BODY_BYTES = 8 * 1024 * 1024
TOO_LARGE = "提交的内容过大，没有保存。请压缩或拆分后再提交。"
FOREIGN = "请求来自其他网站，已被拒绝。请从本系统的页面办理。"


class Guard:
    """Refuses posts from other sites and bodies that are too long, and adds the security headers to every answer.

    `/v2` carries a token of its own in each request and no cookie, so where a call to it comes from does not matter.
    """

    def __init__(self, app: ASGIApp, *, secure: bool, upload_bytes: int) -> None:
        self._app = app
        self._headers = {**HEADERS, **({"Strict-Transport-Security": HSTS} if secure else {})}
        self._upload_bytes = upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        guarded = self._with_headers(scope["path"], send)
        if scope["method"] not in SAFE and not scope["path"].startswith("/v2/") and is_foreign(headers):
            await refuse(headers, 403, FOREIGN)(scope, receive, guarded)
            return
        limit = self._upload_bytes if scope["path"].endswith("/files") else BODY_BYTES
        if int(headers.get("content-length", "0") or 0) > limit:
            await refuse(headers, 413, TOO_LARGE)(scope, receive, guarded)
            return
        await self._app(scope, _limited(receive, limit), guarded)

    def _with_headers(self, path: str, send: Send) -> Send:
        policy = EDITOR if path.startswith(EDITOR_PATHS) else STRICT

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", policy)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if not path.startswith("/static/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        return guarded


class BodyTooLong(Exception):
    """A body without a length that went on too long."""


def _limited(receive: Receive, limit: int) -> Receive:
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > limit:
                raise BodyTooLong
        return message

    return limited


def is_foreign(headers: Headers) -> bool:
    """True where a browser says that another site sent this. Programs that say nothing have no cookie of somebody else's either."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] != headers.get("host", "")


def refuse(headers: Headers, status: int, sentence: str) -> Response:
    """A short answer in the form that was asked for, before any page can be drawn."""
    if "application/json" in headers.get("accept", ""):
        return JSONResponse({"message": sentence}, status_code=status)
    body = f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{status}</title><p data-message>{sentence}</p></html>'
    return HTMLResponse(body, status_code=status)
