"""Parts of the system are found where they lie."""

from pathlib import Path

import pytest

from tools.system import find_chromium, find_postgresql


def _program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_chromium_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = _program(tmp_path / "my-chromium")
    monkeypatch.setenv("ZHIPING_TEST_CHROMIUM", str(named))
    assert find_chromium() == named


def test_the_headless_shell_comes_before_chromium_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZHIPING_TEST_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    whole = _program(tmp_path / "chromium")
    assert find_chromium() == whole
    shell = _program(tmp_path / "chromium-headless-shell")
    assert find_chromium() == shell


def test_a_machine_without_chromium_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZHIPING_TEST_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_chromium() is None


def test_the_postgresql_on_the_path_is_taken_where_its_server_lies_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(tmp_path / "initdb")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_postgresql() != tmp_path
    _program(tmp_path / "postgres")
    assert find_postgresql() == tmp_path
