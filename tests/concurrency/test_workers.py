"""A worker dies in the middle of a job, or loses its slot, and the work goes on: once."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import closing

import sqlalchemy as sa

from engine.access import SYSTEM
from engine.flow.cases import start_case
from engine.flow.tables import JobState, executor_slot, job
from tests.chaos.accounting import unfinished
from tests.chaos.ground import Ground
from tests.chaos.load import Client, Memory, complete, finish, publish, start
from tests.chaos.parts import effect
from tests.concurrency.parts import SLOW, slow_diagram

WITHIN = 60


def wait_for(found: Callable[[], object]) -> None:
    until = time.monotonic() + WITHIN
    while not found():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.05)


def test_another_worker_carries_on_what_a_dead_one_was_at(ground: Ground) -> None:
    app, data = ground.app, ground.app.settings.data
    (data / "slow.bpmn").write_bytes(slow_diagram())
    app.deploy([data / "slow.bpmn"])
    workers = [ground.worker("tests.concurrency.parts:with_slow_jobs").start() for _ in range(2)]
    wait_for(lambda: len(rows(ground, sa.select(executor_slot))) == 2)
    with app.database.transaction() as tx:
        case_key = start_case(tx, SYSTEM, SLOW, {})
    wait_for(lambda: list(data.glob("took-*")))
    first = next(worker for worker in workers if (data / f"took-{worker.pid}").exists())
    os.kill(first.pid, signal.SIGKILL)
    (data / "go").touch()
    wait_for(lambda: [row.state for row in rows(ground, sa.select(job))] == [JobState.COMPLETED])
    second = next(worker for worker in workers if worker is not first)
    assert {path.name for path in data.glob("took-*")} == {f"took-{first.pid}", f"took-{second.pid}"}
    assert [tuple(row) for row in rows(ground, sa.select(effect))] == [(case_key, "slow", 1)]
    assert len(rows(ground, sa.select(executor_slot))) == 1
    second.kill()


def test_a_worker_that_lost_its_slot_takes_another(ground: Ground) -> None:
    """It ends, begins anew under another name, and does what is asked for then."""
    memory, server = Memory(), ground.server().start().wait_until_ready()
    wait_for(lambda: len(rows(ground, sa.select(executor_slot))) == 1)
    before = rows(ground, sa.select(executor_slot.c.owner))
    with ground.app.database.transaction() as tx:
        tx.execute(sa.delete(executor_slot))
    wait_for(lambda: rows(ground, sa.select(executor_slot.c.owner)) not in ([], before))
    with closing(Client(server.port, ground.token, memory)) as client:
        for key in start(client, "afterwards"):
            complete(client, key)
        publish(client, "afterwards")

        def finished() -> bool:
            finish(client)
            return not unfinished(ground.app.database)

        wait_for(finished)
    server.kill()
    assert len(rows(ground, sa.select(effect).where(effect.c.kind == "job"))) == 1


def rows(ground: Ground, query: sa.Select) -> list[sa.Row]:
    with ground.app.database.read() as tx:
        return list(tx.rows(query))
