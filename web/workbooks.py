"""What the pages of all imports have in common: the template to download, the workbook taken in, what it would make.

The field to upload one is the macro `ui.workbook`.
"""

import hashlib
import io
from collections.abc import Callable, Sized
from contextlib import closing
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
from urllib.parse import quote

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.document import Attachment, FileStore, add_attachment, find_attachment, store_received
from engine.document.workbooks import LARGEST
from engine.errors import InvalidInput
from web.deps import Form, app_of, query

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: so many rows are shown before they are imported, those with something wrong first
SHOWN = 200


class Row(Protocol):
    """A row of a workbook as it was read."""

    @property
    def problems(self) -> Sized: ...


R = TypeVar("R", bound=Row)
Read = Callable[[Transaction, Actor, bytes], object]


@dataclass(frozen=True, slots=True)
class Preview(Generic[R]):
    """A workbook as it was read."""

    file: Attachment
    rows: list[R]

    @property
    def wrong(self) -> int:
        """How many rows have something wrong."""
        return sum(bool(row.problems) for row in self.rows)

    @property
    def shown(self) -> list[R]:
        """The first rows, those with something wrong before the others."""
        return sorted(self.rows, key=lambda row: not row.problems)[:SHOWN]


def send_workbook(data: bytes, name: str) -> Response:
    """The workbook as a download called `name`.xlsx."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'{name}.xlsx')}"}
    return Response(data, media_type=WORKBOOK, headers=headers)


def keep_workbook(request: Request, actor: Actor, form: Form, field: str, read: Read) -> Attachment:
    """Keep the uploaded workbook as the actor's, once `read` has made something of it.

    Raises `InvalidInput` where there is none, where it is too large, and what `read` raises.
    """
    name, data = uploaded_workbook(form)
    with query(request) as (tx, actor):
        read(tx, actor, data)
    return store_workbook(request, actor, field, name, data)


def uploaded_workbook(form: Form) -> tuple[str, bytes]:
    """The name and content of the workbook a form sends as `file`. Raises `InvalidInput` where there is none, or too large a one."""
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise InvalidInput("请选择填写好的工作簿（.xlsx）后再上传。")
    with closing(file.file) as content:
        data = content.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InvalidInput("文件过大，请分成几个文件上传。")
    return file.filename, data


def store_workbook(request: Request, actor: Actor, field: str, name: str, data: bytes) -> Attachment:
    """Keep a workbook as the actor's, in a transaction of its own."""
    store = app_of(request).files
    digest = hashlib.sha256(data).hexdigest()
    received = store.take_in(io.BytesIO(data), sha256=digest, size=len(data), head=data[:4096])
    stored = store_received(store, received, name)
    with app_of(request).database.transaction() as tx:
        return add_attachment(tx, actor, store, stored, field=field)


def kept_workbook(tx: Transaction, actor: Actor, key: int) -> tuple[Attachment, bytes]:
    """A workbook the actor has uploaded. Raises `NotFound` for those of others."""
    file = find_attachment(tx, actor, key, _nobody)
    return file, tx.service(FileStore).read(file.sha256)


def _nobody(tx: Transaction, actor: Actor, case_key: int) -> bool:
    """A workbook belongs to no case: only who uploaded it reads it."""
    return False
