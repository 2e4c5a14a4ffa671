"""Parts of the system a test needs: skipped by name where they are missing, failed with CI=true."""

import os
from pathlib import Path

import pytest

from tools.system import PARTS

#: how the reason of a test that could not be run begins
MISSING = "needs "


def require(name: str) -> Path:
    """Where the part lies; without it the test is not run, and the summary says so. With CI=true it fails instead."""
    part = next(part for part in PARTS if part.name == name)
    found = part.find()
    if found is not None:
        return found
    reason = f"{MISSING}{part.name} (package {part.package})"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
