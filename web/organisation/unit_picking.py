"""Choosing a unit: by its name, with or without scripts."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.organisation.unit_lists import UnitLine, search_units, units_by_id
from web.deps import Form, query
from web.organisation.asking import text_of
from web.pages import piece

router = APIRouter()

MOST = 20


@dataclass(frozen=True, slots=True)
class Picked:
    """What the picker shows: the unit chosen, if any, before those found."""

    choices: Sequence[UnitLine]
    chosen: int | None
    words: str


@router.get("/units/pick")
def show_choices(request: Request) -> Response:
    """The units whose name holds the words, while one types."""
    with query(request) as (tx, actor):
        asked = request.query_params
        beside = _number(asked.get("beside", ""))
        found = picked(tx, actor, asked.get("unit", ""), asked.get("unit_q", ""), beside=beside)
    return piece(
        request,
        "organisation/unit_choices.html",
        "choices",
        choices=found.choices,
        chosen=found.chosen,
        words=found.words,
    )


def picked(tx: Transaction, actor: Actor, chosen: str, words: str = "", *, beside: int | None = None) -> Picked:
    """The unit chosen and those whose name holds the words, in use and in the actor's subtree. Raises `NotAllowed`.

    With `beside` neither that unit nor what lies below it: nothing moves there or merges into itself.
    """
    authorize(actor, Permission.UNITS_MANAGE)
    key = _number(chosen)
    words = words.strip()[:50]
    held = units_by_id(tx, actor, [key]) if key is not None else []
    found = search_units(tx, actor, words, MOST, in_use=True, beside=beside) if words else []
    return Picked([*held, *(unit for unit in found if unit.id != key)], key if held else None, words)


def unit_in(form: Form) -> int | None:
    """The unit chosen in a posted form."""
    return _number(text_of(form, "unit"))


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= 18 else None
