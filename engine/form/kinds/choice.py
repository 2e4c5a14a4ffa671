"""One of several, or some of several."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from engine.form.kinds.base import WRONG_TYPE, Kind
from engine.form.options import Option
from engine.form.scope import Scope

if TYPE_CHECKING:
    from engine.form.model import Field

NOT_OFFERED = "{}的选项已不可选，请重新选择"


class Choice(Kind):
    """Radio buttons or a select: the chosen option's value, as text; nothing chosen is null."""

    ask = "请选择"
    chooses = True

    def take(self, field: "Field", value: Any) -> Any:
        return _as_text(value) or None

    def faults(self, field: "Field", value: Any, scope: Scope, options: Sequence[Option]) -> Iterator[str]:
        if not isinstance(value, str):
            yield WRONG_TYPE
        elif all(option.value != value for option in options):
            yield NOT_OFFERED


class Choices(Kind):
    """A list of boxes or tags: the chosen values in the order chosen, each once."""

    ask = "请选择"
    chooses = True

    def read(self, field: "Field", texts: Sequence[str]) -> Any:
        return self.take(field, [text for text in texts if text])

    def take(self, field: "Field", value: Any) -> Any:
        if not isinstance(value, list):
            return value
        items = [_as_text(item) for item in value]
        return list(dict.fromkeys(items)) if all(isinstance(item, str) for item in items) else items

    def is_empty(self, value: Any) -> bool:
        return value is None or value == [] or value == ""

    def faults(self, field: "Field", value: Any, scope: Scope, options: Sequence[Option]) -> Iterator[str]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            yield WRONG_TYPE
            return
        offered = {option.value for option in options}
        if not offered.issuperset(value):
            yield NOT_OFFERED


def _as_text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value
