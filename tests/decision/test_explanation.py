"""The answer of a decision in sentences."""

from engine.decision import Model, explain
from tests.decision.build import column, decision, literal, model, result, rule, table

PASS = model(
    decision("share", literal("decimal(yes / present, 3)"), name="赞成率"),
    decision(
        "passed",
        table(
            [column("赞成率"), column("secret", label="无记名")],
            [result("passed"), result("reason")],
            [
                rule([">= 0.667", "true"], ["true", '"赞成票达到三分之二"'], "J07"),
                rule(["< 0.667", "true"], ["false", '"赞成票不足三分之二"']),
            ],
        ),
        name="是否通过",
        needs=["share"],
    ),
)


def test_the_rule_that_fired_is_told_with_what_it_saw() -> None:
    answer = Model(PASS).evaluate("passed", {"yes": 20, "present": 29, "secret": True})
    assert explain(answer).split("\n") == [
        "赞成率：0.69",
        '是否通过：{passed: true, reason: "赞成票达到三分之二"}',
        "  命中第 1 条规则：赞成率 = 0.69 符合 >= 0.667，无记名 = 是 符合 true；得出 passed = 是，reason = 赞成票达到三分之二（J07）",
    ]


def test_when_nothing_fires_the_nearest_rule_is_told() -> None:
    answer = Model(PASS).evaluate("passed", {"yes": 20, "present": 29, "secret": False})
    assert explain(answer).split("\n")[1:] == [
        "是否通过：空",
        "  没有规则命中。输入：赞成率 = 0.69，无记名 = 否",
        "  第 1 条规则只差一项：无记名 = 否 不符合 true",
    ]


def test_a_default_is_told() -> None:
    drawn = table([column("x")], [result("y", default='"其他"')], [rule(["1"], ['"一"'])])
    answer = Model(model(decision("d", drawn))).evaluate("d", {"x": 2})
    assert explain(answer) == "d：其他\n  没有规则命中，取缺省值。输入：x = 2\n  第 1 条规则只差一项：x = 2 不符合 1"


def test_a_rule_without_conditions_is_told() -> None:
    drawn = table([column("x")], [result("y")], [rule(["-"], ["null"])])
    answer = Model(model(decision("d", drawn))).evaluate("d", {})
    assert explain(answer) == "d：空\n  命中第 1 条规则：没有条件；得出 y = 空"
