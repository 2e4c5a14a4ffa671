"""The variables of one case as one command sees and changes them: scopes, read outward, written where they belong."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from engine.db import Transaction
from engine.flow.tables import variable, variable_change

MISSING = object()


@dataclass(slots=True)
class Change:
    """A value that was given; `history` where it has to be found again later."""

    value: Any
    history: bool


class Scopes:
    """Variables by scope: the case's key, or the key of an element instance that has local ones.

    Names are read from the database when they are first asked for: all the process mentions at once (`names`), with
    every local one. A command that needs none reads none.
    """

    def __init__(self, tx: Transaction, case_key: int, names: frozenset[str], *, fresh: bool = False) -> None:
        self._tx = tx
        self.case_key = case_key
        self._names = names
        self._values: dict[int, dict[str, Any]] = {case_key: {}}
        #: None once every name is known
        self._known: set[str] | None = None if fresh else set()
        self._locals_known = fresh
        self._parents: dict[int, int] = {}
        self._changes: dict[tuple[int, str], Change] = {}
        self._gone: set[int] = set()
        self._stored: set[tuple[int, str]] = set()
        #: scopes whose own variables are all here: begun in this command, or known to have none in the database
        self.complete: set[int] = set()
        #: counts the writes; `changed_at` is the last one of each name
        self.moment = 0
        self.changed_at: dict[str, int] = {}

    # --- the tree -----------------------------------------------------------------------------------------------------

    def enclose(self, scope: int, parent: int, *, begun: bool = False) -> None:
        """Say that `scope` lies in `parent`; `begun`: the database has nothing of it."""
        self._parents[scope] = parent or self.case_key
        if begun:
            self.complete.add(scope)

    def outward(self, scope: int) -> Iterator[int]:
        """`scope`, then those around it, last the case."""
        scope = scope or self.case_key
        while scope != self.case_key:
            yield scope
            scope = self._parents.get(scope, self.case_key)
        yield scope

    def leave(self, scope: int, *, may_have: bool = True) -> None:
        """The element instance is over, and its local variables with it. `may_have`: the database may hold some."""
        if may_have and not self._locals_known and scope not in self.complete:
            self._load(())
        self._values.pop(scope, None)
        for key in [key for key in self._changes if key[0] == scope]:
            del self._changes[key]
        if any(stored == scope for stored, _ in self._stored):
            self._gone.add(scope)

    # --- reading ------------------------------------------------------------------------------------------------------

    def get(self, scope: int, name: str, default: Any = None) -> Any:
        """The value as seen from `scope`."""
        self.need((name,))
        for place in self.outward(scope):
            value = self._values.get(place, NONE).get(name, MISSING)
            if value is not MISSING:
                return value
        return default

    def local(self, scope: int) -> dict[str, Any]:
        """The variables of that scope alone."""
        if scope == self.case_key:
            self.load_all()
        elif not self._locals_known:
            self._load(())
        return dict(self._values.get(scope, NONE))

    def visible(self, scope: int) -> dict[str, Any]:
        """Everything seen from `scope`."""
        self.load_all()
        seen: dict[str, Any] = {}
        for place in reversed(list(self.outward(scope))):
            seen.update(self._values.get(place, NONE))
        return seen

    def view(self, scope: int) -> "View":
        return View(self, scope)

    def load_all(self) -> None:
        if self._known is not None:
            self._load(None)

    def need(self, names: Iterable[str]) -> None:
        """Have these names read, with all others the process mentions, unless they are known already."""
        if self._known is not None and not self._known.issuperset(names):
            self._load(self._names.union(names) - self._known)

    def _load(self, names: Iterable[str] | None) -> None:
        query = sa.select(variable.c.scope_key, variable.c.name, variable.c.value).where(
            variable.c.case_key == self.case_key
        )
        if names is not None:
            wanted = sorted(names)
            others = [] if self._locals_known else [variable.c.scope_key != self.case_key]
            query = query.where(sa.or_(variable.c.name.in_(wanted), *others) if wanted else sa.or_(*others))
        for scope, name, value in self._tx.connection.execute(query):
            self._stored.add((scope, name))
            if scope not in self._gone and (scope, name) not in self._changes:
                self._values.setdefault(scope, {})[name] = value
        self._locals_known = True
        if names is None:
            self._known = None
        elif self._known is not None:
            self._known.update(names)

    # --- writing ------------------------------------------------------------------------------------------------------

    def declare(self, scope: int, name: str, value: Any, *, history: bool = False) -> None:
        """Give `scope` a variable of its own."""
        self._write(scope or self.case_key, name, value, history)

    def assign(self, scope: int, name: str, value: Any) -> None:
        """Give the nearest scope that has the name the value, else the case."""
        places = list(self.outward(scope))
        if not self.complete.issuperset(places[:-1]):
            self.need((name,))
        for place in places[:-1]:
            if name in self._values.get(place, NONE):
                self._write(place, name, value, history=True)
                return
        self._write(places[-1], name, value, history=True)

    def _write(self, scope: int, name: str, value: Any, history: bool) -> None:
        held = self._values.setdefault(scope, {})
        if name in held and same(held[name], value):
            return
        held[name] = value
        self.moment += 1
        self.changed_at[name] = self.moment
        before = self._changes.get((scope, name))
        self._changes[scope, name] = Change(value, history or (before is not None and before.history))
        if self._known is not None and scope == self.case_key:
            self._known.add(name)

    def store(self, by: str, at: datetime, task_key: int | None, reason: str | None = None) -> None:
        """Put what changed into the write set."""
        writes, next_key = self._tx.writes, self._tx.next_key
        for scope in self._gone:
            writes.delete(variable, {"case_key": self.case_key, "scope_key": scope})
        for (scope, name), change in self._changes.items():
            key = next_key()
            row = {"case_key": self.case_key, "scope_key": scope, "name": name, "key": key, "value": change.value}
            writes.upsert(variable, row, ("value",))
            if change.history:
                writes.insert(
                    variable_change,
                    {
                        "case_key": self.case_key,
                        "seq": key,
                        "scope_key": scope,
                        "name": name,
                        "value": change.value,
                        "by": by,
                        "task_key": task_key,
                        "at": at,
                        "reason": reason,
                    },
                )
        self._changes.clear()
        self._gone.clear()


NONE: dict[str, Any] = {}


def same(one: Any, other: Any) -> bool:
    """Equal as JSON: 1 is not true."""
    return bool(one == other) and orjson.dumps(one, default=str) == orjson.dumps(other, default=str)


class View(Mapping[str, Any]):
    """The variables seen from one scope, read when they are asked for."""

    __slots__ = ("_scope", "_scopes")

    def __init__(self, scopes: Scopes, scope: int) -> None:
        self._scopes = scopes
        self._scope = scope

    def get(self, name: str, default: Any = None, /) -> Any:
        return self._scopes.get(self._scope, name, default)

    def __getitem__(self, name: str) -> Any:
        value = self._scopes.get(self._scope, name, MISSING)
        if value is MISSING:
            raise KeyError(name)
        return value

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._scopes.get(self._scope, name, MISSING) is not MISSING

    def __iter__(self) -> Iterator[str]:
        return iter(self._scopes.visible(self._scope))

    def __len__(self) -> int:
        return len(self._scopes.visible(self._scope))

    def __bool__(self) -> bool:
        """True without reading: by default Python counts, and that reads everything."""
        return True
