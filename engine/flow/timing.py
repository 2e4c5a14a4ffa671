"""When a timer fires, first and again."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.errors import ProcessFault
from engine.feel import compile_expression
from engine.flow.instants import Cycle, read_cycle, read_instant, read_span
from engine.flow.model import Element, TimerDefinition, TimerKind

if TYPE_CHECKING:
    from engine.flow.evaluation import Evaluation
    from engine.flow.run import Execution


def first_firing(execution: "Execution", element: Element, definition: TimerDefinition, scope: int) -> dict[str, Any]:
    """The columns `due_at`, `repeat` and `deadline_id` of a timer that begins now."""
    return firing(execution.evaluation, execution.tx.now, element, definition, scope)


def firing(
    evaluation: "Evaluation", now: datetime, element: Element, definition: TimerDefinition, scope: int
) -> dict[str, Any]:
    """The same for any evaluation. Raises `ProcessFault` where the value is no time of its kind."""
    value = definition.value.text
    if definition.value.expression is not None:
        value = evaluation.feel(definition.value.expression, scope, element.id, "timer")
    due: datetime | None = None
    repeat: dict[str, Any] | None = None
    if definition.kind is TimerKind.CYCLE:
        cycle = read_cycle(value)
        if cycle is not None:
            due, repeat = _first_of(cycle, now)
    elif definition.kind is TimerKind.DATE:
        due = read_instant(value)
    else:
        span = read_span(value)
        due = None if span is None else span.after(now)
    if due is None:
        text = definition.value.text
        message = f"“{element.name or element.id}”的时间 {text} 无法识别，请写成 ISO 8601 或得到时间的表达式。"
        raise ProcessFault(message, element.id, "timer")
    return {"due_at": due, "repeat": repeat, "deadline_id": _deadline(evaluation, definition.deadline, scope, element)}


def _deadline(evaluation: "Evaluation", deadline: str | None, scope: int, element: Element) -> str | None:
    """The date of the year plan that is followed; FEEL where it depends on the case."""
    if deadline is None or not deadline.startswith("="):
        return deadline
    found = evaluation.feel(compile_expression(deadline), scope, element.id, "deadline")
    return found if isinstance(found, str) else None


def _first_of(cycle: Cycle, now: datetime) -> tuple[datetime, dict[str, Any]]:
    left = None if cycle.times is None else cycle.times - 1
    return cycle.start or cycle.every.after(now), {"left": left, "every": cycle.text}


def next_firing(repeat: dict[str, Any] | None, due: datetime) -> tuple[datetime, dict[str, Any]] | None:
    """When a timer that fired at `due` fires again, with what is left then; None where it does not."""
    if repeat is None or repeat["left"] == 0:
        return None
    span = read_span(repeat["every"])
    if span is None:
        return None
    left = repeat["left"]
    return span.after(due), {"left": None if left is None else left - 1, "every": repeat["every"]}
