"""Texts and FEEL expressions of a diagram, read once; what cannot be read goes to a report."""

from collections.abc import Callable

from engine.errors import InvalidInput
from engine.feel import Expression, FeelError, compile_expression
from engine.flow.model import Value
from engine.flow.spiff.source import Node

Report = Callable[[str, Node, str], None]
"""Told of a problem: the rule, the XML node, the sentence. Where it returns, reading goes on without the part."""

_QUOTED = 100


def refuse(rule: str, node: Node, message: str) -> None:
    """The report of loading: the first problem ends it."""
    raise InvalidInput(f"节点 {element_id(node)}：{message}")


def shown(text: str) -> str:
    """A text as a message quotes it: a long one is cut."""
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"


def duplicate(node_id: str) -> str:
    return f"id {node_id} 重复，请改成不同的 id。"


def element_id(node: Node) -> str:
    """The id of the node, or of the nearest one around it that has one."""
    found: Node | None = node
    while found is not None and found.get("id") is None:
        found = found.getparent()
    return found.get("id", "") if found is not None else ""


class Values:
    """Reads values for one file; `names` are the variables their expressions mention."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.names: set[str] = set()

    def expression(self, text: str, node: Node, what: str) -> Expression | None:
        """FEEL with or without the leading `=`."""
        try:
            compiled = compile_expression(text.strip())
        except FeelError as problem:
            self.report("feel-syntax", node, f"{what}“{shown(text.strip())}”：{problem.message}")
            return None
        self.names |= compiled.names | compiled.filter_names
        return compiled

    def value(self, text: str | None, node: Node, what: str) -> Value | None:
        """A fixed text, or FEEL where it begins with `=`; None where there is nothing."""
        if text is None or not text.strip():
            return None
        stripped = text.strip()
        if not stripped.startswith("="):
            return Value(stripped)
        return Value(stripped, self.expression(stripped, node, what))
