"""What one evaluation carries: the caller's context, the local names, and how much it may still do."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from time import monotonic
from typing import Any, Protocol, overload

from engine.clock import Clock, SystemClock, local
from engine.feel.errors import FeelLimitError
from engine.feel.limits import MAX_CALLS, MAX_STEPS, REGEX_SECONDS
from engine.feel.values import Value, from_json


class WorkingDays(Protocol):
    """The working-day calendar that `add working days` asks."""

    def add_working_days(self, day: date, count: int, /) -> date: ...

    def working_days_between(self, start: date, end: date, /) -> int: ...


class Variables(Protocol):
    """The caller's context: a mapping, or anything lazy that answers `get`."""

    @overload
    def get(self, name: str, /) -> Any: ...
    @overload
    def get(self, name: str, default: Any, /) -> Any: ...


_SYSTEM_CLOCK = SystemClock()


class Run:
    """The budget and surroundings of one evaluation. `now()` stands still within it."""

    __slots__ = ("_now", "calendar", "calls", "clock", "regex_seconds", "steps")

    def __init__(self, clock: Clock | None, calendar: WorkingDays | None) -> None:
        self.clock = clock
        self.calendar = calendar
        self.steps = MAX_STEPS
        self.calls = 0
        self.regex_seconds = REGEX_SECONDS
        self._now: datetime | None = None

    def charge(self, steps: int) -> None:
        """Use up some of the evaluation's steps. Raises `FeelLimitError` when none are left."""
        self.steps -= steps
        if self.steps < 0:
            raise FeelLimitError(f"表达式运行超过 {MAX_STEPS} 步，请减少循环或数据。")

    def now(self) -> datetime:
        """The instant of the evaluation in the province's zone."""
        if self._now is None:
            self._now = local((self.clock or _SYSTEM_CLOCK).now())
        return self._now

    def call(self, body: Callable[[], Value]) -> Value:
        """Run a function's body. Raises `FeelLimitError` when functions call each other too deep."""
        self.calls += 1
        if self.calls > MAX_CALLS:
            raise FeelLimitError(f"函数互相调用超过 {MAX_CALLS} 层，请检查是否循环调用。")
        try:
            return body()
        finally:
            self.calls -= 1

    def limit_regex(self, work: Callable[[float], Value]) -> Value:
        """Run `work` with the time still left for regular expressions. Raises `FeelLimitError` when it runs out."""
        started = monotonic()
        try:
            return work(max(self.regex_seconds, 0.001))
        except TimeoutError:
            raise FeelLimitError("正则表达式运行太久，请改用更简单的写法。") from None
        finally:
            self.regex_seconds -= monotonic() - started


class Scope:
    """Names an expression can see: `local` ones first, then the caller's context, entered once and kept."""

    __slots__ = ("context", "entered", "locals", "run")

    def __init__(self, run: Run, context: Variables, entered: dict[str, Value], names: dict[str, Value]) -> None:
        self.run = run
        self.context = context
        self.entered = entered
        self.locals = names

    def inner(self) -> "Scope":
        """A scope that sees the same names and may get more of its own."""
        return Scope(self.run, self.context, self.entered, dict(self.locals))

    def enter(self, name: str, value: object) -> Value:
        """Turn a raw value of the context into a FEEL value, once per evaluation."""
        if name not in self.entered:
            self.entered[name] = from_json(value)
        return self.entered[name]


Evaluate = Callable[[Scope], Value]
"""A compiled node."""

EMPTY: Mapping[str, object] = {}
