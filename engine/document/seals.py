"""电子签章: a port with any program behind it, off unless a setting names one; then documents are printed and sealed by hand.

`command:/path/to/sign --profile office` starts a program for each document, gives it the PDF on its standard input with the
name of who seals in the environment (`SEAL_OWNER`), and takes the sealed PDF from its standard output.
"""

import os
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import structlog

log = structlog.get_logger(__name__)

SECONDS = 30.0
PDF = b"%PDF-"


class Seal(Protocol):
    """Seals documents in the name of an office. Raises `OSError` where it cannot now."""

    def put_on(self, pdf: bytes, owner: str) -> bytes:
        """The sealed document."""


@dataclass(frozen=True, slots=True)
class SealCommand:
    """A program that reads a PDF and writes it sealed."""

    words: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=lambda: {"PATH": os.environ.get("PATH", "")})

    def put_on(self, pdf: bytes, owner: str) -> bytes:
        try:
            process = subprocess.run(
                self.words,
                input=pdf,
                capture_output=True,
                timeout=SECONDS,
                check=False,
                env={**self.environment, "SEAL_OWNER": owner},
            )
        except subprocess.TimeoutExpired as error:
            raise OSError("the seal took too long") from error
        if process.returncode != 0 or not process.stdout.startswith(PDF):
            raise OSError(process.stderr.decode("utf-8", "replace")[:200] or f"status {process.returncode}")
        return process.stdout


@dataclass(frozen=True, slots=True)
class Seals:
    """The seal that is set up, or none."""

    seal: Seal | None = None

    @property
    def is_electronic(self) -> bool:
        """Whether documents leave a place for a seal of ink: they do where none is put on here."""
        return self.seal is not None

    def put_on(self, pdf: bytes, owner: str) -> bytes | None:
        """The document sealed; nothing where no seal is set up, or it fails now: then it is printed and sealed by hand."""
        if self.seal is None:
            return None
        try:
            return self.seal.put_on(pdf, owner)
        except OSError as error:
            log.warning("seal failed", owner=owner, reason=str(error))
            return None


def make_seals(address: str) -> Seals:
    """The seal a setting names, or none. Raises ValueError for an address of no known kind."""
    if not address:
        return Seals()
    if not address.startswith("command:"):
        raise ValueError("ZHIPING_SEAL must begin with command:")
    return Seals(SealCommand(tuple(shlex.split(address.removeprefix("command:")))))
