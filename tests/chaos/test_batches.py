"""Workers are killed in the middle of a batch: every row has one outcome, and what it did was done as often as that says."""

import random
import time
from collections import Counter
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from engine.access import SYSTEM
from engine.flow.batch_tables import BatchState, ItemState, batch, batch_item
from engine.flow.batches import start_batch, stop_batch
from engine.flow.tables import executor_slot
from tests.chaos.ground import Ground
from tests.chaos.parts import BATCH, effect
from tests.support.nursery import Child

WITHIN = 90
ROWS = 400
REFUSED = ROWS // 10


@pytest.fixture
def start(ground: Ground) -> Callable[[str], int]:
    """Starts a batch of rows whose effects carry a name."""

    def start(kind: str) -> int:
        with ground.app.database.transaction() as tx:
            tx.execute(sa.delete(executor_slot))
            items = [{"number": number} for number in range(ROWS)]
            return start_batch(tx, SYSTEM, kind=BATCH, items=items, params={"kind": kind}, title="测试")

    return start


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_a_killed_worker_leaves_each_row_one_outcome(ground: Ground, start: Callable[[str], int], rounds: int) -> None:
    key, chance = start("killed"), random.Random(rounds)
    workers = [worker_of(ground) for _ in range(2)]
    for number in range(max(rounds // 3, 3)):
        worker = workers[number % 2]
        if not worker.pid or not worker.is_alive:
            worker.start()
        before = processed(ground, key)
        wait_for(lambda before=before: processed(ground, key) > before or state(ground, key) == BatchState.COMPLETED)
        time.sleep(chance.uniform(0, 0.3))
        worker.kill()
        assert outcomes(ground, key)[ItemState.DONE] == len(effects(ground, "killed"))
    for worker in workers:
        worker.start()
    wait_for(lambda: state(ground, key) == BatchState.COMPLETED)
    for worker in workers:
        worker.kill()
    assert outcomes(ground, key) == {ItemState.DONE: ROWS - REFUSED, ItemState.REFUSED: REFUSED}
    assert sorted(effects(ground, "killed")) == [number for number in range(ROWS) if number % 10 != 9]


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_a_stop_holds_while_a_worker_is_at_it(ground: Ground, start: Callable[[str], int]) -> None:
    key, worker = start("stopped"), worker_of(ground).start()
    wait_for(lambda: processed(ground, key) > 0)
    with ground.app.database.transaction() as tx:
        stop_batch(tx, SYSTEM, key)
    stopped_at = processed(ground, key)
    time.sleep(0.5)
    worker.kill()
    assert 0 < stopped_at < ROWS
    assert (state(ground, key), processed(ground, key)) == (BatchState.STOPPED, stopped_at)
    assert outcomes(ground, key)[ItemState.DONE] == len(effects(ground, "stopped"))


def worker_of(ground: Ground) -> Child:
    return ground.worker("tests.chaos.parts:with_handlers")


def wait_for(found: Callable[[], bool]) -> None:
    until = time.monotonic() + WITHIN
    while not found():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.02)


def state(ground: Ground, key: int) -> BatchState:
    return row_of(ground, key).state


def processed(ground: Ground, key: int) -> int:
    row = row_of(ground, key)
    return int(row.done + row.refused + row.failed)


def row_of(ground: Ground, key: int) -> sa.Row:
    with ground.app.database.read() as tx:
        return tx.rows(sa.select(batch).where(batch.c.key == key))[0]


def outcomes(ground: Ground, key: int) -> Counter[ItemState]:
    with ground.app.database.read() as tx:
        return Counter(row.state for row in tx.rows(sa.select(batch_item.c.state).where(batch_item.c.batch_key == key)))


def effects(ground: Ground, kind: str) -> list[int]:
    with ground.app.database.read() as tx:
        return [row.case_key for row in tx.rows(sa.select(effect.c.case_key).where(effect.c.kind == kind))]
