"""Servers that start quickly: one process imports everything once, and each server is a fork of it.

What a child runs is `zhiping serve` or `zhiping worker` itself; only the import is saved. Nothing that has threads has been
started when it forks. As a module it is that process: it reads one JSON line per child and answers with its process id.
"""

import ctypes
import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.support.ports import free_port
from tests.support.server import zhiping

ROOT = Path(__file__).resolve().parents[2]
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


@dataclass
class Child:
    """A process of the nursery, with its settings. It may be killed and started again as often as a test likes."""

    nursery: "Nursery"
    arguments: Sequence[str]
    settings: dict[str, str]
    prepare: str
    port: int = field(default_factory=free_port)
    pid: int = 0

    @property
    def data(self) -> Path:
        return Path(self.settings["ZHIPING_DATA"])

    @property
    def log(self) -> Path:
        return self.data / f"{self.arguments[0]}-{self.port}.log"

    @property
    def url(self) -> str:
        """Where a server answers, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "Child":
        command = [part.format(port=self.port) for part in self.arguments]
        self.pid = self.nursery.fork(command, self.settings, self.prepare, self.log)
        return self

    def wait_until_ready(self, seconds: float = 60) -> "Child":
        """Wait until /readyz answers 200. Raises RuntimeError with the end of the log when it does not."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.is_alive:
            with suppress(URLError, OSError), urlopen(f"{self.url}/readyz", timeout=5):
                return self
            time.sleep(0.02)
        raise RuntimeError(f"{self.arguments[0]} is not ready:\n{self.log.read_text(errors='replace')[-4000:]}")

    @property
    def is_alive(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def command(self, *arguments: str) -> str:
        """Run another `zhiping` command with its settings and give what it printed; raises CalledProcessError when it fails."""
        environment = {**os.environ, **self.settings}
        return subprocess.run(
            zhiping(*arguments), cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
        ).stdout

    def kill(self) -> None:
        """kill -9 for it and everything it started; returns when it is gone.

        By its own number too: one that was forked a moment ago leads no group yet.
        """
        while self.is_alive:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            time.sleep(0.005)


class Nursery:
    """The process that forks."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._children: list[Child] = []

    def server(self, *arguments: str, prepare: str = "", **settings: str) -> Child:
        """A server that is not started yet. `prepare` names a function `module:name` the child calls first."""
        command = ("serve", "--host", "127.0.0.1", "--port", "{port}", *arguments)
        return self._child(command, settings, prepare)

    def worker(self, *, prepare: str = "", **settings: str) -> Child:
        return self._child(("worker",), settings, prepare)

    def _child(self, command: Sequence[str], settings: dict[str, str], prepare: str) -> Child:
        self._children.append(Child(self, command, settings, prepare))
        return self._children[-1]

    def fork(self, command: list[str], settings: dict[str, str], prepare: str, log: Path) -> int:
        """Start a child and give its process id."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"command": command, "settings": settings, "prepare": prepare, "log": str(log)}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        for child in self._children:
            if child.pid:
                child.kill()
        self._process.kill()
        self._process.communicate()


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Servers and workers that start in a moment; all of them are killed with the test run."""
    made = Nursery()
    yield made
    made.close()


def main() -> None:
    """Import everything, then fork a child for each line."""
    importlib.import_module("web.app")
    importlib.import_module("web.cli")
    importlib.import_module("uvicorn.protocols.http.httptools_impl")
    importlib.import_module("uvicorn.loops.uvloop")
    # nobody waits for the children: the kernel clears them away
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    parent = os.getpid()
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _live(asked, parent)
        print(pid, flush=True)


def _live(asked: dict[str, object], parent: int) -> None:
    """Be that child; never returns."""
    status = 1
    try:
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:
            return
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        log = os.open(str(asked["log"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        null = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((null, 0), (log, 1), (log, 2)):
            os.dup2(source, target)
        os.environ.update(asked["settings"])  # type: ignore[call-overload]
        if asked["prepare"]:
            module, _, name = str(asked["prepare"]).partition(":")
            getattr(importlib.import_module(module), name)()
        status = _run(asked["command"])  # type: ignore[arg-type]
    finally:
        os._exit(status)


def _run(command: list[str]) -> int:
    from web.cli import app

    try:
        app(command, standalone_mode=False)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


if __name__ == "__main__":
    main()
