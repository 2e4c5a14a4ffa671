"""The private keys of secret rounds: files outside the database and its backups (`ZHIPING_SECRETS`), gone after the count."""

import os
import secrets
import time
from collections.abc import Collection
from pathlib import Path

from nacl.public import PrivateKey, SealedBox

from engine.db import Transaction
from engine.settings import Settings

FOLDER = "ballots"
SUFFIX = ".key"
#: a key nobody knows of was made by an opening that is not committed yet, or never was
PATIENCE_SECONDS = 3600


def folder_of(settings: Settings) -> Path:
    """Where keys lie; one folder for all processes that open or count ballots."""
    return settings.secrets / FOLDER


def make_key(tx: Transaction) -> tuple[str, bytes]:
    """Make the pair of a round: the name of the file with the private half, and the public half.

    The file is on the disk before the round is committed; one left over by a command that failed is swept away later.
    """
    private, name = PrivateKey.generate(), secrets.token_hex(16)
    folder = folder_of(tx.service(Settings))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(_path(folder, name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(bytes(private))
        file.flush()
        os.fsync(file.fileno())
    _sync(folder)
    return name, bytes(private.public_key)


def open_box(tx: Transaction, name: str) -> "SealedBox[PrivateKey] | None":
    """What opens the papers of a round; None where its key is lost."""
    try:
        return SealedBox(PrivateKey(_path(folder_of(tx.service(Settings)), name).read_bytes()))
    except (OSError, ValueError):
        return None


def destroy_after_commit(tx: Transaction, name: str | None) -> None:
    """Destroy a key once what no longer needs it is committed; a process that dies in between leaves it to the sweep."""
    if name is not None:
        path = _path(folder_of(tx.service(Settings)), name)
        tx.after_commit(lambda: _destroy(path))


def destroy_unneeded(settings: Settings, needed: Collection[str], known: Collection[str]) -> int:
    """Destroy every key that no open round needs; how many there were. `known` are the names of all rounds, open or not."""
    spent = [path for path in folder_of(settings).glob(f"*{SUFFIX}") if path.stem not in needed]
    young = time.time() - PATIENCE_SECONDS
    spent = [path for path in spent if path.stem in known or path.stat().st_mtime < young]
    for path in spent:
        _destroy(path)
    return len(spent)


def _destroy(path: Path) -> None:
    """Write over the key, then remove it; one that is gone already is gone."""
    try:
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(PrivateKey.SIZE))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        _sync(path.parent)
    except FileNotFoundError:
        return


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name}{SUFFIX}"


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
