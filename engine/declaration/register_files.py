"""Taking a register in from a file (workbook, CSV or JSON): the connection a province has before there is an interface.

A file replaces what the register said before, whole. Rows that cannot be read are named and left out.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.declaration.hooks import book_of
from engine.declaration.registers import RegisterKind
from engine.declaration.tables import register_entry, register_source
from engine.declaration.years import current_year
from engine.document.workbooks import Column, Row, read_rows, template
from engine.errors import InvalidInput
from engine.reference import CodeBook
from engine.reference.check_digits import check_identity_number

LABELS = {
    RegisterKind.SOCIAL_INSURANCE: "社会保险",
    RegisterKind.EDUCATION: "学信网学历",
    RegisterKind.CONTINUING_EDUCATION: "继续教育学时",
}
NUMBER = Column("identity_number", "证件号码", "居民身份证号码", required=True)
COLUMNS: Mapping[RegisterKind, Sequence[Column]] = {
    RegisterKind.SOCIAL_INSURANCE: (
        NUMBER,
        Column("payer", "缴费单位", "", required=True),
        Column("months", "缴费月份数", "整数"),
        Column("insured_on", "本次参保日期", "如 2012-07-01"),
        Column("status", "参保状态", "", choices=("参保缴费", "暂停缴费", "终止缴费")),
    ),
    RegisterKind.EDUCATION: (
        NUMBER,
        Column("started_on", "入学时间", "如 2003-09"),
        Column("ended_on", "毕业时间", "如 2007-06"),
        Column("school", "毕业院校", "", required=True),
        Column("major", "所学专业", "代码表“所学专业”中的名称"),
        Column("education_level", "学历", "代码表“学历”中的名称", required=True),
        Column("degree", "学位", "代码表“学位”中的名称"),
    ),
    RegisterKind.CONTINUING_EDUCATION: (
        NUMBER,
        Column("year", "年度", "如 2025", required=True),
        Column("public_hours", "公需科目学时", "", required=True),
        Column("professional_hours", "专业科目学时", "", required=True),
        Column("certificate_no", "证书编号"),
    ),
}
STATUSES = {"参保缴费": "insured", "暂停缴费": "suspended", "终止缴费": "terminated"}
MOST_ROWS = 200_000
#: faults that are told; the rest is counted
MOST_FAULTS = 100
#: rows written in one statement
AT_ONCE = 2_000
_DAY = re.compile(r"(\d{4})\D(\d{1,2})(?:\D(\d{1,2})\D?)?")


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file: `people` now known, rows read, sentences on rows that were left out."""

    people: int
    rows: int
    faults: Sequence[str]
    more_faults: int


@dataclass(frozen=True, slots=True)
class RegisterState:
    """A register as its page shows it; `imported_at` is None while it is not connected."""

    kind: RegisterKind
    label: str
    name: str
    entries: int
    imported_by: str
    imported_at: datetime | None


def register_states(tx: Transaction, actor: Actor) -> list[RegisterState]:
    """Every register with what was taken in last."""
    authorize(actor, Permission.DECLARATIONS_MANAGE)
    held = {row.kind: row for row in tx.rows(sa.select(register_source))}
    return [
        RegisterState(kind, LABELS[kind], row.name, row.entries, row.imported_by, row.imported_at)
        if (row := held.get(kind))
        else RegisterState(kind, LABELS[kind], "", 0, "", None)
        for kind in RegisterKind
    ]


def register_template(actor: Actor, kind: RegisterKind) -> bytes:
    """An empty workbook with the columns of a register."""
    authorize(actor, Permission.DECLARATIONS_MANAGE)
    return template(COLUMNS[kind], title=LABELS[kind])


def import_register(tx: Transaction, actor: Actor, kind: RegisterKind, *, name: str, data: bytes) -> Imported:
    """Put the content of a file in the place of what the register said, and count the register as connected.

    Raises `InvalidInput` where the file cannot be read, or where not one of its rows can.
    """
    authorize(actor, Permission.DECLARATIONS_MANAGE)
    found, faults, count = _people(kind, _rows(kind, data), book_of(tx, current_year(tx)))
    if not found:
        raise InvalidInput(faults[0] if faults else "文件中没有可以导入的行，请核对后重新上传。")
    tx.execute(sa.delete(register_entry).where(register_entry.c.kind == kind))
    people = [{"identity_number": number, "kind": kind, "value": value} for number, value in found.items()]
    for start in range(0, len(people), AT_ONCE):
        tx.execute(sa.insert(register_entry), people[start : start + AT_ONCE])
    source = {
        "kind": kind,
        "name": name[:200],
        "entries": len(people),
        "imported_by": actor.login,
        "imported_at": tx.now,
    }
    tx.writes.upsert(register_source, source, ("name", "entries", "imported_by", "imported_at"))
    return Imported(len(people), count, faults[:MOST_FAULTS], max(len(faults) - MOST_FAULTS, 0))


def disconnect_register(tx: Transaction, actor: Actor, kind: RegisterKind) -> None:
    """Forget what the register said: from now on the field and its proof are asked for again."""
    authorize(actor, Permission.DECLARATIONS_MANAGE)
    tx.execute(sa.delete(register_entry).where(register_entry.c.kind == kind))
    tx.execute(sa.delete(register_source).where(register_source.c.kind == kind))


