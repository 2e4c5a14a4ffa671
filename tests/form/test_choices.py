"""Options: written out, from variables, from expressions, from code lists, one depending on another."""

import pytest

from engine.form import Node, Option
from tests.form.samples import CLOCK, Lists, form, part, rows, sentences

SERIES = part("select", "series", label="申报系列", properties={"refList": "series"})
SPECIALTY = part("select", "specialty", label="申报专业", properties={"refList": "specialty", "refParent": "=series"})


def options(node: Node) -> list[tuple[str, str]]:
    return [(option.value, option.label) for option in node.options]


def test_a_code_list_is_asked_with_the_choice_it_depends_on() -> None:
    view = form(SERIES, SPECIALTY).prepare({"series": "health"}, options=Lists(), clock=CLOCK)
    assert [options(node) for node in view.nodes] == [
        [("teacher", "高等学校教师"), ("health", "卫生")],
        [("surgery", "外科"), ("nursing", "护理")],
    ]
    assert view.nodes[0].drives is True


@pytest.mark.parametrize("series", [None, "", "unknown"])
def test_without_that_choice_there_are_no_options(series: str | None) -> None:
    node = form(SERIES, SPECIALTY).prepare({"series": series}, options=Lists(), clock=CLOCK).nodes[1]
    assert (options(node), node.waits) == ([], True)


def test_a_choice_that_no_longer_fits_is_named() -> None:
    sample = form(SERIES, SPECIALTY)
    assert sentences(sample, {"series": "health", "specialty": "nursing"}) == []
    assert sentences(sample, {"series": "teacher", "specialty": "nursing"}) == ["“申报专业”的选项已不可选，请重新选择"]


def test_a_filter_is_an_expression_for_a_context() -> None:
    lists = Lists()
    component = part(
        "select", "title", properties={"refList": "title", "refFilter": '={level: level, year: 2026, empty: ""}'}
    )
    form(component).prepare({"level": "senior"}, options=lists, clock=CLOCK)
    assert lists.asked == [("title", {"level": "senior", "year": 2026})]


def test_a_chain_in_rows_follows_each_row_and_asks_once_for_each_answer() -> None:
    lists = Lists()
    row_specialty = part(
        "select", "specialty", label="专业", properties={"refList": "specialty", "refParent": "=this.series"}
    )
    sample = form(rows("certificates", part("select", "series", properties={"refList": "series"}), row_specialty))
    values = {
        "certificates": [{"series": "health", "specialty": "nursing"}] * 50
        + [{"series": "teacher", "specialty": "nursing"}]
    }
    found = sample.validate(values, options=lists, clock=CLOCK)
    assert [problem.message for problem in found] == ["第 51 行“专业”的选项已不可选，请重新选择"]
    assert lists.asked == [("series", {}), ("specialty", {"parent": "health"}), ("specialty", {"parent": "teacher"})]


def test_a_stored_choice_that_is_no_longer_offered_keeps_its_name() -> None:
    sample = form(part("select", "specialty", properties={"refList": "specialty"}))
    node = sample.prepare({"specialty": "gemmology"}, options=Lists(), clock=CLOCK).nodes[0]
    assert node.shown == "宝石及材料工艺学（旧）"
    assert node.strangers == (Option("gemmology", "宝石及材料工艺学（旧）"),)


def test_options_may_come_from_a_variable() -> None:
    sample = form(part("radio", "unit", valuesKey="meeting.units"))
    view = sample.prepare(
        {}, {"meeting": {"units": [{"value": 7, "label": "教育厅"}, "其他", {"label": "无值"}, None]}}, clock=CLOCK
    )
    assert options(view.nodes[0]) == [("7", "教育厅"), ("其他", "其他")]
    assert form(part("radio", "unit", valuesKey="meeting.units")).prepare({}).nodes[0].options == ()


def test_options_may_come_from_an_expression() -> None:
    sample = form(
        part(
            "checklist",
            "years",
            valuesExpression='=for y in 1..3 return {value: 2020 + y, label: string(2020 + y) + " 年"}',
        )
    )
    assert options(sample.prepare({}, clock=CLOCK).nodes[0]) == [
        ("2021", "2021 年"),
        ("2022", "2022 年"),
        ("2023", "2023 年"),
    ]
    assert sentences(sample, {"years": ["2021", "2024"]}) == ["“years”的选项已不可选，请重新选择"]


@pytest.mark.parametrize("values", ["=1", "=null", "=[[1]]", '={value: "x"}'])
def test_what_is_no_list_of_options_offers_nothing(values: str) -> None:
    assert form(part("select", "a", valuesExpression=values)).prepare({}, clock=CLOCK).nodes[0].options == ()
