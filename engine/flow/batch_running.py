"""Doing a batch: what the worker calls. Chunk after chunk, each one transaction, until nothing is left or somebody stops it.

A chunk holds the batch's row, so two workers never do the same one, and a stop comes between two chunks. What a row does and
its outcome are committed together: a worker killed anywhere leaves each row with exactly one outcome, or with none and nothing done.
"""

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
import structlog

from engine.access import Actor
from engine.db import Database, Transaction
from engine.db.database import is_outage
from engine.document import FileStore, Stored, add_attachment
from engine.document.archives import FETCHED
from engine.errors import ProcessFault, Unavailable, ZhipingError
from engine.flow.batch_tables import BatchState, ItemState, batch, batch_item
from engine.flow.batches import OPEN, actor_of_batch, hand_over
from engine.flow.contexts import BatchKind
from engine.flow.registry import registry_of

log = structlog.get_logger(__name__)

#: a chunk ends with whichever comes first
CHUNK_SECONDS = 0.1
CHUNK_ITEMS = 200
#: a database has one writer on SQLite: people who wait for it get their turn between two chunks, of which this part is left to them
BREATH = 0.2
#: rows read for the first chunk, and at least for every other
LEAST_AHEAD = 10
#: how often a chunk may break for a fault that is no row's own before the batch is given up
TRIES = 3
PAUSE_SECONDS = 0.5

Row = Mapping[str, Any]
b, i = batch.c, batch_item.c


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one row."""

    state: ItemState
    message: str | None = None
    result: Mapping[str, Any] | None = None


class GivenUp(Exception):
    """The batch cannot go on; the sentence is for who started it."""


def due_batches(database: Database) -> list[int]:
    """Batches that wait or were left by a worker, the oldest first: for whoever runs them without a queue."""
    with database.read() as tx:
        return [row.key for row in tx.rows(sa.select(b.key).where(b.state.in_(OPEN)).order_by(b.created_at, b.key))]


def run_batch(
    database: Database, key: int, attempt: int | None = None, *, going: Callable[[], bool] = lambda: True
) -> bool:
    """Do what is left of a batch. False where there is nothing to do: over, stopped, or another `attempt` than the one asked for.

    When `going` says no, the rest is handed back to the queue as the next attempt.
    """
    runner = uuid.uuid4().hex
    kind = _claim(database, key, attempt, runner)
    if kind is None:
        return False
    tries, ahead = 0, LEAST_AHEAD
    while going():
        began = time.perf_counter()
        try:
            done = _advance(database, key, runner, kind, ahead)
            if done == 0:
                _finish(database, key, runner, kind)
            if not done:
                return True
            tries, ahead = 0, max(LEAST_AHEAD, min(2 * done, CHUNK_ITEMS))
        except Unavailable:
            time.sleep(PAUSE_SECONDS)
        except GivenUp as error:
            _give_up(database, key, runner, str(error))
            return True
        except Exception:
            log.exception("chunk of a batch failed", batch=key)
            tries += 1
            if tries >= TRIES:
                _give_up(database, key, runner, "系统出现故障，其余内容没有办理。请联系系统管理员，排除后可以继续。")
                return True
        if database.is_sqlite:
            time.sleep((time.perf_counter() - began) * BREATH)
    _hand_back(database, key, runner)
    return True


def _claim(database: Database, key: int, attempt: int | None, runner: str) -> BatchKind | None:
    """Make the batch this runner's; how it is done, or nothing where there is nothing to do."""
    with database.transaction() as tx:
        held = tx.row(sa.select(batch).where(b.key == key).with_for_update())
        if held is None or held.state not in OPEN or (attempt is not None and held.attempt != attempt):
            return None
        kind = registry_of(tx).batches.get(held.kind)
        if kind is None:
            message = "这个版本的系统没有办理这类任务的程序，请联系系统管理员。"
            _set(tx, key, state=BatchState.FAILED, message=message, ended_at=tx.now)
            return None
        _set(tx, key, state=BatchState.RUNNING, runner=runner, started_at=held.started_at or tx.now)
    return kind


def _advance(database: Database, key: int, runner: str, kind: BatchKind, ahead: int) -> int | None:
    """Do the next chunk; how many rows that were, 0 where none was left, None where the batch is no longer this runner's."""
    if kind.reads_only:
        return _look(database, key, runner, kind, ahead)
    with database.transaction() as tx:
        row = _hold(tx, key, runner)
        if row is None:
            return None
        place, items = _next(tx, row, ahead)
        outcomes = _do(tx, row, kind, items)
        _note(tx, row, place, outcomes)
    return len(outcomes)


def _look(database: Database, key: int, runner: str, kind: BatchKind, ahead: int) -> int | None:
    """The chunk of a kind that only reads: nothing is locked meanwhile, and each row's outcome is noted once."""
    with database.read() as tx:
        row = _row(tx, key)
        place, items = _next(tx, row, ahead)
        outcomes = _do(tx, row, kind, items)
    with database.transaction() as tx:
        now = _hold(tx, key, runner)
        if now is None:
            return None
        _note(tx, now, place, outcomes)
    return len(outcomes)


def _hold(tx: Transaction, key: int, runner: str) -> Row | None:
    """The batch under lock, while it is this runner's."""
    held = tx.row(sa.select(batch).where(b.key == key).with_for_update())
    if held is None or held.runner != runner or held.state is not BatchState.RUNNING:
        return None
    return dict(held._mapping)


