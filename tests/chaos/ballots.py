"""A worker that dies in the count of a ballot, before its commit or right after it, where the file `tally` says so."""

import os
import signal
from collections.abc import Mapping
from pathlib import Path

from engine.db import Transaction
from engine.flow.contexts import JobContext
from engine.review_meeting.balloting import keys, wiring
from engine.review_meeting.balloting.tallying import tally_round

ARMED = "tally"


def _die(where: str) -> None:
    armed = Path(os.environ["ZHIPING_DATA"]) / ARMED
    if armed.exists() and armed.read_text() == where:
        armed.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


def dying_in_the_count() -> None:
    """Called in a worker before it starts."""
    destroy = keys._destroy

    def counting(tx: Transaction, context: JobContext) -> Mapping[str, object]:
        results = tally_round(tx, context)
        tx.flush()
        _die("before")
        return results

    def destroying(path: Path) -> None:
        _die("after")
        destroy(path)

    wiring.tally_round = counting
    keys._destroy = destroying
