"""A step of the set-up runs again exactly when its inputs changed or it did not finish."""

from pathlib import Path

import pytest

from tools.stamps import run_once


def test_a_step_runs_once_for_the_same_inputs(tmp_path: Path) -> None:
    source = tmp_path / "lock.txt"
    source.write_text("a==1")
    runs: list[str] = []

    def run() -> bool:
        return run_once(tmp_path / "made" / "stamp", [source], lambda: runs.append(source.read_text()))

    assert [run(), run()] == [True, False]
    source.write_text("a==2")
    assert [run(), run()] == [True, False]
    assert runs == ["a==1", "a==2"]


def test_a_step_that_failed_runs_again(tmp_path: Path) -> None:
    stamp = tmp_path / "stamp"
    run_once(stamp, ["1"], lambda: None)
    with pytest.raises(ZeroDivisionError):
        run_once(stamp, ["2"], lambda: print(1 / 0))
    assert run_once(stamp, ["1"], lambda: None) is True


def test_what_one_input_loses_another_does_not_make_up(tmp_path: Path) -> None:
    stamp = tmp_path / "stamp"
    run_once(stamp, ["ab", "c"], lambda: None)
    assert run_once(stamp, ["a", "bc"], lambda: None) is True
