"""What a page shows of a form: plain nodes, conditions and options worked out, nothing left to decide."""

from dataclasses import dataclass
from typing import Any

from engine.form.kinds.files import size_text
from engine.form.kinds.moment import typed
from engine.form.model import OutcomeValue
from engine.form.options import Option
from engine.form.values import shown


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list: `number` counts from 1, `title` tells it apart once something is filled in."""

    name: str
    id: str
    number: int
    title: str
    children: tuple["Node", ...]
    may_remove: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading and whether its input is required."""

    key: str
    label: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """One component as it stands now; hidden ones have no node.

    `kind` is the component's type, `name` the name of the input (`education[0].school`), `id` that of its element;
    `options` are offered, `strangers` are stored and no longer offered.
    Which of the other attributes mean anything depends on the kind, see docs/forms.md.
    """

    kind: str
    id: str
    name: str = ""
    label: str = ""
    hint: str = ""
    span: int = 16
    value: Any = None
    required: bool = False
    required_for: tuple[str, ...] = ()
    readonly: bool = False
    drives: bool = False
    options: tuple[Option, ...] = ()
    strangers: tuple[Option, ...] = ()
    cascades: bool = False
    waits: bool = False
    counter: int | None = None
    minimum: str = ""
    maximum: str = ""
    step: str = ""
    prefix: str = ""
    suffix: str = ""
    subtype: str = ""
    accept: str = ""
    most: int = 0
    least: int = 0
    bytes: int = 0
    image: bool = False
    text: str = ""
    amount: int = 0
    outline: bool = True
    display: str = ""
    path: str = ""
    component: str = ""
    children: tuple["Node", ...] = ()
    rows: tuple[Row, ...] = ()
    columns: tuple[Column, ...] = ()
    cells: tuple[tuple[str, ...], ...] = ()
    may_add: bool = False
    add_label: str = ""

    @property
    def typed(self) -> str:
        """The value as the text inside its input."""
        if self.value is None or isinstance(self.value, list | dict):
            return ""
        return typed(self.subtype, str(self.value)) if self.kind == "datetime" else str(self.value)

    @property
    def files(self) -> tuple[dict[str, Any], ...]:
        """The attachments of a file input."""
        return tuple(file for file in self.value if isinstance(file, dict)) if isinstance(self.value, list) else ()

    @property
    def size_limit(self) -> str:
        return size_text(self.bytes)

    @property
    def chosen(self) -> frozenset[str]:
        """The values chosen, of a choice of one or of several."""
        if isinstance(self.value, list):
            return frozenset(item for item in self.value if isinstance(item, str))
        return frozenset() if self.value is None or isinstance(self.value, dict) else frozenset({str(self.value)})

    @property
    def shown(self) -> str:
        """The value as people read it: labels of choices, dates and truths in Chinese, names of files."""
        if self.kind == "checkbox":
            return "是" if self.value is True else "否"
        if self.kind == "filepicker":
            return "、".join(str(file.get("name", "")) for file in self.files)
        if isinstance(self.value, dict):
            return ""
        if self.options or self.strangers or isinstance(self.value, list):
            return self._labels()
        if self.kind == "datetime":
            return date_text(self.typed)
        return shown(self.value)

    def _labels(self) -> str:
        labels = {option.value: option.label for option in (*self.options, *self.strangers)}
        chosen = self.value if isinstance(self.value, list) else [self.value]
        return "、".join(labels.get(str(item), str(item)) for item in chosen if item not in (None, ""))

    @property
    def is_input(self) -> bool:
        return bool(self.name) and self.kind not in ("group", "dynamiclist")


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section of the form with its node; `chapter` is the heading it stands under."""

    path: str
    id: str
    label: str
    chapter: str
    node: Node


@dataclass(frozen=True, slots=True)
class FormView:
    """A form ready to be drawn. `nodes` is everything in order, `sections` the same sections by name, `outcome` the
    buttons, which are drawn by the page and stand in no node."""

    id: str
    nodes: tuple[Node, ...]
    sections: tuple[SectionView, ...]
    outcome: tuple[OutcomeValue, ...] = ()
    chosen: str = ""

    def section(self, path: str) -> SectionView | None:
        return next((section for section in self.sections if section.path == path), None)


def date_text(text: str) -> str:
    """2026-06-30 as 2026年6月30日, 2026-06 as 2026年6月, 2026 as 2026年, with the time as it is."""
    day, _, time = text.partition("T")
    parts = day.split("-")
    if not all(part.isdigit() for part in parts) or len(parts) > 3:
        return text.replace("T", " ")
    words = "".join(f"{int(part)}{unit}" for part, unit in zip(parts, "年月日", strict=False))
    return f"{words} {time}".rstrip()
