"""One choice out of a code list, as forms show it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: `value` is stored (always text), `label` is read by people."""

    value: str
    label: str
