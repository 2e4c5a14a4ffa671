"""A server of its own to measure: the demo province on a database that goes away afterwards."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from engine.bootstrap import App, build
from engine.db.measuring import scratch_postgres
from engine.flow.slots import has_living_worker
from engine.organisation.demo import seed_demo_province
from engine.settings import Settings, read_settings

READY_SECONDS = 60
STOP_SECONDS = 15
#: how long a worker sweeps before it is looked at
SETTLE_SECONDS = 5


@dataclass(slots=True)
class Site:
    """The database through an `App` of this process, and the same served by another: only the latter is measured."""

    name: str
    app: App
    environment: dict[str, str]
    host: str = "127.0.0.1"
    port: int = 0
    _server: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    @property
    def pid(self) -> int:
        assert self._server is not None
        return self._server.pid

    @property
    def on_sqlite(self) -> bool:
        return self.app.settings.is_sqlite

    @property
    def database_name(self) -> str:
        return self.app.settings.database_url.rpartition("/")[2]

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve without a worker, so that only requests cost something."""
        self.port = _free_port()
        with self._process("serve", "--host", self.host, "--port", str(self.port)) as self._server:
            self._wait_until_ready()
            yield

    @contextmanager
    def working(self) -> Iterator[int]:
        """A worker of its own; its process id, once it has its slot."""
        with self._process("worker") as worker:
            until = time.monotonic() + READY_SECONDS
            while not has_living_worker(self.app.database) and time.monotonic() < until:
                time.sleep(0.1)
            time.sleep(SETTLE_SECONDS)
            yield worker.pid

    @contextmanager
    def _process(self, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
        with (self.app.settings.data / f"{arguments[0]}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "web.cli", *arguments],
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
            )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _wait_until_ready(self) -> None:
        assert self._server is not None
        until = time.monotonic() + READY_SECONDS
        while self._server.poll() is None and time.monotonic() < until:
            try:
                with urlopen(f"http://{self.host}:{self.port}/readyz", timeout=5):
                    return
            except (URLError, OSError):
                time.sleep(0.1)
        raise RuntimeError((self.app.settings.data / "serve.log").read_text(errors="replace")[-2000:])


@contextmanager
def sqlite_site(*, founded: bool = True) -> Iterator[Site]:
    """On a SQLite file in a temporary folder; empty unless it is to be `founded`."""
    with tempfile.TemporaryDirectory(prefix="zhiping-bench-") as folder:
        yield from _site("SQLite", folder, f"sqlite:///{Path(folder) / 'zhiping.db'}", founded)


@contextmanager
def postgres_site(url: str, *, founded: bool = True) -> Iterator[Site]:
    """On a database made beside the one of the address and dropped afterwards; empty unless it is to be `founded`."""
    given = read_settings({"ZHIPING_DATABASE_URL": url}).database_url
    with tempfile.TemporaryDirectory(prefix="zhiping-bench-") as folder, scratch_postgres(given) as own:
        yield from _site("PostgreSQL", folder, own, founded)


def _site(name: str, folder: str, url: str, founded: bool) -> Iterator[Site]:
    environment = {
        "ZHIPING_DATA": folder,
        "ZHIPING_DATABASE_URL": url,
        "ZHIPING_DEMO": "0",
        "ZHIPING_CAPTCHA": "off",
        "ZHIPING_WORKER": "none",
    }
    settings: Settings = read_settings(environment)
    app = build(settings)
    try:
        if founded:
            app.prepare()
            with app.database.transaction() as tx:
                seed_demo_province(tx, app.passwords, app.year)
        yield Site(name, app, environment)
    finally:
        app.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
