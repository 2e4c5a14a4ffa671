"""Literals, arithmetic, comparison and structures."""

import pytest

from tests.feel.tables import check

LITERALS = [
    ("1", 1),
    ("-1", -1),
    ("--1", 1),
    ("0.5", 0.5),
    (".5", 0.5),
    ("1.5e3", 1500),
    ("00.10", 0.1),
    ("true", True),
    ("false", False),
    ("null", None),
    ('"a"', "a"),
    ('"年度考核"', "年度考核"),
    (r'"a\"b"', 'a"b'),
    (r'"a\\b"', "a\\b"),
    (r'"a\nb\tc\rd"', "a\nb\tc\rd"),
    (r'"中"', "中"),
    (r'"🐎"', "🐎"),
    (r'"\U01F40E"', "🐎"),
    (r'"\d\s"', r"\d\s"),
    ('"it\'s"', "it's"),
    ("[]", []),
    ("[1, [true, null]]", [1, [True, None]]),
    ("{}", {}),
    ('{a: 1, "b c": 2}', {"a": 1, "b c": 2}),
    ("// why\n1", 1),
    ("1 // why", 1),
    ("/* a * b */ 1 /**/", 1),
    ("= 1", 1),
    ("  =1", 1),
]

ARITHMETIC = [
    ("1 + 2 * 3", 7),
    ("(1 + 2) * 3", 9),
    ("10 - 3 - 2", 5),
    ("12 / 3 / 2", 2),
    ("0.1 + 0.2", 0.3),
    ("2 ** 10", 1024),
    ("2 ** 3 ** 2", 64),
    ("-2 ** 2", 4),
    ("2 ** -1", 0.5),
    ("4 ** 0.5", 2),
    ("0 ** 0", 1),
    ("0 ** 5", 0),
    ("0 ** -1", None),
    ("(-8) ** 0.5", None),
    ("1 / 0", None),
    ("10 ** 6144 * 10", None),
    ("- (1 + 2)", -3),
    ("-null", None),
    ('1 + "a"', None),
    ('"a" + 1', None),
    ('"a" + "b"', "ab"),
    ('"a" - "b"', None),
    ('"a" * 3', None),
    ("1 + null", None),
    ("true + true", None),
    ("[1] + [2]", None),
]

COMPARISON = [
    ("1 = 1.0", True),
    ("1 != 2", True),
    ("1 < 2", True),
    ("2 <= 2", True),
    ('"a" < "b"', True),
    ('"b" >= "a"', True),
    ('1 = "1"', None),
    ('1 != "1"', None),
    ('1 < "2"', None),
    ("true = true", True),
    ("true < false", None),
    ("null = null", True),
    ("null != null", False),
    ("1 = null", False),
    ("null != 1", True),
    ("1 < null", None),
    ("[1, 2] = [1, 2]", True),
    ("[1, 2] = [2, 1]", False),
    ('[1, "a"] = [1, 2]', False),
    ("[1] < [2]", None),
    ("{a: 1, b: 2} = {b: 2, a: 1}", True),
    ("{a: 1} = {a: 2}", False),
    ("{a: 1} = {b: 1}", False),
    ("[1..5] = [1..5]", True),
    ("[1..5] = [1..5)", False),
    ("2 between 1 and 3", True),
    ("3 between 1 and 3", True),
    ("4 between 1 and 3", False),
    ('"b" between "a" and "c"', True),
    ("null between 1 and 3", None),
    ("0 between 1 and null", False),
    ("2 between 1 and 3 and 5 > 4", True),
    ("(1 < 2) = true", True),
]

