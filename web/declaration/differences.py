"""What differs between the page and what was saved elsewhere, in the words of the form."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.form import FormView, Node


@dataclass(frozen=True, slots=True)
class Difference:
    """An input with what this page has and what is saved."""

    label: str
    mine: str
    saved: str


@dataclass(frozen=True, slots=True)
class SectionDifferences:
    label: str
    fields: Sequence[Difference]


def differences(mine: FormView, saved: FormView, paths: Sequence[str]) -> list[SectionDifferences]:
    """For each of the sections the inputs that read differently."""
    return [_section(mine, saved, path) for path in paths]


def _section(mine: FormView, saved: FormView, path: str) -> SectionDifferences:
    one, other = mine.section(path), saved.section(path)
    here = dict(_read(one.node)) if one else {}
    there = dict(_read(other.node)) if other else {}
    found = [
        Difference(label, here.get(label, ""), there.get(label, ""))
        for label in dict.fromkeys([*here, *there])
        if here.get(label, "") != there.get(label, "")
    ]
    shown = one or other
    return SectionDifferences(shown.label if shown else path, found)


def _read(node: Node, where: str = "") -> Iterator[tuple[str, str]]:
    """Every input below, named with its row, as people read it."""
    if node.is_input:
        yield f"{where}{node.label}", node.shown
    for child in node.children:
        yield from _read(child, where)
    for row in node.rows:
        for child in row.children:
            yield from _read(child, f"{where}第 {row.number} 行 ")
