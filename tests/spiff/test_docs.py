"""What the documents say of the dialect and the lint is what the code does."""

import re
from pathlib import Path

from engine.flow.spiff.lint import RULES
from engine.flow.spiff.support import BPMN_ELEMENTS, INSTEAD, REFUSED_ZEEBE_ATTRIBUTES, ZEEBE_TYPES, Support

DOCS = Path(__file__).parents[2] / "docs"
MODDLE = Path(__file__).parent / "data" / "zeebe-bpmn-moddle-2.0.0.txt"


def _rows(name: str, pattern: str) -> list[tuple[str, str]]:
    return re.findall(rf"^\| `{pattern}` \| (\w+) \|", (DOCS / name).read_text("utf-8"), re.MULTILINE)


def test_every_rule_stands_in_the_document_once_with_its_severity() -> None:
    rows = _rows("lint.md", r"([a-z-]+)")
    assert len(rows) == len(RULES)
    assert dict(rows) == RULES


def test_every_element_stands_in_the_document_with_what_it_is() -> None:
    assert dict(_rows("dialect.md", r"bpmn:(\w+)")) == BPMN_ELEMENTS
    assert dict(_rows("dialect.md", r"([A-Z]\w+)")) == ZEEBE_TYPES


def test_every_type_of_the_modeler_is_decided_on() -> None:
    assert sorted(MODDLE.read_text("utf-8").split()) == sorted(ZEEBE_TYPES)


def test_the_refused_attributes_belong_to_types_that_run() -> None:
    text = (DOCS / "dialect.md").read_text("utf-8")
    for name in REFUSED_ZEEBE_ATTRIBUTES:
        kind, attribute = name.split(".")
        assert ZEEBE_TYPES[kind] is Support.RUNS
        assert f"`{attribute}`" in text


def test_advice_is_given_only_on_what_is_refused() -> None:
    refused = {
        name for table in (BPMN_ELEMENTS, ZEEBE_TYPES) for name, support in table.items() if support is Support.REFUSED
    }
    assert set(INSTEAD) <= refused
