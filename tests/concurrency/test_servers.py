"""Two servers on one PostgreSQL database serve the same cases; `serve --workers 2` brings one worker."""

import json
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.request import urlopen

import pytest
import sqlalchemy as sa

from engine.flow.tables import executor_slot
from tests.chaos.accounting import faults, unfinished
from tests.chaos.ground import Ground
from tests.chaos.load import Client, Memory, complete, finish, publish, start
from tests.support.server import Server

CASES = 6
SETTLED_WITHIN = 60


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_servers_serve_the_same_cases(ground: Ground) -> None:
    """Each step of a case is asked of the other server than the step before; the workers share the jobs."""
    servers = [ground.server().start() for _ in range(2)]
    memory = Memory()
    ports = [server.wait_until_ready().port for server in servers]
    with closing(Client(ports[0], ground.token, memory)) as one, closing(Client(ports[1], ground.token, memory)) as two:
        for number in range(CASES):
            starting, going_on = (one, two) if number % 2 else (two, one)
            for key in start(starting, f"case-{number}"):
                complete(going_on, key)
            publish(starting, f"case-{number}")
        until = time.monotonic() + SETTLED_WITHIN
        while unfinished(ground.app.database) and time.monotonic() < until:
            finish(one)
            finish(two)
            time.sleep(0.05)
    assert (unfinished(ground.app.database), faults(ground.app.database, memory)) == (0, [])
    with ground.app.database.read() as tx:
        assert len(tx.rows(sa.select(executor_slot))) == 2
    for server in servers:
        server.kill()


def test_several_web_processes_have_one_worker_beside_them(start_server: Callable[..., Server], tmp_path: Path) -> None:
    server = start_server("--workers", "2", ZHIPING_WORKER="embedded", ZHIPING_DEMO="0", ZHIPING_DATA=str(tmp_path))
    deadline = time.monotonic() + SETTLED_WITHIN
    while ready(server)["workers"] != 1 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert ready(server)["workers"] == 1
    assert sorted(commands(server.pid)) == ["web", "web", "worker"]
    assert (server.stop(), commands(server.pid)) == (0, [])


def ready(server: Server) -> dict[str, int]:
    with urlopen(f"{server.url}/readyz", timeout=20) as answer:
        return dict(json.load(answer))


def commands(pid: int) -> list[str]:
    """What the children of a process are."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and parent_of(entry) == pid:
            text = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            if "resource_tracker" not in text:
                found.append("worker" if "worker" in text else "web")
    return found


def parent_of(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
