"""DMN elements to logic. What cannot be read is noted as a problem and becomes `Broken`."""

from collections.abc import Callable

from engine.decision.document import Element, attribute, child, children, name_of, text_in
from engine.decision.logic import (
    BoxedContext,
    BoxedFunction,
    BoxedList,
    Broken,
    Invocation,
    Literal,
    Logic,
    Problems,
)
from engine.decision.policies import AGGREGATIONS, POLICIES
from engine.decision.table import DecisionTable, Input, Output, Rule
from engine.feel import Expression, FeelError, UnaryTests, compile_expression, compile_unary_tests

_KINDS = ("decisionTable", "literalExpression", "invocation", "context", "list", "relation", "functionDefinition")
_FEEL = ("", "feel")
_CAMUNDA = "{http://camunda.org/schema/1.0/dmn}inputVariable"


class Reader:
    """Reads the logic of one model. `names` are the names with spaces that expressions may use."""

    def __init__(self, names: frozenset[str], problems: Problems) -> None:
        self.names = names
        self.problems = problems

    def logic_of(self, owner: Element, title: str) -> Logic:
        """The boxed expression inside an element; a missing one is a problem of the element."""
        element = child(owner, *_KINDS)
        if element is None:
            self.problems.add(attribute(owner, "id"), f"“{title}”没有决策表或表达式，请补充")
            return Broken()
        return self.read(element, title)

    def read(self, element: Element, title: str) -> Logic:
        return _READERS[name_of(element)](self, element, title)

    def expression(self, element: Element | None, title: str, owner: str) -> Expression | None:
        """The compiled text of an element; None where it is empty or wrong."""
        text = text_in(element)
        return (
            self.compile(text, title, attribute(element, "id") or owner)
            if text and self.is_feel(element, title, owner)
            else None
        )

    def compile(self, text: str, title: str, owner: str) -> Expression | None:
        try:
            return compile_expression(text, self.names)
        except FeelError as error:
            self.problems.add_feel(owner, title, error)
            return None

    def tests(self, element: Element | None, title: str, owner: str) -> UnaryTests | None:
        """The compiled unary tests of an element; None where they are wrong."""
        if not self.is_feel(element, title, owner):
            return None
        try:
            return compile_unary_tests(text_in(element), self.names)
        except FeelError as error:
            self.problems.add_feel(attribute(element, "id") or owner, title, error)
            return None

    def is_feel(self, element: Element | None, title: str, owner: str) -> bool:
        language = attribute(element, "expressionLanguage").lower().rstrip("/")
        if language in _FEEL or "feel" in language or "/dmn/" in language:
            return True
        self.problems.add(attribute(element, "id") or owner, f"{title}：只支持 FEEL 表达式，不支持“{language}”")
        return False

    def literal(self, element: Element, title: str) -> Logic:
        expression = self.expression(element, title, attribute(element, "id"))
        if expression is not None:
            return Literal(expression)
        if not text_in(element):
            self.problems.add(attribute(element, "id"), f"“{title}”的表达式是空的，请填写")
        return Broken()

    def invocation(self, element: Element, title: str) -> Logic:
        called = child(element, *_KINDS)
        function = self.read(called, title) if called is not None else self.nothing_called(element, title)
        bindings = tuple(
            (attribute(child(binding, "parameter"), "name"), self.logic_of(binding, title))
            for binding in children(element, "binding")
        )
        return Invocation(function, bindings)

    def nothing_called(self, element: Element, title: str) -> Logic:
        self.problems.add(attribute(element, "id"), f"“{title}”没有写明调用哪个函数")
        return Broken()

    def boxed_context(self, element: Element, title: str) -> Logic:
        return BoxedContext(
            tuple(
                (attribute(child(entry, "variable"), "name"), self.logic_of(entry, title))
                for entry in children(element, "contextEntry")
            )
        )

    def boxed_list(self, element: Element, title: str) -> Logic:
        return BoxedList(tuple(self.read(item, title) for item in children(element, *_KINDS)))

    def relation(self, element: Element, title: str) -> Logic:
        columns = [attribute(column, "name") for column in children(element, "column")]
        rows = [
            BoxedContext(tuple(zip(columns, (self.read(cell, title) for cell in children(row, *_KINDS)), strict=False)))
            for row in children(element, "row")
        ]
        return BoxedList(tuple(rows))

    def function(self, element: Element, title: str) -> Logic:
        if attribute(element, "kind") not in ("", "FEEL"):
            self.problems.add(attribute(element, "id"), f"“{title}”：不支持外部函数")
            return Broken()
        parameters = tuple(attribute(parameter, "name") for parameter in children(element, "formalParameter"))
        return BoxedFunction(parameters, self.logic_of(element, title))

    def table(self, element: Element, title: str) -> Logic:
        """A decision table; `Broken` where a part of it cannot be read."""
        before = len(self.problems.found)
        owner = attribute(element, "id")
        policy = attribute(element, "hitPolicy") or "UNIQUE"
        aggregation = attribute(element, "aggregation")
        self.check_policy(owner, title, policy, aggregation, len(list(children(element, "output"))))
        inputs = [self.input(column, number, title) for number, column in enumerate(children(element, "input"), 1)]
        outputs = [self.output(column, title) for column in children(element, "output")]
        if not outputs:
            self.problems.add(owner, f"“{title}”没有结果列，请补充")
        rules = [
            self.rule(rule, f"“{title}”第 {number} 条规则", inputs, outputs)
            for number, rule in enumerate(children(element, "rule"), 1)
        ]
        if len(self.problems.found) > before:
            return Broken()
        return DecisionTable(
            title,
            policy,
            aggregation,
            tuple(column for column in inputs if column is not None),
            tuple(outputs),
            tuple(rule for rule in rules if rule is not None),
        )

    def check_policy(self, owner: str, title: str, policy: str, aggregation: str, outputs: int) -> None:
        if policy not in POLICIES:
            self.problems.add(owner, f"“{title}”的命中策略“{policy}”不存在")
        elif aggregation and (policy != "COLLECT" or aggregation not in AGGREGATIONS):
            self.problems.add(owner, f"“{title}”的汇总方式“{aggregation}”不能用于命中策略“{policy}”")
        elif aggregation and outputs > 1:
            self.problems.add(owner, f"“{title}”有多个结果列，不能汇总")

    def input(self, element: Element, number: int, title: str) -> Input | None:
        owner = attribute(element, "id")
        tested = child(element, "inputExpression")
        text = text_in(tested) or attribute(element, _CAMUNDA) or attribute(element, "label")
        label = attribute(element, "label") or text
        where = f"“{title}”的输入“{label}”"
        if not text:
            self.problems.add(owner, f"“{title}”的第 {number} 个输入没有表达式，请填写")
            return None
        expression = self.compile(text, where, owner) if self.is_feel(tested, where, owner) else None
        values = child(element, "inputValues")
        allowed = self.tests(values, f"{where}的允许取值", owner) if text_in(values) else None
        return None if expression is None else Input(owner, label, expression, allowed)

    def output(self, element: Element, title: str) -> Output:
        owner = attribute(element, "id")
        name = attribute(element, "name") or attribute(element, "label") or title
        where = f"“{title}”的结果“{name}”"
        values = child(element, "outputValues")
        allowed = self.tests(values, f"{where}的允许取值", owner) if text_in(values) else None
        order = allowed.alternatives() if allowed else ()
        default = self.expression(child(element, "defaultOutputEntry"), f"{where}的缺省值", owner)
        return Output(owner, name, allowed, order, default)

    def rule(self, element: Element, title: str, inputs: list[Input | None], outputs: list[Output]) -> Rule | None:
        owner = attribute(element, "id")
        entries = list(children(element, "inputEntry"))
        results = list(children(element, "outputEntry"))
        if len(entries) != len(inputs) or len(results) != len(outputs):
            self.problems.add(owner, f"{title}的格数与表头不一致，请检查")
            return None
        tests = [
            self.tests(entry, f"{title}的输入“{column.label if column else ''}”", owner)
            for entry, column in zip(entries, inputs, strict=True)
        ]
        values = [
            self.expression(entry, f"{title}的结果“{column.name}”", owner)
            for entry, column in zip(results, outputs, strict=True)
        ]
        return Rule(owner, _annotation(element), tuple(test for test in tests if test is not None), tuple(values))


def _annotation(rule: Element) -> str:
    description = child(rule, "description")
    notes = [text_in(note) for note in children(rule, "annotationEntry")]
    return "；".join(filter(None, [(description.text or "").strip() if description is not None else "", *notes]))


_READERS: dict[str, Callable[[Reader, Element, str], Logic]] = {
    "decisionTable": Reader.table,
    "literalExpression": Reader.literal,
    "invocation": Reader.invocation,
    "context": Reader.boxed_context,
    "list": Reader.boxed_list,
    "relation": Reader.relation,
    "functionDefinition": Reader.function,
}
