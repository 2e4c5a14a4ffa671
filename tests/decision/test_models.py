"""Models: requirements, business knowledge, boxed expressions, versions of DMN."""

import pytest

from engine.decision import DecisionError, DecisionName, Model
from engine.feel import FeelLimitError, to_json
from tests.decision.build import column, decision, knowledge, literal, model, result, rule, table

INPUT = '<inputData id="i" name="到会人数"><variable name="到会人数"/></inputData>'
QUORUM = model(
    INPUT,
    decision("quorum", literal("到会人数 * 3 >= members * 2"), name="是否达到法定人数"),
    decision(
        "open",
        table(
            [column("是否达到法定人数"), column("confirmed")],
            [result("ok")],
            [rule(["true", "true"], ["true"])],
        ),
        name="可以发起投票",
        needs=["quorum"],
    ),
)


def test_required_decisions_come_first() -> None:
    answer = Model(QUORUM).evaluate("open", {"到会人数": 20, "members": 29, "confirmed": True})
    assert (answer.value, [(one.id, one.value) for one in answer.evaluated]) == (
        True,
        [("quorum", True), ("open", True)],
    )


def test_names_are_what_the_caller_must_give() -> None:
    found = Model(QUORUM)
    assert found.names("quorum") == {"到会人数", "members"}
    assert found.names("open") == {"到会人数", "members", "confirmed"}


def test_decisions_in_the_order_of_the_file() -> None:
    assert Model(QUORUM).decisions == (DecisionName("quorum", "是否达到法定人数"), DecisionName("open", "可以发起投票"))


def test_a_required_decision_is_known_by_id_name_and_variable() -> None:
    first = '<decision id="a" name="基础 分"><variable name="base score"/>' + literal("2") + "</decision>"
    second = decision("b", literal("a + 基础 分 + base score"), needs=["a"])
    assert Model(model(first, second)).evaluate("b", {}).value == 6


def test_names_with_spaces_are_known_in_all_expressions() -> None:
    given = '<inputData id="i" name="years held"><variable name="years held"/></inputData>'
    assert Model(model(given, decision("d", literal("years held + 1")))).evaluate("d", {"years held": 4}).value == 5


def test_a_decision_required_twice_is_evaluated_once() -> None:
    parts = [
        decision("a", literal("1")),
        decision("b", literal("a"), needs=["a"]),
        decision("c", literal("a"), needs=["a"]),
        decision("d", literal("b + c"), needs=["b", "c"]),
    ]
    answer = Model(model(*parts)).evaluate("d", {})
    assert (answer.value, sorted(one.id for one in answer.evaluated)) == (2, ["a", "b", "c", "d"])


def test_a_chain_of_requirements_may_be_long() -> None:
    parts = [decision("d0", literal("0"))]
    parts += [decision(f"d{n}", literal(f"d{n - 1} + 1"), needs=[f"d{n - 1}"]) for n in range(1, 300)]
    assert Model(model(*parts)).evaluate("d299", {}).value == 299


SHARE = knowledge("share", ["part", "whole"], literal("decimal(part / whole, 2)"), name="比例")


def test_business_knowledge_is_a_function() -> None:
    called = decision("d", literal("比例(1, 3) + 比例(whole: 4, part: 1)"), uses=["share"])
    found = Model(model(SHARE, called))
    answer = found.evaluate("d", {})
    assert (to_json(answer.value), found.names("d"), len(answer.evaluated)) == (0.58, frozenset(), 1)


def test_business_knowledge_may_be_a_table() -> None:
    body = table([column("n")], [result("y")], [rule(["> 1"], ["n * 2"])])
    called = decision("d", literal("for i in 1..3 return k(i)"), uses=["k"])
    assert Model(model(knowledge("k", ["n"], body), called)).evaluate("d", {}).value == [None, 4, 6]


def test_business_knowledge_may_use_other_business_knowledge() -> None:
    double = knowledge("double", ["x"], literal("x * 2"))
    fourfold = knowledge("fourfold", ["x"], literal("double(double(x))")).replace(
        "<encapsulatedLogic>",
        '<knowledgeRequirement><requiredKnowledge href="#double"/></knowledgeRequirement><encapsulatedLogic>',
    )
    assert (
        Model(model(fourfold, double, decision("d", literal("fourfold(3)"), uses=["fourfold"]))).evaluate("d", {}).value
        == 12
    )


