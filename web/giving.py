"""Giving a stored file out: how a browser may show it, and what it may do there."""

from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from engine.document import Attachment, kind_of
from web.deps import app_of

#: a file may be shown in a page of ours and may do nothing there
SHOWN = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; object-src 'self'; frame-ancestors 'self'"
SANDBOXED = "default-src 'none'; sandbox"


async def file_answer(
    request: Request, found: Attachment, *, download: bool = False, etag: str | None = None
) -> Response:
    """The file: pictures and PDF to be shown, everything else to be kept, with `download` in any case.

    With an `etag` the browser may keep it and ask whether it still holds; without one it keeps nothing.
    """
    kind = kind_of(found.media_type)
    shown = kind is not None and kind.inline and not download
    headers = {
        "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(found.name)}",
        "Content-Length": str(found.size),
        "Content-Security-Policy": SHOWN if found.media_type == "application/pdf" else SANDBOXED,
        "X-Frame-Options": "SAMEORIGIN",
        "Cache-Control": "private, no-cache" if etag else "private, no-store",
    }
    if etag:
        headers["ETag"] = etag
        if request.headers.get("if-none-match") == etag:
            kept = {name: headers[name] for name in ("ETag", "Cache-Control")}
            return Response(status_code=304, headers=kept)
    content = await app_of(request).files.stream(found.sha256)
    return StreamingResponse(content, media_type=found.media_type, headers=headers)
