"""Conditions: what is hidden, locked, required or computed follows what is typed."""

from typing import Any

import pytest

from engine.form import FormView, Node
from tests.form.samples import CLOCK, REQUIRED, choice, form, group, part, rows, sentences, text


def names(view: FormView) -> list[str]:
    def inside(nodes: tuple[Node, ...]) -> list[str]:
        found: list[str] = []
        for node in nodes:
            found += [node.name] if node.is_input else []
            found += inside(node.children)
            for row in node.rows:
                found += inside(row.children)
        return found

    return inside(view.nodes)


HIDDEN_UNLESS_EXCEPTIONAL = {"hide": '=route != "exceptional"'}


def test_a_hidden_input_is_not_drawn_not_asked_for_and_not_kept() -> None:
    sample = form(
        choice("route", "regular", "exceptional"),
        text("grounds", validate=REQUIRED, conditional=HIDDEN_UNLESS_EXCEPTIONAL),
    )
    hidden = {"route": "regular", "grounds": "旧理由"}
    assert names(sample.prepare(hidden, clock=CLOCK)) == ["route"]
    assert sentences(sample, {"route": "regular"}) == []
    assert sample.clean(hidden, clock=CLOCK) == {"route": "regular"}
    shown = {"route": "exceptional", "grounds": "符合第二条"}
    assert names(sample.prepare(shown, clock=CLOCK)) == ["route", "grounds"]
    assert sentences(sample, {"route": "exceptional"}) == ["请填写“grounds”"]
    assert sample.clean(shown, clock=CLOCK) == shown


def test_a_hidden_group_takes_everything_in_it_along() -> None:
    hidden: dict[str, Any] = {"conditional": {"hide": "=true"}}
    sample = form(
        group("title", text("name", validate=REQUIRED), **hidden),
        {"type": "group", "id": "g", "components": [text("loose"), rows("list", text("a"))], **hidden},
        text("kept"),
    )
    values = {"title": {"name": "讲师"}, "loose": "x", "list": [{"a": "1"}], "kept": "y"}
    assert sentences(sample, {}) == []
    assert sample.clean(values, clock=CLOCK) == {"kept": "y"}
    assert names(sample.prepare(values, clock=CLOCK)) == ["kept"]


def test_a_condition_in_a_row_sees_the_row_its_number_and_what_is_around_it() -> None:
    sample = form(
        text("mode"),
        rows(
            "papers",
            text("kind"),
            text("by_row", conditional={"hide": '=this.kind != "SCI"'}),
            text("by_number", conditional={"hide": "=i[1] != 2"}),
            text("by_parent", conditional={"hide": '=parent.mode != "full"'}),
            text("by_root", conditional={"hide": '=mode != "full"'}),
        ),
    )
    values = {"mode": "full", "papers": [{"kind": "SCI"}, {"kind": "EI"}]}
    assert names(sample.prepare(values, clock=CLOCK)) == [
        "mode",
        *("papers[0].kind", "papers[0].by_row", "papers[0].by_parent", "papers[0].by_root"),
        *("papers[1].kind", "papers[1].by_number", "papers[1].by_parent", "papers[1].by_root"),
    ]
    filled = {"mode": "", "papers": [{"kind": "EI", "by_row": "x", "by_number": "y", "by_parent": "z"}]}
    assert sample.clean(filled, clock=CLOCK) == {"mode": "", "papers": [{"kind": "EI"}]}


def test_nested_rows_see_their_own_row_and_the_one_around() -> None:
    inner = rows("files", text("name", conditional={"hide": '=parent.kind != "book" or i[2] != 1'}))
    sample = form(rows("works", text("kind"), inner))
    values = {"works": [{"kind": "book", "files": [{}, {}]}, {"kind": "paper", "files": [{}]}]}
    assert names(sample.prepare(values, clock=CLOCK)) == ["works[0].kind", "works[0].files[0].name", "works[1].kind"]


def test_conditions_read_the_variables_of_the_case_below_the_values() -> None:
    sample = form(text("a", conditional={"hide": '=series != "teacher"'}))
    assert names(sample.prepare({}, {"series": "teacher"}, clock=CLOCK)) == ["a"]
    assert names(sample.prepare({"series": "health"}, {"series": "teacher"}, clock=CLOCK)) == []


def test_required_may_depend() -> None:
    sample = form(
        choice("has_title", "yes", "no"), text("title", "现职称名称", validate={"required": '=has_title = "yes"'})
    )
    assert sentences(sample, {"has_title": "yes"}) == ["请填写“现职称名称”"]
    assert sentences(sample, {"has_title": "no"}) == []
    assert [node.required for node in sample.prepare({"has_title": "yes"}, clock=CLOCK).nodes] == [False, True]


def test_limits_may_depend() -> None:
    sample = form(part("number", "total"), part("number", "rank", label="推荐排序", validate={"max": "=total"}))
    assert sentences(sample, {"total": 3, "rank": 4}) == ["“推荐排序”不能大于 3"]
    assert sentences(sample, {"rank": 4}) == []


