"""What must hold of the stored data however often the server died: nothing lost, nothing twice, nothing by halves."""

from collections import Counter
from collections.abc import Iterator

import sqlalchemy as sa

from engine.db import Database, Transaction
from engine.flow.check import check
from engine.flow.tables import (
    JobState,
    TaskState,
    case,
    element_instance,
    incident,
    job,
    journal,
    message,
    message_delivery,
    task,
    task_done,
    variable,
    variable_change,
)
from tests.chaos.load import Memory
from tests.chaos.parts import JOB, PROCESS, effect


def faults(database: Database, memory: Memory) -> list[str]:
    """Everything that is wrong, in words; empty where all is well."""
    with database.read() as tx:
        broken = [f"{found.rule} {found.key}: {found.message}" for found in check(tx)]
        rules = (_starts, _tasks, _passages, _messages, _outside, _effects, _incidents)
        return [*memory.wrong, *broken, *(fault for rule in rules for fault in rule(tx, memory))]


def unfinished(database: Database) -> int:
    """How many cases still run."""
    with database.read() as tx:
        running = sa.select(sa.func.count()).where(case.c.process_id == PROCESS, case.c.ended_at.is_(None))
        return int(tx.value(running))


def _starts(tx: Transaction, memory: Memory) -> Iterator[str]:
    """An answered start is one case; one that was not is one or none; no case comes from nowhere."""
    named = sa.select(variable.c.value, sa.func.count()).where(variable.c.name == "id").group_by(variable.c.value)
    held = {row[0]: row[1] for row in tx.rows(named)}
    for name, answered in memory.starts.items():
        if held.get(name, 0) not in ({1} if answered else {0, 1}):
            yield f"start {name}: {held.get(name, 0)} cases, answered: {answered}"
    cases = tx.value(sa.select(sa.func.count()).where(case.c.process_id == PROCESS))
    if cases != sum(held.values()) or not held.keys() <= memory.starts.keys():
        yield f"{cases} cases for {sum(held.values())} ids"


def _tasks(tx: Transaction, memory: Memory) -> Iterator[str]:
    """A completed task has one row, one entry in the journal, one variable written; an open one has none of these."""
    done = {row.key for row in tx.rows(sa.select(task_done.c.key).where(task_done.c.state == TaskState.COMPLETED))}
    still = {row.key for row in tx.rows(sa.select(task.c.key))}
    told = Counter(
        row.detail["task"] for row in tx.rows(sa.select(journal.c.detail).where(journal.c.event == "task.completed"))
    )
    written = Counter(
        int(row.value)
        for row in tx.rows(sa.select(variable_change.c.value).where(variable_change.c.name.startswith("task_")))
    )
    for key in done | still | told.keys() | written.keys():
        times = 1 if key in done else 0
        if (told[key], written[key]) != (times, times):
            yield f"task {key}: completed {times}, in the journal {told[key]}, written {written[key]}"
    for key, answered in memory.tasks.items():
        if (answered and key not in done) or key not in done | still:
            yield f"task {key}: answered {answered}, but {'open' if key in still else 'gone'}"


def _passages(tx: Transaction, memory: Memory) -> Iterator[str]:
    """The line leads through each element once."""
    e = element_instance.c
    twice = sa.select(e.case_key, e.element_id).group_by(e.case_key, e.element_id).having(sa.func.count() > 1)
    for case_key, element_id in tx.rows(twice):
        yield f"case {case_key} entered {element_id} more than once"


def _messages(tx: Transaction, memory: Memory) -> Iterator[str]:
    """An answered message is kept; what a case received it received once."""
    kept = Counter(row.message_id for row in tx.rows(sa.select(message.c.message_id)))
    for name, answered in memory.messages.items():
        if answered and not kept[name]:
            yield f"message {name} is lost"
    received = sa.select(journal.c.case_key, sa.func.count()).where(journal.c.event == "message.received")
    heard = {row[0]: row[1] for row in tx.rows(received.group_by(journal.c.case_key))}
    delivered = Counter(row.case_key for row in tx.rows(sa.select(message_delivery.c.case_key)))
    for case_key in heard.keys() | delivered.keys():
        if (heard.get(case_key), delivered[case_key]) != (1, 1):
            yield f"case {case_key} heard {heard.get(case_key)} messages of {delivered[case_key]} delivered"


def _outside(tx: Transaction, memory: Memory) -> Iterator[str]:
    """A job somebody outside was told is done, is done."""
    done = {row.key for row in tx.rows(sa.select(job.c.key).where(job.c.state == JobState.COMPLETED))}
    for key, answered in memory.jobs.items():
        if answered and key not in done:
            yield f"job {key} was answered and is not done"


def _effects(tx: Transaction, memory: Memory) -> Iterator[str]:
    """A handler's rows are there once where its step was passed, and not before."""
    seen = Counter((row.case_key, row.kind) for row in tx.rows(sa.select(effect.c.case_key, effect.c.kind)))
    e = element_instance.c
    passed = {
        (row.case_key, row.element_id)
        for row in tx.rows(
            sa.select(e.case_key, e.element_id).where(e.element_id.in_(["inline", "job"]), e.left_at.is_not(None))
        )
    }
    for step in passed | seen.keys():
        if seen[step] != (1 if step in passed else 0):
            yield f"{step[1]} of case {step[0]}: passed {step in passed}, done {seen[step]} times"
    done = tx.value(sa.select(sa.func.count()).where(job.c.type == JOB, job.c.state == JobState.COMPLETED))
    if done != sum(times for (_, kind), times in seen.items() if kind == "job"):
        yield f"{done} jobs of the worker are done, not as many as worked"


def _incidents(tx: Transaction, memory: Memory) -> Iterator[str]:
    for row in tx.rows(sa.select(incident)):
        yield f"incident at {row.element_id}: {row.message}"
