"""Rules the stored data must keep whatever happened: what `zhiping check` looks at."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from engine.db import Transaction
from engine.flow import tables as t
from engine.flow.journal import verify_journal
from engine.flow.tables import CaseState, ElementState, IncidentState, JobState

#: how many examples of one rule are named
EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that does not hold, and the key it does not hold for."""

    rule: str
    key: int
    message: str


def _orphans(
    table: sa.Table, rule: str, what: str, *states: sa.ColumnElement[bool]
) -> Callable[[Transaction], Iterator[Violation]]:
    """Rows of `table` that hang on a case that is not running any more, or on none."""

    def look(tx: Transaction) -> Iterator[Violation]:
        running = sa.and_(t.case.c.key == table.c.case_key, t.case.c.state.in_([CaseState.ACTIVE, CaseState.SUSPENDED]))
        found = (
            sa.select(table.c.key)
            .select_from(table.outerjoin(t.case, running))
            .where(table.c.case_key.is_not(None), t.case.c.key.is_(None), *states)
            .limit(EXAMPLES)
        )
        for (key,) in tx.rows(found):
            yield Violation(rule, key, f"{what} {key} 所属的流程已经结束或不存在。")

    return look


def _ended_with_active(tx: Transaction) -> Iterator[Violation]:
    e = t.element_instance
    found = (
        sa.select(e.c.case_key)
        .join(t.case, t.case.c.key == e.c.case_key)
        .where(e.c.state == ElementState.ACTIVE, t.case.c.state.in_([CaseState.COMPLETED, CaseState.TERMINATED]))
        .distinct()
        .limit(EXAMPLES)
    )
    for (key,) in tx.rows(found):
        yield Violation("ended_case_has_active_element", key, f"流程 {key} 已经结束，却还有未离开的环节。")


def _running_without_wait(tx: Transaction) -> Iterator[Violation]:
    """A running case waits for something: a task, a job, a timer, a message, a child, or a person who mends it."""
    held = [sa.exists().where(table.c.case_key == t.case.c.key) for table in (t.task, t.timer, t.subscription)]
    jobs = sa.exists().where(
        t.job.c.case_key == t.case.c.key, t.job.c.state.in_([JobState.CREATED, JobState.RUNNING, JobState.FAILED])
    )
    mended = sa.exists().where(t.incident.c.case_key == t.case.c.key, t.incident.c.state == IncidentState.OPEN)
    child = t.case.alias("child")
    children = sa.exists().where(child.c.parent_case_key == t.case.c.key, child.c.state == CaseState.ACTIVE)
    stuck = (
        sa.select(t.case.c.key)
        .where(t.case.c.state == CaseState.ACTIVE, sa.not_(sa.or_(*held, jobs, mended, children)))
        .limit(EXAMPLES)
    )
    for (key,) in tx.rows(stuck):
        yield Violation("running_case_waits_for_nothing", key, f"流程 {key} 在办，却没有待办、作业、定时、消息或异常。")


def _candidates(tx: Transaction) -> Iterator[Violation]:
    c = t.task_candidate
    claimed = (
        sa.select(c.c.task_key)
        .select_from(c.outerjoin(t.task, t.task.c.key == c.c.task_key))
        .where(sa.or_(t.task.c.key.is_(None), t.task.c.assignee.is_not(None)))
        .distinct()
        .limit(EXAMPLES)
    )
    alone = (
        sa.select(t.task.c.key).where(t.task.c.assignee.is_not(None), t.task.c.candidate.is_not(None)).limit(EXAMPLES)
    )
    for (key,) in [*tx.rows(claimed), *tx.rows(alone)]:
        yield Violation("candidate_of_claimed_task", key, f"待办 {key} 已被签收或已办结，却仍列在候选待办箱中。")


def _incident_flags(tx: Transaction) -> Iterator[Violation]:
    open_one = sa.exists().where(t.incident.c.case_key == t.case.c.key, t.incident.c.state == IncidentState.OPEN)
    wrong = sa.select(t.case.c.key).where(t.case.c.has_incident != open_one).limit(EXAMPLES)
    for (key,) in tx.rows(wrong):
        yield Violation("incident_flag", key, f"流程 {key} 的异常标记与异常记录不符。")


def _finished_twice(tx: Transaction) -> Iterator[Violation]:
    both = sa.select(t.task.c.key).join(t.task_done, t.task_done.c.key == t.task.c.key).limit(EXAMPLES)
    for (key,) in tx.rows(both):
        yield Violation("task_open_and_done", key, f"待办 {key} 同时在待办和已办中。")


def _journals(tx: Transaction) -> Iterator[Violation]:
    for (key,) in tx.rows(sa.select(t.case.c.key).order_by(t.case.c.key)):
        broken = verify_journal(tx, key)
        if broken is not None:
            yield Violation("journal_chain", key, f"流程 {key} 的流转日志从第 {broken} 条起与校验值不符。")


RULES: tuple[Callable[[Transaction], Iterator[Violation]], ...] = (
    _orphans(t.task, "task_without_running_case", "待办"),
    _orphans(t.timer, "timer_without_running_case", "定时器"),
    _orphans(t.subscription, "subscription_without_running_case", "等待的消息"),
    _orphans(
        t.job,
        "job_without_running_case",
        "作业",
        t.job.c.state.in_([JobState.CREATED, JobState.RUNNING, JobState.FAILED]),
    ),
    _orphans(t.incident, "incident_without_running_case", "异常", t.incident.c.state == IncidentState.OPEN),
    _ended_with_active,
    _running_without_wait,
    _candidates,
    _incident_flags,
    _finished_twice,
    _journals,
)


def check(tx: Transaction) -> list[Violation]:
    """Every rule over all stored cases; empty where all hold."""
    return [violation for rule in RULES for violation in rule(tx)]
