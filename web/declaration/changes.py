"""What changed since a dossier was handed in the time before: the inputs to mark, and a list of it in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from engine.form import FormView, Node, Row


@dataclass(frozen=True, slots=True)
class Change:
    """An input that reads differently; `before` or `now` is empty where a row came or went. `path` leads to the place."""

    path: str
    label: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Changes:
    """`marks` are the names of the inputs that read differently now, `sections` what changed under which heading."""

    marks: frozenset[str] = frozenset()
    sections: Sequence[tuple[str, str, Sequence[Change]]] = field(default_factory=tuple)

    @property
    def number(self) -> int:
        return sum(len(found) for _, _, found in self.sections)


def changes_between(before: FormView, now: FormView) -> Changes:
    """Section by section; rows are matched by what they say, so that one put in between marks itself alone."""
    sections = []
    for one in now.sections:
        other = before.section(one.path)
        found = list(_compare(other.node if other else None, one.node))
        if found:
            sections.append((one.id, one.label, found))
    marks = frozenset(change.path for _, _, found in sections for change in found if change.now)
    return Changes(marks, sections)


def _compare(before: Node | None, now: Node, where: str = "") -> Iterator[Change]:
    if now.is_input:
        old = before.shown if before is not None else ""
        if old != now.shown:
            yield Change(now.name, f"{where}{now.label}", old or "—", now.shown or "—")
    known = {node.name or node.label: node for node in before.children} if before is not None else {}
    for child in now.children:
        yield from _compare(known.get(child.name or child.label), child, where)
    yield from _compare_rows(before.rows if before is not None else (), now.rows, now.label)


def _compare_rows(before: Sequence[Row], now: Sequence[Row], label: str) -> Iterator[Change]:
    old, new = [_read(row) for row in before], [_read(row) for row in now]
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        for one, other in zip(before[a:b], now[c:d], strict=False):
            yield from _compare_row(one, other)
        for gone in before[a + (d - c) : b] if b - a > d - c else ():
            yield Change("", f"{label}：删除原第 {gone.number} 行", _words(gone), "")
        for come in now[c + (b - a) : d] if d - c > b - a else ():
            yield Change(come.name, f"{label}：新增第 {come.number} 行", "", _words(come))


def _compare_row(before: Row, now: Row) -> Iterator[Change]:
    """Two rows that stand in each other's place: their inputs by their names within the row."""
    known = {node.name.removeprefix(before.name): node for node in before.children}
    for child in now.children:
        other = known.get(child.name.removeprefix(now.name))
        yield from _compare(other, child, f"第 {now.number} 行 ")


def _read(row: Row) -> tuple[tuple[str, str], ...]:
    return tuple((node.name.removeprefix(row.name), node.shown) for node in _inputs(row.children))


def _words(row: Row) -> str:
    return "，".join(node.shown for node in _inputs(row.children) if node.shown)


def _inputs(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        if node.is_input:
            yield node
        yield from _inputs(node.children)


def label_of(view: FormView, path: str) -> str:
    """What people call a place of the dossier; empty where there is none of that name."""
    for section in view.sections:
        if section.path == path:
            return section.label
        found = _label(section.node, path)
        if found:
            return f"{section.label} · {found}"
    return ""


def _label(node: Node, path: str, where: str = "") -> str:
    if node.name == path and (node.is_input or node.rows):
        return f"{where}{node.label}"
    for child in node.children:
        if found := _label(child, path, where):
            return found
    for row in node.rows:
        if row.name == path:
            return f"第 {row.number} 行"
        for child in row.children:
            if found := _label(child, path, f"第 {row.number} 行 "):
                return found
    return ""
