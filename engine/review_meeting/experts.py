"""The experts of a meeting (M8): the list, who is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.committee.tables import expert
from engine.db import Transaction
from engine.review_meeting.tables import ExpertPost, Invitation, meeting_expert, meeting_group

x, g, e = meeting_expert.c, meeting_group.c, expert.c

Row = Mapping[str, Any]


def experts_of(tx: Transaction, meeting: int, committee: int | None = None) -> list[Row]:
    """The experts of a meeting, or of one committee in it, by committee, post, group and name: the columns of the table,
    `group_name`, and identity and phone. The caller has made sure that its reader may know them (J19)."""
    order = sa.case({ExpertPost.CHAIR: 0, ExpertPost.VICE_CHAIR: 1}, value=x.post, else_=2)
    query = (
        sa.select(
            meeting_expert,
            g.name.label("group_name"),
            e.identity_type,
            e.identity_number,
            e.phone,
            e.title_level,
            e.title_name,
            e.specialties,
        )
        .join(expert, e.id == x.expert)
        .join(meeting_group, g.id == x.group, isouter=True)
        .where(x.meeting == meeting)
        .order_by(x.committee, order, g.id.is_(None), g.id, x.name, x.expert)
    )
    if committee is not None:
        query = query.where(x.committee == committee)
    return [dict(row._mapping) for row in tx.rows(query)]


@dataclass(frozen=True, slots=True)
class ExpertFilter:
    """What the list is narrowed to: `text` is part of name, unit or identity number."""

    text: str = ""
    committee: int | None = None
    group: int | None = None
    answer: Invitation | None = None

    def finds(self, row: Row) -> bool:
        """Whether a line of `experts_of` is one of those asked for."""
        wanted = {"committee": self.committee, "group": self.group, "invited": self.answer}
        named = any(self.text in row[name] for name in ("name", "workplace", "identity_number"))
        return named and all(value is None or row[name] == value for name, value in wanted.items())


def is_present(row: Row) -> bool:
    return (
        row["invited"] is not Invitation.DECLINED and row["signed_in_at"] is not None and row["signed_out_at"] is None
    )
