"""What handlers, hooks and projectors are told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.access import Actor
from engine.db import Transaction
from engine.document import Stored


@dataclass(frozen=True, slots=True)
class JobContext:
    """One job. `variables` are read lazily, as seen from the element; `attempt` begins at 1.

    `reference` is the same for every attempt: the id by which what is sent outside can be told to be a repeat.
    """

    key: int
    type: str
    case_key: int
    process_id: str
    element_id: str
    element_key: int
    headers: Mapping[str, str]
    variables: Mapping[str, Any]
    business_key: str | None
    unit_id: int | None
    year: int | None
    attempt: int = 1
    actor: Actor | None = None

    @property
    def reference(self) -> str:
        return f"job:{self.key}"


@dataclass(frozen=True, slots=True)
class TaskContext:
    """A task that is about to be completed, for the hook of its form."""

    key: int
    case_key: int
    process_id: str
    element_id: str
    form_id: str | None
    business_key: str | None
    unit_id: int | None
    year: int | None
    assignee: str | None
    candidate_groups: Sequence[str]
    outcome: str | None
    variables: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task that waits for somebody, as projectors see it."""

    key: int
    element_id: str
    form_id: str | None
    name: str
    assignee: str | None
    candidate_groups: Sequence[str]
    unit_id: int | None
    due_at: datetime | None
    created_at: datetime
    on_hold: bool


@dataclass(frozen=True, slots=True)
class ProjectionContext:
    """A case at rest after a command. `tasks` asks the database only where it is called.

    `case` has the columns of the table `case`; `changed` are the names whose values this command changed.
    """

    case: Mapping[str, Any]
    variables: Mapping[str, Any]
    changed: frozenset[str]
    tasks: Callable[[], Sequence[OpenTask]]
    actor: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class Succession:
    """An open case whose unit, or one above it, gave its work to another: `old` to `new`. They are the same where a unit only
    got another superior. `unit_id` is the case's unit from now on; the tree of units is rewritten already."""

    case_key: int
    unit_id: int | None
    old: int
    new: int
    variables: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BatchKind:
    """How batches of a kind are done. `label` is what people call it (批量审核).

    `run_item(tx, actor, params, item)` does one row in a savepoint and returns what is kept of it; whatever it raises of
    `engine.errors` is the row's sentence. `prepare(tx, actor, params, items)` may read ahead for a chunk. `reads_only`: the rows
    write nothing to the database, so that no transaction is held open while they take their time.

    At the end either `pack(tx, actor, batch)` builds a file, large or slow, outside any transaction and returns what it put into
    the store; or `finish(tx, actor, batch)` writes something quick and returns the key of an attachment. `undo` is the kind of
    batch that takes rows of this one back, each given its item together with its result.
    """

    label: str
    run_item: Callable[[Transaction, Actor, Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any] | None]
    finish: Callable[[Transaction, Actor, Mapping[str, Any]], int | None] | None = None
    pack: Callable[[Transaction, Actor, Mapping[str, Any]], Stored | None] | None = None
    prepare: Callable[[Transaction, Actor, Mapping[str, Any], Sequence[Mapping[str, Any]]], None] | None = None
    reads_only: bool = False
    undo: str | None = None
