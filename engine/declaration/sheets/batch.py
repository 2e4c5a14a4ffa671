"""通用表 of many declarations as one archive, made by the worker (U16, Q7)."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.declaration.lists import Asked, listed_cases
from engine.declaration.looks import Looked, cases_outside, record_look
from engine.declaration.projection import places_in
from engine.declaration.sheets.general import general_sheet_of
from engine.declaration.sheets.records import names_of
from engine.declaration.tables import declaration_review
from engine.document import FileStore, Stored
from engine.document.archives import build_archive
from engine.flow.batches import BatchKind, ItemState, batch_rows, start_batch

KIND = "general_sheets"
#: more rows than a page can show
MOST_TICKED = 1000


def export_general_sheets(
    tx: Transaction, actor: Actor, case_keys: Sequence[int], *, command_key: str | None = None
) -> int:
    """批量导出通用表: of these declarations, in this order, without those the actor does not see. The batch's key.
    A look is written down for every one whose chain the actor does not belong to.

    Raises `InvalidInput` where none is left, or there are more than a batch may do.
    """
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    parts = uuid.uuid4().hex
    items = [
        {"case": row["case_key"], "number": number, "title": _title(row), "url": f"/declarations/{row['case_key']}"}
        for number, row in enumerate(names_of(tx, actor, case_keys))
    ]
    for key in cases_outside(tx, actor, [item["case"] for item in items]):
        record_look(tx, actor, key, Looked.PRINT)
    title = f"导出通用表（{len(items):,} 份）"
    return start_batch(tx, actor, kind=KIND, items=items, params={"parts": parts}, title=title, command_key=command_key)


def export_all_general_sheets(tx: Transaction, actor: Actor, asked: Asked, *, command_key: str | None = None) -> int:
    """全部导出通用表: of every row of a list, whatever page is shown. The batch's key."""
    return export_general_sheets(tx, actor, listed_cases(tx, actor, asked), command_key=command_key)


def reviewed_cases(tx: Transaction, actor: Actor, task_keys: Sequence[int]) -> list[int]:
    """The cases of these reviews of the actor's units, open or decided, in this order: lists tick reviews."""
    r = declaration_review.c
    places = [unit for unit, _ in places_in(sorted(actor.groups))]
    query = sa.select(r.task_key, r.case_key).where(r.unit.in_(places), r.task_key.in_(task_keys[:MOST_TICKED]))
    held = {row.task_key: row.case_key for row in tx.rows(query)} if task_keys else {}
    return [held[key] for key in task_keys if key in held]


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
