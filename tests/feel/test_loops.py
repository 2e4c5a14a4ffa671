"""Filters, loops and quantified conditions."""

import pytest

from tests.feel.tables import check

PEOPLE = [
    {"name": "测试申报人", "age": 30, "papers": [{"rank": 1}, {"rank": 3}]},
    {"name": "测试专家", "age": 50, "papers": []},
]

CASES = [
    ("[1, 2, 3][2]", 2),
    ("[1, 2, 3][-1]", 3),
    ("[1, 2, 3][0]", None),
    ("[1, 2, 3][4]", None),
    ("[1, 2, 3][1.5]", None),
    ("[1, 2, 3][1 + 1]", 2),
    ("[1, 2, 3][item > 1]", [2, 3]),
    ("[1, 2, 3][item > 1][1]", 2),
    ("[1, 2, 3][true]", [1, 2, 3]),
    ("[1, 2, 3][null]", []),
    ('[1, "a", 3][item > 1]', [3]),
    ("[][item > 1]", []),
    ("[][1]", None),
    ("null[1]", None),
    ("null[item > 1]", None),
    ("5[1]", 5),
    ("5[item > 3]", [5]),
    ("5[item > 7]", []),
    ("{a: 1}[a = 1]", [{"a": 1}]),
    ("people[age > 40].name", ["测试专家"]),
    ("people[name = me].age", [30]),
    ("people[item.age > limit].name", ["测试专家"]),
    ("people[count(papers[rank = 1]) > 0].name", ["测试申报人"]),
    ("people[some p in papers satisfies p.rank < age].name", ["测试申报人"]),
    ("[{item: 1}, {item: 2}][item = 2]", [{"item": 2}]),
    ("for x in people return people[name = x.name][1].age", [30, 50]),
    ("[{a: 1}, {b: 1}][a = 1]", [{"a": 1}]),
    ("[{a: 1}][a > limit or limit = 40]", [{"a": 1}]),
    ("for i in [1, 2] return i * 2", [2, 4]),
    ("for i in 1..3 return i", [1, 2, 3]),
    ("for i in 3..1 return i", [3, 2, 1]),
    ("for i in 1..1 return i", [1]),
    ("for i in 0.5..2 return i", [0.5, 1.5]),
    ("for i in [1..3] return i", [1, 2, 3]),
    ("for i in (1..3) return i", [2]),
    ("for i in (<3) return i", None),
    ("for i in null return i", None),
    ("for i in 1..null return i", None),
    ("for i in 5 return i", [5]),
    ("for i in [] return i", []),
    ("for i in 1..2, j in [10, 20] return i + j", [11, 21, 12, 22]),
    ("for i in [[1, 2], [3]], j in i return j", [1, 2, 3]),
    ("for i in 1..5 return if i < 3 then 1 else partial[-1] + partial[-2]", [1, 1, 2, 3, 5]),
    ("for 人 in people return 人.name", ["测试申报人", "测试专家"]),
    ("for one person in people return one person.age", [30, 50]),
    ("some x in [1, 2] satisfies x > 1", True),
    ("some x in [1, 2] satisfies x > 2", False),
    ("some x in [1, null] satisfies x > 2", None),
    ("some x in [] satisfies true", False),
    ("every x in [1, 2] satisfies x > 0", True),
    ("every x in [1, 2] satisfies x > 1", False),
    ("every x in [1, null] satisfies x > 0", None),
    ("every x in [] satisfies false", True),
    ("some x in [1, 2], y in [2, 3] satisfies x = y", True),
    ("every x in 1..3 satisfies x < 4 and x > 0", True),
    ("some x in null satisfies true", None),
    ("{x: 1, y: for x in [5] return x, z: x}.z", 1),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_loop(text: str, expected: object) -> None:
    check(text, expected, {"people": PEOPLE, "me": "测试申报人", "limit": 40})
