"""A worker is killed in the count of a ballot: it is counted once, whole, and no key is left."""

import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from engine.declaration.demo_people import actor_of_login
from engine.flow.tables import executor_slot
from engine.review_meeting.balloting.checking import check_ballots
from engine.review_meeting.balloting.keys import folder_of
from engine.review_meeting.balloting.tables import ballot_round, choice, sealed_paper, tally
from tests.chaos.ballots import ARMED
from tests.chaos.ground import Ground
from tests.review_meeting.balloting.hall import OFFICER, SITTING, Hall

WITHIN = 60
EXPERTS, DOSSIERS = 5, 40


@pytest.fixture
def hall(ground: Ground) -> Hall:
    """A ballot that is open; its count waits for a worker."""
    ground.app.deploy([SITTING])
    with ground.app.database.transaction() as tx:
        tx.execute(sa.delete(executor_slot))
        unit = actor_of_login(tx, OFFICER, "case_officer").unit
    assert unit is not None
    here = Hall(ground.app, unit, dossiers=DOSSIERS)
    here.open()
    for number in range(EXPERTS - 1):
        here.cast(number, "+-" * (DOSSIERS // 2))
    return here


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("where", ["before", "after"])
def test_a_worker_killed_in_the_count_leaves_one_outcome(ground: Ground, hall: Hall, where: str) -> None:
    worker = ground.worker("tests.chaos.ballots:dying_in_the_count")
    (ground.app.settings.data / ARMED).write_text(where)
    worker.start()
    hall.close()
    wait_for(lambda: not worker.is_alive)
    assert bool(counted(hall)) == (where == "after")
    assert list(folder_of(ground.app.settings).glob("*.key")) != []
    worker.start()
    wait_for(lambda: counted(hall) != [] and hall.status == "待确认投票结果")
    worker.kill()
    (held,) = counted(hall)
    how_many = [
        len(hall.rows(sa.select(table).where(table.c.round == held.key))) for table in (choice, tally, sealed_paper)
    ]
    assert how_many == [(EXPERTS - 1) * DOSSIERS, DOSSIERS, 0]
    ground.app.keep_house()
    assert list(folder_of(ground.app.settings).glob("*.key")) == []
    with ground.app.database.read() as tx:
        assert list(check_ballots(tx)) == []


def counted(hall: Hall) -> list[sa.Row]:
    b = ballot_round.c
    return list(hall.rows(sa.select(ballot_round).where(b.ballot == hall.ballot, b.counted_at.is_not(None))))


def wait_for(found: Callable[[], bool]) -> None:
    until = time.monotonic() + WITHIN
    while not found():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.05)
