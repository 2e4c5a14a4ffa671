"""The dossier to be read: the filling form with what was handed in, and what the unit added to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.detail import DeclarationDetail, Filling, filling_of
from engine.declaration.dossier import FILLING_FORM, section
from engine.declaration.forms import latest_form
from engine.errors import NotFound
from engine.flow.queries import handed_in
from engine.flow.registry import clock_of, registry_of
from engine.form import Form, FormView
from web.fields import Mode, render_form

#: the element the sections are drawn in
TARGET = "dossier"


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What the unit filled in with its review (U13)."""

    notice: str
    panel_opinion: str
    files: Sequence[tuple[str, Sequence[Mapping[str, Any]]]]


@dataclass(frozen=True, slots=True)
class Dossier:
    """The sections in one piece, the address of the photo, the places one can jump to, the unit's recommendation."""

    html: Markup
    photo: str
    jumps: Sequence[tuple[str, str]]
    recommendation: Recommendation | None


def dossier_of(tx: Transaction, actor: Actor, detail: DeclarationDetail, mode: Mode = "read", **marks: Any) -> Dossier:
    """The dossier as its reader may see it: its owner with what is typed and not handed in yet, everybody else without.

    `marks` are what `render_form` takes besides: notes, what changed, where remarks are pinned.
    """
    filling = _own_filling(tx, actor, detail)
    values = filling.values if filling is not None else detail.values
    view = _view(tx, detail, filling)
    recommendation = recommendation_of(detail.variables)
    jumps = [(one.id, one.label) for one in view.sections]
    if recommendation is not None:
        jumps.append(("recommendation", "单位推荐"))
    photos = section(values, "basic_info").get("photo") or []
    photo = f"/files/{photos[0]['id']}" if photos else ""
    return Dossier(render_form(view, mode, target=TARGET, **marks), photo, jumps, recommendation)


def _view(tx: Transaction, detail: DeclarationDetail, filling: Filling | None) -> FormView:
    options, clock = registry_of(tx).options_of(tx, detail.row["year"]), clock_of(tx)
    if filling is not None:
        return filling.form.prepare(filling.values, filling.context, options=options, clock=clock)
    values = {name: value for name, value in detail.values.items() if value is not None}
    context = {**detail.variables, "required_materials": []}
    return _form(tx, detail.row["case_key"]).prepare(values, context, options=options, clock=clock)


def view_of_values(tx: Transaction, detail: DeclarationDetail, values: Mapping[str, Any]) -> FormView:
    """The dossier's form with other values of its sections: those of an earlier submission."""
    return _view(tx, replace(detail, values=values), None)


def _own_filling(tx: Transaction, actor: Actor, detail: DeclarationDetail) -> Filling | None:
    if detail.row["applicant"] != actor.login:
        return None
    try:
        return filling_of(tx, actor, detail.row["case_key"])
    except NotFound:
        return None


def _form(tx: Transaction, case_key: int) -> Form:
    """The version that was handed in last, else the one in force."""
    forms = (registry_of(tx).library.form(tx, one.form_key) for one in reversed(handed_in(tx, case_key)))
    return next((form for form in forms if form.id == FILLING_FORM), None) or latest_form(tx, FILLING_FORM)


def recommendation_of(variables: Mapping[str, Any]) -> Recommendation | None:
    """What stands under 推荐和公示情况; nothing until the unit has filled it in."""
    held = section(variables, "recommendation")
    material = section(variables, "base_material") if held else {}
    named = (("量化评分推荐排名表", material.get("ranking_sheet")), ("推荐公示证明", material.get("publicity_proof")))
    files = [(label, [_file(one) for one in found]) for label, found in named if found]
    notice, panel = held.get("notice") or "", held.get("panel_opinion") or ""
    return Recommendation(notice, panel, files) if notice or panel or files else None


def _file(described: Mapping[str, Any]) -> dict[str, Any]:
    """A descriptor as `ui.file_list` draws it."""
    url = f"/files/{described['id']}"
    picture = str(described.get("type", "")).startswith("image/")
    return {**described, "url": url, "thumbnail": f"{url}/thumbnail" if picture else None}
