"""Workbooks: what is written is read back; what others made is believed only so far."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from openpyxl import Workbook, load_workbook

from engine.document import workbooks
from engine.document.workbooks import Column, Row, read_rows, template, write_workbook
from engine.errors import InvalidInput

COLUMNS = (
    Column("name", "姓名", required=True),
    Column("phone", "手机号", note="11 位数字"),
    Column("kind", "单位性质", choices=("事业单位", "企业")),
)
PEOPLE = [
    {"name": "测试申报人", "phone": "13000000000", "kind": "企业"},
    {"name": "测试申报人乙", "phone": "", "kind": ""},
]


def sheet(*rows: tuple[object, ...]) -> bytes:
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    return saved(workbook)


def saved(workbook: Workbook) -> bytes:
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def changed(data: bytes, member: str, change: Callable[[bytes], bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == member else old.read(name))
    return target.getvalue()


def test_what_is_written_is_read_back() -> None:
    data = write_workbook(COLUMNS, PEOPLE)
    assert read_rows(data, COLUMNS) == [Row(2, PEOPLE[0]), Row(3, PEOPLE[1])]


def test_columns_are_found_by_their_titles_wherever_they_stand() -> None:
    data = sheet(
        ("填表说明",),
        ("手机号", "备注", "姓名 *"),
        (13000000000, "x", " 甲 "),
        (None, "只有备注", None),
        (None, None, "乙"),
    )
    assert read_rows(data, COLUMNS) == [
        Row(3, {"name": "甲", "phone": "13000000000", "kind": ""}),
        Row(5, {"name": "乙", "phone": "", "kind": ""}),
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (date(2026, 6, 30), "2026-06-30"),
        (datetime(2026, 6, 30, 8, 5), "2026-06-30 08:05:00"),
        (3.0, "3"),
        (2.5, "2.5"),
        (True, "是"),
    ],
)
def test_a_cell_is_read_as_its_text(value: object, text: str) -> None:
    assert read_rows(sheet(("姓名",), (value,)), COLUMNS)[0].values["name"] == text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://example.test")'])
def test_a_text_that_looks_like_a_formula_is_written_as_a_text(text: str) -> None:
    cell = load_workbook(io.BytesIO(write_workbook(COLUMNS, [{"name": text}]))).active["A2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_an_instant_is_written_as_the_province_reads_it_and_a_long_number_whole() -> None:
    columns = (Column("at", "时间"), Column("number", "编号"), Column("text", "文字"))
    row = {"at": datetime(2026, 6, 30, 20, tzinfo=UTC), "number": 123456789012345678, "text": "a\x00b"}
    cells = next(
        load_workbook(io.BytesIO(write_workbook(columns, [row]))).active.iter_rows(min_row=2, values_only=True)
    )
    assert cells == (datetime(2026, 7, 1, 4), "123456789012345678", "ab")


def test_a_template_offers_the_choices_and_explains_the_columns() -> None:
    data = template(COLUMNS, ["每行填写一人。"])
    workbook = load_workbook(io.BytesIO(data))
    first, explained, options = workbook.worksheets
    assert [cell.value for cell in first[1]] == ["姓名*", "手机号", "单位性质"]
    assert [(str(v.sqref), v.formula1) for v in first.data_validations.dataValidation] == [
        ("C2:C100001", "'选项'!$A$1:$A$2")
    ]
    assert [cell.value for cell in options["A"]] == ["事业单位", "企业"]
    assert [[cell.value for cell in row] for row in explained.iter_rows()] == [
        ["每行填写一人。", None],
        ["姓名", "必填。"],
        ["手机号", "11 位数字"],
        ["单位性质", None],
    ]
    with pytest.raises(InvalidInput, match="没有数据"):
        read_rows(data, COLUMNS)


def test_what_is_no_workbook_is_refused_with_a_sentence() -> None:
    broken = changed(sheet(("姓名",)), "xl/worksheets/sheet1.xml", lambda content: content[:50])
    for data in (b"", b"PK\x03\x04rubbish", b"\xd0\xcf\x11\xe0 an old one", b"a,b\n1,2", broken):
        with pytest.raises(InvalidInput) as refused:
            read_rows(data, COLUMNS)
        assert refused.value.message == workbooks.NO_WORKBOOK


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([("手机号",), ("1",)], "表格缺少这些列：姓名。请下载模板，按模板的标题填写。"),
        ([("甲", "乙"), ("1", "2")], "表格的前几行里没有找到标题。请下载模板，按模板的标题填写。"),
        ([("姓名", "姓名"), ("1", "2")], "表格里有重复的列：姓名，每列只保留一个。"),
    ],
)
def test_titles_that_do_not_fit_are_named(rows: list[tuple[str, ...]], sentence: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_rows(sheet(*rows), COLUMNS)
    assert refused.value.message == sentence


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(InvalidInput, match="超过 2 行"):
        read_rows(sheet(("姓名",), ("a",), ("b",), ("c",)), COLUMNS, most=2)


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A member that unpacks to far more than it is long."""
    monkeypatch.setattr(workbooks, "LARGEST_UNPACKED", 5_000_000)
    data = changed(sheet(("姓名",), ("a",)), "xl/styles.xml", lambda content: content + b" " * 10_000_000)
    assert len(data) < 50_000
    with pytest.raises(InvalidInput) as refused:
        read_rows(data, COLUMNS)
    assert refused.value.message == workbooks.TOO_LARGE


def test_entities_are_refused() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaa">]><x>&a;</x>'
    data = changed(sheet(("姓名",), ("a",)), "xl/worksheets/sheet1.xml", lambda _: bomb)
    with pytest.raises(InvalidInput) as refused:
        read_rows(data, COLUMNS)
    assert refused.value.message == workbooks.NO_WORKBOOK


def test_dimensions_that_are_claimed_are_not_believed() -> None:
    data = changed(
        sheet(("姓名",), ("a",)),
        "xl/worksheets/sheet1.xml",
        lambda content: content.replace(b'<dimension ref="A1:A2"', b'<dimension ref="A1:XFD1048576"'),
    )
    assert read_rows(data, COLUMNS) == [Row(2, {"name": "a", "phone": "", "kind": ""})]


def test_a_row_number_beyond_the_last_ends_the_reading() -> None:
    data = changed(
        sheet(("姓名",), ("a",), ("b",)),
        "xl/worksheets/sheet1.xml",
        lambda content: content.replace(b'<row r="3"', b'<row r="999999999"').replace(b'r="A3"', b'r="A999999999"'),
    )
    assert [row.values["name"] for row in read_rows(data, COLUMNS)] == ["a"]
