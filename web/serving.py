"""Starting web processes and, where it is embedded, the worker beside them."""

import ctypes
import gc
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
import uvicorn

from engine.bootstrap import App, build
from engine.errors import Unavailable
from engine.settings import Settings, WorkerMode

if TYPE_CHECKING:
    from engine.flow.worker import Worker

log = structlog.get_logger(__name__)

#: tells a web process that it is the only one, and brings the worker along as a thread
WITH_WORKER = "ZHIPING_WITH_WORKER"
RESTART_SECONDS = 3.0
#: from malloc.h
M_ARENA_MAX = -8


def serve(settings: Settings, host: str, port: int, workers: int) -> int:
    """Serve until stopped. The database is ready before; children only serve."""
    embedded = settings.worker is WorkerMode.EMBEDDED
    os.environ[WITH_WORKER] = "1" if embedded and workers == 1 else "0"
    with worker_child(embedded and workers > 1):
        uvicorn.run(
            "web.app:create_app",
            factory=True,
            host=host,
            port=port,
            workers=workers if workers > 1 else None,
            http="httptools",
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=10,
        )
    return 0


def apart(work: Callable[[], int]) -> int:
    """Do something in a forked child and give its exit status: the memory that takes goes with it.

    Only while this process has no threads of its own yet.
    """
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status = 1
    try:
        status = work()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


@contextmanager
def worker_child(wanted: bool) -> Iterator[None]:
    """A worker as a process of its own, started again when it dies. Never forked: typst and DBOS have threads."""
    if not wanted:
        yield
        return
    stopping = threading.Event()
    current: list[subprocess.Popen[bytes]] = []

    def supervise() -> None:
        while not stopping.is_set():
            child = subprocess.Popen([sys.executable, "-m", "web.cli", "worker"])
            current[:] = [child]
            child.wait()
            stopping.wait(RESTART_SECONDS)

    thread = threading.Thread(target=supervise, name="worker-supervisor", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        for child in current:
            child.terminate()
        thread.join(timeout=15)


class WorkerThread:
    """The embedded worker of a single web process, started again when it ends before it is told to."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._stopping = threading.Event()
        self._worker: Worker | None = None
        self._thread = threading.Thread(target=self._supervise, name="worker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._worker is not None:
            self._worker.stop()
        self._thread.join(timeout=15)

    def _supervise(self) -> None:
        while not self._stopping.is_set():
            try:
                self._worker = make_worker(self._app)
                self._worker.run()
            except Exception:
                log.exception("worker failed")
            self._stopping.wait(RESTART_SECONDS)


def save_memory() -> None:
    """Give back what starting took, and let the threads share one heap instead of having one each (glibc): 10 MB less in each
    process. Before there are threads."""
    gc.collect()
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(M_ARENA_MAX, 1)
        library.malloc_trim(0)


class Beside:
    """Does something in a thread of its own, and not again while it is still at it: the one that calls must not wait for it."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self._thread: threading.Thread | None = None

    def __call__(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="beside", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        try:
            self._act()
        except Unavailable:
            log.warning("not done now, trying again")
        except Exception:
            log.exception("failed beside the worker")


def make_worker(app: App) -> "Worker":
    """A worker on the app's database. Imported only here: DBOS takes 20 MB."""
    from engine.flow.worker import Worker

    if app.queue is None:
        raise RuntimeError("a worker needs the queue")
    vetting = Beside(app.vet_files)

    def duties() -> None:
        app.send_messages()
        vetting()

    return Worker(
        app.database,
        app.queue,
        each_second=duties,
        housekeeping=app.keep_house,
        lease=timedelta(seconds=app.settings.worker_lease),
    )


def run_worker(settings: Settings) -> None:
    """A worker in this process, until it is told to stop or its slot is lost."""
    save_memory()
    app = build(settings)
    worker = make_worker(app)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    try:
        worker.run()
    finally:
        app.close()
