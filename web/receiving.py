"""Taking files in: what the uploader of a page and the pages for browsers without JavaScript share."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping

from fastapi import Request
from starlette.datastructures import UploadFile

from engine.access import Actor
from engine.db import Transaction
from engine.document import Attachment, FileStore, Received, Stored, Vetter, add_attachment
from engine.errors import InvalidInput, NotFound
from engine.form import FormView, Node
from web.deps import app_of

MEGABYTE = 1024 * 1024


async def receive(request: Request, file: UploadFile) -> Received:
    """What was posted as one file, taken into the store. Raises `InvalidInput` where it is too large or empty."""
    store, limit = app_of(request).files, app_of(request).settings.upload_mb * MEGABYTE
    return await store.receive(_pieces(file), limit=limit)


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(MEGABYTE):
        yield piece


def note_file(
    tx: Transaction,
    actor: Actor,
    stored: Stored,
    *,
    field: str,
    task_key: int | None,
    crop: Mapping[str, object] | None,
) -> Attachment:
    """Note what arrived as the actor's, to be looked at by the worker where files are; a portrait (`crop`) must be a picture."""
    if crop is not None and not stored.kind.is_image:
        raise InvalidInput("照片应为图片文件（jpg、png 等），请重新选择。")
    vetted = not tx.service(Vetter).scans
    store = tx.service(FileStore)
    return add_attachment(tx, actor, store, stored, field=field, task_key=task_key, vetted=vetted, crop=crop)


def find_file_input(view: FormView, name: str) -> Node:
    """The input for files of that name. Raises `NotFound` where the form shows none."""
    found = (node for node in _below(view.nodes) if node.name == name)
    node = next((one for one in found if one.kind == "filepicker" and not one.readonly), None)
    if node is None:
        raise NotFound
    return node


def with_file(node: Node, added: Attachment) -> list[tuple[str, str]]:
    """What a browser would post for the input with the file added, or put in the place of the one there may be."""
    kept = [str(file["id"]) for file in node.files] if node.most > 1 else []
    return [(node.name, one) for one in [*kept, str(added.key)]]


def _below(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _below(node.children)
        yield from _below(child for row in node.rows for child in row.children)
