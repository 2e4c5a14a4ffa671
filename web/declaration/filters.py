"""The 22 filters of the reviewer's list (U8) as `ui.filters` draws them: the four most used first, the rest in the manual's order."""

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import QueryParams

from engine.declaration.lists import FILTERS
from engine.reference import Code, CodeBook

#: filter → label, in the manual's order
LABELS: Mapping[str, str] = {
    "title_category": "申报类别",
    "title_series": "申报系列",
    "specialty": "申报专业",
    "title_name": "申报职称名称",
    "title_level": "申报等级",
    "declaration_route": "申报方式",
    "review_mode": "评审方式",
    "identity_number": "身份证号",
    "name": "姓名",
    "unit": "申报单位",
    "highest_education": "最高学历",
    "school": "毕业学校",
    "first_education": "第一学历",
    "committee": "评委会",
    "region": "行政区划",
    "current_title_name": "现职称名称",
    "current_title_level": "现职称等级",
    "current_title_years": "现职称取得年限",
    "special_experience": "特殊经历",
    "entrusted_review": "是否委托评审",
    "major": "所学专业",
    "governing_unit": "主管部门",
}
#: these stand open
FIRST = ("name", "identity_number", "title_series", "title_name")

#: filters whose choices are a code list
LISTS: Mapping[str, str] = {
    **{
        name: name
        for name in (
            "title_category",
            "title_series",
            "specialty",
            "title_name",
            "title_level",
            "declaration_route",
            "review_mode",
            "region",
            "major",
        )
    },
    "highest_education": "education_level",
    "first_education": "education_level",
    "current_title_name": "title_name",
    "current_title_level": "title_level",
}
#: choices that depend on another filter: filter → (the filter, whether the entry's parent is meant)
PARENTS: Mapping[str, str] = {
    "title_series": "title_category",
    "specialty": "title_series",
    "title_name": "title_series",
}
YES_NO = (("yes", "是"), ("no", "否"))


def asked_filters(query: QueryParams) -> dict[str, str]:
    """What the address asks for, of the names there are."""
    return {name: text for name in FILTERS if (text := query.get(name, "").strip()[:100])}


def filter_fields(book: CodeBook, asked: Mapping[str, str]) -> list[dict[str, Any]]:
    order = [*FIRST, *(name for name in LABELS if name not in FIRST)]
    return [_field(name, book, asked) for name in order]


def _field(name: str, book: CodeBook, asked: Mapping[str, str]) -> dict[str, Any]:
    field: dict[str, Any] = {"name": name, "label": LABELS[name]}
    if name in LISTS:
        return {**field, "kind": "select", "options": _options(name, book, asked)}
    if name in ("special_experience", "entrusted_review"):
        return {**field, "kind": "select", "options": YES_NO}
    if name == "current_title_years":
        return {**field, "kind": "number", "label": "现职称取得年限（满）"}
    return field


def _options(name: str, book: CodeBook, asked: Mapping[str, str]) -> list[tuple[str, str]]:
    """The entries of a code list; where another filter is set, those that belong to it. What is asked for stays among them."""
    wanted = asked.get(PARENTS.get(name, ""), "")
    codes = [
        code for code in book.codes(LISTS[name]) if not wanted or code.parent == wanted or code.value == asked.get(name)
    ]
    return [(code.value, _label(name, book, code)) for code in codes]


def _label(name: str, book: CodeBook, code: Code) -> str:
    """Titles and specialties of different series may be called the same."""
    if name in ("specialty", "title_name", "current_title_name") and code.parent:
        return f"{code.label}（{book.label('title_series', code.parent)}）"
    return code.label
