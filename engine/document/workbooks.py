"""Workbooks (.xlsx): reading what people filled in, writing what lists show, templates with drop-downs and notes.

A workbook from outside is a zip of XML that somebody else made: its sizes are looked at before it is opened, what it says of its own
dimensions is not believed. A text that begins like a formula is written as text.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from engine.clock import local
from engine.errors import InvalidInput

MOST_ROWS = 100_000
#: no more columns than this are looked at
MOST_COLUMNS = 200
#: bytes as uploaded, unpacked in all, and of the texts, which have to be held in memory together
LARGEST = 20 * 1024 * 1024
LARGEST_UNPACKED = 200 * 1024 * 1024
LARGEST_TEXTS = 40 * 1024 * 1024
MOST_MEMBERS = 500
#: as many rows as the format has
LAST_ROW = 1_048_576
#: the titles stand in one of the first rows
TITLES_WITHIN = 10

NO_WORKBOOK = "这个文件不是能读取的 Excel 工作簿。请下载模板填写后上传 .xlsx 文件；旧的 .xls 文件请先另存为 .xlsx。"
TOO_LARGE = "这个工作簿过大，不能读取。请删去与模板无关的工作表、图片和格式，或者分成几个文件上传。"
TEXTS = "xl/sharedStrings.xml"
#: what a spreadsheet would take for a formula
FORMULA = ("=", "+", "-", "@", "\t", "\r")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
LONGEST = 32_767


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `name` in the program, `title` in the first row. `choices` are offered as a drop-down, `note` explains it in the
    template; `required` columns must be there when a workbook is read. `width` is in characters."""

    name: str
    title: str
    note: str = ""
    required: bool = False
    choices: Sequence[str] = ()
    width: int = 16


@dataclass(frozen=True, slots=True)
class Row:
    """A row with the number the spreadsheet shows. Every column has a text, empty where the cell is: 13800000000, 2026-06-30."""

    number: int
    values: Mapping[str, str] = field(default_factory=dict)


# --- reading ----------------------------------------------------------------------------------------------------------


def read_rows(data: bytes, columns: Sequence[Column], *, most: int = MOST_ROWS) -> list[Row]:
    """The rows of the first sheet below the one with the titles, empty rows left out; columns in any order, unknown ones ignored.

    Raises `InvalidInput` for a file that is no workbook, too large, without a required column or without rows.
    """
    _refuse_hostile(data)
    try:
        rows = _rows(data, columns, most)
    except InvalidInput:
        raise
    except Exception as error:  # the library raises whatever a broken part makes it raise
        raise InvalidInput(NO_WORKBOOK) from error
    if not rows:
        raise InvalidInput("表格里没有数据，请从标题下面一行开始填写。")
    return rows


def _rows(data: bytes, columns: Sequence[Column], most: int) -> list[Row]:
    from openpyxl import load_workbook

    workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        if not workbook.worksheets:
            raise InvalidInput(NO_WORKBOOK)
        sheet = workbook.worksheets[0]
        sheet.reset_dimensions()
        lines = enumerate(islice(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), LAST_ROW), 1)
        places = _find_titles(lines, columns)
        found = []
        for number, cells in lines:
            values = {name: text_of(cells[at]) if at < len(cells) else "" for name, at in places.items()}
            if any(values.values()):
                found.append(Row(number, {column.name: values.get(column.name, "") for column in columns}))
            if len(found) > most:
                raise InvalidInput(f"表格超过 {most:,} 行，请分成几个文件上传。")
        return found
    finally:
        workbook.close()


def _find_titles(lines: Iterator[tuple[int, Sequence[Any]]], columns: Sequence[Column]) -> dict[str, int]:
    """Where each column stands: the first row that names one of them has all the titles."""
    names = {_bare(column.title): column.name for column in columns}
    for _, cells in islice(lines, TITLES_WITHIN):
        titles = [_bare(text_of(cell)) for cell in cells]
        if not any(title in names for title in titles):
            continue
        twice = sorted({title for title in titles if title in names and titles.count(title) > 1})
        if twice:
            raise InvalidInput(f"表格里有重复的列：{'、'.join(twice)}，每列只保留一个。")
        missing = [column.title for column in columns if column.required and _bare(column.title) not in titles]
        if missing:
            raise InvalidInput(f"表格缺少这些列：{'、'.join(missing)}。请下载模板，按模板的标题填写。")
        return {names[title]: at for at, title in enumerate(titles) if title in names}
    raise InvalidInput("表格的前几行里没有找到标题。请下载模板，按模板的标题填写。")


def _bare(title: str) -> str:
    return re.sub(r"[\s*＊]", "", title)


