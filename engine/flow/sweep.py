"""What the worker does each second, and the sandbox after every call: everything that is due by now."""

from dataclasses import dataclass

from engine.db import Database
from engine.flow.messages import deliver_messages
from engine.flow.running import due_internal_jobs, run_internal_job
from engine.flow.timers import run_due_timers

__all__ = ["Swept", "deliver_messages", "due_internal_jobs", "run_due_timers", "run_internal_job", "sweep"]


@dataclass(frozen=True, slots=True)
class Swept:
    """How much a sweep did; `jobs` are those that wait for an attempt here."""

    timers: int
    messages: int
    jobs: tuple[int, ...]


def sweep(database: Database, limit: int = 200) -> Swept:
    """Fire due timers and deliver waiting messages, each in a transaction of its own; list the jobs to be run."""
    timers = run_due_timers(database, limit)
    messages = deliver_messages(database, limit)
    return Swept(timers, messages, tuple(due_internal_jobs(database, limit)))
