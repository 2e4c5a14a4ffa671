"""What a slice shows beside the form of a task in place of the dossier, and where one goes on. It registers through `web.app`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from fastapi import Request

from engine.access import Actor
from engine.db import Transaction
from web.dossier import Part


@dataclass(frozen=True, slots=True)
class Beside:
    """`draw` makes the cards from the key of the case, `home` is the case's own page, `words` what is said by outcome."""

    draw: Callable[[Request, Transaction, Actor, int], Sequence[Part]]
    home: Callable[[int], str]
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass
class BesideForms:
    """Form id → what stands beside it."""

    _forms: dict[str, Beside] = field(default_factory=dict)

    def register(self, form_id: str, beside: Beside) -> None:
        """Show this beside tasks with this form. Raises `ValueError` where there is something already."""
        if form_id in self._forms:
            raise ValueError(f"{form_id} has two")
        self._forms[form_id] = beside

    def of(self, form_id: str | None) -> Beside | None:
        return self._forms.get(form_id or "")


BESIDE_FORMS = BesideForms()
