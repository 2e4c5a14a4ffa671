"""Published files: taken in from a plain form, given out to be kept."""

from collections.abc import AsyncIterator, Callable
from urllib.parse import quote

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response, StreamingResponse

from engine.document import Attachment, Stored, store_received
from engine.errors import InvalidInput
from web.deps import Form, app_of

CHUNK = 1024 * 1024


async def serve_file(request: Request, find: Callable[[], Attachment]) -> Response:
    """The file that `find` gives in a thread of its own; it raises what the page says instead."""
    found = await run_in_threadpool(find)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name)}",
        "Content-Length": str(found.size),
    }
    content = await app_of(request).files.stream(found.sha256)
    return StreamingResponse(content, media_type=found.media_type, headers=headers)


async def receive_file(request: Request, form: Form) -> Stored:
    """The field `file` of a posted form, kept in the store. Raises `InvalidInput` at that field for none, or what is not taken in."""
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise InvalidInput(fields={"file": ["请选择要上传的文件"]})
    store = app_of(request).files
    try:
        received = await store.receive(_pieces(file), limit=app_of(request).settings.upload_mb * CHUNK)
        return await run_in_threadpool(store_received, store, received, file.filename)
    except InvalidInput as error:
        raise InvalidInput(fields={"file": [error.message]}) from error


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(CHUNK):
        yield piece
