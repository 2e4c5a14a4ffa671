"""The review of one dossier: its place in the meeting, what was said of it last, the standard it is scored by."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import NotFound
from engine.flow.variables import read_variables
from engine.flow.visibility import is_reachable
from engine.review_meeting.scoring.opened import Opened
from engine.review_meeting.scoring.standards import Standard, standard_of
from engine.review_meeting.tables import meeting_dossier

d = meeting_dossier.c


def review_place(tx: Transaction, actor: Actor, case_key: int) -> tuple[int, int]:
    """The meeting and the declaration a review belongs to, for who has or had a task in it. Raises `NotFound`."""
    found = tx.row(
        sa.select(d.meeting, d.declaration).where(d.review_case == case_key, is_reachable(d.review_case, actor))
    )
    if found is None:
        raise NotFound
    return found.meeting, found.declaration


def review_of(tx: Transaction, opened: Opened) -> tuple[Mapping[str, Any], Standard | None]:
    """The variables of the review and its standard; neither before it has begun."""
    case_key = opened.row["review_case"]
    if case_key is None:
        return {}, None
    variables = read_variables(tx, case_key)
    return variables, standard_of(tx, int(variables["standard"]))
