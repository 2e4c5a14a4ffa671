"""Whatever is typed, only FEEL errors come out; and laws that hold for all values."""

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.feel import FeelError, compile_expression, compile_unary_tests, evaluate, from_json, text_of, to_json

WORDS = st.sampled_from(
    [
        *(
            "1",
            "-2",
            ".5",
            "1e3",
            '"a"',
            '"\\u4E2D"',
            "true",
            "false",
            "null",
            "a",
            "b.c",
            "xs",
            "rows",
            "名称",
            "?",
            "`x y`",
        ),
        *(
            '@"2024-01-01"',
            '@"P1D"',
            '@"P1M"',
            '@"10:00:00Z"',
            "[1..5]",
            "{a:1}",
            "[",
            "]",
            "(",
            ")",
            "{",
            "}",
            ",",
            ":",
        ),
        *(".", "..", "+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "//", "/*", "and", "or", "not(", "in"),
        *("between", "instance", "of", "number", "date", "if", "then", "else", "for", "in", "return", "some", "every"),
        *(
            "satisfies",
            "function(x)",
            "item",
            "partial",
            "count(",
            "sum(",
            "min(",
            "string(",
            "date(",
            "time(",
            "duration(",
        ),
        *(
            "matches(",
            "split(",
            "replace(",
            "sort(",
            "substring(",
            "flatten(",
            "range(",
            "before(",
            "decimal(",
            "modulo(",
        ),
        *(
            "date and time(",
            "context put(",
            "list replace(",
            "string join(",
            "insert before(",
            "distinct values(",
            "now()",
        ),
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates() | st.timedeltas(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=8,
)
CONTEXT = {"a": 1, "b": {"c": "x"}, "xs": [1, None, "a"], "rows": [{"a": 1}, {"a": 2}], "名称": "职称"}

FUNCTIONS = st.sampled_from(
    [
        *(
            "count",
            "sum",
            "min",
            "max",
            "mean",
            "median",
            "stddev",
            "mode",
            "product",
            "all",
            "any",
            "flatten",
            "reverse",
        ),
        *("distinct values", "duplicate values", "union", "concatenate", "append", "sort", "is empty", "string join"),
        *("list contains", "index of", "remove", "partition", "sublist", "insert before", "list replace", "string"),
        *("number", "date", "time", "date and time", "duration", "years and months duration", "context", "range"),
        *(
            "substring",
            "string length",
            "upper case",
            "trim",
            "is blank",
            "contains",
            "starts with",
            "substring before",
        ),
        *("matches", "replace", "split", "extract", "to base64", "decimal", "floor", "round half up", "abs", "modulo"),
        *("sqrt", "log", "exp", "odd", "even", "get value", "get entries", "context put", "context merge", "is"),
        *("not", "is defined", "get or else", "before", "after", "meets", "overlaps", "includes", "during", "starts"),
        *("finishes", "coincides", "day of week", "week of year", "last day of month", "add working days"),
        *("working days between", "nobody"),
    ]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "a", "(", "[a-c]+", "2024-02-29", "P1D", "10:00:00Z", "$1", "\\", "12345"])
    | st.dates()
    | st.times()
    | st.datetimes()
    | st.timedeltas(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["key", "value", "a"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(max_examples=400)
@given(st.lists(WORDS, max_size=14).map(" ".join))
def test_words_in_any_order_give_a_value_or_a_feel_error(text: str) -> None:
    with suppress(FeelError):
        evaluate(text, CONTEXT)
    with suppress(FeelError):
        compile_unary_tests(text).matches(1, CONTEXT)


@settings(max_examples=200)
@given(st.text(max_size=40))
def test_any_text_gives_a_value_or_a_feel_error(text: str) -> None:
    with suppress(FeelError):
        compile_expression.__wrapped__(text).evaluate(CONTEXT)


@settings(max_examples=600)
@given(FUNCTIONS, st.lists(VALUES, max_size=4))
def test_functions_take_any_argument(name: str, arguments: list[object]) -> None:
    names = [f"v{place}" for place in range(len(arguments))]
    result = evaluate(f"{name}({', '.join(names)})", dict(zip(names, arguments, strict=True)))
    to_json(result)
    text_of(result)


@settings(max_examples=400)
@given(st.sampled_from(["+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in"]), VALUES, VALUES)
def test_operators_take_any_operand(operator: str, left: object, right: object) -> None:
    evaluate(f"a {operator} b", {"a": left, "b": right})


@given(VALUES)
def test_properties_of_anything(value: object) -> None:
    for name in ("year", "hour", "time offset", "timezone", "days", "months", "start", "a", "weekday"):
        evaluate(f"v.{name}", {"v": value})
    evaluate("v[1]", {"v": value})
    evaluate("v[item = 1]", {"v": value})


@given(JSON)
def test_json_goes_in_and_out(value: object) -> None:
    to_json(from_json(value))


@given(
    st.recursive(st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.text(max_size=5), st.lists, max_leaves=8)
)
def test_plain_json_comes_out_as_it_went_in(value: object) -> None:
    assert to_json(evaluate("v", {"v": value})) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_come_out_as_they_went_in(value: float) -> None:
    assert float(to_json(from_json(value))) == value


@given(st.integers(-(10**15), 10**15), st.integers(-(10**15), 10**15))
def test_whole_numbers_add_and_compare_as_in_mathematics(a: int, b: int) -> None:
    context = {"a": a, "b": b}
    assert evaluate("a + b", context) == a + b
    assert evaluate("a * b", context) == a * b
    assert evaluate("a < b", context) is (a < b)
    if b:
        assert evaluate("modulo(a, b)", context) == a % b


@given(st.text(max_size=20), st.integers(-25, 25), st.integers(0, 25))
def test_substring_agrees_with_slices(text: str, start: int, length: int) -> None:
    expected = None if start == 0 else text[max(start - 1 if start > 0 else len(text) + start, 0) :][:length]
    assert evaluate("substring(t, s, l)", {"t": text, "s": start, "l": length}) == expected


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(-30_000, 30_000))
def test_a_shift_by_days_is_undone(day: date, count: int) -> None:
    by = timedelta(days=count)
    assert evaluate("d + by - by = d and (d + by) - d = by", {"d": day, "by": by}) is True


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(-200, 200))
def test_working_days_there_and_between_agree(day: date, count: int) -> None:
    between = evaluate("working days between(d, add working days(d, n))", {"d": day, "n": count})
    assert between == (count if count >= 0 else count + 1 - (day.weekday() < 5))


@given(st.lists(st.integers(-9, 9), max_size=20))
def test_sort_sorts(values: list[int]) -> None:
    assert evaluate("sort(v, function(x, y) x < y)", {"v": values}) == sorted(map(Decimal, values))


@given(st.text(max_size=20))
def test_a_text_written_as_a_literal_reads_back(text: str) -> None:
    assert evaluate(evaluate("string([t])", {"t": text})[1:-1]) == text
