"""What the pages of all imports have in common: the template to download, the workbook taken in, what it would make."""

import hashlib
import io
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import quote

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.document import Attachment, FileStore, add_attachment, find_attachment, store_received
from engine.document.workbooks import LARGEST
from engine.errors import InvalidInput
from engine.organisation.import_rows import Checked
from web.deps import Form, app_of, query

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: so many rows are shown before they are imported, those with something wrong first
SHOWN = 200

R = TypeVar("R", bound=Checked)
Read = Callable[[Transaction, Actor, bytes], object]


@dataclass(frozen=True, slots=True)
class Preview(Generic[R]):
    """A workbook as it was read."""

    file: Attachment
    rows: list[R]

    @property
    def wrong(self) -> int:
        return sum(bool(row.problems) for row in self.rows)

    @property
    def shown(self) -> list[R]:
        return sorted(self.rows, key=lambda row: not row.problems)[:SHOWN]


def send_workbook(data: bytes, name: str) -> Response:
    """The workbook as a download called `name`.xlsx."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'{name}.xlsx')}"}
    return Response(data, media_type=WORKBOOK, headers=headers)


def keep_workbook(request: Request, actor: Actor, form: Form, field: str, read: Read) -> Attachment:
    """Keep the uploaded workbook as the actor's, once `read` has made something of it.

    Raises `InvalidInput` where there is none, where it is too large, and what `read` raises.
    """
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise InvalidInput("请选择填写好的工作簿（.xlsx）后再上传。")
    with closing(file.file) as content:
        data = content.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InvalidInput("文件过大，请分成几个文件上传。")
    with query(request) as (tx, actor):
        read(tx, actor, data)
    store = app_of(request).files
    digest = hashlib.sha256(data).hexdigest()
    received = store.take_in(io.BytesIO(data), sha256=digest, size=len(data), head=data[:4096])
    stored = store_received(store, received, file.filename)
    with app_of(request).database.transaction() as tx:
        return add_attachment(tx, actor, store, stored, field=field)


def kept_workbook(tx: Transaction, actor: Actor, key: int) -> tuple[Attachment, bytes]:
    """A workbook the actor has uploaded. Raises `NotFound` for those of others."""
    file = find_attachment(tx, actor, key, _nobody)
    return file, tx.service(FileStore).read(file.sha256)


def _nobody(tx: Transaction, actor: Actor, case_key: int) -> bool:
    """A workbook belongs to no case: only who uploaded it reads it."""
    return False
