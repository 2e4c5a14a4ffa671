"""The page that adds one file to one input, for browsers without JavaScript: what the rooms that offer it share."""

from collections.abc import Callable

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response

from engine.document import Received
from engine.errors import InvalidInput
from engine.form import Node
from web.deps import current
from web.pages import flash, page, redirect
from web.receiving import receive

#: the page of that case or task, with what is wrong with the file
Draw = Callable[[Request, int, str], Response]
#: adds what arrived under that name; gives the address to go to
Add = Callable[[Request, int, Received, str], str]


async def take_file(request: Request, key: int, draw: Draw, add: Add) -> Response:
    """Take the posted file, add it to the input that the address names, and go back to where that stands.

    A file that is missing or that the form does not take draws the page again with the sentence about it.
    """
    async with request.form(max_files=1, max_fields=10) as form:
        request.state.form = form
        await run_in_threadpool(current, request)
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            return await run_in_threadpool(draw, request, key, "请选择要上传的文件。")
        try:
            received = await receive(request, file)
            address = await run_in_threadpool(add, request, key, received, file.filename)
        except InvalidInput as error:
            return await run_in_threadpool(draw, request, key, error.message)
    flash(request, f"已上传“{file.filename}”。")
    return redirect(request, address)


def draw_upload_page(request: Request, node: Node, back_url: str, back_words: str, problem: str) -> Response:
    """The page with its one field; 422 where it is drawn again."""
    return page(
        request,
        "shared/_upload_page.html",
        status=422 if problem else 200,
        node=node,
        problem=problem,
        back_url=back_url,
        back_words=back_words,
    )
