"""通用表 of many declarations as one archive, made by the worker (U16, Q7)."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.declaration.lists import Asked, listed_cases
from engine.declaration.sheets.general import general_sheet_of
from engine.declaration.sheets.records import names_of
from engine.document import FileStore, Stored
from engine.document.archives import build_archive
from engine.flow.batches import BatchKind, ItemState, batch_rows, start_batch

KIND = "general_sheets"


def export_general_sheets(
    tx: Transaction, actor: Actor, case_keys: Sequence[int], *, command_key: str | None = None
) -> int:
    """批量导出通用表: of these declarations, in this order, without those the actor does not see. The batch's key.

    Raises `InvalidInput` where none is left, or there are more than a batch may do.
    """
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    parts = uuid.uuid4().hex
    items = [
        {"case": row["case_key"], "number": number, "title": _title(row), "url": f"/declarations/{row['case_key']}"}
        for number, row in enumerate(names_of(tx, actor, case_keys))
    ]
    title = f"导出通用表（{len(items):,} 份）"
    return start_batch(tx, actor, kind=KIND, items=items, params={"parts": parts}, title=title, command_key=command_key)


def export_all_general_sheets(tx: Transaction, actor: Actor, asked: Asked, *, command_key: str | None = None) -> int:
    """全部导出通用表: of every row of a list, whatever page is shown. The batch's key."""
    return export_general_sheets(tx, actor, listed_cases(tx, actor, asked), command_key=command_key)


def make_one(tx: Transaction, actor: Actor, params: Mapping[str, Any], item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Set one 通用表 and lay it beside the others."""
    sheet = general_sheet_of(tx, actor, item["case"])
    tx.service(FileStore).put_part(params["parts"], item["number"], sheet.pdf(tagged=False))
    return {"name": f"{sheet.name}.pdf"}


def pack_all(tx: Transaction, actor: Actor, batch: Mapping[str, Any]) -> Stored | None:
    """The archive of what was made; nothing where no row was."""
    store, parts = tx.service(FileStore), batch["params"]["parts"]
    made = batch_rows(tx, actor, batch["key"], state=ItemState.DONE, size=None)
    if not made:
        return None

    def read(number: int) -> bytes:
        return store.read_part(parts, number)

    files = ((str((row.result or {})["name"]), lambda row=row: read(row.item["number"])) for row in made)
    packed = build_archive(store, "通用表", files)
    store.drop_parts(parts)
    return packed


def _title(row: Mapping[str, Any]) -> str:
    return f"{row['name']} {row['declaration_no']}"


GENERAL_SHEETS = BatchKind("导出通用表", make_one, pack=pack_all, reads_only=True)