def _rows(kind: RegisterKind, data: bytes) -> list[Row]:
    """The rows of the file, whichever of the three it is."""
    columns = COLUMNS[kind]
    if data[:2] == b"PK":
        return read_rows(data, columns, most=MOST_ROWS)
    text = _decoded(data)
    given: Iterable[Any] = _json(text) if text.lstrip()[:1] in ("[", "{") else csv.DictReader(io.StringIO(text))
    rows = [_row(number, one, columns) for number, one in enumerate(given, 2) if isinstance(one, Mapping)]
    if len(rows) > MOST_ROWS:
        raise InvalidInput(f"文件超过 {MOST_ROWS} 行，请分批导入。")
    lacking = [c.title for c in columns if c.required and rows and c.name not in rows[0].values]
    if lacking:
        raise InvalidInput(f"文件缺少列：{'、'.join(lacking)}。请按模板的列名填写。")
    return rows


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInput("文件的编码不能识别，请另存为 UTF-8 编码的 CSV 后上传。")


def _json(text: str) -> list[Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidInput("文件不是有效的 JSON，请核对后重新上传。") from None
    if not isinstance(found, list):
        raise InvalidInput("JSON 文件应是一个列表，每个人或每条记录一项。")
    return found


def _row(number: int, given: Mapping[Any, Any], columns: Sequence[Column]) -> Row:
    titles = {column.title: column.name for column in columns} | {column.name: column.name for column in columns}
    named = {titles.get(str(title).strip().rstrip("*")): value for title, value in given.items()}
    return Row(
        number, {name: "" if value is None else str(value).strip() for name, value in named.items() if name is not None}
    )


def _people(kind: RegisterKind, rows: Sequence[Row], book: CodeBook) -> tuple[dict[str, Any], list[str], int]:
    read = READERS[kind]
    found: dict[str, Any] = {}
    faults: list[str] = []
    for row in rows:
        number = row.values.get("identity_number", "").upper()
        try:
            if fault := check_identity_number(number):
                raise ValueError(fault)
            value = read(row.values, book)
        except ValueError as error:
            faults.append(f"第 {row.number} 行：{error}")
            continue
        if kind is RegisterKind.SOCIAL_INSURANCE:
            found[number] = value
        else:
            found.setdefault(number, []).append(value)
    return found, faults, len(rows)


def _insurance(values: Mapping[str, str], book: CodeBook) -> dict[str, Any]:
    status = values.get("status") or ""
    if status and status not in STATUSES:
        raise ValueError(f"参保状态“{status}”应为参保缴费、暂停缴费或终止缴费")
    return {
        "social_insurance_payer": _told(values, "payer", "缴费单位"),
        "social_insurance_months": _number(values, "months", "缴费月份数", whole=True),
        "insured_on": _moment(values, "insured_on", "本次参保日期"),
        "insured_status": STATUSES.get(status),
    }


def _course(values: Mapping[str, str], book: CodeBook) -> dict[str, Any]:
    return {
        "started_on": (_moment(values, "started_on", "入学时间") or "")[:7] or None,
        "ended_on": (_moment(values, "ended_on", "毕业时间") or "")[:7] or None,
        "school": _told(values, "school", "毕业院校"),
        "major": _code(values, "major", "major", book),
        "education_level": _code(values, "education_level", "education_level", book, "学历"),
        "degree": _code(values, "degree", "degree", book),
    }


def _hours(values: Mapping[str, str], book: CodeBook) -> dict[str, Any]:
    year = _told(values, "year", "年度")[:4]
    if not re.fullmatch(r"(19|20)\d\d", year):
        raise ValueError(f"年度“{year}”应为四位数字，如 2025")
    return {
        "year": year,
        "public_hours": _number(values, "public_hours", "公需科目学时"),
        "professional_hours": _number(values, "professional_hours", "专业科目学时"),
        "certificate_no": values.get("certificate_no") or None,
    }


READERS: Mapping[RegisterKind, Callable[[Mapping[str, str], CodeBook], dict[str, Any]]] = {
    RegisterKind.SOCIAL_INSURANCE: _insurance,
    RegisterKind.EDUCATION: _course,
    RegisterKind.CONTINUING_EDUCATION: _hours,
}


def _told(values: Mapping[str, str], name: str, label: str) -> str:
    text = values.get(name) or ""
    if not text:
        raise ValueError(f"缺少{label}")
    return text[:200]


def _number(values: Mapping[str, str], name: str, label: str, *, whole: bool = False) -> float | int | None:
    text = values.get(name) or ""
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < 10_000 or (whole and number != int(number)):
        raise ValueError(f"{label}“{text}”应为{'整数' if whole else '数字'}")
    return int(number) if number == int(number) else number


def _moment(values: Mapping[str, str], name: str, label: str) -> str | None:
    text = values.get(name) or ""
    if not text:
        return None
    found = _DAY.match(text)
    try:
        year, month, day = (int(part or 1) for part in found.groups()) if found else (0, 0, 0)
        return date(year, month, day).isoformat()
    except ValueError:
        raise ValueError(f"{label}“{text}”不是有效的日期，应形如 2012-07-01") from None


def _code(values: Mapping[str, str], name: str, ref_list: str, book: CodeBook, needed: str = "") -> str | None:
    text = values.get(name) or ""
    found = next((code.value for code in book.codes(ref_list) if text and text in (code.label, code.value)), None)
    if found is None and needed:
        raise ValueError(f"{needed}“{text}”不在代码表中")
    return found
