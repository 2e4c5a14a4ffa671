"""What the lint says of a model, and that a faulty decision is never evaluated."""

import pytest

from engine.decision import DecisionError, Finding, Model
from tests.decision.build import column, decision, knowledge, literal, model, result, rule, table


def one(columns: list[str], results: list[str], rules: list[str], **attributes: str) -> str:
    return model(decision("d", table(columns, results, rules, **attributes), name="表"))


X, Y = column("x"), result("y")
ENDED = "此处应有一个值，例如数字、文字或名称，表达式已结束。"

FAULTS = [
    (
        one([X], [Y], [rule([">"], ["1"])]),
        Finding("r1", f"“表”第 1 条规则的输入“x”：表达式第 1 行第 2 个字符处有误：{ENDED}"),
    ),
    (
        one([X], [Y], [rule(["1"], ["1"]), rule(["1"], ["1 +"])]),
        Finding("r2", f"“表”第 2 条规则的结果“y”：表达式第 1 行第 4 个字符处有误：{ENDED}"),
    ),
    (
        one([column("x +")], [Y], [rule(["1"], ["1"])]),
        Finding("in_x +", f"“表”的输入“x +”：表达式第 1 行第 4 个字符处有误：{ENDED}"),
    ),
    (
        one([column("x", allowed="<")], [Y], [rule(["1"], ["1"])]),
        Finding("in_x", f"“表”的输入“x”的允许取值：表达式第 1 行第 2 个字符处有误：{ENDED}"),
    ),
    (
        one([X], [result("y", allowed="1,")], [rule(["1"], ["1"])]),
        Finding("out_y", f"“表”的结果“y”的允许取值：表达式第 1 行第 3 个字符处有误：{ENDED}"),
    ),
    (
        one([X], [result("y", default="(")], [rule(["1"], ["1"])]),
        Finding("out_y", f"“表”的结果“y”的缺省值：表达式第 1 行第 2 个字符处有误：{ENDED}"),
    ),
    (one([X], [Y], [rule(["1", "2"], ["1"])]), Finding("r1", "“表”第 1 条规则的格数与表头不一致，请检查。")),
    (one([X], [Y], [rule(["1"], [])]), Finding("r1", "“表”第 1 条规则的格数与表头不一致，请检查。")),
    (one([X], [], [rule(["1"], [])]), Finding("table", "“表”没有结果列，请补充。")),
    (one([X], [Y], [], policy="BEST"), Finding("table", "“表”的命中策略“BEST”不存在，请另选一种。")),
    (
        one([X], [Y], [], policy="FIRST", aggregation="SUM"),
        Finding("table", "“表”的汇总方式“SUM”不能用于命中策略“FIRST”，请另选一种。"),
    ),
    (
        one([X], [Y], [], policy="COLLECT", aggregation="MEAN"),
        Finding("table", "“表”的汇总方式“MEAN”不能用于命中策略“COLLECT”，请另选一种。"),
    ),
    (
        one([X], [Y, result("z")], [], policy="COLLECT", aggregation="SUM"),
        Finding("table", "“表”有多个结果列，不能汇总，请只留一列。"),
    ),
    (
        one(['<input id="i"><inputExpression/></input>'], [Y], [rule(["1"], ["1"])]),
        Finding("i", "“表”的第 1 个输入没有表达式，请填写。"),
    ),
    (model(decision("d", "", name="表")), Finding("d", "“表”没有决策表或表达式，请补充。")),
    (model(decision("d", literal(""), name="表")), Finding("literal", "“表”的表达式是空的，请填写。")),
    (
        model(decision("d", literal("1 +"), name="表")),
        Finding("literal", f"“表”：表达式第 1 行第 4 个字符处有误：{ENDED}"),
    ),
    (
        model(
            decision(
                "d",
                literal("1").replace("<literalExpression", '<literalExpression expressionLanguage="juel"'),
                name="表",
            )
        ),
        Finding("literal", "“表”：只支持 FEEL 表达式，不支持“juel”。"),
    ),
    (model(decision("d", "<invocation id='v'/>", name="表")), Finding("v", "“表”没有决策表或表达式，请补充。")),
    (
        model(
            decision("d", "<functionDefinition id='f' kind='Java'>" + literal("1") + "</functionDefinition>", name="表")
        ),
        Finding("f", "“表”：不支持外部函数，请改用 FEEL。"),
    ),
    (
        model(decision("d", literal("a"), name="表", needs=["a"])),
        Finding("d", "“表”所需的“a”不在这个文件中，请补充或去掉连线。"),
    ),
    (
        model(decision("d", literal("d"), name="表", needs=["d"])),
        Finding("d", "决策互相依赖成环：表→表，请去掉其中一条连线。"),
    ),
    (
        model(knowledge("k", [], "", name="知识"), decision("d", literal("k()"), uses=["k"])),
        Finding("k", "“知识”没有决策表或表达式，请补充。"),
    ),
    (
        model('<businessKnowledgeModel id="k" name="知识"/>', decision("d", literal("k()"), uses=["k"])),
        Finding("k", "业务知识“知识”没有函数，请补充。"),
    ),
]


@pytest.mark.parametrize(("xml", "finding"), FAULTS, ids=range(len(FAULTS)))
def test_fault_is_found_and_the_decision_refused(xml: str, finding: Finding) -> None:
    found = Model(xml)
    assert found.findings() == [finding]
    with pytest.raises(DecisionError) as caught:
        found.evaluate("d", {"x": 1})
    assert (caught.value.element, caught.value.message) == finding


def test_all_faults_are_told_at_once() -> None:
    found = Model(one([X], [Y], [rule(["<"], ["1"]), rule(["1"], [")"])]))
    assert [finding.element for finding in found.findings()] == ["r1", "r2"]


def test_a_fault_in_one_decision_leaves_the_others_alone() -> None:
    found = Model(model(decision("bad", literal("1 +")), decision("good", literal("2"))))
    assert found.evaluate("good", {}).value == 2


def test_a_fault_in_a_required_decision_refuses_the_one_that_requires_it() -> None:
    found = Model(model(decision("bad", literal("1 +")), decision("good", literal("2"), needs=["bad"])))
    with pytest.raises(DecisionError):
        found.evaluate("good", {})


def test_a_circle_of_several_decisions_is_named() -> None:
    parts = [decision("a", literal("b"), needs=["b"]), decision("b", literal("c"), needs=["c"])]
    parts.append(decision("c", literal("a"), needs=["a"]))
    (finding,) = Model(model(*parts)).findings()
    assert finding.message.startswith("决策互相依赖成环：")
    assert {"a", "b", "c"} <= set(finding.message)


def test_a_sound_model_has_no_findings() -> None:
    assert Model(one([X], [Y], [rule(["1"], ["1"])])).findings() == []


def test_feel_by_any_of_its_names() -> None:
    for language in (
        "feel",
        "FEEL",
        "http://www.omg.org/spec/FEEL/20140401",
        "https://www.omg.org/spec/DMN/20191111/FEEL/",
    ):
        drawn = literal("1").replace("<literalExpression", f'<literalExpression expressionLanguage="{language}"')
        assert Model(model(decision("d", drawn))).findings() == []
