"""Conditions over several inputs, outcomes that require, and how far a section is."""

from typing import Any

import pytest

from engine.form import OutcomeValue, as_fields
from tests.form.samples import CLOCK, LISTS, REQUIRED, choice, form, group, part, rows, sentences, text

MONTH = {"month": "true"}
END_AFTER_START = {"check": "=this.end >= this.start", "checkMessage": "“结束时间”不能早于“开始时间”"}
EDUCATION = rows(
    "education",
    part("datetime", "start", label="开始时间", properties=MONTH),
    part("datetime", "end", label="结束时间", properties={**MONTH, **END_AFTER_START}),
    choice("first", "yes", "no", label="是否第一学历"),
    choice("highest", "yes", "no", label="是否最高学历"),
    label="学习经历",
    properties={
        "check": '=count(education[first = "yes"]) = 1',
        "checkMessage": "{}中应恰有一条“是否第一学历”为是",
        "check2": '=count(education[highest = "yes"]) = 1',
        "checkMessage2": '{}中应恰有一条“是否最高学历”为是，现有 {{ count(education[highest = "yes"]) }} 条',
    },
)


@pytest.mark.catalogue("P10")
def test_a_row_ends_after_it_begins() -> None:
    row = {"first": "yes", "highest": "yes"}
    assert sentences(form(EDUCATION), {"education": [{**row, "start": "2010-09", "end": "2010-09"}]}) == []
    late = {"education": [{**row, "start": "2010-09", "end": "2014-07"}, {"start": "2014-09", "end": "2013-07"}]}
    assert sentences(form(EDUCATION), late) == ["第 2 行“结束时间”不能早于“开始时间”"]


@pytest.mark.catalogue("P10")
def test_exactly_one_row_is_the_first_and_one_the_highest_education() -> None:
    one = {"first": "yes", "highest": "no"}
    assert sentences(form(EDUCATION), {"education": [one, {"first": "no", "highest": "yes"}]}) == []
    assert sentences(form(EDUCATION), {"education": [one, {"first": "yes", "highest": "yes"}]}) == [
        "“学习经历”中应恰有一条“是否第一学历”为是"
    ]
    assert sentences(form(EDUCATION), {"education": [one]}) == ["“学习经历”中应恰有一条“是否最高学历”为是，现有 0 条"]


def test_a_rule_over_empty_inputs_says_nothing() -> None:
    sample = form(part("number", "a"), part("number", "b", properties={"check": "=b >= a", "checkMessage": "太小"}))
    assert sentences(sample, {"a": 3}) == []
    assert sentences(sample, {"a": 3, "b": None}) == []
    assert sentences(sample, {"a": 3, "b": 2}) == ["太小"]


def test_a_rule_waits_until_its_input_is_right_by_itself() -> None:
    sample = form(
        part("number", "a"),
        part("number", "b", validate={"min": 5}, properties={"check": "=b >= a", "checkMessage": "太小"}),
    )
    assert sentences(sample, {"a": 9, "b": 2}) == ["“b”不能小于 5"]


def test_rules_are_left_out_of_a_partial_look() -> None:
    assert sentences(form(EDUCATION), {"education": [{"start": "2014-09", "end": "2013-07"}]}, partial=True) == []


def test_rules_of_the_form_name_their_field_and_may_have_a_condition() -> None:
    rules = [
        {"id": "rank", "check": "=rank <= total", "field": "rank", "message": "“推荐排序”不能大于“单位共推荐”"},
        {
            "id": "grounds",
            "when": '=route = "exceptional"',
            "check": '=grounds != ""',
            "field": "grounds",
            "message": "请填写{}",
        },
        {"id": "row", "check": "this.rank <= this.total", "field": "awards[].rank", "message": "{}不能大于总人数"},
    ]
    sample = form(
        part("number", "rank"), part("number", "total"), text("route"), text("grounds", "破格条件"),
        rows("awards", {**part("number", "rank", label="个人位次"), "id": "own"}, {**part("number", "total"), "id": "all"}),
        zhiping={"rules": rules},
    )  # fmt: skip
    assert sample.findings() == []
    assert sentences(sample, {"rank": 4, "total": 3}) == ["“推荐排序”不能大于“单位共推荐”"]
    assert sentences(sample, {"route": "exceptional", "grounds": ""}) == ["请填写“破格条件”"]
    assert sentences(sample, {"route": "regular", "grounds": ""}) == []
    assert sentences(sample, {"awards": [{"rank": 1, "total": 3}, {"rank": 4, "total": 3}]}) == [
        "第 2 行“个人位次”不能大于总人数"
    ]


