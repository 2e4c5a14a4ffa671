"""A dossier read for printing: by its owner with what is typed and not handed in yet, by everybody else without."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.detail import Filling, filling_of
from engine.declaration.dossier import FILLING_FORM, SECTIONS, section
from engine.declaration.forms import latest_form
from engine.declaration.masking import masked_row, masked_sections
from engine.declaration.tables import declaration
from engine.document import FileStore, find_attachment
from engine.document.images import reduce_to
from engine.errors import InvalidInput, NotFound, Unavailable
from engine.flow.queries import handed_in
from engine.flow.registry import clock_of, registry_of
from engine.flow.variables import read_variables
from engine.flow.visibility import is_visible
from engine.form import Form, FormView
from engine.reference import CodeBook, CodeLists

#: pixels of a photo on paper: 35 mm at 300 dots an inch
PHOTO = (420, 560)


@dataclass(frozen=True, slots=True)
class ReadDossier:
    """`row` is that of `declaration`, `variables` those of the case, `values` the sections; `is_draft` says that they hold what
    was not handed in."""

    row: Mapping[str, Any]
    variables: Mapping[str, Any]
    view: FormView
    values: Mapping[str, Any]
    book: CodeBook
    is_draft: bool

    def label(self, code_list: str, column: str) -> str:
        """A code of the declaration's row in words."""
        return self.book.label(code_list, self.row[column])


def read_dossier(tx: Transaction, actor: Actor, case_key: int, *, masked: bool = False) -> ReadDossier:
    """The dossier as its reader may see it, without the person's numbers where `masked`. Raises `NotFound`."""
    d = declaration.c
    found = tx.row(sa.select(declaration).where(d.case_key == case_key, is_visible(d.case_key, actor)))
    if found is None:
        raise NotFound
    row, variables = dict(found._mapping), read_variables(tx, case_key)
    if masked:
        row, variables = masked_row(row), masked_sections(variables)
    clock = clock_of(tx)
    options = book = tx.service(CodeLists).book(tx, row["year"])
    filling = _own_filling(tx, actor, row)
    if filling is not None:
        view = filling.form.prepare(filling.values, filling.context, options=options, clock=clock)
        return ReadDossier(row, variables, view, filling.values, book, is_draft=True)
    values = {name: variables[name] for name in SECTIONS if variables.get(name) is not None}
    context = {**variables, "required_materials": []}
    view = _form(tx, case_key).prepare(values, context, options=options, clock=clock)
    return ReadDossier(row, variables, view, values, book, is_draft=row["submitted_at"] is None)


def _own_filling(tx: Transaction, actor: Actor, row: Mapping[str, Any]) -> Filling | None:
    if row["applicant"] != actor.login:
        return None
    try:
        return filling_of(tx, actor, row["case_key"])
    except NotFound:
        return None


def _form(tx: Transaction, case_key: int) -> Form:
    """The version that was handed in last, else the one in force."""
    forms = (registry_of(tx).library.form(tx, one.form_key) for one in reversed(handed_in(tx, case_key)))
    return next((form for form in forms if form.id == FILLING_FORM), None) or latest_form(tx, FILLING_FORM)


def photo_of(tx: Transaction, actor: Actor, values: Mapping[str, Any]) -> bytes | None:
    """The portrait, small enough for paper; nothing where there is none or it cannot be read now."""
    photos = section(values, "basic_info").get("photo") or []
    if not photos or not str(photos[0].get("id", "")).isdecimal():
        return None
    try:
        found = find_attachment(tx, actor, int(photos[0]["id"]), lambda *_: True)
        return reduce_to(tx.service(FileStore).read(found.sha256), PHOTO)
    except (NotFound, Unavailable, InvalidInput):
        return None
