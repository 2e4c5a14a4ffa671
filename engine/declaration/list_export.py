"""The workbook of a list: exactly its rows in its order with its columns (U8, U9); what takes long is made by the worker."""

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.declaration.list_columns import COLUMNS, cell, names_in
from engine.declaration.lists import Asked, Scope, Tab, listed_cases, listed_rows
from engine.declaration.outcomes import outcome_labels
from engine.document import FileStore, Stored, store_received
from engine.document.archives import receive_file
from engine.document.workbooks import Column, write_workbook
from engine.errors import InvalidInput
from engine.flow.batches import BatchKind, batch_rows, start_batch
from engine.reference import CodeLists

KIND = "declaration_list"
#: so many rows are answered at once
AT_ONCE = 3000
#: rows of one item of the batch
PIECE = 500
TITLES: Mapping[Tab, str] = {
    Tab.PENDING: "未审核",
    Tab.ON_HOLD: "审核待定",
    Tab.DECIDED: "已审核",
    Tab.ALL: "全部",
}


def export_list(tx: Transaction, actor: Actor, asked: Asked, columns: Sequence[str]) -> bytes | None:
    """The workbook; None where there are too many rows to wait for."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    keys = listed_cases(tx, actor, asked)
    return _workbook(columns, _cells(tx, actor, asked, columns, keys), asked) if len(keys) <= AT_ONCE else None


def start_list_export(
    tx: Transaction, actor: Actor, asked: Asked, columns: Sequence[str], *, command_key: str | None = None
) -> int:
    """The same made in the background; the batch's key. Its rows are those of now, what stands in them is read when their turn
    comes, with the rights the actor has then."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    keys = listed_cases(tx, actor, asked)
    if not keys:
        raise InvalidInput("没有符合条件的申报材料，请换一个条件。")
    items = [
        {"cases": list(keys[at : at + PIECE]), "title": f"第 {at + 1:,}–{min(at + PIECE, len(keys)):,} 行"}
        for at in range(0, len(keys), PIECE)
    ]
    params = {
        "columns": list(columns),
        "year": asked.year,
        "tab": asked.tab.value,
        "scope": asked.whose.value,
        "desk": asked.desk.value,
    }
    title = f"导出申报材料列表（{len(keys):,} 行）"
    return start_batch(tx, actor, kind=KIND, items=items, params=params, title=title, command_key=command_key)


def _asked(params: Mapping[str, Any]) -> Asked:
    return Asked(params["year"], Tab(params["tab"]), Scope(params["scope"]), {"desk": params["desk"]})


def read_piece(tx: Transaction, actor: Actor, params: Mapping[str, Any], item: Mapping[str, Any]) -> Mapping[str, Any]:
    """The texts of some rows."""
    asked = _asked(params)
    rows = _cells(tx, actor, asked, params["columns"], item["cases"])
    return {"rows": [list(row.values()) for row in rows]}


def pack_list(tx: Transaction, actor: Actor, batch: Mapping[str, Any]) -> Stored | None:
    """The workbook of all the pieces."""
    params = batch["params"]
    names = params["columns"]
    pieces = batch_rows(tx, actor, batch["key"], size=None)
    rows = (dict(zip(names, row, strict=True)) for piece in pieces for row in (piece.result or {}).get("rows", ()))
    asked = _asked(params)
    store = tx.service(FileStore)
    received = receive_file(store, io.BytesIO(_workbook(names, rows, asked)))
    return store_received(store, received, f"{asked.year}年申报材料（{TITLES[asked.tab]}）.xlsx")


def _cells(
    tx: Transaction, actor: Actor, asked: Asked, columns: Sequence[str], keys: Sequence[int]
) -> Iterator[dict[str, str]]:
    book, outcomes = tx.service(CodeLists).book(tx, asked.year), outcome_labels(tx)
    for at in range(0, len(keys), PIECE):
        rows = list(listed_rows(tx, actor, asked, keys[at : at + PIECE]))
        names = names_in(tx, rows, outcomes)
        for row in rows:
            yield {name: cell(actor, book, names, row, name) for name in columns}


def _workbook(columns: Sequence[str], rows: Iterator[Mapping[str, str]], asked: Asked) -> bytes:
    heads = [Column(name, COLUMNS[name], width=24 if name in ("unit_name", "school") else 18) for name in columns]
    return write_workbook(heads, rows, title=f"{asked.year}年{TITLES[asked.tab]}")


LIST_EXPORT = BatchKind("导出列表", read_piece, pack=pack_list, reads_only=True)
