"""Names: Chinese, with spaces, with signs; which are free; how the context is read."""

from collections.abc import Iterator
from typing import Any

import pytest

from engine.feel import compile_expression, evaluate
from tests.feel.tables import check

FREE = [
    ('decision = "pass" and score >= 60', {"decision", "score"}, set()),
    ("a.b.c + d", {"a", "d"}, set()),
    ("for i in xs return i + y", {"xs", "y"}, set()),
    ("some i in xs satisfies i > limit", {"xs", "limit"}, set()),
    ("function(x) x + y", {"y"}, set()),
    ("{a: 1, b: a + c}", {"c"}, set()),
    ("{f: function(n) f(n)}", set(), set()),
    ("rows[amount > limit]", {"rows"}, {"amount", "limit"}),
    ("rows[amount > limit and item.x = 1] and limit > 0", {"rows", "limit"}, {"amount"}),
    ("for r in rows return rows[id = r.id]", {"rows"}, {"id"}),
    ("date(birthday)", {"birthday"}, set()),
    ("date", {"date"}, set()),
    ("f(x)", {"f", "x"}, set()),
    ("substring(string: s, start position: 1)", {"s"}, set()),
    ('"name" + `first name`', {"first name"}, set()),
    ("x in (< y)", {"x", "y"}, set()),
    ("partial + 1", {"partial"}, set()),
    ("1", set(), set()),
]


@pytest.mark.parametrize(("text", "names", "in_filters"), FREE)
def test_free_names(text: str, names: set[str], in_filters: set[str]) -> None:
    expression = compile_expression(text)
    assert (expression.names, expression.filter_names) == (names, in_filters)


def test_chinese_names() -> None:
    check("评审票数.赞成 * 3 >= 到会人数 * 2", True, {"评审票数": {"赞成": 20}, "到会人数": 29})


def test_names_known_to_the_caller_may_have_spaces_and_signs() -> None:
    expression = compile_expression(
        "first name + a-b + c/d + years and more - a - b",
        names=frozenset({"first name", "a-b", "c/d", "years and more"}),
    )
    assert expression.names == {"first name", "a-b", "c/d", "years and more", "a", "b"}


def test_the_longest_known_name_wins() -> None:
    expression = compile_expression("net income tax + net income", names=frozenset({"net income", "net income tax"}))
    assert expression.evaluate({"net income": 10, "net income tax": 3}) == 13


def test_a_known_name_may_be_written_with_other_spaces() -> None:
    assert compile_expression("first   name", names=frozenset({"first name"})).evaluate({"first name": 1}) == 1


def test_date_and_time_without_a_bracket_are_two_variables() -> None:
    check("date and time", True, {"date": True, "time": True})


def test_a_variable_named_like_a_function_does_not_hide_it() -> None:
    check('count = 3 and count([1, 2]) = 2 and date("2024-01-01").year = 2024', True, {"count": 3})


def test_a_local_function_hides_a_built_in_one() -> None:
    check("{count: function(x) 42, r: count([1])}.r", 42)


def test_a_function_of_the_context_is_called() -> None:
    check("twice(4)", 8, {"twice": evaluate("function(x) x * 2")})


def test_keywords_may_stand_after_a_dot_and_as_keys() -> None:
    check("{in: 1, for: 2}.in", 1)
    check("a.function", 1, {"a": {"function": 1}})


class Lazy:
    """A context that answers `get` and counts what it was asked."""

    def __init__(self, **values: object) -> None:
        self.values = values
        self.asked: list[str] = []

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.append(name)
        return self.values.get(name, default)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("an expression never lists its context")


def test_only_what_is_needed_is_read() -> None:
    context = Lazy(a=1, b=2, c=3)
    assert evaluate("if a = 1 then b else c", context) == 2
    assert context.asked == ["a", "b"]


def test_the_same_text_is_compiled_once() -> None:
    assert compile_expression("1 + 11") is compile_expression("1 + 11")
