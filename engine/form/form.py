"""The form: one `.form` file, read once, and everything one does with it."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.clock import Clock
from engine.form.cleaning import clean
from engine.form.findings import Finding
from engine.form.merging import FileSource, merge
from engine.form.model import Component, Computed, Field, Group, Outcome, RowList, Rule, Section, Values
from engine.form.options import NoOptions, OptionSource
from engine.form.posting import obey, read_pairs
from engine.form.preparing import prepare
from engine.form.problems import Problem
from engine.form.progress import SectionState, counted_states, section_states
from engine.form.validation import find_problems
from engine.form.view import FormView

NO_OPTIONS = NoOptions()


@dataclass(frozen=True)
class Form:
    """A form as deployed; nothing in it changes, so it is shared by all requests.

    `keys` are the process variables it may write, `names` those and what its expressions read. `places` finds a
    component by its path for every row (`education[].school`). `document` is the JSON as it came, unknown attributes included.
    """

    id: str
    name: str
    sha256: str
    document: Mapping[str, Any]
    components: tuple[Component, ...]
    sections: tuple[Section, ...]
    places: Mapping[str, Component]
    outcome: Outcome | None
    rules: Mapping[str, tuple[Rule, ...]]
    keys: frozenset[str]
    names: frozenset[str]
    has_rows: bool
    has_computed: bool
    has_hiding: bool
    has_moving_locks: bool
    noted: tuple[Finding, ...]

    @property
    def fields(self) -> dict[str, Field]:
        """Every input by its path for every row."""
        return {path: part for path, part in self.places.items() if isinstance(part, Field)}

    @property
    def secret_address(self) -> str | None:
        """Where a form whose page is secret is filled in (`zhiping.page`, `zhiping.address`); None for every other form."""
        extension = self.document.get("zhiping") or {}
        return str(extension.get("address", "")) if extension.get("page") == "secret" else None

    def findings(self, lists: Collection[str] | None = None) -> list[Finding]:
        """What is wrong with the file, in its order; `lists` are the code lists there are, to check `refList`."""
        return [*self.noted, *(_unknown_lists(self, lists) if lists is not None else ())]

    def section_of(self, name: str) -> str:
        """The section that holds an input (`education[0].school` → `education`); nothing where it stands alone."""
        first = name.partition(".")[0].partition("[")[0]
        return first if any(section.path == first for section in self.sections) else ""

    def name_of(self, component: Component) -> str:
        """What to call a component that has no label."""
        return component.path.rpartition(".")[2].removesuffix("[]") or component.id

    def prepare(
        self,
        values: Mapping[str, Any],
        context: Mapping[str, Any] | None = None,
        *,
        options: OptionSource = NO_OPTIONS,
        clock: Clock | None = None,
    ) -> FormView:
        """The form as a page shows it: conditions and options worked out for these values over the case's `context`."""
        return prepare(self, values, context or {}, options=options, clock=clock)

    def parse(
        self,
        pairs: Iterable[tuple[str, str]],
        base: Mapping[str, Any],
        *,
        context: Mapping[str, Any] | None = None,
        files: FileSource | None = None,
        clock: Clock | None = None,
    ) -> Values:
        """What a browser posted, over `base`: typed values, rows in their order, row commands carried out.

        Names the form does not have are ignored; inputs that were not on the page and locked ones keep `base`.
        Text that is no value of its type is kept as typed, for `validate` to name. `files` vouches for uploaded files
        by id; one it does not know is left out.
        """
        pairs = list(pairs)
        values = self.merge(read_pairs(self, pairs), base, context=context, files=files, clock=clock)
        obey(self, values, pairs)
        return values

    def merge(
        self,
        given: Mapping[str, Any],
        base: Mapping[str, Any],
        *,
        context: Mapping[str, Any] | None = None,
        files: FileSource | None = None,
        clock: Clock | None = None,
    ) -> Values:
        """The same for values given as JSON (by `/v2`, an import): lists given are whole."""
        return merge(self, given, base, context or {}, files=files, clock=clock)

    def validate(
        self,
        values: Mapping[str, Any],
        context: Mapping[str, Any] | None = None,
        *,
        options: OptionSource = NO_OPTIONS,
        clock: Clock | None = None,
        sections: Collection[str] | None = None,
        partial: bool = False,
    ) -> list[Problem]:
        """What has to be corrected, in the order of the page; hidden and locked inputs are not looked at.

        `sections` limits the look (`""` is what stands outside any); `partial` asks only whether what is there is
        right, not what is missing or how inputs agree.
        """
        return find_problems(
            self, values, context or {}, options=options, clock=clock, sections=sections, partial=partial
        )

    def clean(
        self, values: Mapping[str, Any], context: Mapping[str, Any] | None = None, *, clock: Clock | None = None
    ) -> Values:
        """The variables to write when the form is handed in: only `keys`, without hidden inputs and blank rows."""
        return clean(self, values, context or {}, clock)

    def states(
        self,
        values: Mapping[str, Any],
        context: Mapping[str, Any] | None = None,
        *,
        options: OptionSource = NO_OPTIONS,
        clock: Clock | None = None,
    ) -> list[SectionState]:
        """How far each section is (完整, 缺 3 项, 未填, 选填), for the side list."""
        return section_states(self, values, context or {}, options=options, clock=clock)

    def counted_states(
        self,
        values: Mapping[str, Any],
        context: Mapping[str, Any],
        missing: Mapping[str, int],
        *,
        clock: Clock | None = None,
    ) -> list[SectionState]:
        """The same where the caller has counted what is missing in each section, rules of its own included."""
        return counted_states(self, values, context, missing, clock=clock)

    def to_json(self) -> str:
        """The file again, with everything it had."""
        return json.dumps(self.document, ensure_ascii=False, indent=2)


def walk(components: Iterable[Component]) -> Iterator[Component]:
    """Every component, the containers before what they hold."""
    for component in components:
        yield component
        if isinstance(component, Group | RowList):
            yield from walk(component.children)


def written_keys(components: Iterable[Component]) -> frozenset[str]:
    """The variables that at least one unlocked input or computed value belongs to."""
    return frozenset(
        component.path.partition(".")[0].partition("[")[0]
        for component in walk(components)
        if isinstance(component, Computed | RowList)
        or (isinstance(component, Field) and (component.is_worked_out or not component.locked.always))
    )


def _unknown_lists(form: Form, lists: Collection[str]) -> Iterator[Finding]:
    for field in form.fields.values():
        wanted = field.choices.ref_list
        if wanted and wanted not in lists:
            yield Finding("options", "error", field.id, f"代码表“{wanted}”不存在，请检查属性 refList。")
