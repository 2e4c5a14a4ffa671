"""The job queue on DBOS: enqueued in the caller's own transaction, so it exists exactly if the command was committed.

DBOS takes 20 MB, so it is imported by who first has a job to enqueue or to do.
"""

import logging
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import sqlalchemy.orm  # DBOS brings it along, and it must not come while other threads make statements

from engine.db import Database, Transaction

if TYPE_CHECKING:
    from dbos import DBOSClient

#: pinned: by default it is a hash of the code, and a newer build would not recover an older one's work
APPLICATION_VERSION = "1"
APPLICATION = "zhiping"
QUEUE = "jobs"
WORKFLOW = "run_job"
#: batches take minutes: they wait for each other and not for jobs
BATCH_QUEUE = "batches"
BATCH_WORKFLOW = "run_batch"


def system_engine(database: Database) -> sa.Engine:
    """An engine of DBOS's own on the same database: it must take the SQLite write lock when it begins, as ours does."""
    if not database.is_sqlite:
        return sa.create_engine(database.url, pool_size=4, max_overflow=0, pool_pre_ping=True)
    engine = sa.create_engine(
        database.url, connect_args={"timeout": 30, "isolation_level": "IMMEDIATE"}, pool_size=4, max_overflow=0
    )

    @sa.event.listens_for(engine, "connect")
    def on_connect(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA busy_timeout=30000")

    return engine


def migrate_queue(database: Database) -> None:
    """Create or upgrade DBOS's own tables beside ours."""
    from dbos import DBOS

    quieten()
    DBOS.migrate(database.url)


def quieten() -> None:
    """DBOS logs each launch and poll at INFO, with arguments; ours says what matters, without personal data."""
    logging.getLogger("dbos").setLevel(logging.ERROR)


def attempt_id(job_key: int, attempt: int) -> str:
    # an id that once failed would be enqueued silently and never run: every attempt has its own
    return f"job:{job_key}:{attempt}"


class DbosQueue:
    """A client only: no threads; web processes and workers hold one each."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._engine: sa.Engine | None = None
        self._client: DBOSClient | None = None

    @property
    def client(self) -> "DBOSClient":
        """DBOS's client, made on first use."""
        from dbos import DBOSClient

        with self._lock:
            if self._client is None:
                quieten()
                self._engine = system_engine(self._database)
                self._client = DBOSClient(system_database_engine=self._engine, application_name=APPLICATION, lazy=True)
            return self._client

    def enqueue(self, tx: Transaction, job: Mapping[str, Any]) -> None:
        """Ask for one attempt of the job at its `run_at`, in the transaction that wrote the row. Asking twice is asking once."""
        delay = (job["run_at"] - tx.now).total_seconds()
        self._enqueue(tx, WORKFLOW, QUEUE, attempt_id(job["key"], job["attempt"]), job, max(delay, 0))

    def enqueue_batch(self, tx: Transaction, batch: Mapping[str, Any]) -> None:
        """Ask for one attempt of the batch, in the transaction that wrote the row."""
        self._enqueue(tx, BATCH_WORKFLOW, BATCH_QUEUE, f"batch:{batch['key']}:{batch['attempt']}", batch)

    def _enqueue(
        self, tx: Transaction, workflow: str, queue: str, name: str, row: Mapping[str, Any], delay: float = 0
    ) -> None:
        from dbos import WorkflowSerializationFormat

        options: Any = {
            "workflow_name": workflow,
            "queue_name": queue,
            "workflow_id": name,
            "serialization_type": WorkflowSerializationFormat.PORTABLE,
        }
        if delay > 0:
            options["delay_seconds"] = delay
        tx.flush()
        self.client.enqueue_in_transaction(tx.connection, options, row["key"], row["attempt"])

    def take_over(self, executor: str) -> int:
        """Give the unfinished attempts of a worker that is gone back to the queue; returns how many."""
        pending = self.client.list_workflows(
            status="PENDING", executor_id=executor, load_input=False, load_output=False, limit=1000
        )
        for queue in (QUEUE, BATCH_QUEUE):
            ids = [found.workflow_id for found in pending if (found.queue_name or QUEUE) == queue]
            if ids:
                self.client.resume_workflows(ids, queue_name=queue)
        return len(pending)

    def purge(self, before: str, limit: int = 500) -> int:
        """Delete finished attempts that ended before the ISO instant `before`; returns how many."""
        old = self.client.list_workflows(
            status=["SUCCESS", "ERROR", "CANCELLED"],
            completed_before=before,
            load_input=False,
            load_output=False,
            limit=limit,
        )
        if old:
            self.client.delete_workflows([found.workflow_id for found in old])
        return len(old)

    def close(self) -> None:
        if self._client is not None and self._engine is not None:
            self._client.destroy()
            self._engine.dispose()