@pytest.mark.parametrize(
    "rule",
    ["x", {"id": "r"}, {"id": "r", "check": "=", "field": "a", "message": "m"}, {"id": "r", "check": "=1 +", "field": "a", "message": "m"},
     {"id": "r", "check": "=a > 1", "field": "missing", "message": "m"}, {"id": "r", "check": "=a > 1", "field": "a"}],
)  # fmt: skip
def test_a_rule_that_cannot_be_read_is_found(rule: object) -> None:
    assert [finding.severity for finding in form(text("a"), zhiping={"rules": [rule]}).findings()] == ["error"]


OUTCOME = choice(
    "outcome", "approve", "return_for_revision", label="办理结果",
    validate=REQUIRED, properties={"style.approve": "primary", "requires.return_for_revision": "opinion"},
)  # fmt: skip
OPINION = part("textarea", "opinion", label="审核意见", validate={"maxLength": 1000})


def test_outcomes_are_the_buttons_and_stand_in_no_node() -> None:
    sample = form(OPINION, OUTCOME)
    approve = OutcomeValue("approve", "approve 项", "primary")
    back = OutcomeValue("return_for_revision", "return_for_revision 项", "secondary", frozenset({"opinion"}))
    view = sample.prepare({"outcome": "approve"}, clock=CLOCK)
    assert (view.outcome, view.chosen) == ((approve, back), "approve")
    assert [node.name for node in view.nodes] == ["opinion"]
    assert view.nodes[0].required_for == ("return_for_revision 项",)
    assert "outcome" in sample.keys


def test_an_outcome_may_require_an_input() -> None:
    sample = form(OPINION, OUTCOME)
    assert sentences(sample, {"outcome": "approve"}) == []
    assert sentences(sample, {"outcome": "return_for_revision"}) == ["请填写“审核意见”"]
    assert sentences(sample, {"outcome": "return_for_revision", "opinion": "缺页"}) == []
    assert sentences(sample, {"opinion": "缺页"}) == ["请选择“办理结果”"]
    assert sentences(sample, {"outcome": "forged"}) == ["“办理结果”的选项已不可选，请重新选择"]


SECTIONS = form(
    group(
        "basic_info",
        text("name", "姓名", validate=REQUIRED),
        text("phone", "手机", validate=REQUIRED),
        label="个人基本信息",
    ),
    rows("education", text("school", "学校", validate=REQUIRED), label="学习经历", properties={"minRows": "1"}),
    group("extra", text("note"), label="其他", conditional={"hide": '=basic_info.name = "无"'}),
    text("opinion", "意见", validate=REQUIRED),
)


def words(values: dict[str, Any]) -> list[tuple[str, str]]:
    return [(state.path, state.text) for state in SECTIONS.states(values, options=LISTS, clock=CLOCK)]


def test_each_section_says_how_far_it_is() -> None:
    assert words({}) == [("basic_info", "未填"), ("education", "未填"), ("extra", "完整")]
    assert words({"basic_info": {"name": "甲"}, "education": [{"school": "x"}]}) == [
        ("basic_info", "缺 1 项"),
        ("education", "完整"),
        ("extra", "完整"),
    ]
    assert words({"basic_info": {"name": "无", "phone": "1"}}) == [("basic_info", "完整"), ("education", "未填")]


def test_a_look_at_some_sections_leaves_out_the_others() -> None:
    assert sentences(SECTIONS, {}, sections={"education"}) == ["“学习经历”至少填写 1 行，现在是 0 行"]
    assert sentences(SECTIONS, {}, sections={""}) == ["请填写“意见”"]
    assert sentences(SECTIONS, {}, sections=()) == []


def test_a_chapter_does_not_hide_its_sections_from_the_look() -> None:
    chapter = {
        "type": "group",
        "id": "c",
        "label": "学习资历",
        "components": [rows("education", text("school"), properties={"minRows": "1"})],
    }
    assert sentences(form(chapter), {}, sections={"education"}) == ["“education”至少填写 1 行，现在是 0 行"]


def test_problems_become_the_fields_of_an_invalid_input() -> None:
    problems = SECTIONS.validate({"basic_info": {}}, options=LISTS, clock=CLOCK)
    assert as_fields(problems) == {
        "basic_info.name": ["请填写“姓名”"],
        "basic_info.phone": ["请填写“手机”"],
        "education": ["“学习经历”至少填写 1 行，现在是 0 行"],
        "opinion": ["请填写“意见”"],
    }
