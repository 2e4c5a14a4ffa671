"""Looking for viruses: a port with a clamd daemon or any program behind it, off unless a setting names one.

`clamd://host:3310` and `clamd:///run/clamav/clamd.ctl` speak clamd's INSTREAM; `command:clamscan --no-summary -` starts a program
for each file, gives it the content and reads its exit status (0 clean, 1 a finding, anything else a fault).
"""

import shlex
import socket
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Protocol
from urllib.parse import urlsplit

from engine.errors import Unavailable

CHUNK = 256 * 1024
SECONDS = 60.0
AWAY = "病毒检查服务暂时无法使用，文件稍后会自动检查。"


class Scanner(Protocol):
    """Looks through contents. Raises `Unavailable` where it cannot now."""

    def scan(self, content: IO[bytes]) -> str | None:
        """What was found in it, by its name; None where it is clean."""


def make_scanner(address: str) -> Scanner | None:
    """The scanner a setting names, or none. Raises ValueError for an address of no known kind."""
    if not address:
        return None
    if address.startswith("command:"):
        return Command(tuple(shlex.split(address.removeprefix("command:"))))
    parts = urlsplit(address)
    if parts.scheme != "clamd":
        raise ValueError("ZHIPING_SCANNER must begin with clamd:// or command:")
    return Clamd(parts.path, None) if not parts.hostname else Clamd(parts.hostname, parts.port or 3310)


@dataclass(frozen=True, slots=True)
class Clamd:
    """A clamd daemon at a host and port, or at a socket in the file system where `port` is None."""

    host: str
    port: int | None

    def scan(self, content: IO[bytes]) -> str | None:
        try:
            with self._connect() as connection:
                connection.sendall(b"zINSTREAM\0")
                for piece in _pieces(content):
                    connection.sendall(struct.pack(">I", len(piece)) + piece)
                connection.sendall(struct.pack(">I", 0))
                answer = b"".join(iter(lambda: connection.recv(4096), b"")).rstrip(b"\0").decode("utf-8", "replace")
        except OSError as error:
            raise Unavailable(AWAY) from error
        return _read_answer(answer)

    def _connect(self) -> socket.socket:
        if self.port is not None:
            return socket.create_connection((self.host, self.port), SECONDS)
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(SECONDS)
            connection.connect(self.host)
        except OSError:
            connection.close()
            raise
        return connection


def _read_answer(answer: str) -> str | None:
    """`stream: OK`, `stream: Eicar-Test-Signature FOUND`; anything else is a fault of the daemon."""
    said = answer.partition(": ")[2]
    if said == "OK":
        return None
    if said.endswith(" FOUND"):
        return said.removesuffix(" FOUND")
    raise Unavailable(AWAY)


@dataclass(frozen=True, slots=True)
class Command:
    """A program that reads a content from its standard input."""

    words: tuple[str, ...]

    def scan(self, content: IO[bytes]) -> str | None:
        try:
            process = subprocess.run(
                self.words, input=content.read(), capture_output=True, timeout=SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Unavailable(AWAY) from error
        if process.returncode == 0:
            return None
        if process.returncode == 1:
            return process.stdout.decode("utf-8", "replace").strip().splitlines()[0][:100] if process.stdout else "病毒"
        raise Unavailable(AWAY)


def _pieces(content: IO[bytes]) -> Iterator[bytes]:
    while piece := content.read(CHUNK):
        yield piece
