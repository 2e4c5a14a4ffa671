"""The built-in functions of FEEL, one file for each kind of value."""

from engine.feel.builtins import (
    contexts,
    conversion,
    dates,
    lists,
    numbers,
    patterns,
    ranges,
    statistics,
    text,
)
from engine.feel.builtins.registry import functions

_ROOMS = (contexts, conversion, dates, lists, numbers, patterns, ranges, statistics, text)
"""Importing a room declares its functions."""

FUNCTIONS = functions()
"""Every built-in function by name."""

__all__ = ["FUNCTIONS"]
