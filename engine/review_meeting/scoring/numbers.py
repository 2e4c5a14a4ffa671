"""Finding a dossier of a meeting by the number people read."""

import sqlalchemy as sa

from engine.db import Transaction
from engine.review_meeting.tables import meeting_dossier

d = meeting_dossier.c


def declaration_numbered(tx: Transaction, meeting: int, number: str) -> int | None:
    """The declaration with that number, where the meeting has it. The caller has authorised."""
    return tx.value(sa.select(d.declaration).where(d.meeting == meeting, d.declaration_no == number))  # type: ignore[no-any-return]