def test_business_knowledge_that_calls_itself_for_ever_is_stopped() -> None:
    endless = knowledge("f", ["n"], literal("f(n + 1) + f(n + 1)"))
    with pytest.raises(FeelLimitError):
        Model(model(endless, decision("d", literal("f(1)"), uses=["f"]))).evaluate("d", {})


def test_an_invocation_binds_its_parameters() -> None:
    invocation = (
        "<invocation>" + literal("比例") + '<binding><parameter name="whole"/>' + literal("到会") + "</binding>"
        '<binding><parameter name="part"/>' + literal("1") + "</binding></invocation>"
    )
    found = Model(model(SHARE, decision("d", invocation, uses=["share"])))
    assert (found.evaluate("d", {"到会": 4}).value, found.names("d")) == (0.25, {"到会"})


def test_a_boxed_context_gives_its_result_or_its_entries() -> None:
    entries = '<contextEntry><variable name="a"/>' + literal("x + 1") + "</contextEntry>"
    entries += '<contextEntry><variable name="b"/>' + literal("a * 2") + "</contextEntry>"
    found = Model(model(decision("d", f"<context>{entries}</context>")))
    assert (found.evaluate("d", {"x": 1}).value, found.names("d")) == ({"a": 2, "b": 4}, {"x"})
    last = "<contextEntry>" + literal("a + b") + "</contextEntry>"
    assert Model(model(decision("d", f"<context>{entries}{last}</context>"))).evaluate("d", {"x": 1}).value == 6


def test_boxed_lists_and_relations() -> None:
    items = Model(model(decision("d", "<list>" + literal("1") + literal("x") + "</list>")))
    assert items.evaluate("d", {"x": 2}).value == [1, 2]
    relation = '<relation><column name="a"/><column name="b"/><row>' + literal("1") + literal("2") + "</row></relation>"
    assert Model(model(decision("d", relation))).evaluate("d", {}).value == [{"a": 1, "b": 2}]


def test_a_boxed_function() -> None:
    function = '<functionDefinition><formalParameter name="x"/>' + literal("x + y") + "</functionDefinition>"
    parts = [decision("f", function), decision("d", literal("f(1)"), needs=["f"])]
    found = Model(model(*parts))
    assert (found.evaluate("d", {"y": 2}).value, found.names("d")) == (3, {"y"})


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_every_version_of_dmn_is_read(namespace: str) -> None:
    assert Model(model(decision("d", literal("1 + 1")), namespace=namespace)).evaluate("d", {}).value == 2


def test_id_name_and_version_tag() -> None:
    tag = '<extensionElements><z:versionTag xmlns:z="http://camunda.org/schema/zeebe/1.0" value="2026"/></extensionElements>'
    found = Model(model(decision("d", literal("1")).replace("<variable", tag + "<variable", 1)))
    assert (found.id, found.name, found.version_tag) == ("model", "模型", "2026")


REFUSED = [
    ("<a", "决策文件不是正确的 XML"),
    ("", "决策文件不是正确的 XML"),
    ("<a/>", "文件不是 DMN 1.1 至 1.5 的决策模型，请检查。"),
    ('<definitions xmlns="urn:other"/>', "文件不是 DMN 1.1 至 1.5 的决策模型，请检查。"),
    ("<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + model("&x;"), "决策文件不能有 DOCTYPE 声明，请删去。"),
    (" " * 5_000_001, "决策文件超过 5 MB，请拆成几个文件。"),
]


@pytest.mark.parametrize(("xml", "message"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_no_model_is_refused(xml: str, message: str) -> None:
    with pytest.raises(DecisionError) as caught:
        Model(xml)
    assert caught.value.message.startswith(message)


def test_entities_do_not_multiply() -> None:
    bomb = "<!DOCTYPE d [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
        f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(10)
    )
    with pytest.raises(DecisionError):
        Model(bomb + "]>" + model("&k;"))


def test_bytes_keep_their_declared_encoding() -> None:
    text = '<?xml version="1.0" encoding="GBK"?>' + model(decision("d", literal('"职称"')))
    assert Model(text.encode("gbk")).evaluate("d", {}).value == "职称"
    assert Model(text).evaluate("d", {}).value == "职称"
