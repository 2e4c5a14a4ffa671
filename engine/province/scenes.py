"""What is brought about in a province for whoever looks at its pages: an export, ballots on paper, the count of the open ballot."""

from datetime import timedelta

import sqlalchemy as sa

from engine.db import Database, Transaction
from engine.declaration.demo_files import DemoFiles
from engine.declaration.demo_people import actor_of_login
from engine.declaration.list_columns import COLUMNS
from engine.declaration.list_export import start_list_export
from engine.declaration.lists import Asked, Tab
from engine.document import FileStore
from engine.flow.actions import perform_action
from engine.flow.batch_running import due_batches, run_batch
from engine.flow.tables import case, task
from engine.organisation import Role
from engine.province.visitors import open_ballot_of
from engine.result.demo_meeting import Proceedings
from engine.review_meeting.tables import meeting_group

PAUSE = timedelta(seconds=1)


def set_scenes(database: Database, store: FileStore, year: int) -> None:
    """The title office exports its list in the background; a ballot that waits to be opened goes on on paper."""
    with database.transaction() as tx:
        officer = actor_of_login(tx, "office_officer", Role.CASE_OFFICER)
        start_list_export(tx, officer, Asked(year, Tab.PENDING), list(COLUMNS))
    for key in due_batches(database):
        run_batch(database, key)
    with database.read() as tx:
        t = task.c
        waiting = sa.select(t.case_key).where(t.element_id == "open_ballot").order_by(t.key.desc()).limit(1)
        ballot = tx.value(waiting)
        if ballot is None:
            return
        held = _proceedings(
            tx, database, store, int(tx.value(sa.select(case.c.parent_case_key).where(case.c.key == ballot)))
        )
    held.open_ballot()
    held.act(perform_action, ballot, "switch_to_paper", {"switch_reason": "网络中断。（示例）"}, by=held.chair)
    held.sweep()


def end_ballot(database: Database, store: FileStore) -> None:
    """Whoever has not voted in the largest open ballot does, for everything; the votes are counted."""
    with database.read() as tx:
        found = open_ballot_of(tx)
        assert found is not None
        held = _proceedings(tx, database, store, found.meeting)
    held.cast()
    held.close_ballot()


def _proceedings(tx: Transaction, database: Database, store: FileStore, meeting: int) -> Proceedings:
    g = meeting_group.c
    committee = int(tx.value(sa.select(g.committee).where(g.meeting == meeting).limit(1)))
    held = Proceedings(database, DemoFiles(store), committee, tx.now, PAUSE)
    held.key = meeting
    return held
