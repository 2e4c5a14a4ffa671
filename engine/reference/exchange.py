"""A whole list at once: its values as rows of text for a workbook, and such rows taken in, all or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput
from engine.reference.book import Code
from engine.reference.changes import record_change
from engine.reference.code_tables import code_table
from engine.reference.editing import (
    CodeFields,
    Known,
    as_plain,
    check_fields,
    check_value,
    columns_of_fields,
    is_below,
    open_version,
    update_code,
    write_version,
)
from engine.reference.listing import code_page
from engine.reference.lists import announce_change
from engine.reference.tables import ChangeKind, code

YES, NO = "启用", "停用"
#: more values than any list of the country has
MOST = 20_000


@dataclass(frozen=True, slots=True)
class Imported:
    """How many values a workbook added and changed, and how many stood as they were."""

    added: int
    changed: int
    same: int


def columns_of(name: str) -> list[tuple[str, str]]:
    """The columns of a list's workbook: field and title."""
    table = code_table(name)
    found = [("value", "代码"), ("label", "名称")]
    if table.parent is not None:
        found.append(("parent", "上级代码"))
    if table.ranked:
        found.append(("rank", "次序"))
    return [*found, *table.attributes.items(), ("active", "状态")]


def export_rows(tx: Transaction, actor: Actor, name: str, year: int) -> list[dict[str, str]]:
    """Every value of the list for that year, in the order shown. Raises `NotAllowed`, `NotFound`."""
    found = code_page(tx, actor, name, year, size=MOST)
    return [_row(one.code) for one in found.rows]


def import_rows(
    tx: Transaction, actor: Actor, name: str, year: int, rows: Sequence[tuple[int, Mapping[str, str]]]
) -> Imported:
    """Take in rows with their numbers in the workbook: new codes are added, known ones changed, missing ones left alone.

    Raises `InvalidInput` with a sentence per row (`fields` by row number) where any is wrong; then nothing is changed.
    """
    held = open_version(tx, actor, name, year)
    known = Known(tx, year)
    present = {row.value: row for row in held}
    given = {number: _fields(name, row) for number, row in rows[:MOST]}
    if code_table(name).parent == name:
        known.of(name).update(fields.value for fields, _ in given.values())
    _refuse_wrong(name, given, present, known)
    write_version(tx, name, year, held)
    place = max((row.position for row in held), default=-1)
    counts = {"added": 0, "changed": 0, "same": 0}
    added: list[dict[str, Any]] = []
    for fields, active in given.values():
        before, columns = present.get(fields.value), {**columns_of_fields(fields), "active": active}
        if before is None:
            place += 1
            added.append({**columns, "list": name, "year": year, "position": place})
            counts["added"] += 1
            record_change(tx, actor, ChangeKind.ADDED, name=name, year=year, value=fields.value, after=columns)
        elif (was := {**as_plain(before), "active": before.active}) != columns:
            update_code(tx, name, year, fields.value, **columns)
            counts["changed"] += 1
            record_change(
                tx, actor, ChangeKind.EDITED, name=name, year=year, value=fields.value, before=was, after=columns
            )
        else:
            counts["same"] += 1
    if added:
        tx.execute(sa.insert(code), added)
    record_change(tx, actor, ChangeKind.IMPORTED, name=name, year=year, after=counts)
    announce_change(tx)
    return Imported(**counts)


def _refuse_wrong(
    name: str,
    given: Mapping[int, tuple[CodeFields, bool | None]],
    present: Mapping[str, sa.Row[Any]],
    known: Known,
) -> None:
    problems: dict[str, list[str]] = {}
    seen: set[str] = set()
    above = {value: row.parent for value, row in present.items()}
    above |= {fields.value: fields.parent or None for fields, _ in given.values()}
    for number, (fields, active) in given.items():
        found = [sentence for one in check_fields(name, fields, known).values() for sentence in one]
        if fields.value not in present:
            found += check_value(fields.value)
        if code_table(name).parent == name and is_below(above, fields.parent, fields.value):
            found.append("上级不能是它自己或它的下级")
        if fields.value in seen:
            found.append(f"代码 {fields.value} 在表中重复")
        if active is None:
            found.append(f"“状态”应填 {YES} 或 {NO}")
        if fields.rank == -1:
            found.append("“次序”应为数字")
        seen.add(fields.value)
        if found:
            problems[str(number)] = found
    if problems:
        raise InvalidInput(f"有 {len(problems)} 行需要修改，没有导入任何内容。", fields=problems)


def _fields(name: str, row: Mapping[str, str]) -> tuple[CodeFields, bool | None]:
    """A row as a value and whether it is offered; rank -1 and None for what cannot be read."""
    text = {key: row.get(key, "").strip() for key, _ in columns_of(name)}
    rank = text.get("rank", "")
    extra = {key: text[key] for key in code_table(name).attributes if text[key]}
    order = None if not rank else int(rank) if rank.isdecimal() else -1
    active = {"": True, YES: True, NO: False}.get(text["active"])
    return CodeFields(text["value"], text["label"], text.get("parent", ""), order, extra), active


def _row(one: Code) -> dict[str, str]:
    return {
        "value": one.value,
        "label": one.label,
        "parent": one.parent or "",
        "rank": "" if one.rank is None else str(one.rank),
        **one.extra,
        "active": YES if one.active else NO,
    }
