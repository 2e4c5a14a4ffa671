"""The files of the repository, as the tests of its form read them."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def tracked_files(*patterns: str) -> list[Path]:
    """The files git keeps, those that match `patterns` (git pathspecs) or all."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def lines_matching(path: Path, pattern: str) -> list[str]:
    """`file:line: text` for every line of a text file that the regular expression finds; nothing for a binary file."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return []
    name = path.relative_to(ROOT)
    return [f"{name}:{number}: {line[:120]}" for number, line in enumerate(lines, 1) if re.search(pattern, line)]
