"""A dry run: the real flow over a database in memory, on a clock that stands still until it is moved."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.access import SYSTEM, unit_ancestor
from engine.clock import FixedClock
from engine.db import Database, Transaction, metadata
from engine.db.keys import key_block
from engine.errors import InvalidInput, NotFound, Refused
from engine.flow import tables
from engine.flow.cases import cancel_case, start_case, start_where_true
from engine.flow.definitions import deploy_resources
from engine.flow.incidents import resolve_incident
from engine.flow.jobs import OPEN, complete_job, fail_job, job_variables, throw_job_error
from engine.flow.messages import broadcast_signal, deliver_messages, publish_message
from engine.flow.reading import ENDINGS, kind_of
from engine.flow.registry import Registry
from engine.flow.tables import (
    CaseState,
    DefinitionKind,
    IncidentState,
    case,
    element_instance,
    incident,
    job,
    journal,
    subscription,
    task,
    timer,
)
from engine.flow.tasks import complete_task
from engine.flow.timers import run_due_timers
from engine.flow.variables import read_variables, set_variables

#: a Monday, nine o'clock in the province
BEGINNING = datetime(2026, 1, 5, 1, tzinfo=UTC)
#: rounds of deliveries after one call, before it counts as a loop between cases
ROUNDS = 1000


@dataclass(frozen=True, slots=True)
class Record(Mapping[str, Any]):
    """A row whose columns are attributes and entries."""

    row: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.row[name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, name: str) -> Any:
        return self.row[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.row)

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True, slots=True)
class Passage:
    """An element that was entered; its columns are attributes and entries.

    `outcome` is completed, cancelled or failed; None while it is active.
    """

    element_id: str
    kind: str
    entered: datetime
    left: datetime | None
    outcome: str | None
    case_key: int
    item: int | None

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)


class Sandbox:
    """Diagrams, decisions and forms tried without consequences.

    Jobs of every type wait in `jobs()`, also those a handler of the product would do; messages, signals and called cases
    are delivered before a call returns. Raises `InvalidInput` with the lint's `findings` where a file has errors.

    >>> sandbox = Sandbox(diagram)  # doctest: +SKIP
    >>> sandbox.start({"amount": 3})  # doctest: +SKIP
    >>> sandbox.complete("approve", {"approved": True})  # doctest: +SKIP
    """

    def __init__(self, xml: str | bytes, *more: str | bytes, clock: FixedClock | None = None) -> None:
        self.clock = clock or FixedClock(BEGINNING)
        self.database = Database("sqlite://", clock=self.clock, services={Registry: Registry().freeze()})
        metadata.create_all(self.database.writer, tables=FLOW_TABLES)
        files = {}
        for number, content in enumerate((xml, *more)):
            data = content.encode() if isinstance(content, str) else content
            files[f"file{number}{ENDINGS[kind_of('', data)]}"] = data
        with self.database.transaction() as tx:
            deployed = deploy_resources(tx, SYSTEM, files)
        self.warnings = deployed.findings
        self.processes = [made.id for made in deployed.definitions if made.kind is DefinitionKind.PROCESS]
        self._last: int | None = None

    def close(self) -> None:
        """Give the memory back."""
        self.database.dispose()

    # --- acting -------------------------------------------------------------------------------------------------------

    def start(self, variables: Mapping[str, Any] | None = None, process_id: str | None = None, **options: Any) -> int:
        """Start a case of the first process, or the one named; `options` are those of `start_case`. Its key.

        Where the variables make the condition of a start event true, it begins there.
        """
        if process_id is None and not self.processes:
            raise InvalidInput("文件中没有可以启动的流程。")
        wanted, values = process_id or self.processes[0], dict(variables or {})
        with self.database.transaction() as tx:
            begun = start_where_true(tx, SYSTEM, values, process_id=wanted, **options)
            key = begun[0] if begun else start_case(tx, SYSTEM, wanted, values, **options)
        self._last = key
        self._drain()
        return key

    def complete(self, task: Any, variables: Mapping[str, Any] | None = None) -> None:
        """Complete a user task: the object, its key, or the id of its element."""
        key = self._task_key(task)
        with self.database.transaction() as tx:
            complete_task(tx, SYSTEM, key, dict(variables or {}))
        self._drain()

    def complete_job(self, job: Any, variables: Mapping[str, Any] | None = None) -> None:
        """Complete a job: the object, its key, its type, or the id of its element."""
        key = self._job_key(job)
        with self.database.transaction() as tx:
            complete_job(tx, SYSTEM, key, dict(variables or {}))
        self._drain()

    def fail_job(self, job: Any, error_code: str | None = None, message: str | None = None) -> None:
        """Let an attempt fail; with `error_code` it is a business error that the diagram may catch."""
        key = self._job_key(job)
        with self.database.transaction() as tx:
            if error_code is None:
                fail_job(tx, SYSTEM, key, message=message or "")
            else:
                throw_job_error(tx, SYSTEM, key, error_code, message or "")
        self._drain()

    def publish_message(
        self,
        name: str,
        correlation_key: Any = None,
        variables: Mapping[str, Any] | None = None,
        time_to_live: float = 0,
    ) -> None:
        """Publish a message; it is kept for `time_to_live` seconds where nobody waits for it."""
        key = None if correlation_key is None else str(correlation_key)
        lives = timedelta(seconds=time_to_live)
        with self.database.transaction() as tx:
            publish_message(tx, SYSTEM, name, key, dict(variables or {}), time_to_live=lives)
        self._drain()

    def broadcast_signal(self, name: str, variables: Mapping[str, Any] | None = None) -> None:
        """Tell every case that waits for the signal."""
        with self.database.transaction() as tx:
            broadcast_signal(tx, SYSTEM, name, dict(variables or {}))
        self._drain()

    def advance(self, seconds: float | timedelta) -> datetime:
        """Let time pass. Everything that falls due on the way fires, each at its own instant. The new instant."""
        target = self.clock.now() + (seconds if isinstance(seconds, timedelta) else timedelta(seconds=seconds))
        while (due := self._next_due()) is not None and due <= target:
            self.clock.move_to(max(due, self.clock.now()))
            self._drain()
        self.clock.move_to(target)
        self._drain()
        return target

    def set_variables(self, values: Mapping[str, Any], case_key: int | None = None) -> None:
        """Give variables of a case (the last started) new values."""
        with self.database.transaction() as tx:
            set_variables(tx, SYSTEM, case_key or self._case_key(), dict(values))
        self._drain()

    def resolve(self, incident: Any = None) -> None:
        """Try again where a case stopped; without argument the oldest incident."""
        key = self.incidents()[0].key if incident is None else _key_of(incident)
        with self.database.transaction() as tx:
            resolve_incident(tx, SYSTEM, key)
        self._drain()

    def cancel(self, case_key: int | None = None) -> None:
        """End a case (the last started) before its time."""
        with self.database.transaction() as tx:
            cancel_case(tx, SYSTEM, case_key or self._case_key())
        self._drain()

    # --- looking ------------------------------------------------------------------------------------------------------

    def tasks(self) -> list[Record]:
        """Open tasks of all cases, the oldest first, each with the `variables` it sees."""
        with self.database.read() as tx:
            rows = tx.rows(sa.select(task).order_by(task.c.created_at, task.c.key))
            return [self._with_variables(tx, row) for row in rows]

    def jobs(self) -> list[Record]:
        """Jobs of all cases that are not done, the oldest first, each with the `variables` it sees."""
        with self.database.read() as tx:
            rows = tx.rows(sa.select(job).where(job.c.state.in_(OPEN)).order_by(job.c.created_at, job.c.key))
            return [self._with_variables(tx, row) for row in rows]

    def incidents(self) -> list[Record]:
        """Open incidents of all cases, the oldest first."""
        with self.database.read() as tx:
            rows = tx.rows(sa.select(incident).where(incident.c.state == IncidentState.OPEN).order_by(incident.c.key))
            return [Record(dict(row._mapping)) for row in rows]

    def waits(self) -> list[Record]:
        """What cases wait to hear: messages, signals and conditions, with `name` and `correlation_key`."""
        with self.database.read() as tx:
            waiting = sa.select(subscription).where(subscription.c.case_key.is_not(None))
            return [Record(dict(row._mapping)) for row in tx.rows(waiting.order_by(subscription.c.key))]

    def history(self) -> list[Passage]:
        """Every element that was entered, over all cases, in the order of entering."""
        with self.database.read() as tx:
            parents = {
                row.key: row
                for row in tx.rows(sa.select(case.c.key, case.c.parent_case_key, case.c.parent_element_key))
            }
            rows = tx.rows(sa.select(element_instance))
        at = {(row.case_key, row.key): row for row in rows}

        def place(row: Any) -> tuple[int, ...]:
            held = parents[row.case_key]
            caller = at.get((held.parent_case_key, held.parent_element_key))
            return (held.key, row.seq) if caller is None else (*place(caller), held.key, row.seq)

        rows = sorted(rows, key=lambda row: (row.entered_at, place(row)))
        return [_passage(row) for row in rows]

    def journal(self, case_key: int | None = None) -> list[Record]:
        """The journal of a case (the last started)."""
        query = sa.select(journal).where(journal.c.case_key == (case_key or self._case_key())).order_by(journal.c.seq)
        with self.database.read() as tx:
            return [Record(dict(row._mapping)) for row in tx.rows(query)]

    def variables(self, case_key: int | None = None) -> dict[str, Any]:
        """The variables of a case (the last started)."""
        with self.database.read() as tx:
            return read_variables(tx, case_key or self._case_key())

    @property
    def state(self) -> str:
        """`incident` where something stopped, `running` while a case runs, else how the last one ended."""
        with self.database.read() as tx:
            rows = tx.rows(sa.select(case.c.state, case.c.has_incident, case.c.key, case.c.parent_case_key))
        if any(row.has_incident and row.state is CaseState.ACTIVE for row in rows):
            return "incident"
        if not rows or any(row.state in (CaseState.ACTIVE, CaseState.SUSPENDED) for row in rows):
            return "running"
        last = self._case_key()
        ended = next(row.state for row in rows if row.key == last)
        return "completed" if ended is CaseState.COMPLETED else "terminated"

    # --- within -------------------------------------------------------------------------------------------------------

    def _drain(self) -> None:
        """Deliver and fire until nothing is due at this instant."""
        for _ in range(ROUNDS):
            if not run_due_timers(self.database) + deliver_messages(self.database):
                return
        raise Refused("流程之间不断互相触发，没有尽头，请检查消息、信号和时长为零的定时。")

    def _next_due(self) -> datetime | None:
        with self.database.read() as tx:
            due: datetime | None = tx.value(sa.select(timer.c.due_at).order_by(timer.c.due_at).limit(1))
        return due

    def _case_key(self) -> int:
        """The case started last, by a call or by an event."""
        if self._last is not None:
            return self._last
        with self.database.read() as tx:
            key = tx.value(sa.select(sa.func.max(case.c.key)).where(case.c.parent_case_key.is_(None)))
        if key is None:
            raise NotFound("还没有启动流程。")
        return int(key)

    def _task_key(self, wanted: Any) -> int:
        return self._choose(wanted, self.tasks(), ("element_id", "name"))

    def _job_key(self, wanted: Any) -> int:
        return self._choose(wanted, self.jobs(), ("element_id", "type"))

    @staticmethod
    def _choose(wanted: Any, records: list[Record], names: tuple[str, ...]) -> int:
        """The key of the first record with one of these names, or the key given."""
        if isinstance(wanted, str):
            for name in names:
                for record in records:
                    if record[name] == wanted:
                        return int(record["key"])
        try:
            return _key_of(wanted)
        except ValueError:
            raise NotFound(f"没有“{wanted}”可以办理。") from None

    @staticmethod
    def _with_variables(tx: Transaction, row: Any) -> Record:
        values = dict(row._mapping)
        return Record({**values, "variables": job_variables(tx, values)})


def _key_of(thing: Any) -> int:
    """The key of a record, of an object with a key, or the key itself."""
    if isinstance(thing, Mapping):
        thing = thing["key"]
    return int(getattr(thing, "key", thing))


def _passage(row: Any) -> Passage:
    outcome = None if row.state is tables.ElementState.ACTIVE else row.state.value
    return Passage(row.element_id, row.kind, row.entered_at, row.left_at, outcome, row.case_key, row.item_index)


FLOW_TABLES = [part for part in vars(tables).values() if isinstance(part, sa.Table)] + [key_block, unit_ancestor]
