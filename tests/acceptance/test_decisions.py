"""`engine.decision.Model`: decision tables of DMN 1.3 as Camunda Modeler writes them, every hit policy, broken files."""

import re
from datetime import date
from decimal import Decimal
from time import perf_counter
from typing import Any

import pytest

from engine.decision import Model
from engine.errors import ZhipingError
from engine.feel import FeelError

D = Decimal
DMN13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def definitions(content: str, namespace: str = DMN13) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="{namespace}" id="Drd_1" name="DRD" '
        'xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" '
        'xmlns:modeler="http://camunda.org/schema/modeler/1.0" namespace="http://camunda.org/schema/1.0/dmn" '
        'exporter="Camunda Modeler" exporterVersion="5.31.0" modeler:executionPlatform="Camunda Cloud" '
        f'modeler:executionPlatformVersion="8.7.0">{content}<dmndi:DMNDI><dmndi:DMNDiagram><dmndi:DMNShape '
        'dmnElementRef="Decision_1"><dc:Bounds height="80" width="180" x="160" y="100" /></dmndi:DMNShape>'
        "</dmndi:DMNDiagram></dmndi:DMNDI></definitions>"
    )


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def table(
    policy: str,
    inputs: list[str],
    outputs: list[str],
    rules: list[tuple[list[str], list[str]]],
    *,
    id: str = "Decision_1",
    name: str = "决策",
    requires: str = "",
    values: dict[str, str] | None = None,
) -> str:
    """One decision; `policy` is the attributes of the table, `values` the allowed outputs by name."""
    ins = "".join(
        f'<input id="{id}_In_{n}" label="{n}"><inputExpression id="{id}_IE_{n}" typeRef="string"><text>{escape(text)}</text>'
        "</inputExpression></input>"
        for n, text in enumerate(inputs)
    )
    outs = "".join(
        f'<output id="{id}_Out_{n}" name="{text}" typeRef="Any">'
        + (
            f"<outputValues><text>{escape((values or {})[text])}</text></outputValues>"
            if text in (values or {})
            else ""
        )
        + "</output>"
        for n, text in enumerate(outputs)
    )
    rows = "".join(
        f'<rule id="{id}_Rule_{n}"><description>第{n + 1}条</description>'
        + "".join(
            f"<inputEntry id='{id}_{n}_i{m}'><text>{escape(text)}</text></inputEntry>" for m, text in enumerate(tests)
        )
        + "".join(
            f"<outputEntry id='{id}_{n}_o{m}'><text>{escape(text)}</text></outputEntry>"
            for m, text in enumerate(results)
        )
        + "</rule>"
        for n, (tests, results) in enumerate(rules)
    )
    return (
        f'<decision id="{id}" name="{name}"><variable name="{id}" />{requires}<decisionTable id="{id}_Table" {policy}>'
        f"{ins}{outs}{rows}</decisionTable></decision>"
    )


RULES = [([">= 60"], ['"甲"']), (["[50..100]"], ['"乙"']), (["< 10"], ['"丙"'])]


def answer(policy: str, score: Any, rules: Any = RULES, **options: Any) -> Any:
    model = Model(definitions(table(policy, ["score"], ["level"], rules, **options)))
    return model.evaluate("Decision_1", {"score": score}).value


@pytest.mark.parametrize(
    ("policy", "score", "expected"),
    [
        ('hitPolicy="UNIQUE"', 55, "乙"), ("", 5, "丙"), ('hitPolicy="UNIQUE"', 20, None),
        ('hitPolicy="FIRST"', 70, "甲"), ('hitPolicy="FIRST"', 20, None),
        ('hitPolicy="RULE ORDER"', 70, ["甲", "乙"]), ('hitPolicy="RULE ORDER"', 5, ["丙"]),
        ('hitPolicy="COLLECT"', 70, ["甲", "乙"]),
        ('hitPolicy="COLLECT" aggregation="COUNT"', 70, D(2)), ('hitPolicy="COLLECT" aggregation="COUNT"', 20, D(0)),
    ],
)  # fmt: skip
def test_hit_policies_that_take_the_rules_in_their_order(policy: str, score: int, expected: object) -> None:
    assert answer(policy, score) == expected


@pytest.mark.parametrize("policy", ['hitPolicy="RULE ORDER"', 'hitPolicy="COLLECT"', 'hitPolicy="OUTPUT ORDER"'])
def test_where_no_rule_fires_a_list_is_empty_or_null(policy: str) -> None:
    assert answer(policy, 20, values={"level": '"乙","甲","丙"'}) in (None, [])


def test_unique_with_two_rules_that_fire_is_an_error() -> None:
    with pytest.raises(ZhipingError):
        answer('hitPolicy="UNIQUE"', 70)


def test_any_wants_the_same_result_of_all_rules() -> None:
    same = [([">= 60"], ['"甲"']), ([">= 50"], ['"甲"'])]
    assert answer('hitPolicy="ANY"', 70, same) == "甲"
    with pytest.raises(ZhipingError):
        answer('hitPolicy="ANY"', 70)


