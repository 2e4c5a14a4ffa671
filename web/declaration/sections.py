"""The side list of the filling page: every section with how far it is, under its chapter."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from engine.declaration.detail import Filling
from engine.form import SectionState
from engine.form.paths import html_id

STATES = {"complete": "complete", "incomplete": "lacking", "empty": "", "optional": "optional"}
#: in the address: every section on one page
ALL = "all"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list. `state` is the class of its icon, `words` say the same."""

    path: str
    label: str
    url: str
    state: str
    words: str
    current: bool


@dataclass(frozen=True, slots=True)
class SideList:
    """The chapters in their order, each with its sections. Sections that may be left empty and are do not count."""

    chapters: Sequence[tuple[str, Sequence[Entry]]]
    complete: int
    total: int


def side_list(filling: Filling, shown: str) -> SideList:
    """The list for a page that shows the section `shown`, or all of them: then its lines jump within the page."""
    entries = [(state.chapter, _entry(filling, state, shown)) for state in filling.sections]
    grouped = groupby(entries, key=lambda pair: pair[0])
    complete = sum(state.state == "complete" for state in filling.sections)
    total = sum(state.state != "optional" for state in filling.sections)
    return SideList([(chapter, [entry for _, entry in found]) for chapter, found in grouped], complete, total)


def _entry(filling: Filling, state: SectionState, shown: str) -> Entry:
    url = f"#{html_id(state.path)}" if shown == ALL else fill_url(filling, state.path)
    return Entry(state.path, state.label, url, STATES[state.state], state.text, state.path == shown)


def fill_url(filling: Filling, section: str = ALL, anchor: str = "") -> str:
    """The address of the filling page at a section, or of the whole."""
    address = f"/declaration/{filling.task.row['case_key']}/fill"
    query = "" if section == ALL else f"?section={section}"
    return f"{address}{query}{f'#{anchor}' if anchor else ''}"


def shown_section(filling: Filling, asked: str) -> str:
    """The section an address asks for, where the form has it."""
    return asked if any(state.path == asked for state in filling.sections) else ALL


def neighbours(filling: Filling, shown: str) -> tuple[SectionState | None, SectionState | None]:
    """The sections before and after the one shown."""
    paths = [state.path for state in filling.sections]
    if shown not in paths:
        return None, None
    at = paths.index(shown)
    before = filling.sections[at - 1] if at else None
    return before, filling.sections[at + 1] if at + 1 < len(paths) else None
