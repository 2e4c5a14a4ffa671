"""Keys: one 64-bit space, handed out in blocks from one row, so that rows can be written in any order without RETURNING."""

import threading
from collections.abc import Callable

import sqlalchemy as sa

from engine.db.metadata import metadata
from engine.db.types import Key

BLOCK = 1000

key_block = sa.Table(
    "key_block",
    metadata,
    sa.Column("name", sa.String(16), primary_key=True),
    sa.Column("next", Key, nullable=False),
)


def take_block(connection: sa.Connection, size: int = BLOCK) -> int:
    """Advance the row by `size` and return the first key of the block taken."""
    taken = connection.execute(
        sa.update(key_block)
        .where(key_block.c.name == "key")
        .values(next=key_block.c.next + size)
        .returning(key_block.c.next)
    ).scalar()
    if taken is None:
        connection.execute(sa.insert(key_block).values(name="key", next=1 + size))
        return 1
    return int(taken) - size


class KeySource:
    """Hands out keys; `refill` is called with the lock held when the block is used up and returns its first key."""

    def __init__(self, size: int = BLOCK) -> None:
        self._size = size
        self._next = 0
        self._end = 0
        self._lock = threading.Lock()

    def next(self, refill: Callable[[], int]) -> int:
        with self._lock:
            if self._next >= self._end:
                self._next = refill()
                self._end = self._next + self._size
            key = self._next
            self._next += 1
            return key

    def discard(self) -> None:
        """Forget the block: the transaction that took it was rolled back."""
        with self._lock:
            self._next = self._end = 0
