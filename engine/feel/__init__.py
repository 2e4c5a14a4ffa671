"""FEEL, the expression language of DMN 1.3, as Camunda speaks it: compiled to closures, null-safe, limited.

Nothing in an expression reaches Python: values are plain data and names are keys of the context.
"""

from engine.feel.durations import DaysTimeDuration, YearsMonthsDuration
from engine.feel.errors import FeelAssertionError, FeelError, FeelLimitError, FeelSyntaxError
from engine.feel.expression import Expression, UnaryTests, compile_expression, compile_unary_tests, evaluate
from engine.feel.scope import Run, Variables, WorkingDays
from engine.feel.texts import text_of
from engine.feel.values import Function, Range, Value, from_json, to_json

__all__ = [
    "DaysTimeDuration",
    "Expression",
    "FeelAssertionError",
    "FeelError",
    "FeelLimitError",
    "FeelSyntaxError",
    "Function",
    "Range",
    "Run",
    "UnaryTests",
    "Value",
    "Variables",
    "WorkingDays",
    "YearsMonthsDuration",
    "compile_expression",
    "compile_unary_tests",
    "evaluate",
    "from_json",
    "text_of",
    "to_json",
]