@pytest.mark.catalogue("Q41")
@pytest.mark.parametrize("how", [{"readonly": True}, {"disabled": True}, {"readonly": '=source = "account"'}])
def test_a_locked_input_keeps_what_it_has(how: dict[str, Any]) -> None:
    sample = form(group("basic_info", text("name", "姓名", validate=REQUIRED, **how), text("phone")))
    base = {"basic_info": {"name": "测试申报人"}}
    context = {"source": "account"}
    posted = sample.parse([("basic_info.name", "别人"), ("basic_info.phone", "1")], base, context=context, clock=CLOCK)
    assert posted == {"basic_info": {"name": "测试申报人", "phone": "1"}}
    given = sample.merge({"basic_info": {"name": "别人"}}, base, context=context, clock=CLOCK)
    assert given == base
    assert sample.merge({"basic_info": {"name": "别人"}}, {}, context=context, clock=CLOCK)["basic_info"] == {}
    assert sample.prepare(base, context, clock=CLOCK).nodes[0].children[0].readonly is True


def test_a_lock_that_does_not_hold_lets_the_input_change() -> None:
    sample = form(text("a", readonly='=source = "account"'))
    assert sample.parse([("a", "新")], {"a": "旧"}, context={"source": "typed"}, clock=CLOCK) == {"a": "新"}


def test_a_lock_in_a_row_is_of_that_row() -> None:
    sample = form(rows("r", text("kind"), text("a", readonly='=this.kind = "fixed"')))
    base = {"r": [{"kind": "fixed", "a": "旧"}, {"kind": "open", "a": "旧"}]}
    pairs = [("r[0].kind", "fixed"), ("r[0].a", "新"), ("r[1].kind", "open"), ("r[1].a", "新")]
    assert sample.parse(pairs, base, clock=CLOCK) == {"r": [{"kind": "fixed", "a": "旧"}, {"kind": "open", "a": "新"}]}


def test_a_locked_input_without_a_value_has_its_default() -> None:
    sample = form(text("a", readonly=True, defaultValue="河北省"))
    assert sample.parse([("a", "别处")], {}) == {"a": "河北省"}


def test_an_input_that_is_always_locked_shows_what_the_process_knows_and_writes_nothing() -> None:
    sample = form(text("notice", readonly=True), group("advice", text("text", readonly=True)), text("opinion"))
    context = {"notice": "已公示", "advice": {"text": "同意"}, "opinion": "别人的"}
    view = sample.prepare({}, context, clock=CLOCK)
    assert [view.nodes[0].value, view.nodes[1].children[0].value, view.nodes[2].value] == ["已公示", "同意", None]
    assert sample.clean(sample.parse([("opinion", "同意")], {}, context=context), context) == {"opinion": "同意"}


def test_an_input_nobody_touched_shows_its_default() -> None:
    sample = form(
        text("a", defaultValue="无"), part("number", "b", defaultValue=3), part("checkbox", "c", defaultValue=True)
    )
    assert [node.value for node in sample.prepare({}).nodes] == ["无", 3, True]
    assert [node.value for node in sample.prepare({"a": "", "b": None, "c": False}).nodes] == ["", None, False]


def test_computed_values_follow_in_order_and_cannot_be_typed() -> None:
    sample = form(
        part("number", "a"),
        {"type": "expression", "id": "double", "key": "double", "expression": "=a * 2"},
        {"type": "expression", "id": "triple", "key": "triple", "expression": "=double + a"},
        rows("r", part("number", "x"), {"type": "expression", "id": "y", "key": "y", "expression": "=this.x + 0.1"}),
        group("g", {"type": "expression", "id": "at", "key": "at", "expression": "=today()"}),
    )
    values = sample.parse([("a", "2"), ("double", "99"), ("r[0].x", "0.2")], {}, clock=CLOCK)
    assert values == {"a": 2, "double": 4, "triple": 6, "r": [{"x": 0.2, "y": 0.3}], "g": {"at": "2026-06-30"}}
    assert sample.clean({"a": 5, "double": 1}, clock=CLOCK) == {
        "a": 5,
        "double": 10,
        "triple": 15,
        "g": {"at": "2026-06-30"},
    }


def test_texts_show_values_and_never_their_marks() -> None:
    sample = form(
        {"type": "text", "id": "t", "text": "你好 **{{ name }}**，共 {{ count(rows) }} 项"},
        text("a", '=if kind = 1 then "甲" else "乙"', description="还差 {{ 3 - done }} 份"),
    )
    view = sample.prepare({}, {"name": "*粗* [x](http://e.example)", "rows": [1, 2], "kind": 1, "done": 1}, clock=CLOCK)
    assert view.nodes[0].text == r"你好 **\*粗\* \[x\]\(http://e\.example\)**，共 2 项"
    assert (view.nodes[1].label, view.nodes[1].hint) == ("甲", "还差 2 份")


def test_an_expression_that_cannot_be_worked_out_shows_and_asks_for_nothing() -> None:
    sample = form(text("a", conditional={"hide": "=missing.deep > 3"}, validate={"required": "=[1,2]"}))
    assert names(sample.prepare({}, clock=CLOCK)) == ["a"]
    assert sentences(sample, {}) == []


def test_an_expression_that_would_run_for_ever_is_null() -> None:
    endless = "=count(for x in 1..10000, y in 1..10000 return x) > 0"
    assert names(form(text("a", conditional={"hide": endless})).prepare({}, clock=CLOCK)) == ["a"]


def test_only_inputs_that_others_depend_on_drive_the_page() -> None:
    sample = form(
        choice("route", "a"),
        text("grounds", conditional=HIDDEN_UNLESS_EXCEPTIONAL),
        text("other", properties={"check": "=other > grounds", "checkMessage": "x"}),
    )
    assert [node.drives for node in sample.prepare({"route": "exceptional"}, clock=CLOCK).nodes] == [True, False, False]
