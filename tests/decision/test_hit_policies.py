"""Every hit policy: what it gives when no rule matches, one, or several."""

import pytest

from engine.decision import DecisionError, Model, Result
from tests.decision.build import column, decision, model, result, rule, table

GRADES = {">= 60": ['"合格"', "1"], ">= 80": ['"良好"', "2"], ">= 90": ['"优秀"', "3"]}
ORDER = '"优秀", "良好", "合格"'


def grade(score: object, policy: str, *, default: str = "", rules: dict[str, str] | None = None) -> Result:
    rows = rules or {test: outputs[0] for test, outputs in GRADES.items()}
    drawn = table(
        [column("score")],
        [result("grade", allowed=ORDER, default=default)],
        [rule([test], [output]) for test, output in rows.items()],
        policy=policy,
    )
    return Model(model(decision("d", drawn))).evaluate("d", {"score": score})


def fired(answer: Result) -> list[int]:
    return [found.index for found in answer.rules]


def points(score: object, aggregation: str) -> Result:
    rules = [rule([">= 60"], ["1.5"]), rule([">= 80"], ["2"]), rule([">= 90"], ["0.5"])]
    drawn = table([column("score")], [result("points")], rules, policy="COLLECT", aggregation=aggregation)
    return Model(model(decision("d", drawn))).evaluate("d", {"score": score})


def test_unique_gives_the_one_rule() -> None:
    answer = grade(70, "UNIQUE")
    assert (answer.value, fired(answer)) == ("合格", [1])


def test_unique_is_the_policy_when_none_is_named() -> None:
    answer = grade(70, "")
    assert (answer.value, answer.evaluated[0].hit_policy) == ("合格", "UNIQUE")


def test_unique_refuses_several_rules_and_names_them() -> None:
    with pytest.raises(DecisionError) as caught:
        grade(95, "UNIQUE")
    assert caught.value.message == "决策“d”只允许命中一条规则，但第 1、2、3 条同时命中，请修改决策表。"


def test_first_gives_the_first_rule() -> None:
    answer = grade(95, "FIRST")
    assert (answer.value, fired(answer)) == ("合格", [1])


def test_priority_gives_the_rule_whose_output_comes_first_among_the_allowed_values() -> None:
    answer = grade(95, "PRIORITY")
    assert (answer.value, fired(answer)) == ("优秀", [3])


def test_any_gives_the_value_that_all_rules_give() -> None:
    answer = grade(70, "ANY", rules={">= 60": '"合格"', "< 90": '"合格"'})
    assert (answer.value, fired(answer)) == ("合格", [1, 2])


def test_any_refuses_rules_that_differ() -> None:
    with pytest.raises(DecisionError) as caught:
        grade(85, "ANY")
    assert caught.value.message == "决策“d”命中的第 1、2 条规则结果不同，请修改决策表。"


def test_collect_gives_all_in_the_order_of_the_rules() -> None:
    answer = grade(95, "COLLECT")
    assert (answer.value, fired(answer)) == (["合格", "良好", "优秀"], [1, 2, 3])


def test_rule_order_gives_all_in_the_order_of_the_rules() -> None:
    answer = grade(85, "RULE ORDER")
    assert (answer.value, fired(answer)) == (["合格", "良好"], [1, 2])


def test_output_order_gives_all_in_the_order_of_the_allowed_values() -> None:
    answer = grade(95, "OUTPUT ORDER")
    assert (answer.value, fired(answer)) == (["优秀", "良好", "合格"], [3, 2, 1])


@pytest.mark.parametrize(("aggregation", "expected"), [("SUM", 4), ("MIN", 0.5), ("MAX", 2), ("COUNT", 3)])
def test_collect_aggregates(aggregation: str, expected: float) -> None:
    answer = points(95, aggregation)
    assert (answer.value, fired(answer)) == (expected, [1, 2, 3])
    assert answer.evaluated[0].hit_policy == f"COLLECT {aggregation}"


@pytest.mark.parametrize(("aggregation", "expected"), [("SUM", None), ("MIN", None), ("MAX", None), ("COUNT", 0)])
def test_aggregating_no_rule(aggregation: str, expected: object) -> None:
    assert points(10, aggregation).value == expected


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST", "PRIORITY", "ANY"])
def test_a_single_hit_without_a_rule_is_null_or_the_default(policy: str) -> None:
    assert grade(10, policy).value is None
    answer = grade(10, policy, default='"合格"')
    assert (answer.value, fired(answer)) == ("合格", [])


@pytest.mark.parametrize("policy", ["COLLECT", "RULE ORDER", "OUTPUT ORDER"])
def test_a_multiple_hit_without_a_rule_is_an_empty_list_or_the_default(policy: str) -> None:
    assert grade(10, policy).value == []
    assert grade(10, policy, default='"合格"').value == ["合格"]


def two_outputs(score: object, policy: str) -> Result:
    outputs = [result("grade", allowed=ORDER, default='"合格"'), result("step", default="0")]
    drawn = table([column("score")], outputs, [rule([test], row) for test, row in GRADES.items()], policy=policy)
    return Model(model(decision("d", drawn))).evaluate("d", {"score": score})


def test_several_outputs_make_a_context() -> None:
    assert two_outputs(70, "UNIQUE").value == {"grade": "合格", "step": 1}
    assert two_outputs(10, "UNIQUE").value == {"grade": "合格", "step": 0}
    assert two_outputs(85, "PRIORITY").value == {"grade": "良好", "step": 2}
    assert two_outputs(85, "COLLECT").value == [{"grade": "合格", "step": 1}, {"grade": "良好", "step": 2}]


def test_priority_goes_through_the_outputs_from_left_to_right() -> None:
    outputs = [result("a", allowed="1, 2"), result("b", allowed='"x", "y"')]
    rules = [rule(["-"], ["2", '"x"']), rule(["-"], ["1", '"y"']), rule(["-"], ["1", '"x"'])]
    drawn = table([column("score")], outputs, rules, policy="OUTPUT ORDER")
    answer = Model(model(decision("d", drawn))).evaluate("d", {})
    assert fired(answer) == [3, 2, 1]
