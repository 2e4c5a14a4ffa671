"""A PostgreSQL server of our own, started from the system's binaries in a temporary folder.

PostgreSQL refuses to run as root, so there it runs as `postgres` or `nobody`. It trusts every connection from 127.0.0.1, keeps nothing
(no fsync) and dies with the process that started it.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path

import psycopg

from tests.support.ports import free_port

USER = "zhiping"
UNSAFE_BUT_QUICK = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=64MB",
    "max_connections=200",
)


class PostgresServer:
    """One server; `create_database()` gives a fresh database in some 30 ms."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self._folder = Path(tempfile.mkdtemp(prefix="zhiping-pg-"))
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def start(self) -> "PostgresServer":
        """Create the cluster and start the server; a port that somebody else was quicker to take is tried again."""
        if os.geteuid() == 0:
            account = _unprivileged()
            os.chown(self._folder, account.pw_uid, account.pw_gid)
        self._run("initdb", "--no-sync", "--auth=trust", f"--username={USER}", "--encoding=UTF8", "--locale=C.UTF-8")
        for _ in range(3):
            self.port = free_port()
            if self._launch():
                return self
        raise RuntimeError(f"PostgreSQL did not start:\n{self.log()}")

    def stop(self) -> None:
        """Stop at once, sessions or not, and leave nothing behind."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, database: str) -> str:
        """The address of a database as SQLAlchemy writes it."""
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/{database}"

    def create_database(self, template: str = "template0") -> str:
        """A new database, empty or a copy of `template` (which nobody may be connected to), and its address."""
        name = f"test_{next(self._numbers)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def replace_database(self, url: str, template: str) -> None:
        """Put a copy of one database in the place of another (nobody may be connected to either); both by their addresses."""
        name, copied = (address.rpartition("/")[2] for address in (url, template))
        self.execute(f'DROP DATABASE "{name}"')
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{copied}"')

    def execute(self, statement: str) -> None:
        """Run one statement as the owner of the cluster, outside any transaction."""
        address = f"host=127.0.0.1 port={self.port} user={USER} dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())

    def log(self) -> str:
        """What the server printed."""
        log = self._folder / "log"
        return log.read_text(errors="replace") if log.exists() else ""

    def _run(self, program: str, *arguments: str) -> None:
        command = [*_as_other_user(), str(self._binaries / program), "-D", str(self._folder / "data"), *arguments]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{done.stdout}{done.stderr}")

    def _launch(self) -> bool:
        settings = ["listen_addresses=127.0.0.1", f"port={self.port}", f"unix_socket_directories={self._folder}"]
        options = [option for setting in (*settings, *UNSAFE_BUT_QUICK) for option in ("-c", setting)]
        command = [*_as_other_user(), str(self._binaries / "postgres"), "-D", str(self._folder / "data"), *options]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd="/", stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        return self._answers(time.monotonic() + 30)

    def _answers(self, deadline: float) -> bool:
        while self._process is not None and self._process.poll() is None and time.monotonic() < deadline:
            try:
                self.execute("SELECT 1")
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return True
        return False


def _unprivileged() -> pwd.struct_passwd:
    accounts = {account.pw_name: account for account in pwd.getpwall()}
    return accounts.get("postgres") or accounts["nobody"]


def _as_other_user() -> list[str]:
    """What to put before a command so that it dies with this process and, from root, runs as somebody else."""
    if not shutil.which("setpriv"):
        return []
    tie = ["setpriv", "--pdeathsig", "QUIT"]
    if os.geteuid() == 0:
        account = _unprivileged()
        tie += ["--reuid", str(account.pw_uid), "--regid", str(account.pw_gid), "--clear-groups"]
    return [*tie, "--"]
