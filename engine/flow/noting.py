"""Commands that move no token: they change a row under the case's lock and say so in its journal."""

from collections.abc import Mapping
from typing import Any

from engine.access import Actor
from engine.db import Transaction
from engine.flow.journal import Journal
from engine.flow.tables import case


def note_on_case(
    tx: Transaction,
    actor: Actor,
    held: Mapping[str, Any],
    event: str,
    *,
    element_id: str | None = None,
    name: str = "",
    detail: Mapping[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Add an entry to the journal of a case that was loaded under its lock, and give its columns the `changes`."""
    entries = Journal(held["key"], held["journal_seq"], held["journal_hash"])
    entries.append(tx.now, actor, event, element_id=element_id, name=name, detail=detail)
    entries.store(tx)
    end = {"journal_seq": entries.seq, "journal_hash": entries.head, "row_version": held["row_version"] + 1}
    tx.writes.update(case, {"key": held["key"]}, {**end, **changes})
