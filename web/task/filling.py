"""A task's form with what is filled in: variables, saved drafts, what a browser posts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.access import Actor
from engine.clock import Clock
from engine.db import Transaction
from engine.document import describe_own
from engine.errors import InvalidInput
from engine.flow.drafts import Draft, list_drafts, save_draft
from engine.flow.queries import options_of_case
from engine.flow.registry import clock_of, registry_of
from engine.flow.told import OPINION
from engine.flow.variables import visible_variables
from engine.form import Form, FormView, OptionSource, Problem, Values

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Filling:
    """A form over the variables its task sees (`context`) and what was typed so far (`base`)."""

    form: Form
    context: Mapping[str, Any]
    base: Values
    drafts: Mapping[str, Draft]
    options: OptionSource
    clock: Clock

    def view(self, values: Mapping[str, Any] | None = None) -> FormView:
        """The form as the page draws it, with these values or those typed so far."""
        shown = self.base if values is None else values
        return self.form.prepare(shown, self.context, options=self.options, clock=self.clock)

    def parse(self, tx: Transaction, actor: Actor, pairs: Pairs) -> Values:
        """What was posted, over what was there; files only of the actor's own."""
        return self.form.parse(
            pairs, self.base, context=self.context, files=lambda key: describe_own(tx, actor, key), clock=self.clock
        )

    def problems(self, values: Mapping[str, Any]) -> list[Problem]:
        return self.form.validate(values, self.context, options=self.options, clock=self.clock)

    def own(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Of the values those the form may write; of what is said anew nothing is taken over."""
        anew = {name: None for name in self.form.keys if _is_said_anew(self.form, name)}
        return anew | {name: values[name] for name in values if name in self.form.keys}

    @property
    def versions(self) -> str:
        """The versions of the saved sections, for the page to carry: `basic_info:3,education:1`."""
        return write_versions({name: draft.version for name, draft in self.drafts.items()})


def read_filling(tx: Transaction, row: Mapping[str, Any]) -> Filling | None:
    """The form of an open task; None for a task without one."""
    if row["form_key"] is None:
        return None
    form = registry_of(tx).library.form(tx, row["form_key"])
    context = visible_variables(tx, row["case_key"], row["element_key"])
    drafts = list_drafts(tx, row["key"])
    base = {name: context[name] for name in form.keys if name in context and not _is_said_anew(form, name)}
    for section, draft in drafts.items():
        base.update({section: draft.value} if section else draft.value or {})
    base = {name: value for name, value in base.items() if name in form.keys}
    return Filling(form, context, base, drafts, options_of_case(tx, row["case_key"]), clock_of(tx))


def _is_said_anew(form: Form, name: str) -> bool:
    """The opinion of the one who decided before is in the journal; whoever decides now begins with none."""
    return name == OPINION and form.outcome is not None


def save_sections(
    tx: Transaction,
    actor: Actor,
    task_key: int,
    filling: Filling,
    values: Mapping[str, Any],
    versions: Mapping[str, int],
) -> dict[str, int]:
    """Keep as drafts the sections that differ from what is kept; all versions afterwards.

    `versions` are those the page was made from. Raises `DraftConflict` where a section was saved elsewhere meanwhile.
    """
    kept = {name: draft.version for name, draft in filling.drafts.items()}
    for section, value in sections_of(filling.form, filling.own(values)).items():
        if value != _held(filling, section):
            kept[section] = save_draft(tx, actor, task_key, section, value, versions.get(section, 0))
    return kept


def sections_of(form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as drafts keep them: a section is a variable, the section without a name holds the others."""
    named = {section.path for section in form.sections}
    found: dict[str, Any] = {name: value for name, value in values.items() if name in named}
    rest = {name: value for name, value in values.items() if name not in named}
    return {**found, "": rest} if rest else found


def _held(filling: Filling, section: str) -> Any:
    if section in filling.drafts:
        return filling.drafts[section].value
    return sections_of(filling.form, filling.base).get(section)


def read_versions(text: str) -> dict[str, int]:
    """The versions a page carries; what is not of that form counts as none."""
    found: dict[str, int] = {}
    for part in text.split(","):
        name, colon, number = part.rpartition(":")
        if colon and number.isascii() and number.isdigit():
            found[name] = int(number)
    return found


def write_versions(versions: Mapping[str, int]) -> str:
    return ",".join(f"{name}:{number}" for name, number in sorted(versions.items()))


def problems_of(error: InvalidInput, own: Iterable[Problem]) -> list[Problem]:
    """What to show beside the inputs: the form's own findings, else what a hook or the flow has said of fields."""
    return list(own) or [Problem(path, "", sentence) for path, found in error.fields.items() for sentence in found]


def files_in(value: Any) -> list[int]:
    """The keys of all files somewhere in the values."""
    match value:
        case {"id": str(key), "name": _, "size": _} if key.isdecimal():
            return [int(key)]
        case dict():
            return [key for one in value.values() for key in files_in(one)]
        case list():
            return [key for one in value for key in files_in(one)]
    return []
