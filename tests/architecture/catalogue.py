"""Which tests show which items of the acceptance catalogue, read from the tests' text."""

import ast
from functools import cache
from pathlib import Path

from tests.architecture.repository import ROOT

KNOWN_IDS = frozenset((Path(__file__).parent / "catalogue_ids.txt").read_text().split())


@cache
def shown_ids() -> dict[str, list[str]]:
    """Catalogue id to the places (`file:line`) whose `pytest.mark.catalogue` carries it."""
    shown: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            for name in _ids_of(node):
                shown.setdefault(name, []).append(f"{path.relative_to(ROOT)}:{node.lineno}")
    return shown


def _ids_of(node: ast.AST) -> list[str]:
    """The ids of one `….catalogue("U7", "U8")`; nothing for any other node."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "catalogue"):
        return []
    return [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
