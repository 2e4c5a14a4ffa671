"""What is wrong with a dossier, in a sentence and with its place."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class DossierProblem:
    """One thing to correct before submitting, or (a warning) to look at. `section` names the variable and `path` the
    input in it, empty where the whole section is meant; `message` stands alone."""

    section: str
    path: str
    message: str
    severity: Severity = "error"
