"""One number beside what it must not exceed, and the table of all of them."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """`target` is the most it may be; None where nothing is promised and the number is told all the same."""

    name: str
    where: str
    what: str
    value: float
    unit: str
    target: float | None = None

    @property
    def misses(self) -> bool:
        return self.target is not None and self.value > self.target


HEADINGS = ("measured", "on", "what", "value", "target", "unit", "")


def render_table(measures: Sequence[Measure]) -> str:
    """Columns as wide as their widest cell; what misses its target is marked."""
    rows = [HEADINGS, *(_cells(measure) for measure in measures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _cells(measure: Measure) -> tuple[str, ...]:
    target = "" if measure.target is None else f"≤ {measure.target:g}"
    missed = "missed" if measure.misses else ""
    return measure.name, measure.where, measure.what, f"{measure.value:.2f}", target, measure.unit, missed


def render_json(measures: Sequence[Measure]) -> str:
    return json.dumps([asdict(measure) | {"missed": measure.misses} for measure in measures], ensure_ascii=False)
