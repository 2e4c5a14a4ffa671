"""What was said about single fields when a declaration came back, each to be ticked off while it is corrected (P24, J12).

Reviewers leave their points in the variable `review_remarks`, the committee's office its list in `correction_list`. What is
ticked stays with the filling task and goes with it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.dossier import Values, rows
from engine.declaration.roles import UNIT_ROLES
from engine.errors import NotFound
from engine.flow.drafts import list_drafts, save_draft

#: the tasks in which points are answered: those of the units, and the one list of the committee's office
CORRECTING, CORRECTING_FOR_COMMITTEE = "correct_declaration", "correct_for_committee"
#: the draft in which the ticked points are kept; no section of the form has this name
TICKED = "ticked_points"


@dataclass(frozen=True, slots=True)
class Point:
    """One point: `path` is the input it concerns (`paper[0].issn`), a section, or nothing; `done` says it was ticked off."""

    key: str
    path: str
    label: str
    text: str
    by: str
    done: bool = False


def points_of(variables: Values, element_id: str, ticked: object = None) -> list[Point]:
    """The points of the last return, in the order they were made; none while a declaration is filled in for the first time.

    `element_id` is the element of the filling task, `ticked` its draft `TICKED`.
    """
    made = {CORRECTING: _remarks, CORRECTING_FOR_COMMITTEE: _corrections}.get(element_id)
    done = set(ticked) if isinstance(ticked, list) else set()
    return [replace(point, done=point.key in done) for point in made(variables)] if made else []


def _remarks(variables: Values) -> Iterator[Point]:
    for row in rows(variables, "review_remarks"):
        text = str(row.get("text") or "").strip()
        if text:
            path, label = str(row.get("path") or ""), str(row.get("label") or "")
            by = UNIT_ROLES.get(str(row.get("by_role") or ""), str(row.get("by_role") or ""))
            yield Point(_key(path, text), path, label, text, by)


def _corrections(variables: Values) -> Iterator[Point]:
    for row in rows(variables, "correction_list"):
        text = str(row.get("point") or "").strip()
        if text:
            path = str(row.get("section") or "")
            yield Point(_key(path, text), path, "", text, "评委会")


def _key(path: str, text: str) -> str:
    return blake2b(f"{path}\n{text}".encode(), digest_size=8).hexdigest()


def tick_point(tx: Transaction, actor: Actor, task_key: int, points: Iterable[Point], key: str, *, done: bool) -> None:
    """Mark one of these points as dealt with, or not. Raises `NotFound` for any other, `NotAllowed` for anybody else's task."""
    if all(point.key != key for point in points):
        raise NotFound
    held = list_drafts(tx, task_key).get(TICKED)
    before: Any = held.value if held else []
    kept = [one for one in before if one != key] if isinstance(before, list) else []
    save_draft(tx, actor, task_key, TICKED, [*kept, key] if done else kept, held.version if held else 0)


def points_by_path(points: Iterable[Point]) -> Mapping[str, list[Point]]:
    """The points that are not dealt with yet, by the input they stand beside."""
    found: dict[str, list[Point]] = {}
    for point in points:
        if point.path and not point.done:
            found.setdefault(point.path, []).append(point)
    return found
