"""What the slices hang into the flow: handlers, hooks, projectors, code lists. `engine.bootstrap` fills it and freezes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from engine.access import Actor
from engine.clock import Clock, FixedClock
from engine.db import Transaction
from engine.feel.scope import WorkingDays
from engine.flow.contexts import BatchKind, JobContext, ProjectionContext, Succession, TaskContext
from engine.flow.library import Library
from engine.form import NoOptions, OptionSource

#: does a job and returns the variables it completes with
JobHandler = Callable[[Transaction, JobContext], Mapping[str, object] | None]
#: sees what a form was completed with before it becomes variables, and returns what shall become variables
Hook = Callable[[Transaction, Actor, TaskContext, dict[str, object]], Mapping[str, object]]
#: makes the values of a form ready to be checked, of a case of that year: what the slice knows better is put in their
#: place; gives them with what the form's expressions read besides the variables
Preparation = Callable[
    [Transaction, int | None, Mapping[str, object], Mapping[str, object]],
    tuple[dict[str, object], Mapping[str, object]],
]
#: keeps a slice's read model in step with a case; a pure function of what it is given
Projector = Callable[[Transaction, ProjectionContext], None]
#: says which variables of an open case change when a unit's work goes to another, or a unit gets another superior
Follower = Callable[[Transaction, Succession], Mapping[str, object]]
#: what a slice's own rows do in the transaction in which the first unit gives all its work to the second
Heir = Callable[[Transaction, int, int], None]
#: describes an uploaded file by its id, for somebody who may use it
FileSource = Callable[[Transaction, Actor, str], Mapping[str, object] | None]

#: who acts when a batch goes on: account, role and unit give an actor with the rights of now, or nothing
ActorSource = Callable[[Transaction, int, str, int | None], Actor | None]

#: called with the transaction and the row of each new attempt of a job that a handler here does, or of a batch
Enqueue = Callable[[Transaction, Mapping[str, object]], None]

#: the code lists of a review year
OptionsByYear = Callable[[Transaction, int], OptionSource]

T = TypeVar("T")


def no_files(tx: Transaction, actor: Actor, key: str) -> None:
    """The source of forms that take no files."""


def no_actors(tx: Transaction, account: int, role: str, unit: int | None) -> None:
    """The source where nobody has an account: only the system itself starts batches."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one command may do by itself before it is an incident, and how late a completion may come."""

    steps: int = 10_000
    seconds: float = 2.0
    grace_seconds: int = 0


@dataclass(slots=True)
class Registry:
    """Found by `tx.service(Registry)`. Every name is given once; after `freeze()` nothing is added."""

    library: Library = field(default_factory=Library)
    options: OptionSource = field(default_factory=NoOptions)
    #: the code lists as they stood in a year; without it `options` serves every year
    options_by_year: OptionsByYear | None = None
    files: FileSource = no_files
    actors: ActorSource = no_actors
    calendar: WorkingDays | None = None
    limits: Limits = field(default_factory=Limits)
    #: handlers that run inside the command, in its transaction
    inline: dict[str, JobHandler] = field(default_factory=dict)
    #: those of them that only tell people something
    telling: set[str] = field(default_factory=set)
    #: handlers the worker runs, one transaction each
    jobs: dict[str, JobHandler] = field(default_factory=dict)
    #: by form id
    hooks: dict[str, Hook] = field(default_factory=dict)
    #: by form id
    preparations: dict[str, Preparation] = field(default_factory=dict)
    #: by process id
    projectors: dict[str, Projector] = field(default_factory=dict)
    #: by process id
    followers: dict[str, Follower] = field(default_factory=dict)
    #: by the name of the slice
    heirs: dict[str, Heir] = field(default_factory=dict)
    #: hands jobs to the worker in the transaction that makes them; without it a worker looks for them
    enqueue: Enqueue | None = None
    #: the same for batches
    enqueue_batch: Enqueue | None = None
    #: by the kind's name
    batches: dict[str, BatchKind] = field(default_factory=dict)
    _frozen: bool = False

    def add_inline(self, job_type: str, handler: JobHandler, *, tells: bool = False) -> None:
        """`handler` does the jobs of this type in the transaction that reaches them: quick database work only.

        `tells`: it only tells people something, so that what came before it may still be taken back.
        """
        self._add(self.inline, job_type, handler)
        if tells:
            self.telling.add(job_type)

    def add_job(self, job_type: str, handler: JobHandler) -> None:
        """`handler` does the jobs of this type in the worker: everything slow or outside the database."""
        self._add(self.jobs, job_type, handler)

    def add_hook(self, form_id: str, hook: Hook) -> None:
        self._add(self.hooks, form_id, hook)

    def add_preparation(self, form_id: str, prepare: Preparation) -> None:
        """Values of this form go through `prepare` before they are checked, and before a page shows them."""
        self._add(self.preparations, form_id, prepare)

    def add_projector(self, process_id: str, projector: Projector) -> None:
        self._add(self.projectors, process_id, projector)

    def add_follower(self, process_id: str, follower: Follower) -> None:
        """Open cases of this process follow a unit that was moved or merged as `follower` says."""
        self._add(self.followers, process_id, follower)

    def add_heir(self, name: str, heir: Heir) -> None:
        """`heir` rewrites rows of a slice that name a unit, in the transaction that merges it into another."""
        self._add(self.heirs, name, heir)

    def add_batch(self, kind: str, how: BatchKind) -> None:
        """Batches of this kind are done so."""
        self._add(self.batches, kind, how)

    def options_of(self, tx: Transaction, year: int | None) -> OptionSource:
        """What a case of that year chooses from and reads its values by; the present lists for a case of no year."""
        if year is None or self.options_by_year is None:
            return self.options
        return self.options_by_year(tx, year)

    def freeze(self) -> "Registry":
        self._frozen = True
        return self

    @property
    def job_types(self) -> frozenset[str]:
        """The types somebody here does; any other waits for an external worker."""
        return frozenset(BUILT_IN | self.inline.keys() | self.jobs.keys())

    def _add(self, parts: dict[str, T], name: str, part: T) -> None:
        if self._frozen:
            raise RuntimeError("the registry is frozen")
        if name in parts:
            raise ValueError(f"{name} is registered twice")
        parts[name] = part


#: types the flow itself does
PUBLISH_MESSAGE = "publish_message"
BUILT_IN = frozenset({PUBLISH_MESSAGE})


def registry_of(tx: Transaction) -> Registry:
    """The registry of this transaction."""
    return tx.service(Registry)


def clock_of(tx: Transaction) -> Clock:
    """A clock that stands at the instant the transaction began: one command sees one instant."""
    return FixedClock(tx.now)
