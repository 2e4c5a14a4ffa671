"""Waiting without holding a thread or a connection: one question to the database a second, whoever waits."""

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool

#: of all that is waited for, what has happened; called in a thread
Question = Callable[[frozenset[Hashable]], frozenset[Hashable]]

INTERVAL = 1.0


@dataclass
class Broadcaster:
    """Asks `question` about everything waited for, once an interval, only while somebody waits."""

    question: Question
    interval: float = INTERVAL
    _waiting: dict[Hashable, set[asyncio.Event]] = field(default_factory=dict)
    _task: asyncio.Task[None] | None = None

    async def wait(self, what: Hashable, seconds: float) -> bool:
        """True once `what` has happened, False after `seconds`."""
        event = asyncio.Event()
        self._waiting.setdefault(what, set()).add(event)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._ask())
        try:
            await asyncio.wait_for(event.wait(), seconds)
        except TimeoutError:
            return False
        finally:
            waiters = self._waiting.get(what, set())
            waiters.discard(event)
            if not waiters:
                self._waiting.pop(what, None)
        return True

    async def _ask(self) -> None:
        while self._waiting:
            await asyncio.sleep(self.interval)
            wanted = frozenset(self._waiting)
            if not wanted:
                return
            for what in await run_in_threadpool(self.question, wanted):
                for event in self._waiting.get(what, ()):
                    event.set()
