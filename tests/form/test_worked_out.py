"""Inputs that show what an expression gives, years, and the words of the button that adds a row."""

import json

import pytest

from engine.form import read_form
from engine.form.kinds.moment import Moment
from engine.form.view import date_text
from web.fields import render_form

FORM = read_form(
    json.dumps(
        {
            "id": "hours",
            "components": [
                {
                    "type": "dynamiclist",
                    "id": "study",
                    "path": "study",
                    "label": "学时",
                    "defaultRepetitions": 0,
                    "properties": {"display": "cards", "addLabel": "添加学时"},
                    "components": [
                        {"type": "datetime", "id": "y", "key": "year", "label": "年度", "properties": {"year": "true"}},
                        {"type": "number", "id": "a", "key": "a", "label": "公需"},
                        {
                            "type": "number",
                            "id": "t",
                            "key": "t",
                            "label": "合计",
                            "properties": {"value": "=this.a + 1"},
                        },
                    ],
                }
            ],
        }
    )
)


def test_what_is_worked_out_follows_what_is_typed_and_takes_nothing_from_outside() -> None:
    values = FORM.parse([("study[0].year", "2025年"), ("study[0].a", "60"), ("study[0].t", "9")], {})
    assert values == {"study": [{"year": "2025", "a": 60, "t": 61}]}
    assert FORM.validate(values) == []
    assert FORM.merge({"study": [{"a": 2, "t": 9}]}, {}) == {"study": [{"a": 2, "t": 3}]}


def test_a_row_that_holds_only_what_is_worked_out_is_blank() -> None:
    values = {"study": [{"t": 1}]}
    assert FORM.validate(values) == []
    assert FORM.clean(values) == {"study": []}


@pytest.mark.parametrize(("text", "faults"), [("2021", 0), ("21", 1), ("1821", 1), ("二〇二一", 1)])
def test_a_year_has_four_digits(text: str, faults: int) -> None:
    assert len(FORM.validate({"study": [{"year": text}]})) == faults


def test_a_year_is_read_as_a_year() -> None:
    assert date_text("2021") == "2021年"
    assert isinstance(FORM.fields["study[].year"].kind, Moment)


def test_the_button_says_what_it_adds() -> None:
    html = str(render_form(FORM.prepare({})))
    assert ("添加学时</button>" in html, "添加一行" in html) == (True, False)
