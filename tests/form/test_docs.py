"""docs/forms.md names everything a form may hold and everything that may be said of it."""

import ast
import re
from pathlib import Path

import pytest

from engine.form.posting import COMMANDS
from engine.form.reading.vocabulary import ATTRIBUTES, PROPERTIES, REFUSED, VALIDATION

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/forms.md").read_text()
NAMED = set(re.findall(r"`([^`]+)`", PAGE)) | set(re.findall(r"[\w.-]+", PAGE))


def rules_said() -> set[str]:
    """The first argument of every `notes.error(…)` and `notes.warn(…)`, and of every `Finding(…)`."""
    said = set()
    for file in (ROOT / "engine/form").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                said |= {str(node.args[0].value)} if name in ("error", "warn", "Finding") else set()
    return said


@pytest.mark.parametrize("name", sorted({*ATTRIBUTES, *REFUSED, *PROPERTIES, *VALIDATION, *COMMANDS, *rules_said()}))
def test_it_is_documented(name: str) -> None:
    assert name in NAMED
