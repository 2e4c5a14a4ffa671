"""Decision tables from their XML."""

from engine.decision.document import Element, attribute, child, children, id_of, text_in
from engine.decision.logic import Broken, Logic
from engine.decision.phrases import Phrases
from engine.decision.policies import AGGREGATIONS, POLICIES, RANKED
from engine.decision.table import DecisionTable, Input, Output, Rule

_CAMUNDA = "{http://camunda.org/schema/1.0/dmn}inputVariable"


def read_table(phrases: Phrases, element: Element, title: str) -> Logic:
    """A decision table; `Broken` where a part of it cannot be read."""
    before = len(phrases.problems)
    policy = attribute(element, "hitPolicy") or "UNIQUE"
    aggregation = attribute(element, "aggregation")
    inputs = [_input(phrases, column, number, title) for number, column in enumerate(children(element, "input"), 1)]
    outputs = [_output(phrases, column, title) for column in children(element, "output")]
    _check_head(phrases, element, title, policy, aggregation, len(outputs))
    if policy in RANKED and outputs and not any(column.allowed for column in outputs):
        phrases.note(element, f"“{title}”的命中策略“{policy}”按允许取值的先后排序，请填写结果列的允许取值。")
    rules = [
        _rule(phrases, rule, f"“{title}”第 {number} 条规则", inputs, outputs)
        for number, rule in enumerate(children(element, "rule"), 1)
    ]
    if len(phrases.problems) > before:
        return Broken()
    return DecisionTable(
        title,
        policy,
        aggregation,
        tuple(column for column in inputs if column is not None),
        tuple(outputs),
        tuple(rule for rule in rules if rule is not None),
    )


def _check_head(phrases: Phrases, element: Element, title: str, policy: str, aggregation: str, outputs: int) -> None:
    if not outputs:
        phrases.note(element, f"“{title}”没有结果列，请补充。")
    if policy not in POLICIES:
        phrases.note(element, f"“{title}”的命中策略“{policy}”不存在，请另选一种。")
    elif aggregation and (policy != "COLLECT" or aggregation not in AGGREGATIONS):
        phrases.note(element, f"“{title}”的汇总方式“{aggregation}”不能用于命中策略“{policy}”，请另选一种。")
    elif aggregation and outputs > 1:
        phrases.note(element, f"“{title}”有多个结果列，不能汇总，请只留一列。")


def _input(phrases: Phrases, element: Element, number: int, title: str) -> Input | None:
    """A column to test; where it has no expression, the variable it is labelled with."""
    tested = child(element, "inputExpression")
    text = text_in(tested) or attribute(element, _CAMUNDA) or attribute(element, "label")
    label = attribute(element, "label") or text
    where = f"“{title}”的输入“{label}”"
    if not text:
        phrases.note(element, f"“{title}”的第 {number} 个输入没有表达式，请填写。")
        return None
    expression = phrases.expression(element if tested is None else tested, where, text)
    allowed = phrases.allowed(child(element, "inputValues"), where)
    return None if expression is None else Input(id_of(element), label, expression, allowed)


def _output(phrases: Phrases, element: Element, title: str) -> Output:
    name = attribute(element, "name") or attribute(element, "label") or title
    where = f"“{title}”的结果“{name}”"
    allowed = phrases.allowed(child(element, "outputValues"), where)
    default = phrases.expression(child(element, "defaultOutputEntry"), f"{where}的缺省值")
    return Output(id_of(element), name, allowed, allowed.alternatives() if allowed else (), default)


def _rule(
    phrases: Phrases, element: Element, title: str, inputs: list[Input | None], outputs: list[Output]
) -> Rule | None:
    cells = list(children(element, "inputEntry"))
    results = list(children(element, "outputEntry"))
    if len(cells) != len(inputs) or len(results) != len(outputs):
        phrases.note(element, f"{title}的格数与表头不一致，请检查。")
        return None
    tests = [
        phrases.tests(cell, f"{title}的输入“{column.label if column else ''}”")
        for cell, column in zip(cells, inputs, strict=True)
    ]
    values = [
        phrases.expression(result, f"{title}的结果“{column.name}”")
        for result, column in zip(results, outputs, strict=True)
    ]
    whole = tuple(test for test in tests if test is not None)
    return Rule(id_of(element), _annotation(element), whole, tuple(values))


def _annotation(rule: Element) -> str:
    description = child(rule, "description")
    notes = [text_in(note) for note in children(rule, "annotationEntry")]
    return "；".join(filter(None, [(description.text or "").strip() if description is not None else "", *notes]))
