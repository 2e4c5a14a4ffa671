"""Tables: cells, allowed values, what is recorded of the rules that fired."""

from datetime import UTC, date, datetime, timedelta

import pytest

from engine.clock import FixedClock
from engine.decision import Cell, DecisionError, FiredRule, Model, NearMiss
from engine.feel import FeelLimitError
from tests.decision.build import column, decision, model, result, rule, table

LEVELS = decision(
    "level",
    table(
        [column("years", label="年限"), column("education", allowed='"本科", "硕士", "博士"', label="学历")],
        [result("allowed")],
        [
            rule([">= 5", '"本科"'], ["true"], "本科满五年"),
            rule([">= 2", '"硕士"'], ["true"]),
            rule(["-", '"博士"'], ["true"]),
            rule(["< 5", '"本科"'], ["false"]),
        ],
    ),
    name="申报等级",
)


def test_the_rule_that_fired_is_recorded_with_its_cells() -> None:
    answer = Model(model(LEVELS)).evaluate("level", {"years": 6, "education": "本科"})
    cells = (Cell("年限", 6, ">= 5"), Cell("学历", "本科", '"本科"'))
    assert answer.rules == (FiredRule("申报等级", 1, "r1", "本科满五年", cells, {"allowed": True}),)
    assert answer.evaluated[0].inputs == {"年限": 6, "学历": "本科"}


def test_rules_that_failed_by_one_cell_are_named_when_none_fires() -> None:
    answer = Model(model(LEVELS)).evaluate("level", {"years": 1, "education": "硕士"})
    assert (answer.value, answer.rules) == (None, ())
    assert answer.evaluated[0].near_misses == [
        NearMiss(2, "r2", Cell("年限", 1, ">= 2")),
        NearMiss(3, "r3", Cell("学历", "硕士", '"博士"')),
        NearMiss(4, "r4", Cell("学历", "硕士", '"本科"')),
    ]


def test_a_decision_is_found_by_name_too() -> None:
    assert Model(model(LEVELS)).evaluate("申报等级", {"years": 6, "education": "本科"}).value is True


def test_a_decision_that_is_not_there() -> None:
    with pytest.raises(DecisionError) as caught:
        Model(model(LEVELS)).evaluate("other", {})
    assert caught.value.message == "决策模型中没有“other”这个决策，请检查编号或名称。"


def test_an_input_outside_its_allowed_values_is_refused() -> None:
    with pytest.raises(DecisionError) as caught:
        Model(model(LEVELS)).evaluate("level", {"years": 6, "education": "中专"})
    assert (
        caught.value.message
        == '决策“申报等级”的输入“学历”是 中专，不在允许的取值 "本科", "硕士", "博士" 之中，请检查。'
    )
    assert caught.value.element == "in_学历"


def test_a_missing_input_matches_only_what_asks_nothing_of_it() -> None:
    assert Model(model(LEVELS)).evaluate("level", {"education": "博士"}).value is True
    assert Model(model(LEVELS)).evaluate("level", {"education": "本科"}).value is None


def test_an_output_outside_its_allowed_values_is_refused() -> None:
    drawn = table([column("x")], [result("y", allowed="1, 2")], [rule(["-"], ["x + 1"])])
    answers = Model(model(decision("d", drawn)))
    assert answers.evaluate("d", {"x": 1}).value == 2
    with pytest.raises(DecisionError) as caught:
        answers.evaluate("d", {"x": 2})
    assert (caught.value.message, caught.value.element) == (
        "决策“d”的结果“y”是 3，不在允许的取值 1, 2 之中，请检查。",
        "r1",
    )


def test_an_empty_output_cell_is_null_and_an_empty_input_cell_asks_nothing() -> None:
    drawn = table([column("x")], [result("y"), result("z")], [rule([""], ["", "1"])])
    assert Model(model(decision("d", drawn))).evaluate("d", {}).value == {"y": None, "z": 1}


def test_an_input_without_expression_reads_the_variable_it_is_labelled_with() -> None:
    drawn = table(['<input id="i" label="票数"><inputExpression/></input>'], [result("y")], [rule(["> 3"], ["true"])])
    found = Model(model(decision("d", drawn)))
    assert (found.names("d"), found.evaluate("d", {"票数": 4}).value) == ({"票数"}, True)


def test_cells_see_all_variables_and_the_input() -> None:
    drawn = table(
        [column("present * 3")],
        [result("ok")],
        [rule([">= members * 2"], ["true"]), rule(["? < members * 2"], ["false"])],
    )
    found = Model(model(decision("d", drawn)))
    assert found.names("d") == {"present", "members"}
    assert [found.evaluate("d", {"present": n, "members": 29}).value for n in (19, 20)] == [False, True]


def test_clock_and_calendar_reach_the_cells() -> None:
    class Every:
        def add_working_days(self, day: date, count: int) -> date:
            return day + timedelta(days=count)

        def working_days_between(self, start: date, end: date) -> int:
            return (end - start).days

    drawn = table([column("add working days(today(), 5)")], [result("y")], [rule(['date("2026-07-05")'], ["true"])])
    clock = FixedClock(datetime(2026, 6, 30, 1, tzinfo=UTC))
    assert Model(model(decision("d", drawn))).evaluate("d", {}, clock, Every()).value is True


def test_rules_without_conditions() -> None:
    drawn = table([], [result("y")], [rule([], ["1"]), rule([], ["2"])], policy="COLLECT")
    assert Model(model(decision("d", drawn))).evaluate("d", {}).value == [1, 2]


def test_a_model_shares_the_limits_of_one_evaluation() -> None:
    rows = [rule(["-"], ["count(for i in 1..100000 return i)"]) for _ in range(5)]
    drawn = table([column("x")], [result("y")], rows, policy="COLLECT")
    with pytest.raises(FeelLimitError):
        Model(model(decision("d", drawn))).evaluate("d", {})


def test_a_table_of_a_thousand_rules() -> None:
    rows = [rule([str(number)], [str(number * 2)]) for number in range(1000)]
    found = Model(model(decision("d", table([column("x")], [result("y")], rows))))
    assert found.evaluate("d", {"x": 999}).value == 1998
