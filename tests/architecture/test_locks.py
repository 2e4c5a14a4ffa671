"""Lock files pin everything by hash and name no address."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
NPM_LOCK = ROOT / "web" / "client" / "package-lock.json"


def _pins(lock: Path) -> dict[str, str]:
    """Name to version and hashes, as one text, of each package of a lock file."""
    joined = lock.read_text().replace("\\\n", " ")
    return {line.split("==")[0].split("[")[0]: line.split("==", 1)[1] for line in joined.splitlines()}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_has_a_version_and_a_hash(lock: Path) -> None:
    pins = _pins(lock)
    assert pins != {}
    assert [name for name, pin in pins.items() if not re.search(r"--hash=sha256:[0-9a-f]{64}", pin)] == []


@pytest.mark.parametrize("lock", [*LOCKS, NPM_LOCK], ids=lambda lock: lock.name)
def test_no_lock_names_an_address(lock: Path) -> None:
    assert [line for line in lock.read_text().splitlines() if "://" in line or '"resolved"' in line] == []


def test_one_package_has_one_version_in_all_locks() -> None:
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        for name, pin in _pins(lock).items():
            versions.setdefault(name, set()).add(pin.split()[0])
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_every_npm_package_has_an_integrity_hash() -> None:
    packages = json.loads(NPM_LOCK.read_text())["packages"]
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []


def test_what_the_project_names_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = {"runtime": project["project"]["dependencies"], **project["dependency-groups"]}
    del wanted["lock"]  # the tool that writes the locks
    for group, requirements in wanted.items():
        pins = _pins(ROOT / "requirements" / f"{group}.txt")
        names = [re.split(r"[\[<>=~! ]", requirement)[0].lower() for requirement in requirements]
        assert [name for name in names if name not in pins] == [], group
