"""The names of types, for `instance of` and the `typeRef` of decisions."""

from datetime import date, datetime, time
from decimal import Decimal

from engine.feel.durations import DaysTimeDuration, YearsMonthsDuration
from engine.feel.values import Function, Range, Value

TYPES: dict[str, type] = {
    "number": Decimal,
    "string": str,
    "boolean": bool,
    "date": date,
    "time": time,
    "date and time": datetime,
    "days and time duration": DaysTimeDuration,
    "day-time-duration": DaysTimeDuration,
    "dayTimeDuration": DaysTimeDuration,
    "years and months duration": YearsMonthsDuration,
    "year-month-duration": YearsMonthsDuration,
    "yearMonthDuration": YearsMonthsDuration,
    "list": list,
    "context": dict,
    "function": Function,
    "range": Range,
}


def is_instance(value: Value, name: str) -> bool | None:
    """Whether the value is of the type; null for a type FEEL does not know. Null is of type `Null` only."""
    if name == "Null":
        return value is None
    if name == "Any":
        return value is not None
    kind = TYPES.get(name)
    return None if kind is None else type(value) is kind
