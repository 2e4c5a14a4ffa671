"""The sections of the filling form as parts of a printed sheet: whatever sections and fields the form has are there.

Names and values stand as pairs, lists as tables; `COLUMNS` says for the lists everybody knows how their columns are set,
every other list is set by what it holds. Files are not printed, only counted where they are the matter (申报基础材料).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from engine.form import FormView, Node
from engine.form.view import Row, SectionView

#: lists people know: heading, the fields of a cell, its share of the width
COLUMNS: Mapping[str, Sequence[tuple[str, tuple[str, ...], float]]] = {
    "education": (
        ("起止时间", ("started_on", "ended_on"), 2.0),
        ("毕业院校", ("school",), 2.4),
        ("所学专业", ("major",), 1.8),
        ("学历", ("education_level",), 1.3),
        ("学位", ("degree",), 1.3),
        ("学制", ("schooling_length",), 0.8),
    ),
    "employment": (
        ("起止时间", ("started_on", "ended_on"), 2.0),
        ("工作单位", ("employer",), 2.6),
        ("专业技术职务", ("post",), 1.8),
        ("工作内容", ("description",), 3.4),
        ("证明人", ("witness",), 1.0),
    ),
    "project": (
        ("起止时间", ("started_on", "ended_on"), 2.0),
        ("项目名称", ("name",), 3.0),
        ("级别", ("level",), 1.1),
        ("来源", ("source",), 2.0),
        ("角色", ("role",), 0.9),
        ("位次", ("rank",), 0.8),
        ("状态", ("state",), 0.9),
    ),
    "award": (
        ("获奖时间", ("obtained_on",), 1.5),
        ("获奖成果名称", ("achievement",), 3.0),
        ("奖项名称", ("name",), 2.4),
        ("级别", ("level",), 1.1),
        ("等级", ("grade",), 1.0),
        ("授奖单位", ("issuer",), 2.2),
        ("位次", ("rank",), 0.8),
    ),
    "paper": (
        ("发表年月", ("published_on",), 1.5),
        ("论文名称", ("title",), 3.6),
        ("刊物名称", ("periodical",), 2.4),
        ("刊号", ("issn",), 1.6),
        ("排名", ("author_rank",), 1.2),
        ("刊物级别", ("periodical_rank",), 1.3),
    ),
    "book": (
        ("出版年月", ("published_on",), 1.5),
        ("论著名称", ("title",), 3.4),
        ("出版社名称", ("publisher",), 2.4),
        ("书号", ("isbn",), 2.2),
        ("参与程度", ("contribution",), 1.2),
    ),
}
#: a list of more columns than a page is wide for has the rest below its rows
MOST_COLUMNS = 7
#: a list of fewer columns and more rows has several rows side by side
FEW_COLUMNS, FEW_ROWS = 2, 4
#: in characters: the narrowest and the widest share of a column, and how long a value may be to stand in the middle
NARROW, WIDE, CENTRED = 3.0, 14.0, 10
#: a value of more characters takes the whole line
HALF_LINE = 22
#: kinds of fields that hold text of any length
LONG_KINDS = frozenset({"textarea"})
BEGIN, END = "started_on", "ended_on"


@dataclass(frozen=True, slots=True)
class Handled:
    """Fields that stand elsewhere on the sheet, by section."""

    fields: Mapping[str, Collection[str]]

    def has(self, section: str, node: Node) -> bool:
        return _key(node) in self.fields.get(section, ())


def parts_of(view: FormView, handled: Handled) -> list[dict[str, Any]]:
    """The chapters with their sections, without what is `handled` and without sections of which nothing is left."""
    parts = []
    for chapter, sections in groupby(view.sections, key=lambda section: section.chapter or section.label):
        drawn = [part for section in sections for part in _section(section, handled)]
        if drawn:
            parts.append({"label": chapter, "sections": drawn})
    return parts


def fields_of(view: FormView, section: str) -> dict[str, str]:
    """The shown values of a section by field."""
    found = view.section(section)
    return {_key(node): _text(node) for node in _inputs((found.node,))} if found else {}


def rows_of(view: FormView, section: str) -> list[dict[str, str]]:
    """The rows of a list as shown values by field."""
    found = view.section(section)
    return [{_key(child): _text(child) for child in _inputs(row.children)} for row in found.node.rows] if found else []


def _section(section: SectionView, handled: Handled) -> Iterator[dict[str, Any]]:
    if section.node.kind == "dynamiclist":
        yield _list(section.path, section.label, section.node)
        return
    files = [node for node in _inputs((section.node,)) if node.kind == "filepicker"]
    pairs = list(_pairs(section.path, section.node.children, handled))
    if pairs:
        yield {"label": section.label, "kind": "pairs", "pairs": pairs}
    elif files:
        yield _materials(section.label, files)
    for node in _lists(section.node.children):
        yield _list(node.path, node.label or section.label, node)


def _materials(label: str, files: Iterable[Node]) -> dict[str, Any]:
    """What was handed in, counted: 申报基础材料 (P8)."""
    there = [node for node in files if node.files]
    return {
        "label": label,
        "kind": "rows",
        "columns": [
            {"label": "材料名称", "weight": 8.0, "centred": False},
            {"label": "份数", "weight": 1.0, "centred": True},
        ],
        "rows": [{"cells": [node.label, str(len(node.files))], "notes": []} for node in there],
    }


def _pairs(section: str, nodes: Iterable[Node], handled: Handled) -> Iterator[dict[str, Any]]:
    """A pair for each field, one for all fields of a group that has a name: 自 2018年9月 至 2026年10月 满 8 年."""
    for node in nodes:
        if node.kind == "group" and node.label:
            inner = [one for one in _inputs(node.children) if one.kind != "filepicker"]
            texts = [f"{one.label} {_text(one)}" for one in inner if _text(one)]
            if inner:
                yield {"label": node.label, "value": "　".join(texts), "wide": True}
        elif node.kind == "group":
            yield from _pairs(section, node.children, handled)
        elif node.is_input and node.kind != "filepicker" and not handled.has(section, node):
            yield _pair(node)


def _pair(node: Node) -> dict[str, Any]:
    text = _text(node)
    return {"label": node.label, "value": text, "wide": node.kind in LONG_KINDS or len(text) > HALF_LINE}


# --- lists ------------------------------------------------------------------------------------------------------------


def _list(path: str, label: str, node: Node) -> dict[str, Any]:
    filled = [
        row for row in node.rows if any(_text(child) for child in _inputs(row.children) if child.value is not False)
    ]
    if not filled:
        return {"label": label, "kind": "none"}
    known = COLUMNS.get(path)
    columns = list(known) if known else _columns_by_content(node)
    placed = {key for _, keys, _ in columns for key in keys}
    rows = [_row(row, columns, placed, all_fields=known is None) for row in filled]
    cells = [[row["cells"][at] for row in rows] for at in range(len(columns))]
    narrow = len(columns) <= FEW_COLUMNS and len(rows) > FEW_ROWS and not any(row["notes"] for row in rows)
    return {
        "label": label,
        "kind": "grid" if narrow else "rows",
        "columns": [
            {"label": heading, "weight": weight, "centred": all(len(text) <= CENTRED for text in texts)}
            for (heading, _, weight), texts in zip(columns, cells, strict=True)
        ],
        "rows": rows,
    }


def _row(
    row: Row, columns: Sequence[tuple[str, tuple[str, ...], float]], placed: Collection[str], *, all_fields: bool
) -> dict[str, Any]:
    """The cells of a row, and below it what has no column: everything of a list that is set by its content, of a known one
    what staff added to the form."""
    nodes = {_key(child): child for child in _inputs(row.children)}
    known = () if all_fields else OWN_FIELDS
    rest = [node for key, node in nodes.items() if key not in placed and key not in known and node.kind != "filepicker"]
    return {
        "cells": ["—".join(filter(None, (_text(nodes.get(key)) for key in keys))) for _, keys, _ in columns],
        "notes": [
            {"label": node.label, "value": _text(node)} for node in rest if _text(node) and node.value is not False
        ],
    }


#: fields of the known lists that are not printed: they say what the other fields say
OWN_FIELDS = frozenset({"years_of_study", "is_first", "is_highest"})


def _columns_by_content(node: Node) -> list[tuple[str, tuple[str, ...], float]]:
    nodes: dict[str, list[Node]] = {}
    for row in node.rows:
        for child in _inputs(row.children):
            nodes.setdefault(_key(child), []).append(child)
    labels = {key: found[0].label for key, found in nodes.items() if _is_short(found)}
    columns: list[tuple[str, tuple[str, ...], float]] = []
    for key, label in labels.items():
        if key == END and BEGIN in labels:
            continue
        if key == BEGIN and END in labels:
            columns.append(("起止时间", (BEGIN, END), 10.0))
            continue
        columns.append((label, (key,), _share(label, [_text(one) for one in nodes[key]])))
    return columns[:MOST_COLUMNS]


def _is_short(nodes: Sequence[Node]) -> bool:
    return nodes[0].kind not in LONG_KINDS and nodes[0].kind != "filepicker"


def _share(label: str, texts: Sequence[str]) -> float:
    longest = max((_width(text) for text in texts), default=0.0)
    return min(max(longest, len(label) * 0.8, NARROW), WIDE)


def _width(text: str) -> float:
    return sum(1.0 if ord(character) > 0x2E7F else 0.55 for character in text)


# --- nodes ------------------------------------------------------------------------------------------------------------


def _inputs(nodes: Iterable[Node]) -> Iterator[Node]:
    """Every input outside lists."""
    for node in nodes:
        if node.kind == "dynamiclist":
            continue
        if node.is_input:
            yield node
        yield from _inputs(node.children)


def _lists(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        if node.kind == "dynamiclist":
            yield node
        yield from _lists(node.children)


def _key(node: Node) -> str:
    return node.name.rpartition(".")[2]


def _text(node: Node | None) -> str:
    if node is None or node.kind == "filepicker":
        return ""
    shown = node.shown
    return f"{node.prefix}{shown}{node.suffix}" if shown else ""
