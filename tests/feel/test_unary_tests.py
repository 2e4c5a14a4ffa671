"""Unary tests: the cells of a decision table."""

from datetime import date

import pytest

from engine.feel import compile_unary_tests, evaluate

CASES = [
    ("-", 1, True),
    ("-", None, True),
    ("", 1, True),
    ("  ", 1, True),
    ("5", 5, True),
    ("5", 6, False),
    ("-5", -5, True),
    ('"a"', "a", True),
    ('"a"', 1, None),
    ('"a"', None, False),
    ('"a", "b"', "b", True),
    ('"a", "b"', "c", False),
    ("1, 2, > 10", 11, True),
    ("< 5", 4, True),
    ("< 5", 5, False),
    ("< 5", None, None),
    ("<= 5", 5, True),
    ("> limit", 11, True),
    (">= limit + 1", 11, True),
    ("= 5", 5, True),
    ("!= 5", 4, True),
    ("!= 5", None, True),
    ("[1..5]", 5, True),
    ("[1..5)", 5, False),
    ("]1..5]", 1, False),
    ("(1..5)", 3, True),
    ("[1..5], [8..9]", 8, True),
    ("not(1, 2)", 3, True),
    ("not(1, 2)", 2, False),
    ("not(> 5)", 3, True),
    ("not(< 5)", None, None),
    ('not("a")', None, True),
    ("not(null)", 1, True),
    ("not(null)", None, False),
    ("null", None, True),
    ("null", 1, False),
    ("true", True, True),
    ("true", False, False),
    ("false", False, True),
    ("false", None, False),
    ("not(true)", False, True),
    ("? > 3 and ? < 5", 4, True),
    ("? > 3 and ? < 5", 6, False),
    ("? > 3", None, None),
    ('contains(?, "高工")', "正高工", True),
    ('not(contains(?, "高工"))', "工程师", True),
    ('not(contains(?, "x")) and true', "y", True),
    ("? * 2 = 8", 4, True),
    ("titles", "工程师", True),
    ("titles", "助理", False),
    ("list contains(titles, ?)", "工程师", True),
    ("span", 7, True),
    ("limit > 5", "anything", True),
    ("limit > 50", "anything", None),
    ('date("2024-01-01")', date(2024, 1, 1), True),
    ('< date("2024-01-01")', date(2023, 1, 1), True),
    ('< date("2024-01-01")', "2023-01-01", None),
    ("[1, 2]", [1, 2], True),
    ("some x in titles satisfies x = ?", "工程师", True),
    ("if limit > 5 then 1 else 2", 1, True),
]


@pytest.mark.parametrize(("text", "value", "expected"), CASES)
def test_cell_tests_the_input(text: str, value: object, expected: bool | None) -> None:
    context = {"limit": 10, "titles": ["工程师", "高级工程师"], "span": evaluate("[5..9]")}
    assert compile_unary_tests(text).matches(value, context) is expected


def test_names_of_tests() -> None:
    assert compile_unary_tests("> limit, ? in titles").names == {"limit", "titles"}


def test_alternatives_stand_alone() -> None:
    first, second = compile_unary_tests('"高", "中"').alternatives()
    assert (first.matches("高"), second.matches("高")) == (True, False)
