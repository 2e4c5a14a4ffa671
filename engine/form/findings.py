"""What is wrong with a form's file, said before anyone meets it."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark on a `.form`. An error refuses the deployment, a warning does not.

    `element` is the id of the component (or of the form), `rule` a stable English word, `message` a Chinese
    sentence that says what to do.
    """

    rule: str
    severity: Severity
    element: str
    message: str
