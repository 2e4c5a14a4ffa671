"""The release's own files: deployed at start where they are new, offered where staff have made the file their own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction, UtcDateTime, metadata
from engine.flow.definitions import Deployment, deploy_resources
from engine.flow.reading import SUFFIXES
from engine.flow.tables import Source, definition

offer = sa.Table(
    "release_offer",
    metadata,
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)
"""A file of the release that was not put over what staff published; they compare and decide."""


@dataclass(frozen=True, slots=True)
class Offer:
    name: str
    at: datetime


def release_files(roots: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """The diagrams, decisions and forms below the folders, each by its path there."""
    for root in roots:
        for path in sorted(root.rglob("*")):
            if path.suffix in SUFFIXES:
                yield path.relative_to(root).as_posix(), path.read_bytes()


def deploy_files(tx: Transaction, actor: Actor, roots: Iterable[Path]) -> Deployment | None:
    """Deploy what is new among the release's files, all together; None where nothing is.

    A file whose version in force staff published themselves is left alone; if the release brings it in a form it
    never had before, that is kept as an offer.
    """
    new: dict[str, bytes] = {}
    for name, content in release_files(roots):
        digest = sha256(content).hexdigest()
        history = _history(tx, name)
        if not history or (history[0].source is Source.FILE and history[0].sha256 != digest):
            new[name] = content
        elif history[0].source is not Source.FILE and all(row.sha256 != digest for row in history):
            _offer(tx, name, digest, content)
    return deploy_resources(tx, actor, new, Source.FILE) if new else None


def _history(tx: Transaction, name: str) -> list[sa.Row[tuple[str, Source]]]:
    """Hash and source of every version of a file, the newest first."""
    query = sa.select(definition.c.sha256, definition.c.source).where(definition.c.resource_name == name)
    return list(tx.rows(query.order_by(definition.c.key.desc())))


def _offer(tx: Transaction, name: str, digest: str, content: bytes) -> None:
    held = tx.value(sa.select(offer.c.sha256).where(offer.c.name == name))
    if held == digest:
        return
    tx.execute(sa.delete(offer).where(offer.c.name == name))
    tx.insert(offer, name=name, sha256=digest, content=content, at=tx.now)


def list_offers(tx: Transaction) -> list[Offer]:
    return [Offer(row.name, row.at) for row in tx.rows(sa.select(offer.c.name, offer.c.at).order_by(offer.c.name))]


def offered_content(tx: Transaction, name: str) -> bytes | None:
    content = tx.value(sa.select(offer.c.content).where(offer.c.name == name))
    return None if content is None else bytes(content)


def withdraw_offer(tx: Transaction, name: str) -> None:
    """Staff have published the file anew, with or without what was offered."""
    tx.execute(sa.delete(offer).where(offer.c.name == name))
