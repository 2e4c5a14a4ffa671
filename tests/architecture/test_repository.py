"""What is kept in the repository belongs to the project alone, and is finished."""

import pytest

from tests.architecture.repository import lines_matching, tracked_files

# A pattern must not find itself, hence the brackets.
FORBIDDEN = {
    "a path of somebody's machine": r"(?<![\w.])/(wor[k]|roo[t]|hom[e]|User[s])/\w",
    "the host of a package registry": r"py[p]i\.org|pythonhoste[d]\.org|npmj[s]\.org|npmmirro[r]|de[b]\.debian\.org",
    "unfinished work": r"\b(TO[D]O|FIX[M]E|HAC[K])\b",
    "a merge that was not resolved": r"^(<{7}|>{7}) ",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str) -> None:
    found = [line for path in tracked_files() for line in lines_matching(path, FORBIDDEN[what])]
    assert found == []


def test_what_is_generated_is_not_kept() -> None:
    generated = ["web/static/vendor", "node_modules", ":(glob)**/__pycache__/**", "build", "var", ".venv"]
    assert tracked_files(*generated) == []