def _row(tx: Transaction, key: int) -> Row:
    return dict(tx.rows(sa.select(batch).where(b.key == key))[0]._mapping)


def _actor(tx: Transaction, row: Row) -> Actor:
    actor = actor_of_batch(tx, row)
    if actor is None:
        raise GivenUp("发起人的账号已停用，或不再担任当时的角色，其余内容没有办理。")
    return actor


def _next(tx: Transaction, row: Row, ahead: int) -> tuple[int, list[Mapping[str, Any]]]:
    """The place of the next row, and it with those behind it: no more than are likely to be done in one chunk."""
    place = row["done"] + row["refused"] + row["failed"]
    query = (
        sa.select(i.item)
        .where(i.batch_key == row["key"], i.seq >= place)
        .order_by(i.seq)
        .limit(min(ahead, CHUNK_ITEMS))
    )
    return place, [found.item for found in tx.rows(query)]


def _do(tx: Transaction, row: Row, kind: BatchKind, items: Sequence[Mapping[str, Any]]) -> list[Outcome]:
    """The outcomes of the rows done within the time of a chunk, one at least."""
    if not items:
        return []
    until = time.perf_counter() + CHUNK_SECONDS
    outcomes: list[Outcome] = []
    actor = _actor(tx, row)
    if kind.prepare is not None:
        kind.prepare(tx, actor, row["params"], items)
    for item in items:
        outcomes.append(_do_one(tx, actor, kind, row, item))
        if time.perf_counter() >= until:
            break
    return outcomes


def _do_one(tx: Transaction, actor: Actor, kind: BatchKind, row: Row, item: Mapping[str, Any]) -> Outcome:
    """One row in a savepoint: what it did is taken back where it was refused."""
    memo = dict(tx.memo)
    savepoint = None if kind.reads_only else tx.savepoint()
    try:
        result = kind.run_item(tx, actor, row["params"], item)
        tx.flush()
    except Exception as error:
        if isinstance(error, Unavailable) or is_outage(error):
            raise
        if savepoint is not None:
            if isinstance(error, ZhipingError) and error.is_kept:
                tx.flush()
                savepoint.commit()
            else:
                tx.writes.clear()
                savepoint.rollback()
        tx.memo.clear()
        tx.memo.update(memo)
        return _broken(row, item, error)
    if savepoint is not None:
        savepoint.commit()
    return Outcome(ItemState.DONE, result=result)


def _broken(row: Row, item: Mapping[str, Any], error: Exception) -> Outcome:
    if isinstance(error, ZhipingError) and not isinstance(error, ProcessFault):
        return Outcome(ItemState.REFUSED, sentence_of(error)[:1000])
    log.error("a row of a batch failed", batch=row["key"], kind=row["kind"], exc_info=error)
    return Outcome(ItemState.FAILED, "系统处理这一条时出现故障，没有办理，请联系系统管理员。")


def sentence_of(error: ZhipingError) -> str:
    """The sentence of a refusal; of wrong input what is wrong with each field."""
    fields = getattr(error, "fields", None) or {}
    return "；".join(found for sentences in fields.values() for found in sentences) or error.message


def _note(tx: Transaction, row: Row, place: int, outcomes: Sequence[Outcome]) -> None:
    """Write the outcomes and the counters."""
    for seq, outcome in enumerate(outcomes, place):
        values = {"state": outcome.state, "message": outcome.message, "result": _stored(outcome.result)}
        tx.writes.update(batch_item, {"batch_key": row["key"], "seq": seq}, values)
    counted = {state: sum(outcome.state is state for outcome in outcomes) for state in ItemState}
    done, refused, failed = (counted[state] for state in (ItemState.DONE, ItemState.REFUSED, ItemState.FAILED))
    _set(tx, row["key"], done=row["done"] + done, refused=row["refused"] + refused, failed=row["failed"] + failed)


def _stored(result: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if result is None else dict(result)


def _finish(database: Database, key: int, runner: str, kind: BatchKind) -> None:
    """Build the file, if the kind makes one, and close the batch."""
    packed: Stored | None = None
    with database.read() as tx:
        row = _row(tx, key)
        if kind.pack is not None:
            packed = kind.pack(tx, _actor(tx, row), row)
    with database.transaction() as tx:
        held = _hold(tx, key, runner)
        if held is None:
            return
        attachment = None
        if packed is not None:
            attachment = add_attachment(tx, _actor(tx, held), tx.service(FileStore), packed, field=FETCHED).key
        elif kind.finish is not None:
            attachment = kind.finish(tx, _actor(tx, held), held)
        _set(tx, key, state=BatchState.COMPLETED, ended_at=tx.now, runner=None, attachment=attachment)


def _give_up(database: Database, key: int, runner: str, message: str) -> None:
    with database.transaction() as tx:
        if _hold(tx, key, runner) is not None:
            _set(tx, key, state=BatchState.FAILED, message=message, ended_at=tx.now, runner=None)


def _hand_back(database: Database, key: int, runner: str) -> None:
    with database.transaction() as tx:
        held = _hold(tx, key, runner)
        if held is not None:
            again = {"state": BatchState.WAITING, "attempt": held["attempt"] + 1, "runner": None}
            _set(tx, key, **again)
            hand_over(tx, registry_of(tx), {**held, **again})


def _set(tx: Transaction, key: int, **values: Any) -> None:
    tx.execute(sa.update(batch).where(b.key == key).values(values))