MEMBERSHIP = [
    ("2 in [1, 2]", True),
    ("3 in [1, 2]", False),
    ("2 in (1, 2)", True),
    ("2 in (< 3)", True),
    ("2 in < 2", False),
    ("2 in (> 3, < 3)", True),
    ("2 in [1..3]", True),
    ("1 in (1..3]", False),
    ("1 in ]1..3]", False),
    ("3 in [1..3)", False),
    ("3 in [1..3[", False),
    ("2 in ]1..3[", True),
    ("2 in (1..3)", True),
    ("2 in ([5..9], [1..3])", True),
    ("7 in [[5..9], [1..3]]", True),
    ('"b" in "b"', True),
    ('"b" in ("a", "c")', False),
    ("null in [1, null]", True),
    ("null in [1..3]", None),
    ('"a" in [1..3]', None),
    ("[1] in [[1], 2]", True),
    ("2 in [1..3] and true", True),
    ("5 in (< 5)", False),
    ("5 in (<= 5)", True),
    ("5 in (= 5)", True),
    ("x in (y)", True),
    ("x in (ys)[item > 1]", True),
]

STRUCTURE = [
    ("{a: 1, b: a + 1}.b", 2),
    ("{a: {b: {c: 3}}}.a.b.c", 3),
    ("{a: 1}.b", None),
    ("null.a", None),
    ('"text".a', None),
    ("[{a: 1}, {a: 2}, {}].a", [1, 2, None]),
    ("{rows: [{x: 1}, {x: 2}]}.rows.x", [1, 2]),
    ("{first name: 1, total sum: first name + 1}.total sum", 2),
    ('{"a b": 1}.a b', 1),
    ("{a-b: 3}.a-b", 3),
    ("[1..5].start", 1),
    ("[1..5].end", 5),
    ("[1..5).end included", False),
    ("(1..5].start included", False),
    ("(<5).start", None),
    ("[3..null]", None),
    ('[1.."a"]', None),
]

CONTROL = [
    ("if true then 1 else 2", 1),
    ("if false then 1 else 2", 2),
    ("if null then 1 else 2", 2),
    ('if "true" then 1 else 2', 2),
    ("if 1 > 2 then 1 else if 2 > 1 then 2 else 3", 2),
    ("1 + if true then 1 else 2", 2),
]

TYPES = [
    ("1 instance of number", True),
    ('"a" instance of string', True),
    ("true instance of boolean", True),
    ("1 instance of string", False),
    ("null instance of Any", False),
    ("null instance of Null", True),
    ("null instance of number", False),
    ("1 instance of Any", True),
    ("[1] instance of list", True),
    ("[1] instance of list<number>", True),
    ("{a: 1} instance of context", True),
    ("{a: 1} instance of context<a: number, b: list<string>>", True),
    ("[1..2] instance of range<number>", True),
    ("(function(x) x) instance of function", True),
    ("(function(x) x) instance of function<number> -> number", True),
    ('@"2024-01-01" instance of date', True),
    ('@"2024-01-01T00:00:00" instance of date', False),
    ('@"2024-01-01T00:00:00" instance of date and time', True),
    ('@"10:00:00" instance of time', True),
    ('@"P1D" instance of days and time duration', True),
    ('@"P1Y" instance of years and months duration', True),
    ('@"P1D" instance of years and months duration', False),
    ("1 instance of unheard", None),
    ("1 instance of number and true", True),
    ("if 1 instance of number then 1 else 2", 1),
    ("[1, 2][item instance of number][1]", 1),
    ("some x in [1] satisfies x instance of list or x = 1", True),
    ('@"P1D" instance of day-time-duration', True),
    ("(function(a: years and months duration, b: tIncome) 1) instance of function", True),
]


@pytest.mark.parametrize(("text", "expected"), [*LITERALS, *ARITHMETIC, *COMPARISON, *STRUCTURE, *CONTROL, *TYPES])
def test_expression_has_its_value(text: str, expected: object) -> None:
    check(text, expected)


@pytest.mark.parametrize(("text", "expected"), MEMBERSHIP)
def test_in_asks_lists_ranges_and_tests(text: str, expected: object) -> None:
    check(text, expected, {"x": 3, "y": 3, "ys": [1, 3]})


def test_numbers_keep_34_digits() -> None:
    check("1 / 3 = 0.3333333333333333333333333333333333", True)
    check("12345678901234567890123456789012 + 0.5 > 12345678901234567890123456789012", True)
