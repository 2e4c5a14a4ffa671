"""The port through which a job of ours asks to be run. The `job` row is the truth; a queue only carries one attempt."""

from datetime import timedelta
from typing import Protocol

from engine.db import Transaction


class JobQueue(Protocol):
    def enqueue(self, tx: Transaction, job_key: int, attempt: int, delay: timedelta = timedelta()) -> None:
        """Ask, in the caller's transaction, for one attempt of the job after `delay`. Asking twice is asking once."""
        ...


class IdleQueue:
    """Carries nothing: whoever drives the flow (a sandbox, a test) runs the jobs itself."""

    def enqueue(self, tx: Transaction, job_key: int, attempt: int, delay: timedelta = timedelta()) -> None:
        pass
