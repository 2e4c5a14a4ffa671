"""Every file that comes with the release is fit to be published."""

from pathlib import Path

import pytest

from engine.flow.spiff.lint import check_file

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path
    for folder in ("processes", "forms")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".bpmn", ".dmn", ".form"}
)


def test_there_are_files() -> None:
    assert {path.suffix for path in FILES} == {".bpmn", ".dmn", ".form"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_lint_finds_nothing(path: Path) -> None:
    assert [finding.message for finding in check_file(path.name, path.read_bytes())] == []
