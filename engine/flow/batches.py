"""Batches (批量办理): one thing done to many rows by the worker, with an outcome for each, stopped and gone on with at will."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import SYSTEM, Actor, Permission
from engine.db import Transaction
from engine.errors import InvalidInput, NotFound, Refused
from engine.flow import repeats
from engine.flow.batch_tables import BatchState, ItemState, batch, batch_item
from engine.flow.contexts import BatchKind
from engine.flow.registry import Registry, registry_of

__all__ = [
    "BatchKind",
    "BatchRow",
    "BatchState",
    "BatchView",
    "ItemState",
    "batch_of",
    "batch_rows",
    "my_batches",
    "resume_batch",
    "start_batch",
    "stop_batch",
    "undo_batch",
    "waiting_batches",
]

MOST = 100_000
#: rows sent to the database at once
SENT = 5_000
OPEN = (BatchState.WAITING, BatchState.RUNNING)
#: states a batch can be gone on with
PAUSED = (BatchState.STOPPED, BatchState.FAILED)

b, i = batch.c, batch_item.c


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch as pages show it: the columns of its row, and what its kind is called."""

    row: Mapping[str, Any]
    label: str
    can_undo: bool

    @property
    def is_open(self) -> bool:
        return self.row["state"] in OPEN

    @property
    def can_resume(self) -> bool:
        return self.row["state"] in PAUSED

    @property
    def processed(self) -> int:
        """How many rows have their outcome."""
        return int(self.row["done"] + self.row["refused"] + self.row["failed"])


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One row: what was given, what came of it. `message` says why it was refused."""

    seq: int
    item: Mapping[str, Any]
    state: ItemState
    message: str | None
    result: Mapping[str, Any] | None


def start_batch(
    tx: Transaction,
    actor: Actor,
    *,
    kind: str,
    items: Sequence[Mapping[str, Any]],
    params: Mapping[str, Any] | None = None,
    title: str,
    command_key: str | None = None,
    undo_of: int | None = None,
) -> int:
    """Write down what shall be done to which rows and hand it to the worker; the batch's key.

    `items` hold JSON values and are done in this order (give those that lock cases in the order of the cases' keys);
    `title` and `url` in them are what pages show. `params` are the same for all. Each row is later done as this actor, whose
    rights are looked up anew. The caller has made sure that the actor may start this. Raises `InvalidInput` where there is
    nothing to do, or more than 100,000 rows.
    """
    before = repeats.first_result(tx, actor, command_key)
    if before is not None:
        return int(before["batch_key"])
    if not items:
        raise InvalidInput("没有选择要办理的内容，请先勾选。")
    if len(items) > MOST:
        raise InvalidInput(f"一次最多办理 {MOST:,} 条，现有 {len(items):,} 条，请增加查询条件后分几次办理。")
    registry = registry_of(tx)
    if kind not in registry.batches:
        raise ValueError(f"no batch of the kind {kind} is registered")
    key = tx.next_key()
    row = {
        "key": key,
        "kind": kind,
        "title": title[:200],
        "state": BatchState.WAITING,
        "params": dict(params or {}),
        "account": actor.account,
        "login": actor.login,
        "name": actor.name,
        "role": actor.role,
        "unit": actor.unit,
        "total": len(items),
        "attempt": 1,
        "undo_of": undo_of,
        "created_at": tx.now,
    }
    tx.insert(batch, **row)
    for start in range(0, len(items), SENT):
        for seq, item in enumerate(items[start : start + SENT], start):
            tx.insert(batch_item, batch_key=key, seq=seq, item=dict(item), state=ItemState.PENDING)
        tx.flush()
    repeats.keep_result(tx, actor, command_key, {"batch_key": key})
    hand_over(tx, registry, row)
    return key


def hand_over(tx: Transaction, registry: Registry, row: Mapping[str, Any]) -> None:
    """Ask for one attempt at the batch; without a queue whoever sweeps finds it."""
    if registry.enqueue_batch is not None:
        registry.enqueue_batch(tx, row)


def stop_batch(tx: Transaction, actor: Actor, key: int) -> None:
    """Stop after the rows being done this moment; the others stay as they are. Raises `Refused` where it is over."""
    row = _lock(tx, actor, key)
    if row["state"] not in OPEN:
        raise Refused("该任务已经结束，无需停止。")
    _set(tx, key, state=BatchState.STOPPED, ended_at=tx.now, runner=None)


def resume_batch(tx: Transaction, actor: Actor, key: int) -> None:
    """Go on with the rows that have no outcome yet. Raises `Refused` where it was not stopped."""
    row = _lock(tx, actor, key)
    if row["state"] not in PAUSED:
        raise Refused("该任务没有停止，无需继续。")
    again = {"state": BatchState.WAITING, "attempt": row["attempt"] + 1, "ended_at": None, "message": None}
    _set(tx, key, **again)
    hand_over(tx, registry_of(tx), {**row, **again})


def undo_batch(tx: Transaction, actor: Actor, key: int, *, reason: str = "") -> int:
    """Take back, as another batch, every row that was done; each that cannot be says why. The new batch's key.

    Raises `Refused` where the kind knows no way back, the batch still runs, or it was taken back before.
    """
    row = _lock(tx, actor, key)
    kind = registry_of(tx).batches.get(row["kind"])
    if kind is None or kind.undo is None:
        raise Refused("这类任务办理后不能整批撤销。")
    if row["state"] in OPEN:
        raise Refused("该任务还在办理，请先停止，再撤销已办理的部分。")
    if row["undone_by"] is not None:
        raise Refused("该任务已经撤销过，请查看撤销任务的结果。")
    rows = tx.rows(sa.select(i.item, i.result).where(i.batch_key == key, i.state == ItemState.DONE).order_by(i.seq))
    if not rows:
        raise Refused("该任务没有办理成功的内容，无需撤销。")
    items = [{**found.item, **(found.result or {})} for found in rows]
    params = {"batch": key, "reason": reason}
    made = start_batch(
        tx, actor, kind=kind.undo, items=items, params=params, title=f"撤销：{row['title']}", undo_of=key
    )
    _set(tx, key, undone_by=made)
    return made


def batch_of(tx: Transaction, actor: Actor, key: int) -> BatchView:
    """A batch, for who started it and for administrators of everything. Raises `NotFound` for everybody else."""
    row = tx.row(sa.select(batch).where(b.key == key, _reachable(actor)))
    if row is None:
        raise NotFound
    return _view(tx, row)


def batch_rows(
    tx: Transaction, actor: Actor, key: int, *, state: ItemState | None = None, after: int = -1, size: int | None = 50
) -> list[BatchRow]:
    """The rows behind the one numbered `after`, all or those in one state; `size` None gives them all. Raises `NotFound`."""
    batch_of(tx, actor, key)
    query = sa.select(batch_item).where(i.batch_key == key, i.seq > after).order_by(i.seq).limit(size)
    if state is not None:
        query = query.where(i.state == state)
    return [BatchRow(row.seq, row.item, row.state, row.message, row.result) for row in tx.rows(query)]


def my_batches(tx: Transaction, actor: Actor, *, size: int = 50) -> list[BatchView]:
    """What the actor's account has started lately, in whatever role, the newest first."""
    query = sa.select(batch).where(b.account == actor.account).order_by(b.created_at.desc(), b.key.desc())
    return [_view(tx, row) for row in tx.rows(query.limit(size))]


def waiting_batches(tx: Transaction) -> int:
    """How many wait for a worker."""
    return int(tx.value(sa.select(sa.func.count()).select_from(batch).where(b.state == BatchState.WAITING)) or 0)


def _view(tx: Transaction, row: sa.Row[Any]) -> BatchView:
    kind = registry_of(tx).batches.get(row.kind)
    over = row.state not in OPEN and row.undone_by is None and row.done > 0
    return BatchView(dict(row._mapping), kind.label if kind else row.kind, over and bool(kind and kind.undo))


def _reachable(actor: Actor) -> sa.ColumnElement[bool]:
    if actor.everywhere and actor.may(Permission.CASES_REPAIR):
        return sa.true()
    return b.account == actor.account


def _lock(tx: Transaction, actor: Actor, key: int) -> dict[str, Any]:
    row = tx.row(sa.select(batch).where(b.key == key, _reachable(actor)).with_for_update())
    if row is None:
        raise NotFound
    return dict(row._mapping)


def _set(tx: Transaction, key: int, **values: Any) -> None:
    tx.execute(sa.update(batch).where(b.key == key).values(values))


def actor_of_batch(tx: Transaction, row: Mapping[str, Any]) -> Actor | None:
    """Who acts, with the rights of now; nothing where the account is disabled or has that role no longer."""
    if row["account"] == SYSTEM.account and row["login"] == SYSTEM.login:
        return SYSTEM
    return registry_of(tx).actors(tx, row["account"], row["role"], row["unit"])
