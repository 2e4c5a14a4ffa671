"""A declaration that was sent back: who said what of which field, by when to correct it, what is dealt with (P24, J12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.db import Transaction
from engine.declaration.detail import Filling
from engine.declaration.dossier import section
from engine.declaration.points import CORRECTING, CORRECTING_FOR_COMMITTEE, Point
from engine.declaration.roles import UNIT_ROLES
from engine.declaration.years import CorrectionResume
from engine.flow.registry import registry_of
from engine.form.paths import html_id
from web.declaration.sections import fill_url
from web.due import Due, due_in


@dataclass(frozen=True, slots=True)
class Returned:
    """`who` is the unit with the role, or the system where eligibility was lost. `points` are what was said of single fields,
    each with the address of its input, or of the whole dossier where it names none; `for_committee` where the office of a
    committee asked for all corrections at once. `resumes_at` is the unit that goes on where nothing but files is exchanged;
    without one all levels review it again (Q22)."""

    who: str
    opinion: str
    due: Due | None
    points: Sequence[tuple[Point, str]] = ()
    points_url: str = ""
    for_committee: bool = False
    resumes_at: str = ""

    @property
    def open_points(self) -> int:
        """How many are not dealt with."""
        return sum(not point.done for point, _ in self.points)


def returned_filling(tx: Transaction, filling: Filling) -> Returned | None:
    """What came with the return of a declaration that is being corrected, with its points."""
    found = return_of(tx, filling.context, filling.task.row)
    if found is None:
        return None
    points = [(_labelled(filling, point), _address(filling, point)) for point in filling.points]
    return replace(found, points=points, points_url=f"/declaration/{filling.task.row['case_key']}/points")


def _labelled(filling: Filling, point: Point) -> Point:
    section = filling.form.section_of(point.path)
    label = next((state.label for state in filling.sections if state.path == section), "全部材料")
    return replace(point, label=point.label or label)


def _address(filling: Filling, point: Point) -> str:
    section = filling.form.section_of(point.path)
    return fill_url(filling, section, html_id(point.path)) if section else fill_url(filling, anchor="fill-form")


def return_of(tx: Transaction, variables: Mapping[str, Any], task: Mapping[str, Any]) -> Returned | None:
    """What came with the return, while it is being corrected; nothing for a first filling."""
    if task["element_id"] not in (CORRECTING, CORRECTING_FOR_COMMITTEE):
        return None
    due = due_in(task["due_at"], tx.now, registry_of(tx).calendar)
    checked = section(variables, "eligibility")
    if checked.get("eligible") is False:
        return Returned("系统核验", checked.get("reason") or "", due, resumes_at=_resumes_at(variables))
    review = section(variables, "last_review")
    return Returned(
        f"{review.get('unit_name') or ''}{UNIT_ROLES.get(review.get('role') or '', '')}",
        review.get("opinion") or "",
        due,
        for_committee=task["element_id"] == CORRECTING_FOR_COMMITTEE,
        resumes_at=_resumes_at(variables),
    )


def _resumes_at(variables: Mapping[str, Any]) -> str:
    """The unit above the own one at which the diagram goes on where the year's plan says so; nothing else asks the condition
    of `resumes_above` before something is handed in."""
    above = (variables.get("review_position") or 0) > 0
    resumes = variables.get("correction_resume") == CorrectionResume.RESUME
    return str(variables.get("review_unit_name") or "") if above and resumes else ""