def text_of(value: Any) -> str:
    """A cell as text: whole numbers without a point, dates as 2026-06-30, yes and no as 是 and 否."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime():
            midnight = value.time().isoformat() == "00:00:00"
            return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
        case date():
            return value.isoformat()
    return str(value).strip()


def _refuse_hostile(data: bytes) -> None:
    """Raise `InvalidInput` for what is no workbook, would unpack to too much, or declares entities."""
    if len(data) > LARGEST:
        raise InvalidInput(TOO_LARGE)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            if "xl/workbook.xml" not in names:
                raise InvalidInput(NO_WORKBOOK)
            texts = sum(member.file_size for member in members if member.filename == TEXTS)
            unpacked = sum(member.file_size for member in members)
            if len(members) > MOST_MEMBERS or unpacked > LARGEST_UNPACKED or texts > LARGEST_TEXTS:
                raise InvalidInput(TOO_LARGE)
            for member in members:
                _refuse_entities(archive, member)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError) as error:
        raise InvalidInput(NO_WORKBOOK) from error


def _refuse_entities(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """A declaration of types has no place in a workbook: entities in it may grow without end."""
    if not member.filename.endswith((".xml", ".rels")):
        return
    with archive.open(member) as content:
        beginning = content.read(4096).replace(b"\0", b"").upper()
    if b"<!DOCTYPE" in beginning or b"<!ENTITY" in beginning:
        raise InvalidInput(NO_WORKBOOK)


# --- writing ----------------------------------------------------------------------------------------------------------


def write_workbook(columns: Sequence[Column], rows: Iterable[Mapping[str, Any]], *, title: str = "数据") -> bytes:
    """A workbook of one sheet: the titles, then a row for each mapping of column names to values. Rows are not held together."""
    workbook, sheet = _new(title, columns)
    sheet.append([_head(sheet, column.title) for column in columns])
    for row in rows:
        sheet.append([_cell(sheet, row.get(column.name)) for column in columns])
    return _saved(workbook)


def template(columns: Sequence[Column], notes: Sequence[str] = (), *, title: str = "填写") -> bytes:
    """An empty workbook to fill in: titles (required ones starred), drop-downs, and a second sheet that explains each column."""
    from openpyxl.worksheet.datavalidation import DataValidation

    workbook, sheet = _new(title, columns)
    explained = workbook.create_sheet("填写说明")
    options = workbook.create_sheet("选项")
    options.sheet_state = "hidden"
    offered = [(number, column) for number, column in enumerate(columns, 1) if column.choices]
    for place, (number, column) in enumerate(offered, 1):
        there = f"'选项'!${_letter(place)}$1:${_letter(place)}${len(column.choices)}"
        validation = DataValidation(type="list", formula1=there, allow_blank=True, showErrorMessage=True)
        validation.errorTitle, validation.error = column.title, "请从下拉列表中选择。"
        validation.add(f"{_letter(number)}2:{_letter(number)}{MOST_ROWS + 1}")
        sheet.data_validations.append(validation)
    sheet.append([_head(sheet, column.title + ("*" if column.required else "")) for column in columns])
    longest = max((len(column.choices) for _, column in offered), default=0)
    for at in range(longest):
        chosen = [column.choices[at] if at < len(column.choices) else None for _, column in offered]
        options.append([_cell(options, value) for value in chosen])
    explained.column_dimensions["A"].width, explained.column_dimensions["B"].width = 24, 90
    for note in notes:
        explained.append([_cell(explained, note)])
    for column in columns:
        need = "必填。" if column.required else ""
        explained.append([_head(explained, column.title), _cell(explained, f"{need}{column.note}")])
    return _saved(workbook)


def _new(title: str, columns: Sequence[Column]) -> tuple[Any, Any]:
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", title)[:31] or "数据")
    sheet.freeze_panes = "A2"
    for number, column in enumerate(columns, 1):
        sheet.column_dimensions[_letter(number)].width = column.width
    return workbook, sheet


def _head(sheet: Any, text: str) -> Any:
    from openpyxl.styles import Font

    cell = _text_cell(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, value: Any) -> Any:
    """What the sheet takes: texts as texts, numbers as numbers unless they are too long for one, instants as in the province."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return local(value).replace(tzinfo=None) if value.tzinfo else value
    if value is None or isinstance(value, date):
        return value
    if isinstance(value, int | float | Decimal) and abs(float(value)) < 10**15:
        return value
    if isinstance(value, str) and _is_plain(value):
        return value
    return _text_cell(sheet, str(value))


def _is_plain(text: str) -> bool:
    return not text.startswith(FORMULA) and len(text) <= LONGEST and not _UNWRITABLE.search(text)


def _text_cell(sheet: Any, text: str) -> Any:
    """A text that stays one, also when it is edited later."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet)
    cell.value = _UNWRITABLE.sub("", text)[:LONGEST]
    cell.data_type = "s"
    if text.startswith(FORMULA):
        cell.quotePrefix = True
    return cell


def _letter(number: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(number))


def _saved(workbook: Any) -> bytes:
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()
