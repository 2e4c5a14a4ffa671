"""Every file that comes with the release is fit to be published, and refers only to what is there."""

from pathlib import Path

import pytest

from engine.bootstrap import build
from engine.flow.spiff.lint import Known, check_file
from engine.form import read_form
from engine.reference.seeds import seed_rows
from engine.settings import read_settings

ROOT = Path(__file__).parents[2]
ENDINGS = {".bpmn", ".dmn", ".form"}
FILES = sorted(
    path for folder in ("processes", "forms") for path in (ROOT / folder).rglob("*") if path.suffix in ENDINGS
)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    """The forms and decisions of the release and the jobs its slices do."""
    app = build(read_settings({"ZHIPING_DATA": str(tmp_path_factory.mktemp("lint"))}), queue=False)
    app.close()
    return Known(
        forms=frozenset(read_form(path.read_bytes()).id for path in FILES if path.suffix == ".form"),
        decisions=frozenset(path.stem for path in FILES if path.suffix == ".dmn"),
        jobs=app.registry.job_types,
    )


def test_there_are_files_of_each_kind() -> None:
    assert {path.suffix for path in FILES} == ENDINGS


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_lint_finds_nothing(path: Path, known: Known) -> None:
    assert [finding.message for finding in check_file(path.name, path.read_bytes(), known=known)] == []


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".form"], ids=lambda path: path.name)
def test_a_form_chooses_from_code_lists_there_are(path: Path) -> None:
    assert read_form(path.read_bytes()).findings(seed_rows().keys()) == []
