"""The server dies just before a commit, or just after it and before the answer: the step is not there, or wholly there."""

from contextlib import closing

import pytest
import sqlalchemy as sa

from engine.db import metadata
from tests.chaos.accounting import faults
from tests.chaos.ground import Ground
from tests.chaos.load import GONE, Client, Memory, complete, publish, repeat, start
from tests.chaos.parts import ARMED

#: handed out in blocks, in a transaction of its own
APART = {"key_block"}


def picture(ground: Ground) -> dict[str, list[str]]:
    """Everything the database holds."""
    tables = [table for table in metadata.sorted_tables if table.name not in APART]
    with ground.app.database.read() as tx:
        return {table.name: sorted(map(repr, tx.rows(sa.select(table)))) for table in tables}


@pytest.fixture(scope="module")
def memory(ground: Ground) -> Memory:
    """What all tests on one database asked for."""
    return Memory()


@pytest.mark.parametrize("where", ["before", "after"])
@pytest.mark.parametrize("asked", ["start", "complete", "publish"])
def test_a_step_is_not_there_or_wholly_there(ground: Ground, memory: Memory, where: str, asked: str) -> None:
    server = ground.server("tests.chaos.parts:dying", ZHIPING_WORKER="none")
    armed = ground.app.settings.data / ARMED
    server.start().wait_until_ready()
    with closing(Client(server.port, ground.token, memory)) as client:
        name = f"{where}-{asked}"
        tasks = start(client, name) if asked != "start" else []
        before = picture(ground)
        armed.write_text(where)
        with pytest.raises(GONE):
            {
                "start": lambda: start(client, name),
                "complete": lambda: complete(client, tasks[0]),
                "publish": lambda: publish(client, name),
            }[asked]()
    server.kill()
    armed.unlink()
    assert faults(ground.app.database, memory) == []
    assert (picture(ground) == before) is (where == "before")


def test_what_is_asked_again_is_done_once(ground: Ground, memory: Memory) -> None:
    server = ground.server(ZHIPING_WORKER="none").start().wait_until_ready()
    with closing(Client(server.port, ground.token, memory)) as client:
        repeat(client)
    server.kill()
    assert (list(memory.tasks.values()), faults(ground.app.database, memory)) == ([True, True], [])
