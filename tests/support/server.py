"""`zhiping serve` as a real process on a free port: start it, ask it, stop it, kill it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[2]


class Server:
    """One server with its own data folder. It may be killed and started again on the same data, as often as a test likes."""

    def __init__(self, data: Path, settings: Mapping[str, str]) -> None:
        self.data = data
        self.port = free_port()
        self.settings = {
            "ZHIPING_DATA": str(data),
            "ZHIPING_DEMO": "1",
            "ZHIPING_CAPTCHA": "off",
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Process id of the running server."""
        assert self._process is not None
        return self._process.pid

    def start(self, *arguments: str, seconds: float = 90) -> "Server":
        """Start and wait until /readyz answers 200. Raises RuntimeError with the end of the log when it ends or takes too long.

        The server dies with the thread that starts it: a test that uses threads starts it outside of them.
        """
        command = [*_tied(), *zhiping("serve", "--host", "127.0.0.1", "--port", str(self.port), *arguments)]
        with (self.data / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **self.settings},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + seconds
        while not self.is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"zhiping serve is not ready:\n{self.log()[-4000:]}")
            time.sleep(0.05)
        return self

    def is_ready(self) -> bool:
        """Whether /readyz answers 200 now."""
        try:
            with urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def stop(self) -> int:
        """Ask it to end (SIGTERM), as a service manager does, and give its exit status. It has 20 seconds."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
            raise RuntimeError(f"zhiping serve did not end:\n{self.log()[-4000:]}") from None

    def kill(self) -> None:
        """kill -9 for the server and everything it started."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def command(self, *arguments: str) -> str:
        """Run another `zhiping` command on the same data and give what it printed; raises CalledProcessError when it fails."""
        environment = {**os.environ, **self.settings}
        return subprocess.run(
            zhiping(*arguments), cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
        ).stdout

    def log(self) -> str:
        """What the server printed since its first start."""
        return (self.data / "server.log").read_text(errors="replace")


@pytest.fixture(scope="module")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Starts servers: `start_server(ZHIPING_DATABASE_URL=…)`, each with its own data folder unless ZHIPING_DATA names one.

    All of them are killed when the module ends.
    """
    servers: list[Server] = []

    def start(*arguments: str, **settings: str) -> Server:
        data = Path(settings["ZHIPING_DATA"]) if "ZHIPING_DATA" in settings else tmp_path_factory.mktemp("data")
        servers.append(Server(data, settings))
        return servers[-1].start(*arguments)

    yield start
    for server in servers:
        server.kill()


@pytest.fixture(scope="module")
def server(start_server: Callable[..., Server], database_url: str) -> Server:
    """A server with the demo province and its worker inside, on each kind of database in turn."""
    return start_server(ZHIPING_DATABASE_URL=database_url, ZHIPING_WORKER="embedded")


def zhiping(*arguments: str) -> list[str]:
    """The command line of this working tree, installed or not."""
    return [sys.executable, "-c", "import sys; sys.argv[0] = 'zhiping'; from web.cli import app; app()", *arguments]


def _tied() -> list[str]:
    """What to put before a command so that it dies with the test run."""
    return ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []
