"""报盘导出: what a list shows, written into a workbook by a map of columns; large ones by the worker."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.committee.tables import committee
from engine.db import Transaction
from engine.declaration.exchange.sources import Source, sources_of, value_of
from engine.declaration.exchange.tables import Direction
from engine.declaration.exchange.templates import TemplateView, find_template
from engine.declaration.lists import Asked, listed_cases
from engine.declaration.tables import declaration
from engine.document import FileStore, Stored
from engine.document.archives import receive_file
from engine.document.attachments import store_received
from engine.document.workbooks import Column, write_workbook
from engine.errors import InvalidInput
from engine.flow.batches import BatchKind, ItemState, batch_rows, start_batch
from engine.flow.tables import variable
from engine.flow.visibility import is_visible
from engine.organisation import unit_names
from engine.reference import CodeBook, CodeLists

KIND = "exchange_export"
#: declarations one row of the batch writes
AT_ONCE = 100
PREVIEWED = 5


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows of what would be written: `titles`, `rows` of texts, and how many there are in all."""

    titles: Sequence[str]
    rows: Sequence[Sequence[str]]
    total: int


def preview_export(tx: Transaction, actor: Actor, key: int, asked: Asked) -> Preview:
    """What an export by this map of this list begins with. Raises `NotFound`, `InvalidInput` for a map that reads."""
    found = _exporting(tx, actor, key)
    cases = listed_cases(tx, actor, asked)
    rows = [list(row) for row in write_rows(tx, actor, found, asked.year, cases[:PREVIEWED])]
    return Preview([one["title"] for one in found.columns], rows, len(cases))


def start_export(tx: Transaction, actor: Actor, key: int, asked: Asked, *, command_key: str | None = None) -> int:
    """Have the worker write the whole list by this map; the batch's key. Raises `NotFound`, `InvalidInput`."""
    found = _exporting(tx, actor, key)
    cases = listed_cases(tx, actor, asked)
    if not cases:
        raise InvalidInput("没有符合条件的申报材料，请修改查询条件后再导出。")
    items = [
        {"cases": cases[start : start + AT_ONCE], "title": f"第 {start + 1} 至 {min(start + AT_ONCE, len(cases))} 份"}
        for start in range(0, len(cases), AT_ONCE)
    ]
    params = {"template": key, "year": asked.year, "name": found.row["name"]}
    title = f"报盘导出：{found.row['name']}（{len(cases):,} 份）"
    return start_batch(tx, actor, kind=KIND, items=items, params=params, title=title, command_key=command_key)


def export_piece(
    tx: Transaction, actor: Actor, params: Mapping[str, Any], item: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The rows of some declarations; those the actor does not see any more are left out."""
    found = _exporting(tx, actor, params["template"])
    return {"rows": [list(row) for row in write_rows(tx, actor, found, params["year"], item["cases"])]}


def pack_export(tx: Transaction, actor: Actor, batch: Mapping[str, Any]) -> Stored | None:
    """The workbook of all that was read; nothing where nothing was."""
    params = batch["params"]
    titles = [one["title"] for one in find_template(tx, actor, params["template"]).columns]
    pieces = batch_rows(tx, actor, batch["key"], state=ItemState.DONE, size=None)
    if not pieces:
        return None
    columns = [Column(str(at), title) for at, title in enumerate(titles)]
    rows = ({str(at): text for at, text in enumerate(row)} for piece in pieces for row in (piece.result or {})["rows"])
    content = BytesIO(write_workbook(columns, rows, title=params["name"]))
    store = tx.service(FileStore)
    return store_received(store, receive_file(store, content), f"{params['name']}.xlsx")


def write_rows(
    tx: Transaction, actor: Actor, found: TemplateView, year: int, cases: Sequence[int]
) -> Iterator[Sequence[str]]:
    """The texts of each declaration in this order, by the map's columns; two statements however many there are."""
    known, book = sources_of(tx), tx.service(CodeLists).book(tx, year)
    chosen = [known.get(one["source"]) for one in found.columns]
    rows = _rows(tx, actor, cases)
    held = _variables(tx, list(rows), {one.section for one in chosen if one is not None and one.section})
    for case in cases:
        if case in rows:
            yield [
                _cell(source, one, rows[case], held.get(case, {}), book)
                for source, one in zip(chosen, found.columns, strict=True)
            ]


def _cell(
    source: Source | None,
    column: Mapping[str, str],
    row: Mapping[str, Any],
    variables: Mapping[str, Any],
    book: CodeBook,
) -> str:
    return column["text"] if source is None else value_of(source, column["format"], row, variables, book)


def _exporting(tx: Transaction, actor: Actor, key: int) -> TemplateView:
    found = find_template(tx, actor, key)
    if found.row["direction"] is not Direction.EXPORT:
        raise InvalidInput("这个报盘模板用于导入，请选择用于导出的模板。")
    return found


def _rows(tx: Transaction, actor: Actor, cases: Sequence[int]) -> dict[int, dict[str, Any]]:
    d = declaration.c
    named = sa.select(declaration, committee.c.name.label("committee_name"))
    wanted = named.outerjoin(committee, committee.c.id == d.committee).where(d.case_key.in_(cases))
    seen = tx.rows(wanted.where(is_visible(d.case_key, actor)))
    found: dict[int, dict[str, Any]] = {row.case_key: dict(row._mapping) for row in seen}
    names = unit_names(tx, {row["governing_unit"] for row in found.values() if row["governing_unit"]})
    for row in found.values():
        row["governing_unit_name"] = names.get(row["governing_unit"], "")
    return found


def _variables(tx: Transaction, cases: Sequence[int], names: set[str]) -> dict[int, dict[str, Any]]:
    v = variable.c
    held: dict[int, dict[str, Any]] = {}
    if names and cases:
        wanted = sa.select(v.case_key, v.name, v.value).where(v.case_key.in_(cases), v.scope_key == v.case_key)
        for row in tx.rows(wanted.where(v.name.in_(sorted(names)))):
            held.setdefault(row.case_key, {})[row.name] = row.value
    return held


EXCHANGE_EXPORT = BatchKind("报盘导出", export_piece, pack=pack_export, reads_only=True)
