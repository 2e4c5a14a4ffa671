"""What a browser posts: pairs of a name and a text, and the small commands on rows and files."""

import re
from collections.abc import Iterable
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from engine.form.model import Field, RowList
from engine.form.paths import without_rows
from engine.form.values import plain

if TYPE_CHECKING:
    from engine.form.form import Form

ADD, REMOVE, DETACH, REFRESH = "_add", "_remove", "_detach", "_refresh"
"""Names of the buttons that add a row (`education`), remove one (`education[2]`), take a file off
(`education[0].certificate#id`) and only draw the form again."""

COMMANDS = frozenset({ADD, REMOVE, DETACH, REFRESH})

_TOKEN = re.compile(r"\w+|\[[0-9]{1,4}\]")

Pairs = Iterable[tuple[str, str]]


class PostedRows(dict[int, Any]):
    """Rows by the number they had on the page."""

    def in_order(self) -> list[tuple[int, Any]]:
        return sorted(self.items())


def is_command(pairs: Pairs) -> bool:
    """Whether one of the small commands was pressed: the page is to be drawn again, nothing to be completed."""
    return any(name in COMMANDS for name, _ in pairs)


def read_pairs(form: "Form", pairs: Pairs) -> dict[str, Any]:
    """The posted names the form knows as nested values, rows as `PostedRows`; every other name is left out.

    A list or row that is on the page without any input posts its own name, so it is not mistaken for a missing one.
    """
    gathered: dict[str, list[str]] = {}
    for name, text in pairs:
        gathered.setdefault(name, []).append(plain(text))
    given: dict[str, Any] = {}
    for name, texts in gathered.items():
        _place(form, given, name, texts)
    return given


def _place(form: "Form", given: dict[str, Any], name: str, texts: list[str]) -> None:
    for_every_row = without_rows(name) if "[" in name else name
    known = form.places.get(for_every_row)
    if known is None and for_every_row.endswith("[]"):
        known = form.places.get(for_every_row[:-2])
        if isinstance(known, RowList):
            _reach(given, _TOKEN.findall(name))
    elif isinstance(known, RowList):
        _reach(given, [*_TOKEN.findall(name), "[]"])
    elif isinstance(known, Field):
        *way, last = _TOKEN.findall(name)
        _reach(given, way)[last] = known.kind.read(known, texts)


def _reach(given: dict[Any, Any], way: list[str]) -> dict[Any, Any]:
    """The object at the end of the way, made on the way; `[]` ends at the rows themselves."""
    for step, following in zip_longest(way, way[1:], fillvalue=""):
        if step == "[]":
            break
        key: Any = int(step[1:-1]) if step.startswith("[") else step
        if key not in given:
            given[key] = PostedRows() if following.startswith("[") else {}
        given = given[key]
    return given


def obey(form: "Form", values: dict[str, Any], pairs: Pairs) -> None:
    """Carry out the posted commands on the values; one that does not fit the form is passed over."""
    for name, text in pairs:
        if name == ADD:
            _add_row(form, values, text)
        elif name == REMOVE:
            _remove_row(form, values, text)
        elif name == DETACH:
            _detach(form, values, text)


def _add_row(form: "Form", values: dict[str, Any], name: str) -> None:
    rows = form.places.get(without_rows(name))
    if isinstance(rows, RowList) and rows.may_change:
        held = _hold(values, _TOKEN.findall(name), make=True)
        if isinstance(held, list) and len(held) < rows.most:
            held.append({})


def _remove_row(form: "Form", values: dict[str, Any], name: str) -> None:
    rows = form.places.get(without_rows(name).removesuffix("[]"))
    if isinstance(rows, RowList) and rows.may_change and name.endswith("]"):
        *way, last = _TOKEN.findall(name)
        held = _hold(values, way)
        if isinstance(held, list) and int(last[1:-1]) < len(held):
            del held[int(last[1:-1])]


def _detach(form: "Form", values: dict[str, Any], text: str) -> None:
    name, _, wanted = text.partition("#")
    field = form.places.get(without_rows(name))
    if isinstance(field, Field) and field.type == "filepicker" and not field.locked.always:
        held = _hold(values, _TOKEN.findall(name))
        if isinstance(held, list):
            held[:] = [file for file in held if not (isinstance(file, dict) and file.get("id") == wanted)]


def _hold(values: Any, way: list[str], *, make: bool = False) -> Any:
    """What stands at the end of the way; with `make` a list is put there, and objects before it, where nothing stands."""
    for step, following in zip_longest(way, way[1:]):
        if step.startswith("["):
            rows = values if isinstance(values, list) else []
            values = rows[int(step[1:-1])] if int(step[1:-1]) < len(rows) else None
        elif isinstance(values, dict):
            if make and values.get(step) is None and not (following or "").startswith("["):
                values[step] = {} if following else []
            values = values.get(step)
        else:
            return None
    return values
