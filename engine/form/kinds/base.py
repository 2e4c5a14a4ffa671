"""What every kind of input answers."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from engine.form.options import Option
from engine.form.scope import Scope

if TYPE_CHECKING:
    from engine.form.model import Field

WRONG_TYPE = "{}的内容格式不正确，请重新填写"


class Kind:
    """An input. `ask` is the verb of the message where it is required and empty.

    Faults are sentences in which `{}` stands for the field's name in quotation marks; they name no row.
    """

    ask = "请填写"
    chooses = False

    def __init__(self, name: str) -> None:
        self.name = name

    def read(self, field: "Field", texts: Sequence[str]) -> Any:
        """The value of the texts posted under the field's name, of which the last counts."""
        return self.take(field, texts[-1])

    def take(self, field: "Field", value: Any) -> Any:
        """A value given as JSON, tidied. One of a wrong type stays as it is, for `faults` to name."""
        return value

    def is_empty(self, value: Any) -> bool:
        return value is None or value == ""

    def faults(self, field: "Field", value: Any, scope: Scope, options: Sequence[Option]) -> Iterator[str]:
        """What is wrong with a value that is not empty; `options` are the choices of a kind that chooses."""
        raise NotImplementedError
