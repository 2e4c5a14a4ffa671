"""One box to tick."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from engine.form.kinds.base import WRONG_TYPE, Kind
from engine.form.options import Option
from engine.form.scope import Scope

if TYPE_CHECKING:
    from engine.form.model import Field


class Checkbox(Kind):
    """True or false; where it is required it has to be ticked."""

    ask = "请勾选"

    def read(self, field: "Field", texts: Sequence[str]) -> bool:
        return texts[-1] == "true"

    def is_empty(self, value: Any) -> bool:
        return value is None or value is False

    def faults(self, field: "Field", value: Any, scope: Scope, options: Sequence[Option]) -> Iterator[str]:
        if not isinstance(value, bool):
            yield WRONG_TYPE
