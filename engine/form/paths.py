"""Where a value stands: `education[0].school` in pages and messages, `education[].school` for every row."""

import re

INDEX = re.compile(r"\[([0-9]{1,4})\]")
_UNFIT = re.compile(r"[^\w]+")


def without_rows(name: str) -> str:
    """The name for every row: `education[3].school` → `education[].school`."""
    return INDEX.sub("[]", name)


def rows_of(name: str) -> tuple[int, ...]:
    """The row numbers inside a name, from 0, outermost first."""
    return tuple(int(found) for found in INDEX.findall(name))


def html_id(name: str) -> str:
    """The id of the element that shows this place: `education[0].school` → `f-education-0-school`."""
    return "f-" + _UNFIT.sub("-", name).strip("-")