def test_priority_and_output_order_follow_the_allowed_values() -> None:
    values = {"level": '"丙","乙","甲"'}
    assert answer('hitPolicy="PRIORITY"', 70, values=values) == "乙"
    assert answer('hitPolicy="OUTPUT ORDER"', 70, values=values) == ["乙", "甲"]


@pytest.mark.parametrize(("aggregation", "expected"), [("SUM", D(6)), ("MIN", D(1)), ("MAX", D(3)), ("COUNT", D(3))])
def test_collect_aggregates(aggregation: str, expected: Decimal) -> None:
    rules = [(["-"], ["1"]), ([">= 60"], ["2"]), (["not(5)"], ["3"])]
    assert answer(f'hitPolicy="COLLECT" aggregation="{aggregation}"', 70, rules) == expected


def test_several_outputs_are_a_context_and_several_inputs_are_all_asked() -> None:
    rules = [(['"A","B"', "> 3"], ['"x"', "n * 2"]), (["-", ""], ['"y"', "0"])]
    model = Model(definitions(table('hitPolicy="FIRST"', ["kind", "n + 1"], ["name", "points"], rules)))
    assert model.evaluate("Decision_1", {"kind": "B", "n": 3}).value == {"name": "x", "points": D(6)}
    assert model.evaluate("Decision_1", {"kind": "C", "n": 3}).value == {"name": "y", "points": D(0)}


def test_a_decision_is_called_by_id_or_name() -> None:
    model = Model(definitions(table("", ["score"], ["level"], RULES)))
    assert model.evaluate("决策", {"score": 5}).value == model.evaluate("Decision_1", {"score": 5}).value == "丙"
    with pytest.raises(ZhipingError):
        model.evaluate("nowhere", {})


def test_the_answer_names_the_rules_that_fired() -> None:
    result = Model(definitions(table('hitPolicy="COLLECT"', ["score"], ["level"], RULES))).evaluate(
        "Decision_1", {"score": 70}
    )
    assert [rule.index for rule in result.rules] == [1, 2]


@pytest.mark.parametrize("inputs", [{}, {"score": None}, {"score": "text"}, {"score": [1]}, {"score": {"a": 1}}])
def test_an_input_that_is_missing_or_of_another_kind_matches_no_comparison(inputs: dict[str, Any]) -> None:
    model = Model(definitions(table('hitPolicy="FIRST"', ["score"], ["level"], RULES)))
    assert model.evaluate("Decision_1", inputs).value is None
    anything = Model(definitions(table('hitPolicy="FIRST"', ["score"], ["level"], [*RULES, (["-"], ['"?"'])])))
    assert anything.evaluate("Decision_1", inputs).value == "?"


@pytest.mark.parametrize(
    ("test", "given", "fires"),
    [
        ("null", None, True), ("not(null)", 1, True), ("not(null)", None, False), ('"a"', "a", True), ('"a","b"', "b", True),
        ('not("a","b")', "c", True), ("[1..3]", 3, True), ("(1..3)", 3, False), ("? > 2 and ? < 5", 3, True), ("true", True, True),
        ("-", None, True), ("< 5, > 10", 11, True), ('starts with(?, "省")', "省职改办", True), ("list", 2, True), ("= 3", 3, True),
        ('date("2026-01-05")', date(2026, 1, 5), True), ('>= date("2026-01-01")', date(2026, 1, 5), True), ("limit", 7, True),
        ("> limit", 8, True), ('contains(?, "文")', "中文", True), ("1.0", 1, True), ('count(?) > 1', [1, 2], True),
    ],
)  # fmt: skip
def test_unary_tests(test: str, given: object, fires: bool) -> None:
    xml = definitions(table('hitPolicy="FIRST"', ["x"], ["y"], [([test], ["true"]), (["-"], ["false"])]))
    assert Model(xml).evaluate("Decision_1", {"x": given, "list": [1, 2], "limit": 7}).value is fires


def test_decisions_require_others_inputs_and_literal_expressions() -> None:
    low = (
        '<inputData id="Input_1" name="score" /><decision id="base" name="Base score"><variable name="base" />'
        "<literalExpression><text>score * 2</text></literalExpression></decision>"
    )
    needs = '<informationRequirement id="IR_1"><requiredDecision href="#base" /></informationRequirement>'
    xml = definitions(low + table('hitPolicy="FIRST"', ["base"], ["level"], RULES, requires=needs))
    assert Model(xml).evaluate("Decision_1", {"score": 30}).value == "甲"


def test_decisions_that_require_each_other_are_refused() -> None:
    def one(id: str, other: str) -> str:
        needs = f'<informationRequirement id="IR_{id}"><requiredDecision href="#{other}" /></informationRequirement>'
        return table('hitPolicy="FIRST"', [other], ["level"], RULES, id=id, requires=needs)

    with pytest.raises(ZhipingError):
        Model(definitions(one("a", "b") + one("b", "a"))).evaluate("a", {})


