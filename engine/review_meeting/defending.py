"""组织答辩 (W9): the dossiers of each group in the order of a lot that everybody can repeat."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.clock import local
from engine.db import Transaction
from engine.declaration.tables import declaration
from engine.review_meeting.lots import order_by_lot, seed_of
from engine.review_meeting.meetings import Meeting
from engine.review_meeting.tables import meeting_dossier

STEP = "hold_defence"
#: stands where the code of a committee does in the seed of a draw
LOT = "defence"

d, a = meeting_dossier.c, declaration.c


def defence_order(tx: Transaction, meeting: Meeting) -> Mapping[int | None, list[Mapping[str, Any]]]:
    """The dossiers of each group in the order in which they are defended.

    The seed is made of the day the meeting begins, its number and its published secret, the place of a dossier of its number
    (`engine.review_meeting.lots`). The caller has made sure that its reader may know the dossiers.
    """
    day = local(meeting.row["starts_at"]).date().isoformat()
    seed = seed_of(day, meeting.meeting_no, LOT, meeting.row["draw_seed"])
    query = (
        sa.select(d.group, d.declaration, d.declaration_no, a.name, a.unit_name, a.title_name, a.specialty)
        .join(declaration, a.case_key == d.declaration)
        .where(d.meeting == meeting.key)
    )
    rows = {row.declaration: dict(row._mapping) for row in tx.rows(query)}
    ordered: dict[int | None, list[Mapping[str, Any]]] = {}
    for key in order_by_lot(seed, rows):
        ordered.setdefault(rows[key]["group"], []).append(rows[key])
    return ordered
