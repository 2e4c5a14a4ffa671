"""What the servers of these tests do besides: handlers whose effects can be counted, and places to die at."""

import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

import web.app
import web.serving
from engine.access import Actor
from engine.bootstrap import App, build
from engine.db import Transaction
from engine.errors import Refused
from engine.flow.contexts import BatchKind, JobContext
from engine.flow.registry import Registry
from engine.notification import Recipient, notify
from engine.settings import Settings
from tests.support.diagram import Diagram

PROCESS = "chaos"
GO = "chaos.go"
INLINE, JOB, OUTSIDE = "chaos.inline", "chaos.job", "chaos.outside"
BATCH = "chaos.batch"
ROW_SECONDS = 0.004
#: the file that says where the server dies
ARMED = "armed"

_own = sa.MetaData()
#: one row for each time a handler's work was committed; nothing here keeps it from being there twice
effect = sa.Table(
    "chaos_effect",
    _own,
    sa.Column("case_key", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
)


def make_tables(engine: sa.Engine) -> None:
    _own.create_all(engine)


def diagram() -> bytes:
    """A task, work inside the command, work in the worker, a moment, a message, work outside, a task."""
    line = Diagram(PROCESS).start().user("check", groups="chaos").service("inline", INLINE).service("job", JOB)
    line.catch("moment", duration="PT0.3S").receive("go", GO, key="=id").service("outside", OUTSIDE)
    return line.user("sign", groups="chaos").end().xml()


def register(registry: Registry) -> None:
    registry.add_inline(INLINE, _work("inline"))
    registry.add_job(JOB, _mail)
    registry.add_batch(BATCH, BatchKind("测试", _count))


def _count(tx: Transaction, actor: Actor, params: Mapping[str, Any], item: Mapping[str, Any]) -> None:
    """One row of a batch, which takes a moment; every tenth is refused after it has done its work."""
    tx.execute(sa.insert(effect).values(case_key=item["number"], kind=params["kind"], attempt=1))
    time.sleep(ROW_SECONDS)
    if item["number"] % 10 == 9:
        raise Refused("每十条有一条不办理。")


def _work(kind: str) -> Callable[[Transaction, JobContext], None]:
    def work(tx: Transaction, context: JobContext) -> None:
        tx.execute(sa.insert(effect).values(case_key=context.case_key, kind=kind, attempt=context.attempt))

    return work


def _mail(tx: Transaction, context: JobContext) -> None:
    _work("job")(tx, context)
    data = {"task": "check", "title": str(context.variables["id"]), "due": "2026-06-30"}
    notify(tx, Recipient(1, "nobody@example.invalid"), "task_reminder", data, case_key=context.case_key)


def with_handlers() -> None:
    """Called in a server before it starts: its application is wired with the handlers above."""

    def wired(settings: Settings) -> App:
        return build(settings, extra=register)

    web.app.build = web.serving.build = wired  # type: ignore[assignment]


def dying() -> None:
    """The same, and the server dies at a request's commit, `before` or `after` it, when the file `armed` says so."""
    with_handlers()
    armed = Path(os.environ["ZHIPING_DATA"]) / ARMED
    run_after_commit = Transaction.run_after_commit

    def die(where: str) -> None:
        if armed.exists() and armed.read_text() == where:
            os.kill(os.getpid(), signal.SIGKILL)

    def committed(self: Transaction) -> None:
        die("after")
        run_after_commit(self)

    sa.event.listen(sa.Engine, "commit", lambda connection: die("before"))
    Transaction.run_after_commit = committed  # type: ignore[method-assign]
