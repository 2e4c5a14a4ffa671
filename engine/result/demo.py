"""Two meetings of the demo province after their ballots: one in its publicity, one closed with certificates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import sqlalchemy as sa

from engine.clock import ZONE, local
from engine.committee.tables import committee
from engine.db import Database
from engine.declaration.demo_files import DemoFiles
from engine.declaration.tables import declaration
from engine.document import FileStore
from engine.result.demo_meeting import Proceedings
from engine.review_meeting.demo import COMMITTEE, play_applicants
from engine.review_meeting.tables import review_meeting

#: the meetings of the province before these, and the status of what waits for one
BEFORE, WAITING = 3, "待参评"
SEATS, OUTSIDE = 25, 3
GROUPS: Mapping[str, int] = {"内科评议组": 13, "外科评议组": 12}
PAUSE = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Held:
    """A meeting: whose declarations, how long ago it began, how it is called."""

    surnames: str
    first_number: int
    ago: timedelta
    name: str
    #: so many do not agree to its last dossier
    against: int = 0


PUBLIC = Held("安倪汤", 881, timedelta(days=8), "卫生系列高级职称评审会（公示阶段示例）", against=12)
CLOSED = Held("滕殷", 891, timedelta(days=23), "卫生系列高级职称评审会（已发证示例）")


def play_results(database: Database, store: FileStore, password_hash: str) -> bool:
    """Hold both, after the other meetings of the province; says whether they were.

    Nothing is held in the first weeks of a year, when what they need would have happened in the year before.
    """
    with database.read() as tx:
        chosen = tx.value(sa.select(committee.c.id).where(committee.c.code == COMMITTEE))
        others = tx.value(sa.select(sa.func.count()).select_from(review_meeting))
        now = tx.now
    if chosen is None or others != BEFORE or local(now - CLOSED.ago - timedelta(weeks=1)).year != local(now).year:
        return False
    files = DemoFiles(store)
    for held in (CLOSED, PUBLIC):
        begins = datetime.combine(local(now - held.ago).date(), time(9), ZONE)
        until = begins - timedelta(hours=12)
        play_applicants(database, store, password_hash, held.surnames, held.first_number, until=until)
        one = Proceedings(database, files, int(chosen), begins, PAUSE)
        _decide(database, one, held, f"{local(now).year} 年度{held.name}")
        if held is CLOSED:
            _bring_to_an_end(one)
        else:
            one.at = now - PAUSE
            one.publish()
    return True


def _decide(database: Database, one: Proceedings, held: Held, name: str) -> None:
    """From the calling to the confirmed count."""
    one.call(name, one.at + timedelta(hours=2), GROUPS)
    one.settle_groups()
    one.draw(SEATS, OUTSIDE)
    one.plan()
    one.approve_plan()
    one.appoint_chair()
    with database.read() as tx:
        d = declaration.c
        mine = sa.and_(d.committee == one.committee, d.status == WAITING)
        newest = tx.rows(sa.select(d.case_key).where(mine).order_by(d.case_key.desc()).limit(len(held.surnames)))
    dossiers = sorted(row.case_key for row in newest)
    one.group_dossiers(dossiers)
    one.set_standard()
    one.confirm_standard()
    one.appoint_leaders()
    one.assign()
    one.score()
    one.finish_scoring()
    one.attend(absent=1)
    one.make_roll()
    one.open_ballot()
    one.cast(against={dossiers[-1]: held.against})
    one.close_ballot()
    one.confirm_tally()


def _bring_to_an_end(one: Proceedings) -> None:
    """From the notice to the certificates and the closing."""
    one.publish()
    one.wait_for_publicity()
    one.end_publicity()
    one.forward()
    one.approve_results()
    one.issue()
    one.deliver()
    one.close()
