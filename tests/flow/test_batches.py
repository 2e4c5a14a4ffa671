"""Batches: one outcome for each row, whatever happens in between."""

import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access import SYSTEM, Actor, Permission
from engine.db import Transaction
from engine.errors import InvalidInput, NotFound, Refused
from engine.flow import batch_running
from engine.flow.batch_running import due_batches, run_batch
from engine.flow.batch_tables import BatchState, ItemState, batch, batch_item
from engine.flow.batches import (
    BatchKind,
    batch_of,
    batch_rows,
    my_batches,
    resume_batch,
    start_batch,
    stop_batch,
    undo_batch,
)
from engine.flow.completion import complete_task
from engine.flow.modification import reopen_task
from engine.flow.tables import task, task_done
from tests.support.diagram import Diagram
from tests.support.flow import Flow, person

OFFICER = person("li", "g")
BROKEN = 13


def check(tx: Transaction, actor: Actor, params: Mapping[str, Any], item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Complete a task; one row in the middle breaks as no row should."""
    done = complete_task(tx, actor, item["task_key"], {}, outcome=params["outcome"])
    if item["task_key"] == params.get("broken"):
        raise ZeroDivisionError
    return {"case_key": done.case_key}


def take_back(tx: Transaction, actor: Actor, params: Mapping[str, Any], item: Mapping[str, Any]) -> None:
    reopen_task(tx, actor, item["task_key"], params["reason"])


def known(tx: Transaction, account: int, role: str, unit: int | None) -> Actor | None:
    return OFFICER if account == OFFICER.account else None


@pytest.fixture
def office(flow: Flow) -> Flow:
    """An office that completes tasks by the batch."""
    if not flow.registry.batches:
        flow.registry.add_batch("check", BatchKind("批量办理", check, undo="take_back"))
        flow.registry.add_batch("take_back", BatchKind("批量撤回", take_back))
        flow.registry.actors = known
    diagram = Diagram().start().user("check", groups="g", properties={"revocable": "true"}).user("next", groups="h")
    flow.deploy(diagram.user("last", groups="h").end().xml())
    return flow


def begin(flow: Flow, count: int, actor: Actor = OFFICER, **more: Any) -> int:
    """A batch over the tasks of so many new cases."""
    for _ in range(count):
        flow.start()
    rows = flow.rows(sa.select(task.c.key).where(task.c.element_id == "check").order_by(task.c.key))
    items = [{"task_key": row.key, "title": f"第 {number} 份"} for number, row in enumerate(rows)]
    with flow.tx() as tx:
        return start_batch(
            tx, actor, kind="check", items=items, params={"outcome": "approve", **more}, title="批量通过"
        )


def states(flow: Flow, key: int) -> list[ItemState]:
    query = sa.select(batch_item.c.state).where(batch_item.c.batch_key == key).order_by(batch_item.c.seq)
    return [row.state for row in flow.rows(query)]


def state(flow: Flow, key: int) -> BatchState:
    return flow.rows(sa.select(batch.c.state).where(batch.c.key == key))[0].state


def test_every_row_is_done_and_counted(office: Flow) -> None:
    key = begin(office, 5)
    assert due_batches(office.database) == [key]
    assert run_batch(office.database, key, 1)
    with office.database.read() as tx:
        view = batch_of(tx, OFFICER, key)
        rows = batch_rows(tx, OFFICER, key)
    assert (view.row["state"], view.processed, view.row["done"], view.row["total"]) == ("completed", 5, 5, 5)
    assert [(row.item["title"], row.state) for row in rows] == [(f"第 {n} 份", ItemState.DONE) for n in range(5)]
    assert office.open_tasks() == ["next"] * 5
    assert not run_batch(office.database, key, 1)


def test_a_row_that_is_refused_says_why_and_the_others_go_on(office: Flow) -> None:
    key = begin(office, 3)
    taken = office.rows(sa.select(task).where(task.c.element_id == "check").order_by(task.c.key))[1].key
    with office.tx() as tx:
        complete_task(tx, person("wang", "g"), taken, {}, outcome="approve")
    run_batch(office.database, key)
    with office.database.read() as tx:
        rows = batch_rows(tx, OFFICER, key)
    assert [row.message for row in rows] == [None, "“check”已由测试wang办理，请刷新后查看。", None]
    assert [row.state for row in rows] == [ItemState.DONE, ItemState.REFUSED, ItemState.DONE]


def test_a_fault_of_one_row_leaves_nothing_of_it(office: Flow) -> None:
    for _ in range(2):
        office.start()
    broken = office.task("check").key
    key = begin(office, 1, broken=broken)
    run_batch(office.database, key)
    assert states(office, key) == [ItemState.FAILED, ItemState.DONE, ItemState.DONE]
    assert [row.key for row in office.rows(sa.select(task).where(task.c.element_id == "check"))] == [broken]


def test_a_stop_takes_effect_between_chunks_and_the_rest_can_be_done_later(
    office: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_running, "CHUNK_ITEMS", 2)
    key = begin(office, 5)
    chunks: list[int] = []

    def going() -> bool:
        chunks.append(1)
        if len(chunks) == 2:
            with office.tx() as tx:
                stop_batch(tx, OFFICER, key)
        return True

    run_batch(office.database, key, going=going)
    assert (state(office, key), states(office, key)) == (
        BatchState.STOPPED,
        [ItemState.DONE] * 2 + [ItemState.PENDING] * 3,
    )
    with office.tx() as tx, pytest.raises(Refused):
        stop_batch(tx, OFFICER, key)
    with office.tx() as tx:
        resume_batch(tx, OFFICER, key)
    assert not run_batch(office.database, key, 1)
    assert run_batch(office.database, key, 2)
    assert (state(office, key), states(office, key)) == (BatchState.COMPLETED, [ItemState.DONE] * 5)


def test_a_worker_that_has_to_leave_hands_the_rest_back(office: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_running, "CHUNK_ITEMS", 1)
    key = begin(office, 3)
    turns = iter([True, False])
    run_batch(office.database, key, 1, going=lambda: next(turns))
    assert (state(office, key), states(office, key).count(ItemState.DONE)) == (BatchState.WAITING, 1)
    run_batch(office.database, key, 2)
    assert states(office, key) == [ItemState.DONE] * 3


def test_who_took_a_batch_over_has_it_alone(office: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one thought dead wakes up in the middle and finds that the batch is another's."""
    monkeypatch.setattr(batch_running, "CHUNK_ITEMS", 1)
    key = begin(office, 4)
    turns: list[int] = []

    def going() -> bool:
        turns.append(1)
        if len(turns) == 2:
            run_batch(office.database, key, 1)
        return True

    run_batch(office.database, key, 1, going=going)
    assert (len(turns), states(office, key)) == (2, [ItemState.DONE] * 4)
    assert len(office.rows(sa.select(task_done))) == 4


def test_two_officers_with_the_same_rows_share_them(office: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row is done by one of them, and the other reads by whom; neither waits for ever."""
    monkeypatch.setattr(batch_running, "CHUNK_ITEMS", 7)
    office.registry.actors = lambda tx, account, role, unit: {one.account: one for one in both}[account]
    both = [OFFICER, person("wang", "g")]
    first = begin(office, 40)
    items = [row.item for row in office.rows(sa.select(batch_item).order_by(batch_item.c.seq))]
    with office.tx() as tx:
        second = start_batch(tx, both[1], kind="check", items=items, params={"outcome": "approve"}, title="同样的")
    barrier = threading.Barrier(2)

    def run(key: int) -> None:
        barrier.wait(10)
        run_batch(office.database, key)

    threads = [threading.Thread(target=run, args=(key,)) for key in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    pairs = list(zip(states(office, first), states(office, second), strict=True))
    assert {frozenset(pair) for pair in pairs} == {frozenset({ItemState.DONE, ItemState.REFUSED})}
    assert len(office.rows(sa.select(task_done))) == 40
    assert [state(office, key) for key in (first, second)] == [BatchState.COMPLETED] * 2


def test_who_has_lost_the_account_does_nothing_more(office: Flow) -> None:
    key = begin(office, 2, person("gone", "g", permissions={Permission.TASKS_WORK}))
    run_batch(office.database, key)
    row = office.rows(sa.select(batch).where(batch.c.key == key))[0]
    assert (row.state, row.message) == (
        BatchState.FAILED,
        "发起人的账号已停用，或不再担任当时的角色，其余内容没有办理。",
    )
    assert office.open_tasks() == ["check"] * 2


def test_a_batch_is_its_starters_alone(office: Flow) -> None:
    key = begin(office, 1)
    with office.tx() as tx:
        for act in (batch_of, batch_rows, stop_batch, resume_batch, undo_batch):
            with pytest.raises(NotFound):
                act(tx, person("wang", "g"), key)
        assert batch_of(tx, SYSTEM, key).row["key"] == key
        assert ([view.row["key"] for view in my_batches(tx, OFFICER)], my_batches(tx, SYSTEM)) == ([key], [])


def test_a_batch_is_taken_back_row_by_row_while_nobody_went_on(office: Flow) -> None:
    key = begin(office, 3)
    run_batch(office.database, key)
    gone_on = office.rows(sa.select(task).where(task.c.element_id == "next").order_by(task.c.case_key))[0]
    office.clock.advance(timedelta(minutes=1))
    with office.tx() as tx:
        complete_task(tx, person("head", "h"), gone_on.key, {})
    with office.tx() as tx:
        undo = undo_batch(tx, OFFICER, key, reason="测试")
        with pytest.raises(Refused):
            undo_batch(tx, OFFICER, key)
    run_batch(office.database, undo)
    with office.database.read() as tx:
        rows = batch_rows(tx, OFFICER, undo)
        assert batch_of(tx, OFFICER, key).row["undone_by"] == undo
    assert [row.message for row in rows] == ["之后的环节已经办理，不能撤回。", None, None]
    assert office.open_tasks() == ["check", "check", "last"]


def test_nothing_and_too_much_are_refused(office: Flow) -> None:
    for items in ([], [{}] * 100_001):
        with office.tx() as tx, pytest.raises(InvalidInput):
            start_batch(tx, OFFICER, kind="check", items=items, title="")


def test_the_same_command_starts_one_batch(office: Flow) -> None:
    office.start()
    items = [{"task_key": office.task("check").key}]
    keys = set()
    for _ in range(2):
        with office.tx() as tx:
            keys.add(start_batch(tx, OFFICER, kind="check", items=items, title="一次", command_key="a"))
    assert len(keys) == 1


def test_a_hundred_thousand_rows_are_written_in_seconds(office: Flow) -> None:
    items = [{"task_key": number, "title": "测试申报人"} for number in range(100_000)]
    with office.tx() as tx:
        key = start_batch(tx, OFFICER, kind="check", items=items, title="全部")
    assert len(states(office, key)) == 100_000
