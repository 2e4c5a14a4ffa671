"""What a column of an exported workbook may hold: the columns of the lists, and every input of the filling form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from engine.clock import local
from engine.db import Transaction
from engine.declaration.dossier import FILLING_FORM
from engine.declaration.forms import latest_form
from engine.form import Form
from engine.form.dynamic import Template
from engine.form.model import Field, RowList
from engine.reference import CodeBook

#: between the values of repeated rows
BETWEEN_ROWS = "；"


class Format(StrEnum):
    """How a value is written: as people read it, as its code, or a day as 20260630."""

    LABEL = "label"
    CODE = "code"
    DIGITS = "digits"


@dataclass(frozen=True, slots=True)
class Source:
    """One thing a column may hold. `section` is the variable it is read from, nothing for a column of the lists; `rows` whether
    it stands in repeated rows; `code_list` and `choices` say how a stored value is read."""

    name: str
    label: str
    section: str = ""
    key: str = ""
    rows: bool = False
    code_list: str = ""
    choices: Mapping[str, str] | None = None


#: columns of the table `declaration`, with the code list of those that hold codes
LISTED: Mapping[str, tuple[str, str]] = {
    "declaration_no": ("申报编号", ""),
    "year": ("评审年度", ""),
    "name": ("姓名", ""),
    "identity_number": ("证件号码", ""),
    "unit_name": ("申报单位", ""),
    "governing_unit_name": ("主管部门", ""),
    "region": ("行政区划", "region"),
    "title_category": ("申报类别", "title_category"),
    "title_series": ("申报系列", "title_series"),
    "specialty": ("申报专业", "specialty"),
    "title_name": ("申报职称名称", "title_name"),
    "title_level": ("申报等级", "title_level"),
    "declaration_route": ("申报方式", "declaration_route"),
    "review_mode": ("评审方式", "review_mode"),
    "highest_education": ("最高学历", "education_level"),
    "school": ("毕业学校", ""),
    "major": ("所学专业", "major"),
    "first_education": ("第一学历", "education_level"),
    "current_title_name": ("现职称名称", "title_name"),
    "current_title_level": ("现职称等级", "title_level"),
    "current_title_obtained_on": ("现职称取得时间", ""),
    "committee_name": ("评委会", ""),
    "entrusted_review": ("是否委托评审", ""),
    "special_experience": ("特殊经历", ""),
    "status": ("状态", ""),
    "submitted_at": ("提交时间", ""),
}


def sources_of(tx: Transaction) -> Mapping[str, Source]:
    """Everything a column may hold, by name, the lists' columns first. Inputs staff add to the form are among them."""
    found = {
        name: Source(name, f"列表 · {label}", key=name, code_list=code_list)
        for name, (label, code_list) in LISTED.items()
    }
    form = latest_form(tx, FILLING_FORM)
    headings = {section.path: section.label for section in form.sections}
    for path, part in form.places.items():
        section = path.partition(".")[0].removesuffix("[]")
        if section in headings:
            found |= _source(form, path, part, section, headings[section])
    return found


def _source(form: Form, path: str, part: object, section: str, heading: str) -> dict[str, Source]:
    if isinstance(part, RowList) and path == section:
        return {f"{path}#": Source(f"{path}#", f"{heading} · 条数", section, "#", rows=True)}
    if not isinstance(part, Field) or part.type == "filepicker":
        return {}
    first, _, key = path.partition(".")
    if not key or "." in key or "[]" in key:
        return {}
    label = f"{heading} · {_words(part.label) or form.name_of(part)}"
    fixed = {value: _words(words) for value, words in part.choices.fixed}
    return {path: Source(path, label, section, key, first.endswith("[]"), part.choices.ref_list, fixed or None)}


def _words(text: Template) -> str:
    """A label without the expressions in it."""
    return "".join(piece for piece in text.pieces if isinstance(piece, str))


def value_of(source: Source, wanted: str, row: Mapping[str, Any], variables: Mapping[str, Any], book: CodeBook) -> str:
    """The text of one cell. `row` has the columns of the lists, `variables` the sections as they were handed in last."""
    if not source.section:
        return _written(source, wanted, row.get(source.key), book)
    held = variables.get(source.section)
    if source.key == "#":
        return str(len(held)) if isinstance(held, Sequence) else "0"
    if source.rows:
        rows = held if isinstance(held, list) else []
        return BETWEEN_ROWS.join(_written(source, wanted, one.get(source.key), book) for one in rows)
    return _written(source, wanted, held.get(source.key) if isinstance(held, Mapping) else None, book)


def _written(source: Source, wanted: str, value: Any, book: CodeBook) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case list():
            return "、".join(_written(source, wanted, one, book) for one in value)
    if isinstance(value, datetime):
        value = local(value).isoformat(" ", "minutes")
    text = str(value)
    if wanted == Format.CODE:
        return text
    if wanted == Format.DIGITS:
        return "".join(letter for letter in text if letter.isdecimal())
    if source.choices:
        return source.choices.get(text, text)
    return book.label(source.code_list, text) if source.code_list else text
