"""The document names every function and every limit."""

import re
from pathlib import Path

from engine.feel import limits
from engine.feel.builtins import FUNCTIONS

DOCUMENT = (Path(__file__).parents[2] / "docs" / "feel.md").read_text(encoding="utf-8")


def test_every_built_in_function_is_documented() -> None:
    named = re.findall(r"`([a-z0-9 ]+)(?:\([^)]*\))?`", DOCUMENT.partition("## Functions")[2].partition("\n## ")[0])
    assert set(FUNCTIONS) == set(named) - {"from", "to"}


def test_limits_are_documented_as_they_are() -> None:
    section = DOCUMENT.partition("## Limits")[2].partition("\n## ")[0]
    for name, value in vars(limits).items():
        if name.isupper():
            assert f"{value:,}" in section, name