@pytest.mark.parametrize("prefix", ["dmn:", "d:"])
def test_the_prefix_does_not_matter(prefix: str) -> None:
    xml = definitions(table("", ["score"], ["level"], RULES)).replace('xmlns="', f'xmlns:{prefix[:-1]}="', 1)
    xml = re.sub(r"<(/?)(?=[a-z]+[ >/])(?!dmndi|dc)", rf"<\1{prefix}", xml)
    assert Model(xml).evaluate("Decision_1", {"score": 5}).value == "丙"


GOOD = definitions(table("", ["score"], ["level"], RULES))
BODY = GOOD.partition("?>")[2]


@pytest.mark.parametrize(
    "xml",
    [
        "", "x", "<a/>", "{}", "\x00", GOOD[:-20], "<definitions/>", "<a>" * 50_000,
        definitions("", "http://www.omg.org/spec/BPMN/20100524/MODEL"),
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>{BODY}'.replace("决策", "&e;"),
        "<!DOCTYPE x [" + '<!ENTITY a "aaaaaaaaaa">' + "".join(
            f'<!ENTITY a{n} "{("&a" + (str(n - 1) if n else "") + ";") * 10}">' for n in range(10)) + f"]>{BODY}".replace("决策", "&a9;"),
        " " * 10_000_000,
    ],
    ids=lambda xml: repr(xml[:15]),
)  # fmt: skip
def test_a_broken_file_is_refused_with_a_sentence(xml: str) -> None:
    begun = perf_counter()
    with pytest.raises(ZhipingError) as problem:
        Model(xml).evaluate("Decision_1", {"score": 5})
    assert problem.value.message.endswith("。")
    assert "root:" not in problem.value.message
    assert perf_counter() - begun < 2


@pytest.mark.parametrize(
    "xml",
    [
        definitions(table('hitPolicy="BEST"', ["score"], ["level"], RULES)),
        definitions(table('hitPolicy="COLLECT" aggregation="AVERAGE"', ["score"], ["level"], RULES)),
        definitions(table("", ["score +"], ["level"], RULES)),
        definitions(table("", ["score"], ["level"], [([">"], ["1"])])),
        definitions(table("", ["score"], ["level"], [(["-"], ["1 +"])])),
        definitions(table("", ["score"], ["level"], [(["-", "-"], ["1"])])),
        definitions(table("", ["score"], ["level"], [(["-"], [])])),
        definitions(table("", ["score"], [], [])),
        definitions('<decision id="Decision_1" name="x" />'),
        definitions(table("", ["a"], ["b"], RULES, requires='<informationRequirement><requiredDecision href="#gone" />'
                          "</informationRequirement>")),
        definitions(table("", ["a"], ["b"], RULES) * 2),
        definitions(table("", ["a"], ["b"], RULES, id="")),
        definitions(""),
        definitions(table('hitPolicy="PRIORITY"', ["score"], ["level"], RULES)),
    ],
)  # fmt: skip
def test_a_table_that_cannot_answer_is_found_before_it_is_asked(xml: str) -> None:
    try:
        found = [finding.message for finding in Model(xml).findings()]
    except ZhipingError as problem:
        found = [problem.message]
    assert found
    with pytest.raises((ZhipingError, FeelError)):
        Model(xml).evaluate("Decision_1", {"score": 70, "a": 70})


def test_an_aggregation_of_what_is_no_number_is_an_error_or_null() -> None:
    try:
        found = answer('hitPolicy="COLLECT" aggregation="SUM"', 70)
    except ZhipingError:
        return
    assert found is None


def test_a_table_of_a_thousand_rules_answers_quickly() -> None:
    rules = [([f"[{n}..{n + 1})"], [str(n)]) for n in range(1000)]
    model = Model(definitions(table("", ["score"], ["level"], rules)))
    begun = perf_counter()
    for score in range(0, 1000, 50):
        assert model.evaluate("Decision_1", {"score": score}).value == D(score)
    assert perf_counter() - begun < 2


def test_a_hostile_cell_ends_quickly() -> None:
    rules = [(["-"], ["for a in 1..1000, b in 1..1000, c in 1..1000 return a"])]
    begun = perf_counter()
    with pytest.raises((FeelError, ZhipingError)):
        answer("", 1, rules)
    assert perf_counter() - begun < 3


def test_a_version_tag_is_that_of_its_decision() -> None:
    def tagged(id: str, tag: str) -> str:
        held = f'<extensionElements><z:versionTag xmlns:z="http://camunda.org/schema/zeebe/1.0" value="{tag}" /></extensionElements>'
        return table("", ["score"], ["level"], RULES, id=id).replace("<variable", held + "<variable", 1)

    model = Model(definitions(tagged("old", "2025") + tagged("new", "2026")))
    assert (model.version_tag_of("old"), model.version_tag_of("new")) == ("2025", "2026")
