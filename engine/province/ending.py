"""The ballot that is open in a province is brought to its count, to look at its pages."""

from datetime import timedelta

import sqlalchemy as sa

from engine.db import Database
from engine.declaration.demo_files import DemoFiles
from engine.document import FileStore
from engine.province.visitors import open_ballot_of
from engine.result.demo_meeting import Proceedings
from engine.review_meeting.tables import meeting_group


def end_ballot(database: Database, store: FileStore) -> None:
    """Whoever has not voted does, for everything; the votes are counted."""
    with database.read() as tx:
        found = open_ballot_of(tx)
        assert found is not None
        g = meeting_group.c
        committee = int(tx.value(sa.select(g.committee).where(g.meeting == found.meeting).limit(1)))
        now = tx.now
    held = Proceedings(database, DemoFiles(store), committee, now, timedelta())
    held.key = found.meeting
    held.cast()
    held.close_ballot()
