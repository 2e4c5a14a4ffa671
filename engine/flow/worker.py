"""The worker: holds a slot, sweeps once a second, and lets DBOS run the attempts of our jobs."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta

import structlog
from dbos import DBOS

from engine.db import Database
from engine.errors import Unavailable
from engine.flow import slots
from engine.flow.batch_running import run_batch
from engine.flow.dbos_queue import (
    APPLICATION,
    APPLICATION_VERSION,
    BATCH_QUEUE,
    BATCH_WORKFLOW,
    QUEUE,
    WORKFLOW,
    DbosQueue,
    quieten,
    system_engine,
)
from engine.flow.sweep import run_internal_job, sweep

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 1.0
#: how often a heartbeat comes within one lease
BEATS = 3
PURGE_SECONDS = 3600
#: finished attempts are kept this long for whoever looks into a fault
KEEP = timedelta(days=7)
CONCURRENCY = 4
#: a short batch need not wait for a long one
BATCHES = 2


class Worker:
    """One worker of this process. `run` returns when `stop` is called or when the slot was lost to another.

    DBOS is one instance per process, and so is this.
    """

    def __init__(
        self,
        database: Database,
        queue: DbosQueue,
        *,
        each_second: Callable[[], object],
        housekeeping: Callable[[], object],
        lease: timedelta = slots.LEASE,
    ) -> None:
        self._database = database
        self._queue = queue
        self._owner = uuid.uuid4().hex
        self._stop = threading.Event()
        #: set once this worker takes up nothing more, for whatever reason
        self._ended = threading.Event()
        self._each_second = each_second
        self._housekeeping = housekeeping
        self._lease = lease
        self.slot = 0

    def stop(self) -> None:
        self._stop.set()

    def run(self) -> None:
        with self._database.transaction() as tx:
            self.slot = slots.claim_slot(tx, self._owner, self._lease)
        log.info("worker started", slot=self.slot)
        try:
            self._launch()
            self._loop()
        finally:
            self._ended.set()
            DBOS.destroy(workflow_completion_timeout_sec=5)
            self._leave()
            log.info("worker stopped", slot=self.slot)

    def _launch(self) -> None:
        quieten()
        database = self._database
        DBOS(
            config={
                "name": APPLICATION,
                "system_database_engine": system_engine(database),
                "system_database_url": database.url,
                "application_version": APPLICATION_VERSION,
                "executor_id": slots.executor_name(self.slot),
                "enable_otlp": False,
                "log_level": "ERROR",
                "use_listen_notify": False,
                "max_executor_threads": (CONCURRENCY + BATCHES) * 2,
            }
        )

        @DBOS.step(name="attempt_job", retries_allowed=False)
        def attempt_job(job_key: int, attempt: int) -> None:
            run_internal_job(database, job_key, attempt)

        @DBOS.workflow(name=WORKFLOW)
        def run_job(job_key: int, attempt: int) -> None:
            attempt_job(job_key, attempt)

        @DBOS.step(name="attempt_batch", retries_allowed=False)
        def attempt_batch(batch_key: int, attempt: int) -> None:
            run_batch(database, batch_key, attempt, going=lambda: not self._ended.is_set())

        @DBOS.workflow(name=BATCH_WORKFLOW)
        def carry_batch(batch_key: int, attempt: int) -> None:
            attempt_batch(batch_key, attempt)

        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=CONCURRENCY, polling_interval_sec=0.2)
        DBOS.register_queue(BATCH_QUEUE, worker_concurrency=BATCHES, polling_interval_sec=0.2)

    def _loop(self) -> None:
        ticks = 0
        between = max(int(self._lease.total_seconds() / BEATS / SWEEP_SECONDS), 1)
        while not self._stop.wait(SWEEP_SECONDS):
            try:
                if ticks % between == 0 and not self._beat():
                    log.warning("slot lost to another worker", slot=self.slot)
                    return
                sweep(self._database)
                self._each_second()
                if ticks % PURGE_SECONDS == 0:
                    self._purge()
            except Unavailable:
                log.warning("database away, trying again")
            except Exception:
                log.exception("sweep failed")
            ticks += 1

    def _beat(self) -> bool:
        with self._database.transaction() as tx:
            if not slots.keep_slot(tx, self.slot, self._owner):
                return False
            dead = slots.bury_dead(tx, self._lease)
        for slot in dead:
            taken = self._queue.take_over(slots.executor_name(slot))
            log.info("took over from a dead worker", slot=slot, jobs=taken)
        return True

    def _purge(self) -> None:
        before = (self._database.clock.now() - KEEP).isoformat()
        while self._queue.purge(before):
            pass
        self._housekeeping()

    def _leave(self) -> None:
        try:
            with self._database.transaction() as tx:
                slots.release_slot(tx, self.slot, self._owner)
        except Unavailable:
            log.warning("slot not released, its lease runs out", slot=self.slot)
