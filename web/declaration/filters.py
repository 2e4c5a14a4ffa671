"""The 22 filters of the reviewer's list (U8) as `ui.filters` draws them: the four most used first, the rest in the manual's order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from markupsafe import Markup
from starlette.datastructures import QueryParams

from engine.declaration.lists import FILTERS, LINKED, Asked, Scope, Tab
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
#: a request may name any value another filter depends on
MOST_KEPT = 500
YES_NO = (("yes", "是"), ("no", "否"))
#: filters that a text finds units for
UNITS = ("unit", "governing_unit")
#: what a link of the statistics asks for
LINKS: Mapping[str, str] = {"status": "当前状态", "review_unit": "所在单位", "below": "单位及其下级"}


def asked_filters(query: QueryParams) -> dict[str, str]:
    """What the address asks for, of the names there are; whose declarations is among them."""
    return {name: text for name in (*FILTERS, *LINKED, "scope", "desk") if (text := query.get(name, "").strip()[:100])}


def is_filtered(asked: Mapping[str, str]) -> bool:
    """Whether anything but scope and desk narrows the list."""
    return bool(asked.keys() - {"scope", "desk"})


def asked_of(query: QueryParams, year: int, tab: Tab = Tab.PENDING) -> Asked:
    """The list an address names; `tab` where it names none."""
    named, scope = query.get("tab"), query.get("scope")
    return Asked(
        year=year,
        tab=Tab(named) if named in set(Tab) else tab,
        scope=Scope(scope) if scope in set(Scope) else Scope.BOTH,
        filters=asked_filters(query),
        sort=query.get("sort", ""),
    )


def told_filters(book: CodeBook, asked: Asked) -> str:
    """What a list is narrowed by, in words: 申报系列：卫生技术；姓名：张。"""
    words = []
    for field in filter_fields(book, asked.filters):
        if text := asked.filters.get(field["name"]):
            label = dict(field.get("options", ())).get(text, text)
            words.append(f"{field['label']}：{label}")
    return "；".join(words)


def filter_fields(book: CodeBook, asked: Mapping[str, str]) -> list[dict[str, Any]]:
    order = [*FIRST, *(name for name in LABELS if name not in FIRST)]
    linked = [{"name": name, "label": label} for name, label in LINKS.items() if name in asked]
    return [*(_field(name, book, asked) for name in order), *linked]


def _field(name: str, book: CodeBook, asked: Mapping[str, str]) -> dict[str, Any]:
    field: dict[str, Any] = {"name": name, "label": LABELS[name]}
    if name in LISTS:
        choices = _choices_of(name, book, asked)
        return {
            **field,
            "kind": "select",
            "options": choices.options,
            "drawn": choices.with_chosen(asked.get(name, "")),
        }
    if name in ("special_experience", "entrusted_review"):
        return {**field, "kind": "select", "options": YES_NO}
    if name == "current_title_years":
        return {**field, "kind": "number", "label": "现职称取得年限（满）"}
    if name in UNITS:
        return {**field, "suggest": f"/declarations/units?of={name}"}
    return field


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices of a filter, and the same drawn: a list has hundreds, and each page shows them all."""

    options: Sequence[tuple[str, str]]
    drawn: Markup

    def with_chosen(self, value: str) -> Markup:
        mark = Markup('value="{}"').format(value)
        return Markup(self.drawn.replace(mark, mark + Markup(" selected"), 1)) if value else self.drawn  # noqa: S704 - drawn here


#: by book, then by filter and what it depends on; a book never changes
_choices: WeakKeyDictionary[CodeBook, dict[tuple[str, str], Choices]] = WeakKeyDictionary()


def _choices_of(name: str, book: CodeBook, asked: Mapping[str, str]) -> Choices:
    """The entries of a code list; where another filter is set, those that belong to it. What is asked for stays among them."""
    wanted = asked.get(PARENTS.get(name, ""), "")
    kept = _choices.setdefault(book, {})
    found = kept.get((name, wanted))
    if found is None:
        codes = [code for code in book.codes(LISTS[name]) if not wanted or code.parent == wanted]
        found = _draw([(code.value, _label(name, book, code)) for code in codes])
        if len(kept) < MOST_KEPT:
            kept[name, wanted] = found
    stray = asked.get(name, "")
    if stray and all(value != stray for value, _ in found.options):
        code = book.find(LISTS[name], stray)
        return _draw([*found.options, (stray, _label(name, book, code) if code else stray)])
    return found


def _draw(options: Sequence[tuple[str, str]]) -> Choices:
    drawn = (Markup('<option value="{}">{}</option>').format(value, words) for value, words in options)
    return Choices(options, Markup("").join(drawn))


def _label(name: str, book: CodeBook, code: Code) -> str:
    """Titles and specialties of different series may be called the same."""
    if name in ("specialty", "title_name", "current_title_name") and code.parent:
        return f"{code.label}（{book.label('title_series', code.parent)}）"
    return code.label
