"""What an expert reads of a dossier: the form as it was handed in, masked where the meeting asks for it; its files, one by one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.dossier import FILLING_FORM, SECTIONS
from engine.declaration.forms import latest_form
from engine.declaration.looks import Looked, record_look
from engine.declaration.masking import masked_identity, masked_phone
from engine.declaration.tables import declaration
from engine.document import Attachment, find_attachment
from engine.errors import NotFound
from engine.flow.queries import handed_in, options_of_case
from engine.flow.registry import clock_of, registry_of
from engine.flow.variables import read_variables
from engine.form import Form, FormView
from engine.review_meeting.scoring.masking import Mask, file_name
from engine.review_meeting.scoring.opened import Opened, open_dossier


@dataclass(frozen=True, slots=True)
class Content:
    """A dossier to be read. `row` are the columns of the declaration, without those that a mask hides."""

    row: Mapping[str, Any]
    view: FormView
    masked: bool


#: columns that a masked reader does not get
HIDDEN = ("name", "identity_number", "unit", "unit_name", "school", "person", "applicant", "governing_unit", "region")


def read_content(tx: Transaction, opened: Opened) -> Content:
    """The dossier that was opened."""
    key = opened.row["declaration"]
    found = tx.row(sa.select(declaration).where(declaration.c.case_key == key))
    if found is None:
        raise NotFound
    row = dict(found._mapping)
    variables = read_variables(tx, key)
    values = {name: variables[name] for name in SECTIONS if variables.get(name) is not None}
    if opened.masked:
        values = Mask.of(row, values).values(values)
        row = {name: value for name, value in row.items() if name not in HIDDEN}
        variables = {}
    else:
        values["basic_info"] = _without_numbers(values.get("basic_info") or {})
    context = {**variables, **values, "required_materials": []}
    view = _form(tx, key).prepare(values, context, options=options_of_case(tx, key), clock=clock_of(tx))
    return Content(row, view, opened.masked)


def _without_numbers(basic_info: Mapping[str, Any]) -> dict[str, Any]:
    """Who judges work needs neither identity number nor telephone."""
    hidden = {"identity_number": masked_identity, "mobile_number": masked_phone}
    return {name: hidden[name](str(value)) if name in hidden and value else value for name, value in basic_info.items()}


def _form(tx: Transaction, case_key: int) -> Form:
    """The version that was handed in last, else the one in force."""
    library = registry_of(tx).library
    forms = (library.form(tx, one.form_key) for one in reversed(handed_in(tx, case_key)))
    return next((form for form in forms if form.id == FILLING_FORM), None) or latest_form(tx, FILLING_FORM)


def open_file(tx: Transaction, actor: Actor, meeting: int, declaration_key: int, key: int) -> Attachment:
    """A file of a dossier the actor may open, under another name where it is masked. Raises `NotFound` for files of others."""
    opened = open_dossier(tx, actor, meeting, declaration_key)
    found = find_attachment(tx, actor, key, lambda *asked: asked[-1] == declaration_key)
    if found.case_key != declaration_key or (opened.masked and found.field.endswith("photo")):
        raise NotFound
    if not opened.masked:
        return found
    return replace(found, name=file_name({"id": str(found.key), "name": found.name}))


def note_opening(tx: Transaction, actor: Actor, declaration_key: int, what: Looked) -> None:
    """Every look of an expert is written down."""
    record_look(tx, actor, declaration_key, what)
