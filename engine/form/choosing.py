"""The options of a choice as they stand now, asked for once per command."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.feel import to_json
from engine.form.model import Choices, Field
from engine.form.options import Option, OptionSource
from engine.form.scope import Scope
from engine.form.values import shown

MOST_OPTIONS = 5000


class Chooser:
    """Finds options; a code list with the same filters is asked for once, so a long list of rows costs one question."""

    def __init__(self, source: OptionSource) -> None:
        self._source = source
        self._asked: dict[tuple[str, str], Sequence[Option]] = {}

    def options(self, field: Field, scope: Scope) -> Sequence[Option]:
        """The options of a field in its row; none where the choice they depend on has not been made."""
        choices = field.choices
        if choices.fixed:
            return [Option(value, label.render(scope)) for value, label in choices.fixed]
        if choices.ref_list:
            return self._listed(choices, scope)
        if choices.expression is not None:
            return as_options(choices.expression.value(scope))
        return as_options(_variable(choices.key, scope))

    def strangers(self, field: Field, value: object, options: Sequence[Option]) -> tuple[Option, ...]:
        """Stored values of a code list that are no longer offered, with their names."""
        chosen = value if isinstance(value, list) else [value]
        if not field.choices.ref_list or not any(chosen):
            return ()
        offered = {option.value for option in options}
        gone = (item for item in chosen if isinstance(item, str) and item and item not in offered)
        return tuple(Option(item, self._source.label(field.choices.ref_list, item)) for item in gone)

    def _listed(self, choices: Choices, scope: Scope) -> Sequence[Option]:
        filters: dict[str, Any] = {}
        if choices.ref_filter is not None:
            found = to_json(choices.ref_filter.value(scope))
            filters |= (
                {name: value for name, value in found.items() if value not in (None, "")}
                if isinstance(found, dict)
                else {}
            )
        if choices.ref_parent is not None:
            filters["parent"] = to_json(choices.ref_parent.value(scope))
            if filters["parent"] in (None, ""):
                return ()
        asked = (choices.ref_list, repr(sorted(filters.items())))
        if asked not in self._asked:
            self._asked[asked] = self._source.options(choices.ref_list, filters)
        return self._asked[asked]


def as_options(values: object) -> list[Option]:
    """Options from a list of texts or of `{value, label}`; anything else is no option."""
    found = [_option(item) for item in values[:MOST_OPTIONS]] if isinstance(values, list) else []
    return [option for option in found if option is not None]


def _option(item: object) -> Option | None:
    value, label = (item.get("value"), item.get("label")) if isinstance(item, Mapping) else (item, None)
    if value is None or isinstance(value, list | Mapping):
        return None
    text = str(value).lower() if isinstance(value, bool) else shown(value)
    return Option(text, shown(label) if label is not None else text) if text else None


def _variable(key: str, scope: Scope) -> object:
    first, *rest = key.split(".")
    value: object = scope.values[first] if first in scope.values else scope.context.get(first)
    for step in rest:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
