"""What one command may do by itself. Waiting is not working: a busy machine or database makes no incident."""

import time

from engine.db import Transaction
from engine.flow.contexts import JobContext
from engine.flow.registry import Limits, Registry
from tests.support.diagram import Diagram
from tests.support.flow import Flow


def test_time_spent_waiting_does_not_count(database_url: str) -> None:
    def wait(tx: Transaction, context: JobContext) -> None:
        time.sleep(0.3)

    registry = Registry(limits=Limits(seconds=0.2))
    registry.add_inline("wait", wait)
    flow = Flow(database_url, registry)
    flow.deploy(Diagram("waits").start().service("slow", "wait").user("after").end().xml())
    flow.start(process_id="waits")
    assert flow.open_tasks() == ["after"]
    flow.close()
