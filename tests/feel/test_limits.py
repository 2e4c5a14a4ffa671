"""Nothing hangs, nothing eats memory, nothing but a FEEL error comes out."""

import sys
from time import monotonic

import pytest

from engine.feel import FeelError, FeelLimitError, compile_expression, compile_unary_tests, evaluate

SHARED = "{a: [1, 1], " + ", ".join(f"{chr(97 + i + 1)}: [{chr(97 + i)}, {chr(97 + i)}]" for i in range(25)) + "}"
DOUBLED = '{a: "xxxxxxxxxx", ' + ", ".join(f"{chr(97 + i + 1)}: {chr(97 + i)} + {chr(97 + i)}" for i in range(25)) + "}"

TOO_MUCH = [
    "1" + " " * 20_000,
    "(" * 10_000,
    "(" * 9_000 + "1" + ")" * 9_000,
    "[" * 9_000 + "]" * 9_000,
    "[" * 101 + "]" * 101,
    "{a:" * 5_000,
    "not(" * 4_000,
    "if true then " * 1_000 + "1",
    "for a in " * 1_000,
    "function() " * 1_000 + "1",
    "a in (" * 3_000,
    "a in (" * 120 + "1" + ")" * 120,
    "1" + ".a" * 9_000,
    "1" + "[1]" * 6_000,
    "1" + "<1" * 9_000,
    "x instance of " + "function->" * 1_500 + "number",
    "for " + ", ".join(f"v{i} in [1]" for i in range(11)) + " return 1",
    "for i in 1..1000000000000 return i",
    "for i in 1..1000, j in 1..1000 return 1",
    "some i in 1..1000000000000 satisfies false",
    "every i in 1..1000000000000 satisfies true",
    "for i in 1..1000000 return for j in [] return 1",
    'for d in @"0001-01-01"..@"9999-12-31" return 1',
    "[1, 2][some i in 1..100000000 satisfies i < 0]",
    DOUBLED,
    SHARED,
    f"string({SHARED})",
    f"flatten({SHARED}.z)",
    SHARED[:-1] + ", r: y = z, s: z = [y, y]}.s",
    "for i in 1..200 return partial",
    "string(for i in 1..30 return partial)",
    "{f: function(n) f(n + 1)}.f(1)",
    "{f: function(n) if n < 1 then 1 else f(n - 1) + f(n - 1)}.f(30)",
    'matches("' + "a" * 5_000 + '", "(a+)+b")',
    'for i in 1..100 return matches("' + "a" * 200 + '", "(a|aa)+$b")',
    'matches("a", "((a{1000}){1000}){1000}")',
    'matches("a", "' + "a" * 1_001 + '")',
    'replace("' + "a" * 5_000 + '", "", "' + "b" * 5_000 + '")',
    'string join(for i in 1..50000 return "aaaaaaaaaa", "bbbb")',
    "distinct values(for i in 1..5000 return [i])",
    "for i in 1..100000 return exp(i / 1000)",
]


@pytest.mark.parametrize("text", TOO_MUCH, ids=range(len(TOO_MUCH)))
def test_too_much_is_refused_soon(text: str) -> None:
    started = monotonic()
    with pytest.raises(FeelLimitError):
        evaluate(text, {"a": 1})
    assert monotonic() - started < 5


ENOUGH = [
    ("(" * 98 + "1" + ")" * 98, 1),
    ("-" * 19_998 + "1", 1),
    ("+".join(["1"] * 9_000), 9_000),
    (" or ".join(["false"] * 2_000 + ["true"]), True),
    ("count(for i in 1..50000 return i)", 50_000),
    ("9999999999 ** 99999999999", None),
    ('duration("P999999999D") * 1000000', None),
    ('matches("a", "' + "(" * 200 + "a" + ")" * 200 + '")', True),
]


@pytest.mark.parametrize(("text", "expected"), ENOUGH, ids=range(len(ENOUGH)))
def test_large_but_reasonable_is_fine(text: str, expected: object) -> None:
    assert evaluate(text) == expected


def test_a_caller_deep_in_the_stack_gets_no_recursion_error() -> None:
    def descend(levels: int) -> object:
        if levels:
            return descend(levels - 1)
        with pytest.raises(FeelError):
            evaluate("(" * 95 + "1" + ")" * 95 + " + 0")
        with pytest.raises(FeelError):
            evaluate("{f: function(n) if n = 0 then 0 else 1 + f(n - 1)}.f(39)")
        return None

    used = len(sys._current_frames()) + 60
    descend(sys.getrecursionlimit() - used - 120)


def test_limits_hold_for_unary_tests() -> None:
    with pytest.raises(FeelLimitError):
        compile_unary_tests("(" * 10_000)
    with pytest.raises(FeelLimitError):
        compile_unary_tests("some i in 1..1000000000 satisfies i = ?").matches(-1)


def test_steps_are_counted_for_each_evaluation_anew() -> None:
    expression = compile_expression("count(for i in 1..100000 return i)")
    assert [expression.evaluate() for _ in range(6)] == [100_000] * 6
