"""The demo province plays: its stories to their ends, what waits besides, the meetings that are under way."""

from engine.db import Database
from engine.declaration.demo import play_demo
from engine.declaration.demo_season import Season
from engine.declaration.demo_waiting import play_waiting
from engine.document import FileStore
from engine.result.demo_ends import play_ends
from engine.review_meeting.demo import play_meetings


def play_province(database: Database, store: FileStore, password_hash: str) -> None:
    """Play everything, the same each time.

    In the first weeks of a year, when the ends of the stories would need what had happened in the year before, they go only as far
    as a committee (`Season.is_mature`).
    """
    with database.read() as tx:
        mature = Season(tx).is_mature
    if mature:
        play_ends(database, store, password_hash)
    else:
        play_demo(database, store)
    play_waiting(database, store)
    play_meetings(database, store, password_hash)
