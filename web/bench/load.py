"""Sending requests from other processes, and what they cost the server meanwhile."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

from web.bench.processes import backend_seconds, cpu_seconds
from web.bench.site import Site

CLIENT = Path(__file__).parent / "client.py"


class Ask(NamedTuple):
    """One request, and the status its answer must have."""

    method: str
    path: str
    headers: dict[str, str]
    body: str = ""
    status: int = 200


@dataclass(frozen=True, slots=True)
class Cost:
    """Per request, in milliseconds: CPU of the server, CPU of the database's own processes, time until the answer."""

    requests: int
    server: float
    database: float
    p50: float
    p95: float


def send(site: Site, asks: Sequence[Ask], clients: int = 1) -> Cost:
    """Send the requests, shared out among so many clients. Raises RuntimeError for the first unexpected answer."""
    shares = [list(asks[number::clients]) for number in range(clients)]
    processes = [_start(site, share) for share in shares if share]
    try:
        for process in processes:
            _line(process)
        server, database = cpu_seconds(site.pid), backend_seconds(site.database_name)
        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()
        answers = [json.loads(_line(process)) for process in processes]
        server, database = cpu_seconds(site.pid) - server, backend_seconds(site.database_name) - database
    finally:
        for process in processes:
            process.kill()
            process.communicate()
    wrong = next((answer["wrong"] for answer in answers if answer["wrong"]), None)
    if wrong is not None:
        raise RuntimeError(wrong)
    taken = [1000 * seconds for answer in answers for seconds in answer["seconds"]]
    each = 1000 / len(taken)
    return Cost(len(taken), server * each, database * each, median(taken), quantiles(taken, n=20)[-1])


def _start(site: Site, share: Sequence[Ask]) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, str(CLIENT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps({"host": site.host, "port": site.port, "requests": share}) + "\n")
    process.stdin.flush()
    return process


def _line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("a client of the measurement ended early")
    return line
