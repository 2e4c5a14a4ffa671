"""How far each section is: 完整, 缺 3 项, 未填, 选填."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from engine.clock import Clock
from engine.form.blank import is_blank
from engine.form.model import RowList
from engine.form.options import OptionSource
from engine.form.places import get
from engine.form.scope import Scope
from engine.form.validation import find_problems

if TYPE_CHECKING:
    from engine.form.form import Form

State = Literal["complete", "incomplete", "empty", "optional"]


@dataclass(frozen=True, slots=True)
class SectionState:
    """Where a section stands. `missing` counts what has to be corrected or filled in before handing in. A section that may
    be left empty and is, is `optional`."""

    path: str
    label: str
    chapter: str
    state: State
    missing: int

    @property
    def text(self) -> str:
        """The state in words, as the side list shows it."""
        if self.state == "incomplete":
            return f"缺 {self.missing} 项"
        return WORDS[self.state]


WORDS: dict[State, str] = {"complete": "完整", "empty": "未填", "optional": "选填"}


def section_states(
    form: "Form",
    values: Mapping[str, Any],
    context: Mapping[str, Any],
    *,
    options: OptionSource,
    clock: Clock | None,
) -> list[SectionState]:
    """One state per section that is shown, in the order of the form, from one look at all values."""
    problems = find_problems(form, values, context, options=options, clock=clock)
    return counted_states(form, values, context, Counter(problem.section for problem in problems), clock=clock)


def counted_states(
    form: "Form",
    values: Mapping[str, Any],
    context: Mapping[str, Any],
    missing: Mapping[str, int],
    *,
    clock: Clock | None,
) -> list[SectionState]:
    """The same where the caller has counted what is missing in each section."""
    scope = Scope(values, context, clock)
    shown = [section for section in form.sections if not section.component.hide.holds(scope)]
    return [
        SectionState(section.path, section.label, section.chapter, _state(section.component, values, count), count)
        for section in shown
        for count in (missing.get(section.path, 0),)
    ]


def _state(component: Any, values: Mapping[str, Any], missing: int) -> State:
    held = get(values, component.steps)
    if isinstance(component, RowList):
        filled = any(not is_blank(component.children, row) for row in held) if isinstance(held, list) else False
        may_stay_empty = not component.least
    else:
        filled, may_stay_empty = not is_blank(component.children, held or {}), False
    if missing:
        return "incomplete" if filled else "empty"
    return "optional" if may_stay_empty and not filled else "complete"
