"""A worker whose job can be caught in the middle, and two officers of one hospital."""

import os
import time
from pathlib import Path

import sqlalchemy as sa

import web.serving
from engine.bootstrap import App, build
from engine.db import Transaction
from engine.flow.contexts import JobContext
from engine.flow.registry import Registry
from engine.organisation import AccountKind, Passwords, Role, add_role
from engine.organisation.accounts import insert_account
from engine.organisation.tables import membership
from engine.settings import Settings
from tests.chaos.parts import JOB, effect
from tests.support.diagram import Diagram

SLOW = "slow"
#: longer than any test waits
PATIENCE = 60
PASSWORD = "8" * 6


def slow_diagram() -> bytes:
    return Diagram(SLOW).start().service("work", JOB).user("after", groups="chaos").end().xml()


def shared_diagram() -> bytes:
    return Diagram("shared").start().user("check", groups="case_officer").end().xml()


def slow(tx: Transaction, context: JobContext) -> None:
    """Write down who is at it, and go on once `go` lies there."""
    data = Path(os.environ["ZHIPING_DATA"])
    (data / f"took-{os.getpid()}").touch()
    until = time.monotonic() + PATIENCE
    while not (data / "go").exists() and time.monotonic() < until:
        time.sleep(0.02)
    tx.execute(sa.insert(effect).values(case_key=context.case_key, kind="slow", attempt=context.attempt))


def with_slow_jobs() -> None:
    """Called in a worker before it starts."""

    def register(registry: Registry) -> None:
        registry.add_job(JOB, slow)

    def wired(settings: Settings) -> App:
        return build(settings, extra=register)

    web.serving.build = wired


def add_officers(tx: Transaction, *logins: str) -> None:
    """Officers of one unit, who sign in with the password of the demo province."""
    unit = tx.value(sa.select(membership.c.unit).where(membership.c.role == Role.CASE_OFFICER).limit(1))
    hashed = Passwords(time_cost=1, memory_cost=8).hash(PASSWORD)
    for login in logins:
        key = insert_account(
            tx,
            login=login,
            name=f"测试{login}",
            kind=AccountKind.STAFF,
            password_hash=hashed,
            by="test",
            must_change=False,
        )
        add_role(tx, key, Role.CASE_OFFICER, unit)
