"""Definitions compiled once per process of the server, and which version is in force, asked anew after a deployment."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar

import sqlalchemy as sa

from engine.db import Transaction
from engine.db.keys import key_block
from engine.decision import Model, read_model
from engine.errors import NotFound
from engine.feel import Expression
from engine.flow.model import Element, MultiInstance, Process, Trigger, Value
from engine.flow.spiff.library import CompiledProcess, compile_resource
from engine.flow.tables import DefinitionKind, definition, resource
from engine.form import Form, read_form

GENERATION = "definitions"
#: set in the memo of a transaction that deploys: nothing it sees may be kept, it can still be rolled back
DEPLOYING = "deploying"
KEPT = 500
NOTHING = Value("")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found:
    """A definition as the flow needs it by id."""

    key: int
    id: str
    version: int
    version_tag: str | None
    deployment_key: int


@dataclass(frozen=True, slots=True)
class ProcessDefinition:
    """A version of a process, compiled, with what commands ask of it again and again."""

    key: int
    process: Process
    compiled: CompiledProcess
    #: events that wait for a condition
    conditional: tuple[Element, ...]
    #: names its expressions read at any time: not those that only make up the items of a multi-instance, once
    names: frozenset[str]

    @classmethod
    def of(cls, key: int, compiled: CompiledProcess) -> "ProcessDefinition":
        return cls(key, compiled.process, compiled, *_asked_again(compiled))


@lru_cache(maxsize=KEPT)
def _asked_again(compiled: CompiledProcess) -> tuple[tuple[Element, ...], frozenset[str]]:
    """Its conditional events and the names it reads: walking all of a process takes longer than looking up a version."""
    elements = compiled.process.elements.values()
    conditional = tuple(e for e in elements if e.event is not None and e.event.trigger is Trigger.CONDITION)
    return conditional, compiled.process.names & names_read(compiled.process)


def names_read(part: object) -> frozenset[str]:
    """The names in all expressions of a process or a part of it, but for the input collections."""
    if isinstance(part, Expression):
        return part.names | part.filter_names
    if isinstance(part, Mapping):
        return names_read(tuple(part.values()))
    if isinstance(part, tuple):
        return frozenset().union(*map(names_read, part))
    if isinstance(part, MultiInstance):
        part = replace(part, input_collection=NOTHING)
    if not is_dataclass(part) or isinstance(part, type):
        return frozenset()
    return frozenset().union(*(names_read(getattr(part, inner.name)) for inner in fields(part)))


@dataclass(slots=True)
class Library:
    """One per process of the server, shared by its threads."""

    _compiled: "OrderedDict[tuple[DefinitionKind, int], Any]" = field(default_factory=OrderedDict)
    _found: dict[tuple[Any, ...], Found | None] = field(default_factory=dict)
    _generation: int = -1
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def process(self, tx: Transaction, key: int) -> "ProcessDefinition":
        """The process of that definition. Raises `NotFound` where there is none."""
        return self._keep(tx, DefinitionKind.PROCESS, key, lambda: self._read_process(tx, key))

    def form(self, tx: Transaction, key: int) -> Form:
        return self._keep(tx, DefinitionKind.FORM, key, lambda: read_form(self._content(tx, key)[1]))

    def decision(self, tx: Transaction, key: int) -> tuple[str, Model]:
        """The decision's id and the model it lies in."""
        return self._keep(tx, DefinitionKind.DECISION, key, lambda: self._read_decision(tx, key))

    def latest(self, tx: Transaction, kind: DefinitionKind, id_: str) -> Found | None:
        """The version in force."""
        return self._find(tx, kind, id_)

    def tagged(self, tx: Transaction, kind: DefinitionKind, id_: str, tag: str) -> Found | None:
        """The newest version that carries the tag."""
        return self._find(tx, kind, id_, definition.c.version_tag == tag, tag)

    def deployed_with(self, tx: Transaction, kind: DefinitionKind, id_: str, process_key: int) -> Found | None:
        """The version of the same deployment as that process; where it did not change then, the one in force at the time."""
        own = sa.select(definition.c.at).where(definition.c.key == process_key).scalar_subquery()
        return self._find(tx, kind, id_, definition.c.at <= own, ("with", process_key))

    def bound(
        self, tx: Transaction, kind: DefinitionKind, id_: str, binding: str, tag: str | None, process_key: int
    ) -> Found | None:
        """The version a `zeebe:` element means by its binding."""
        if binding == "versionTag" and tag:
            return self.tagged(tx, kind, id_, tag)
        if binding == "deployment":
            return self.deployed_with(tx, kind, id_, process_key)
        return self.latest(tx, kind, id_)

    def see_generation(self, generation: int) -> None:
        """What a command read with its case: where there was a deployment since, versions are asked anew."""
        if generation != self._generation:
            with self._lock:
                self._found.clear()
                self._generation = generation

    def _find(
        self, tx: Transaction, kind: DefinitionKind, id_: str, where: Any = None, mark: object = None
    ) -> Found | None:
        if DEPLOYING in tx.memo:
            return self._query(tx, kind, id_, where)
        seen = tx.memo.get(GENERATION)
        if seen is None:
            seen = tx.memo[GENERATION] = tx.connection.execute(sa.select(generation())).scalar() or 0
            self.see_generation(seen)
        at = (kind, id_, mark)
        if seen == self._generation and at in self._found:
            return self._found[at]
        found = self._query(tx, kind, id_, where)
        with self._lock:
            if seen == self._generation:
                self._found[at] = found
        return found

    def _query(self, tx: Transaction, kind: DefinitionKind, id_: str, where: Any) -> Found | None:
        d = definition.c
        query = sa.select(d.key, d.id, d.version, d.version_tag, d.deployment_key).where(d.kind == kind, d.id == id_)
        if where is not None:
            query = query.where(where)
        row = tx.row(query.order_by(d.version.desc()).limit(1))
        return None if row is None else Found(**row._mapping)

    def _keep(self, tx: Transaction, kind: DefinitionKind, key: int, make: Callable[[], T]) -> T:
        at = (kind, key)
        if DEPLOYING in tx.memo:
            made = tx.memo.get(at)
            if made is None:
                made = tx.memo[at] = make()
            return made
        with self._lock:
            if at in self._compiled:
                self._compiled.move_to_end(at)
                return self._compiled[at]  # type: ignore[no-any-return]
            made = self._compiled[at] = make()
            if len(self._compiled) > KEPT:
                self._compiled.popitem(last=False)
            return made

    def _content(self, tx: Transaction, key: int) -> tuple[str, bytes]:
        row = tx.row(
            sa.select(definition.c.id, resource.c.content)
            .join(resource, resource.c.key == definition.c.resource_key)
            .where(definition.c.key == key)
        )
        if row is None:
            raise NotFound
        return row.id, bytes(row.content)

    def _read_process(self, tx: Transaction, key: int) -> "ProcessDefinition":
        id_, content = self._content(tx, key)
        return ProcessDefinition.of(key, compile_resource(content).processes[id_])

    def _read_decision(self, tx: Transaction, key: int) -> tuple[str, Model]:
        id_, content = self._content(tx, key)
        return id_, read_model(content)


def generation() -> sa.ScalarSelect[int]:
    """How many deployments there were, as a column of any query."""
    return sa.select(key_block.c.next).where(key_block.c.name == GENERATION).scalar_subquery()


def raise_generation(tx: Transaction) -> None:
    """Let every process of the server see that definitions changed, once this transaction is committed."""
    raised = tx.execute(sa.update(key_block).where(key_block.c.name == GENERATION).values(next=key_block.c.next + 1))
    if raised.rowcount == 0:
        tx.execute(sa.insert(key_block).values(name=GENERATION, next=1))
    tx.memo[DEPLOYING] = True
