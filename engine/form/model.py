"""A form as it was read: a tree of components that never changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import regex

from engine.form.dynamic import ABSENT, NEVER, NO_TEXT, Dynamic, Template
from engine.form.kinds import Kind

Values = dict[str, Any]
Steps = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition over several inputs: broken only where `check` is false, so that nothing is said of empty inputs.

    `when` keeps it from being asked; `target` is the place (for every row) that carries the sentence.
    """

    id: str
    check: Dynamic
    message: Template
    target: str
    when: Dynamic | None = None


@dataclass(frozen=True, slots=True)
class Component:
    """What every part of a form has. `path` is its place for every row: `education[].school`."""

    type: str
    id: str
    path: str = ""
    label: Template = NO_TEXT
    hint: Template = NO_TEXT
    hide: Dynamic = NEVER
    span: int = 16
    properties: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class FileLimits:
    """How many files an input takes, of how many bytes each, and whether they are pictures."""

    least: int = 0
    most: int = 1
    bytes: int = 20 * 1024 * 1024
    image: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """Where the options come from: written out, a variable, an expression, or a code list with its filters."""

    fixed: tuple[tuple[str, Template], ...] = ()
    key: str = ""
    expression: Dynamic | None = None
    ref_list: str = ""
    ref_parent: Dynamic | None = None
    ref_filter: Dynamic | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Component):
    """An input. `steps` lead to its value from the nearest row or group; with a `formula` its value is worked out and
    shown, never typed."""

    kind: Kind
    steps: Steps
    default: Any = None
    required: Dynamic = NEVER
    locked: Dynamic = NEVER
    formula: Dynamic = ABSENT
    min_length: Dynamic = ABSENT
    max_length: Dynamic = ABSENT
    minimum: Dynamic = ABSENT
    maximum: Dynamic = ABSENT
    pattern: "regex.Pattern[str] | None" = None
    pattern_message: str = ""
    formats: tuple[tuple[str, Dynamic], ...] = ()
    choices: Choices = Choices()
    files: FileLimits = FileLimits()
    accept: Template = NO_TEXT
    digits: int | None = None
    step: Decimal | None = None
    as_text: bool = False
    subtype: str = "date"
    time_format: str = "utc_offset"
    not_past: bool = False
    prefix: Template = NO_TEXT
    suffix: Template = NO_TEXT
    drives: bool = False
    section: str = ""

    @property
    def is_worked_out(self) -> bool:
        return self.formula.expression is not None

    @property
    def key(self) -> str:
        return self.steps[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Component):
    """Components that stand together; with `steps` their values form one object."""

    children: tuple[Component, ...] = ()
    steps: Steps = ()
    outline: bool = True
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowList(Component):
    """Repeated rows: the value is a list of objects. `add_label` are the words of the button that adds one."""

    children: tuple[Component, ...] = ()
    steps: Steps = ()
    least: int = 0
    most: int = 200
    initial: int = 1
    may_change: bool = True
    columns: Steps = ()
    display: str = "cards"
    add_label: str = ""
    drives: bool = False
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed(Component):
    """An `expression` component: a value worked out from the others, never typed."""

    steps: Steps
    expression: Dynamic
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ornament(Component):
    """What is only shown: text, image, table, separator, spacer."""

    text: Template = NO_TEXT
    source: Dynamic = ABSENT
    columns: tuple[tuple[str, str], ...] = ()
    columns_expression: Dynamic | None = None
    amount: int = 0


@dataclass(frozen=True, slots=True)
class OutcomeValue:
    """A way to decide: a button. `style` is `primary`, `secondary` or `danger`; `requires` names inputs that this
    outcome makes required."""

    value: str
    label: str
    style: str = "secondary"
    requires: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The field `outcome`, whose values are the task's buttons."""

    field: Field
    values: tuple[OutcomeValue, ...]

    def value(self, chosen: object) -> OutcomeValue | None:
        return next((value for value in self.values if value.value == chosen), None)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form that is one process variable, `path`; `chapter` is the heading it stands under, if any."""

    path: str
    label: str
    chapter: str
    component: Group | RowList
