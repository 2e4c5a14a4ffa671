"""Boxed expressions from their XML. What cannot be read is noted as a problem and becomes `Broken`."""

from collections.abc import Callable

from engine.decision.document import Element, attribute, child, children, name_of, text_in
from engine.decision.logic import BoxedContext, BoxedFunction, BoxedList, Broken, Invocation, Literal, Logic
from engine.decision.phrases import Phrases
from engine.decision.table_reader import read_table


def read_logic(phrases: Phrases, owner: Element, title: str) -> Logic:
    """The boxed expression inside an element; a missing one is a problem of the element."""
    element = child(owner, *_READERS)
    if element is None:
        phrases.note(owner, f"“{title}”没有决策表或表达式，请补充。")
        return Broken()
    return _read(phrases, element, title)


def read_function(phrases: Phrases, element: Element, title: str) -> Logic:
    """A function definition, or the encapsulated logic of a business knowledge model."""
    if attribute(element, "kind") not in ("", "FEEL"):
        phrases.note(element, f"“{title}”：不支持外部函数，请改用 FEEL。")
        return Broken()
    parameters = tuple(attribute(parameter, "name") for parameter in children(element, "formalParameter"))
    return BoxedFunction(parameters, read_logic(phrases, element, title))


def _read(phrases: Phrases, element: Element, title: str) -> Logic:
    return _READERS[name_of(element)](phrases, element, title)


def _literal(phrases: Phrases, element: Element, title: str) -> Logic:
    if not text_in(element):
        phrases.note(element, f"“{title}”的表达式是空的，请填写。")
    expression = phrases.expression(element, f"“{title}”")
    return Broken() if expression is None else Literal(expression)


def _invocation(phrases: Phrases, element: Element, title: str) -> Logic:
    bindings = tuple(
        (attribute(child(binding, "parameter"), "name"), read_logic(phrases, binding, title))
        for binding in children(element, "binding")
    )
    return Invocation(read_logic(phrases, element, title), bindings)


def _context(phrases: Phrases, element: Element, title: str) -> Logic:
    return BoxedContext(
        tuple(
            (attribute(child(entry, "variable"), "name"), read_logic(phrases, entry, title))
            for entry in children(element, "contextEntry")
        )
    )


def _list(phrases: Phrases, element: Element, title: str) -> Logic:
    return BoxedList(tuple(_read(phrases, item, title) for item in children(element, *_READERS)))


def _relation(phrases: Phrases, element: Element, title: str) -> Logic:
    columns = [attribute(column, "name") for column in children(element, "column")]
    rows: list[Logic] = []
    for row in children(element, "row"):
        cells = [_read(phrases, cell, title) for cell in children(row, *_READERS)]
        if len(cells) != len(columns):
            phrases.note(row, f"“{title}”有一行的格数与表头不一致，请检查。")
        rows.append(BoxedContext(tuple(zip(columns, cells, strict=False))))
    return BoxedList(tuple(rows))


_READERS: dict[str, Callable[[Phrases, Element, str], Logic]] = {
    "decisionTable": read_table,
    "literalExpression": _literal,
    "invocation": _invocation,
    "context": _context,
    "list": _list,
    "relation": _relation,
    "functionDefinition": read_function,
}
