"""What handlers raise besides the errors of `engine.errors`."""

from collections.abc import Mapping
from typing import Any


class BpmnError(Exception):
    """A business error the diagram expects: the boundary event or enclosing scope that catches `code` goes on.

    Nobody catching it is an incident. `variables` become those of the catching event.
    """

    def __init__(self, code: str, message: str = "", variables: Mapping[str, Any] | None = None) -> None:
        super().__init__(message or code)
        self.code = code
        self.message = message
        self.variables = dict(variables or {})
