"""What a hostile hand may send: nothing breaks, nothing unknown gets in, nothing grows without end."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.form.samples import CLOCK, LISTS, REQUIRED, choice, form, group, part, rows, text

EVERYTHING = form(
    text("a", validate=REQUIRED, properties={"idcard": "true"}),
    part("textarea", "b", validate={"maxLength": 5}),
    part("number", "c", validate={"min": 1}),
    part("datetime", "d"),
    part("datetime", "t", subtype="time"),
    part("datetime", "dt", subtype="datetime", properties={"minDate": "=today()"}),
    part("checkbox", "e"),
    choice("f", "x"),
    choice("g", "x", type="checklist"),
    part("select", "s", properties={"refList": "specialty", "refParent": "=a"}),
    part("filepicker", "h", properties={"minFiles": "1"}),
    group("n", text("a"), group("m", text("b", readonly="=n.a = b"))),
    rows(
        "r",
        text("a", conditional={"hide": "=this.b > 1"}),
        part("number", "b"),
        rows("q", text("z", properties={"check": "=this.z > a", "checkMessage": "x"})),
    ),
    {"type": "expression", "id": "x", "key": "x", "expression": "=r[1].b + c"},
    {"type": "table", "id": "table", "dataSource": "=r", "columns": [{"key": "a"}]},
    {"type": "text", "id": "text", "text": "{{ a }} {{ r }}"},
)  # fmt: skip

KEYS = ["a", "b", "c", "d", "t", "dt", "e", "f", "g", "s", "h", "n", "m", "r", "q", "z", "x"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)
NAMES = (
    st.sampled_from(KEYS)
    | st.from_regex(r"\A(n|r|r\[[0-9]{1,3}\])(\.(a|b|m|m\.b|q|q\[[0-9]\](\.z)?))?\Z")
    | st.text(max_size=12)
)
PAIRS = st.lists(
    st.tuples(NAMES | st.sampled_from(["_add", "_remove", "_detach", "_refresh"]), st.text(max_size=8) | NAMES),
    max_size=12,
)


def go_through(values: dict[str, Any]) -> None:
    """Everything that is done with values; what comes out is JSON for every database."""
    EVERYTHING.prepare(values, options=LISTS, clock=CLOCK)
    EVERYTHING.states(values, options=LISTS, clock=CLOCK)
    kept = EVERYTHING.clean(values, clock=CLOCK)
    assert set(kept) <= EVERYTHING.keys
    EVERYTHING.validate(kept, options=LISTS, clock=CLOCK)


@given(
    st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6),
    st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6),
)
def test_any_json_is_taken_without_breaking(posted: dict[str, Any], base: dict[str, Any]) -> None:
    go_through(EVERYTHING.merge(posted, base, clock=CLOCK))
    go_through(posted)


@given(PAIRS, st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6))
def test_any_pairs_are_taken_without_breaking(pairs: list[tuple[str, str]], base: dict[str, Any]) -> None:
    go_through(EVERYTHING.parse(pairs, base, clock=CLOCK))


@given(PAIRS)
def test_what_is_posted_into_an_empty_form_can_be_stored(pairs: list[tuple[str, str]]) -> None:
    values = EVERYTHING.parse(pairs, {}, clock=CLOCK)
    assert set(values) <= set(KEYS)
    stored = json.dumps(values, allow_nan=False, ensure_ascii=False).encode()
    assert b"\\u0000" not in stored


@pytest.mark.parametrize(
    "name",
    [
        "evil",
        "n.evil",
        "r[0].evil",
        "r[0][1]",
        "n",
        "__class__",
        "r.a",
        "r[x].a",
        "r[-1].a",
        "n[0].a",
        "r[99999].a",
        "a.b",
        "",
    ],
)
def test_unknown_names_are_ignored(name: str) -> None:
    assert EVERYTHING.parse([(name, "1")], {}, clock=CLOCK) == EVERYTHING.parse([], {}, clock=CLOCK)


def test_unknown_keys_inside_known_objects_are_ignored() -> None:
    sample = form(group("n", text("a")))
    assert sample.merge({"n": {"a": "1", "admin": True}, "admin": True}, {"n": {"key": 7}}) == {
        "n": {"a": "1", "key": 7}
    }


def test_the_values_that_were_there_are_never_changed_in_place() -> None:
    sample = form(rows("r", text("a")), {"type": "expression", "id": "x", "key": "x", "expression": "=1"})
    base = {"r": [{"a": "1"}, {}]}
    sample.parse([("r[0].a", "2"), ("_remove", "r[0]")], base, clock=CLOCK)
    sample.clean(base, clock=CLOCK)
    sample.prepare(base, clock=CLOCK)
    assert base == {"r": [{"a": "1"}, {}]}


def test_huge_lists_end_at_the_most() -> None:
    sample = form(rows("r", text("a", validate=REQUIRED), text("b")))
    values = sample.merge({"r": [{"b": "x"}] * 100_000}, {})
    assert len(values["r"]) == 201
    assert [problem.message for problem in sample.validate(values)] == ["“r”最多 200 行，请删除多余的行"]
    assert len(sample.prepare(values).nodes[0].rows) == 200


def test_problems_end_somewhere() -> None:
    sample = form(rows("r", *(text(f"f{n}", validate=REQUIRED) for n in range(5)), text("a")))
    assert len(sample.validate({"r": [{"a": "x"}] * 200})) <= 205


def test_a_posted_row_number_costs_one_row() -> None:
    assert form(rows("r", text("a"))).parse([("r[9999].a", "x")], {}) == {"r": [{"a": "x"}]}
