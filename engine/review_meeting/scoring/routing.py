"""Who confirms a dossier: the leader of its group and whoever presides, unless one of them keeps out of it (J13, Q3)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from engine.db import Transaction
from engine.errors import Refused
from engine.review_meeting.conflicts.recusals import recused
from engine.review_meeting.seats import Row, meeting_row, seated_experts
from engine.review_meeting.tables import ExpertPost, meeting_group

g = meeting_group.c


@dataclass(frozen=True, slots=True)
class Table:
    """Who sits where in a meeting, read once for many dossiers."""

    meeting: Row
    experts: Mapping[int, Row]
    leaders: Mapping[int, int | None]
    barred: Collection[tuple[int, int]]

    def login(self, expert: int) -> str:
        """The login of an expert of the meeting. Raises `Refused` for one who left it."""
        if expert not in self.experts:
            raise Refused("评委已不在本次会议中，请重新分配。")
        return str(self.experts[expert]["login"])

    def presiding_of(self, declaration: int) -> int:
        """Whoever presides, else the deputies, who stand in where the chair keeps out.

        Where all of them do, it waits for whoever presides, who is told that it is not theirs, until the meeting gets a deputy.
        Raises `Refused` where nobody presides.
        """
        deputies = [key for key, row in sorted(self.experts.items()) if row["post"] is not ExpertPost.MEMBER]
        board = [one for one in (self.meeting["presiding"], self.meeting["chair"], *deputies) if one in self.experts]
        if not board:
            raise Refused("会议还没有主任，请先指定。")
        return int(next((one for one in board if (declaration, one) not in self.barred), board[0]))

    def leader_of(self, declaration: int, group: int | None) -> int:
        """The leader of the group, else whoever presides."""
        leader = self.leaders.get(group or 0)
        if leader is not None and leader in self.experts and (declaration, leader) not in self.barred:
            return leader
        return self.presiding_of(declaration)


def seat_table(tx: Transaction, meeting: int) -> Table:
    """The places of a meeting as they are now. The caller has authorised."""
    rows = tx.rows(sa.select(g.id, g.leader).where(g.meeting == meeting))
    return Table(
        meeting=meeting_row(tx, meeting),
        experts=seated_experts(tx, meeting),
        leaders={row.id: row.leader for row in rows},
        barred=recused(tx, meeting),
    )
