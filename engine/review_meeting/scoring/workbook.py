"""离线评分表: what waits for a first reviewer as a workbook, filled in without a network, looked at before it is taken in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.document.workbooks import Column, Row, read_rows, write_workbook
from engine.errors import InvalidInput, Refused
from engine.flow.batches import start_batch
from engine.flow.contexts import BatchKind
from engine.reference import CodeBook
from engine.review_meeting.scoring.dossiers import Mine, my_dossiers
from engine.review_meeting.scoring.parts import Part
from engine.review_meeting.scoring.sheets import score_dossier, typed_sheet
from engine.review_meeting.scoring.standards import Standard, check_points, number_in, plain, standard_for_group
from engine.review_meeting.scoring.tables import dossier_score
from engine.review_meeting.seats import need_seat

IMPORT = "score_import"
MOST_ROWS = 2_000
s = dossier_score.c
NUMBER, TITLE, OPINION = "declaration_no", "title", "opinion"


@dataclass(frozen=True, slots=True)
class Filled:
    """A row as it was read: what it would hand in, and what is wrong with it. `changed` says that something is filled in."""

    number: int
    declaration_no: str
    task_key: int | None
    declaration: int | None
    items: Sequence[Mapping[str, Any]]
    total: str
    opinion: str
    problems: Sequence[str]


def columns_of(standard: Standard) -> list[Column]:
    """The columns: number, title, one for each item, the opinion."""
    items = [
        Column(f"item:{one.key}", f"{one.name}（0–{plain(one.points)}）", one.guide, required=True, width=14)
        for one in standard.items
    ]
    return [
        Column(NUMBER, "申报编号", "不要修改，读入时按它对应。", required=True, width=18),
        Column(TITLE, "申报职称", width=22),
        *items,
        Column(OPINION, "评议意见", "必填；总分低于最低分的写明理由。", required=True, width=60),
    ]


def write_sheets(tx: Transaction, actor: Actor, meeting: int, book: CodeBook) -> bytes:
    """The dossiers that wait for the actor's score, with what is typed so far, or with the score that came back.

    Raises `Refused` where none waits.
    """
    standard, waiting = _waiting(tx, actor, meeting)
    if not waiting:
        raise Refused("没有等待您打分的材料，无需下载。")
    returned = _returned(tx, actor, meeting)
    return write_workbook(columns_of(standard), [_cells(tx, book, one, returned) for one in waiting])


def _returned(tx: Transaction, actor: Actor, meeting: int) -> Mapping[int, Mapping[str, Any]]:
    """The sheets the actor has handed in before, by declaration."""
    own = sa.select(s.declaration, s["items"], s.opinion).where(s.meeting == meeting, s.expert == actor.login)
    return {row.declaration: {"items": row._mapping["items"], "opinion": row.opinion} for row in tx.rows(own)}


def _cells(tx: Transaction, book: CodeBook, one: Mine, returned: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    kept = typed_sheet(tx, one.task_key or 0) if one.drafted else None
    typed = kept.value if kept is not None else returned.get(one.declaration, {})
    points = {f"item:{item['key']}": item.get("points") for item in typed.get("items") or ()}
    title = book.label("title_name", one.title_name) if one.title_name else ""
    return {NUMBER: one.number, TITLE: title, **points, OPINION: typed.get("opinion") or ""}


def read_sheets(tx: Transaction, actor: Actor, meeting: int, data: bytes) -> list[Filled]:
    """Every row with its total or with what is wrong; rows nobody filled in are left out.

    Raises `InvalidInput` for a file that is no such workbook.
    """
    standard, waiting = _waiting(tx, actor, meeting)
    known = {one.number: one for one in waiting}
    found: dict[str, Filled] = {}
    for row in read_rows(data, columns_of(standard), most=MOST_ROWS):
        if not any(value for name, value in row.values.items() if name not in (NUMBER, TITLE)):
            continue
        one = _read(standard, known, row)
        if one.declaration_no in found:
            one = _with_problem(one, "与前面的行重复")
        found.setdefault(one.declaration_no, one)
        if one.problems and one is not found[one.declaration_no]:
            found[f"{one.declaration_no}/{one.number}"] = one
    if not found:
        raise InvalidInput("表格里还没有填写分数，请填写后再上传。")
    return list(found.values())


def _read(standard: Standard, known: Mapping[str, Mine], row: Row) -> Filled:
    number = row.values[NUMBER].strip()
    mine, problems = known.get(number), []
    items = [{"key": one.key, "points": _points(row.values.get(f"item:{one.key}", ""))} for one in standard.items]
    total = ""
    if mine is None:
        problems.append("没有等待您打分的材料用这个编号，请核对，或者已经打过分")
    elif not mine.stated:
        problems.append("请先在系统中对这份材料作回避说明")
    elif mine.barred:
        problems.append("您须回避这份材料")
    try:
        total = plain(check_points(standard, items, row.values[OPINION]))
    except InvalidInput as error:
        problems += [sentence for sentences in error.fields.values() for sentence in sentences]
    return Filled(
        row.number,
        number,
        mine.task_key if mine is not None else None,
        mine.declaration if mine is not None else None,
        items,
        total,
        row.values[OPINION].strip(),
        problems,
    )


def _points(text: str) -> float | str | None:
    value = number_in(text)
    return (text or None) if value is None else float(value)


def _with_problem(one: Filled, sentence: str) -> Filled:
    return Filled(
        one.number, one.declaration_no, one.task_key, one.declaration, one.items, one.total, one.opinion, [sentence]
    )


def take_sheets_in(
    tx: Transaction, actor: Actor, meeting: int, rows: Sequence[Filled], *, command_key: str | None = None
) -> int:
    """Hand the sheets of these rows in, each as if typed on its page; the batch's key. Rows with something wrong are left out.

    Raises `InvalidInput` where every row is wrong.
    """
    need_seat(tx, actor, meeting)
    items = [
        {
            "task_key": one.task_key,
            "items": list(one.items),
            "opinion": one.opinion,
            "title": f"{one.declaration_no}　{one.total} 分",
            "url": f"/my-meetings/{meeting}/dossiers/{one.declaration}",
        }
        for one in rows
        if not one.problems
    ]
    if not items:
        raise InvalidInput("每一行都有需要修改的地方，没有可以读入的评分，请修改后重新上传。")
    title = f"读入 {len(items):,} 份材料的评分"
    return start_batch(tx, actor, kind=IMPORT, items=items, title=title, command_key=command_key)


def take_row_in(tx: Transaction, actor: Actor, params: Mapping[str, Any], item: Mapping[str, Any]) -> None:
    """One row of the batch."""
    score_dossier(tx, actor, item["task_key"], item["items"], item["opinion"])


def _waiting(tx: Transaction, actor: Actor, meeting: int) -> tuple[Standard, list[Mine]]:
    seat = need_seat(tx, actor, meeting)
    return standard_for_group(tx, meeting, seat.group), my_dossiers(tx, actor, meeting, Part.PRIMARY, waiting=True)


KINDS: Mapping[str, BatchKind] = {IMPORT: BatchKind("读入离线评分", take_row_in)}
