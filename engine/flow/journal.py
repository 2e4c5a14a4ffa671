"""The journal of a case (流转日志): append-only, each entry chained to the one before by its hash."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.flow.tables import case, journal

COVERED = ("case_key", "seq", "event", "element_id", "name", "actor", "actor_name", "unit_id", "outcome", "detail")


@dataclass(slots=True)
class Journal:
    """The end of a case's journal, and what a command adds to it."""

    case_key: int
    seq: int
    head: bytes | None
    _entries: list[dict[str, Any]] = field(default_factory=list)

    def append(
        self,
        at: datetime,
        actor: Actor,
        event: str,
        *,
        element_id: str | None = None,
        name: str = "",
        outcome: str | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Add what happened: `event` is subject.verb, `name` the element as people read it."""
        self.seq += 1
        entry: dict[str, Any] = {
            "case_key": self.case_key,
            "seq": self.seq,
            "at": at,
            "event": event,
            "element_id": element_id,
            "name": name,
            "actor": actor.login,
            "actor_name": actor.name,
            "unit_id": actor.unit,
            "outcome": outcome,
            "detail": dict(detail) if detail else None,
            "previous": self.head,
        }
        entry["hash"] = self.head = digest(entry)
        self._entries.append(entry)

    def store(self, tx: Transaction) -> None:
        for entry in self._entries:
            tx.writes.insert(journal, entry)
        self._entries.clear()


def digest(entry: Mapping[str, Any]) -> bytes:
    """sha256 of the entry before and of this one in canonical JSON; instants count to the microsecond in UTC."""
    covered = {name: entry[name] for name in COVERED}
    covered["at"] = entry["at"].isoformat(timespec="microseconds")
    return hashlib.sha256((entry["previous"] or b"") + orjson.dumps(covered, option=orjson.OPT_SORT_KEYS)).digest()


def verify_journal(tx: Transaction, case_key: int) -> int | None:
    """The number of the first entry that was changed, removed or put in between; None where the chain is whole."""
    head: bytes | None = None
    expected = 1
    for row in tx.rows(sa.select(journal).where(journal.c.case_key == case_key).order_by(journal.c.seq)):
        entry = dict(row._mapping)
        if entry["seq"] != expected or entry["previous"] != head or entry["hash"] != digest(entry):
            return expected
        head = entry["hash"]
        expected += 1
    ends = tx.row(sa.select(case.c.journal_seq, case.c.journal_hash).where(case.c.key == case_key))
    whole = ends is not None and (ends.journal_seq, ends.journal_hash) == (expected - 1, head)
    return None if whole else expected
