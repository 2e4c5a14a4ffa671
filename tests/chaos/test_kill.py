"""kill -9 at random points under load: what was answered stays, what was not is wholly there or not at all."""

import random
import time
from contextlib import closing
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.bootstrap import build
from engine.clock import FixedClock
from engine.notification.tables import DeliveryState, delivery
from engine.settings import read_settings
from tests.chaos.accounting import faults, unfinished
from tests.chaos.ground import Ground
from tests.chaos.load import Client, Crowd, Memory, finish, repeat

#: seconds of load before the kill
SHORTEST, LONGEST = 0.1, 0.9
#: how long what was interrupted may take to come to its end after the last start
SETTLED_WITHIN = 60


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_nothing_is_lost_doubled_or_half_done(ground: Ground, rounds: int) -> None:
    chance, memory, server = random.Random(rounds), Memory(), ground.server()
    for number in range(rounds):
        server.start().wait_until_ready()
        with closing(Client(server.port, ground.token, memory)) as client:
            repeat(client)
        crowd = Crowd(server.port, ground.token, memory)
        time.sleep(chance.uniform(SHORTEST, LONGEST))
        server.kill()
        crowd.join()
        assert faults(ground.app.database, memory) == [], f"after kill {number + 1}"
    assert memory.answered >= 5 * rounds
    server.start().wait_until_ready()
    with closing(Client(server.port, ground.token, memory)) as client:
        _settle(ground, client)
    server.kill()
    assert (unfinished(ground.app.database), faults(ground.app.database, memory)) == (0, [])
    _assert_mail_went_out(ground)


def _settle(ground: Ground, client: Client) -> None:
    """Bring every case to its end, with the worker that is there now."""
    repeat(client)
    for name in client.memory.starts:
        client.memory.messages.setdefault(name, False)
    repeat(client)
    until = time.monotonic() + SETTLED_WITHIN
    while unfinished(ground.app.database) and time.monotonic() < until:
        for task in client.search("user-tasks", state="CREATED", elementId="check"):
            client.memory.tasks.setdefault(int(task["userTaskKey"]), False)
        repeat(client)
        finish(client)
        time.sleep(0.05)


def _assert_mail_went_out(ground: Ground) -> None:
    """Each letter went out at least once under the one name it has; a sender that died is followed by the next one."""
    database = ground.app.database
    clock = FixedClock(database.clock.now() + timedelta(minutes=10))
    later = build(read_settings(ground.settings), clock, queue=False)
    while later.send_messages():
        pass
    later.close()
    with database.read() as tx:
        letters = {row.message_id: row.state for row in tx.rows(sa.select(delivery.c.message_id, delivery.c.state))}
    outbox = ground.app.settings.data / "outbox" / "mail"
    assert {f"{path.stem}@zhiping" for path in outbox.glob("*.txt")} == letters.keys()
    assert set(letters.values()) == {DeliveryState.SENT}
