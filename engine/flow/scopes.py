"""The variables of one case as one command sees and changes them: scopes, read outward, written where they belong."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from engine.db import Transaction
from engine.db.types import written_out
from engine.errors import InvalidInput
from engine.flow.tables import variable, variable_change

MISSING = object()
LONGEST_NAME = 200


@dataclass(slots=True)
class Change:
    """A value that was given; `history` where it has to be found again later."""

    value: Any
    history: bool


class Scopes:
    """Variables by scope: the case's key, or the key of an element instance that has local ones.

    Variables are read when they are first asked for: those of the case that the process mentions (`names`) at once, with
    all of the scopes on the way outward. A command that needs none reads none.
    """

    def __init__(self, tx: Transaction, case_key: int, names: frozenset[str], *, fresh: bool = False) -> None:
        self._tx = tx
        self.case_key = case_key
        self._names = names
        self._values: dict[int, dict[str, Any]] = {case_key: {}}
        #: names of the case that were asked for; None once every name was
        self._known: set[str] | None = None if fresh else set()
        #: whether the database holds nothing that is not here
        self._fresh = fresh
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

    def take_up(self, rows: Iterable[tuple[int, str, Any]]) -> None:
        """All variables of the case, as they were read together with it: nothing more has to be asked for."""
        for scope, name, value in rows:
            self._stored.add((scope, name))
            self._values.setdefault(scope, {})[name] = value
        self._known, self._fresh = None, True

    def outward(self, scope: int) -> Iterator[int]:
        """`scope`, then those around it, last the case."""
        scope = scope or self.case_key
        while scope != self.case_key:
            yield scope
            scope = self._parents.get(scope, self.case_key)
        yield scope

    def leave(self, scope: int, *, may_have: bool = True) -> None:
        """The element instance is over, and its local variables with it. `may_have`: the database may hold some."""
        unknown = may_have and not self._fresh and scope not in self.complete
        if unknown or any(stored == scope for stored, _ in self._stored):
            self._gone.add(scope)
        self._values.pop(scope, None)
        self.complete.add(scope)
        for key in [key for key in self._changes if key[0] == scope]:
            del self._changes[key]

    # --- reading ------------------------------------------------------------------------------------------------------

    def get(self, scope: int, name: str, default: Any = None) -> Any:
        """The value as seen from `scope`."""
        self.need((name,), scope)
        for place in self.outward(scope):
            value = self._values.get(place, NONE).get(name, MISSING)
            if value is not MISSING:
                return value
        return default

    def local(self, scope: int) -> dict[str, Any]:
        """The variables of that scope alone."""
        if scope == self.case_key:
            self.load_all()
        else:
            self._load(frozenset(), self._unread((scope,)))
        return dict(self._values.get(scope, NONE))

    def visible(self, scope: int) -> dict[str, Any]:
        """Everything seen from `scope`."""
        self.load_all(scope)
        seen: dict[str, Any] = {}
        for place in reversed(list(self.outward(scope))):
            seen.update(self._values.get(place, NONE))
        return seen

    def view(self, scope: int) -> "View":
        return View(self, scope)

    def load_all(self, scope: int = 0) -> None:
        """Have every variable of the case read, and those seen from `scope`."""
        self._load(None, self._unread(self.outward(scope)))

    def need(self, names: Iterable[str], scope: int = 0) -> None:
        """Have these names read as seen from `scope`, with all others the process mentions, unless they are known."""
        wanted: frozenset[str] = frozenset()
        if self._known is not None and not self._known.issuperset(names):
            wanted = self._names.union(names) - self._known
        self._load(wanted, self._unread(self.outward(scope)))

    def _unread(self, scopes: Iterable[int]) -> list[int]:
        if self._fresh:
            return []
        return [scope for scope in scopes if scope != self.case_key and scope not in self.complete]

    def _load(self, names: frozenset[str] | None, scopes: list[int]) -> None:
        """Read these names of the case (None: all), and everything of these scopes."""
        if names is None and self._known is None:
            names = frozenset()
        if not scopes and names is not None and not names:
            return
        v = variable.c
        of_case = v.scope_key == self.case_key
        wanted = [of_case if names is None else sa.and_(of_case, v.name.in_(sorted(names)))]
        wanted += [v.scope_key.in_(scopes)] if scopes else []
        query = sa.select(v.scope_key, v.name, v.value).where(v.case_key == self.case_key, sa.or_(*wanted))
        for scope, name, value in self._tx.connection.execute(query):
            self._stored.add((scope, name))
            if (scope, name) not in self._changes:
                self._values.setdefault(scope, {})[name] = value
        self.complete.update(scopes)
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
        if not self._fresh and not self.complete.issuperset(places[:-1]):
            self.need((name,), scope)
        for place in places[:-1]:
            if name in self._values.get(place, NONE):
                self._write(place, name, value, history=True)
                return
        self._write(places[-1], name, value, history=True)

    def _write(self, scope: int, name: str, value: Any, history: bool) -> None:
        check_value(name, value)
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


def check_value(name: str, value: Any) -> None:
    """Raise `InvalidInput` where a variable has a name we cannot keep or a value that JSON cannot hold."""
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise InvalidInput(f"变量名“{name[:40]!a}”应为 1 到 {LONGEST_NAME} 个可见字符，请修改。")
    try:
        orjson.dumps(value, default=written_out)
    except (TypeError, OverflowError):
        message = f"变量 {name} 的值不能保存：整数不超过 64 位（更长的请写成文本），嵌套不超过 250 层，文字须为有效的 Unicode。"
        raise InvalidInput(message, {name: [message]}) from None


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
