"""One row of a recusal, however it came about."""

from collections.abc import Iterable
from typing import Any

from engine.access import Actor
from engine.db import Transaction
from engine.review_meeting.conflicts.tables import RecusalSource, RecusalState, dossier_recusal

LONGEST = 500


def write_recusal(
    tx: Transaction,
    actor: Actor,
    key: tuple[int, int, int],
    source: RecusalSource,
    state: RecusalState,
    reason: str,
    evidence: Iterable[str],
) -> None:
    meeting, declaration, expert_id = key
    row: dict[str, Any] = {
        "meeting": meeting,
        "declaration": declaration,
        "expert": expert_id,
        "source": source,
        "state": state,
        "reason": reason[:LONGEST],
        "evidence": list(evidence),
        "at": tx.now,
        "by": actor.login,
        "decided_at": None,
        "decided_by": None,
        "decision": "",
    }
    tx.writes.upsert(
        dossier_recusal, row, tuple(name for name in row if name not in ("meeting", "declaration", "expert"))
    )
