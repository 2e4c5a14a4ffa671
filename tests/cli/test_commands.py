"""The command line as a shell meets it: output, exit status, and what it leaves behind."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.support.diagram import Diagram
from web.cli import app

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@dataclass(frozen=True)
class Done:
    """What a command left: its status and what it wrote."""

    status: int
    stdout: str
    stderr: str


def zhiping(*arguments: str | Path, data: Path, **settings: str) -> Done:
    environment = {"ZHIPING_DATA": str(data), "ZHIPING_SQLITE_SYNCHRONOUS": "OFF", **settings}
    done = CliRunner().invoke(app, [str(argument) for argument in arguments], env=environment)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Done(done.exit_code, done.stdout, done.stderr)


def test_the_entry_point_says_what_a_command_refuses(data: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "web.cli", "lint", "none.bpmn"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "none.bpmn" in done.stderr) == (2, True)


def test_the_demo_accounts_are_listed_for_programs(data: Path) -> None:
    done = zhiping("demo", "--accounts", "--json", data=data)
    accounts = json.loads(done.stdout)
    assert done.status == 0
    assert {"login", "password", "roles", "unit", "name"} == set(accounts[0])
    assert any(account["roles"] == ["applicant"] for account in accounts)


def test_lint_reports_every_file_and_says_so_by_its_status(tmp_path: Path, data: Path) -> None:
    good, bad = tmp_path / "good.bpmn", tmp_path / "bad.bpmn"
    good.write_bytes(Diagram("good").start().service("a").end().xml())
    bad.write_bytes(Diagram("bad").start().exclusive("stuck").xml())
    fine = zhiping("lint", "--json", good, data=data)
    assert (fine.status, json.loads(fine.stdout)["files"][0]["findings"]) == (0, [])
    found = zhiping("lint", "--json", good, bad, data=data)
    files = json.loads(found.stdout)["files"]
    assert (found.status, [file["file"] for file in files]) == (1, [str(good), str(bad)])
    assert {"rule", "severity", "element", "message"} == set(files[1]["findings"][0])
    assert zhiping("lint", tmp_path / "none.bpmn", data=data).status == 2


def test_simulate_names_what_was_never_reached(tmp_path: Path, data: Path) -> None:
    path = tmp_path / "a.bpmn"
    path.write_bytes(
        Diagram("a").start().exclusive("x").when("=n > 5").end("far").at("x").otherwise().end("near").xml()
    )
    (tmp_path / "v.json").write_text('{"n": 1}')
    done = zhiping("simulate", path, "--variables", tmp_path / "v.json", "--runs", "3", "--json", data=data)
    assert (done.status, json.loads(done.stdout)["neverReached"]) == (1, ["far"])


def test_an_installation_is_backed_up_restored_and_taken_to_postgresql(
    data: Path, tmp_path: Path, postgres_url: str
) -> None:
    assert zhiping("migrate", data=data).status == 0
    assert "declaration 1" in zhiping("deploy", data=data).stdout.splitlines()
    assert zhiping("check", "--rebuild", data=data).status == 0
    archive = tmp_path / "all.tar.gz"
    rows = zhiping("backup", archive, data=data).stdout
    restored = tmp_path / "restored"
    assert zhiping("restore", archive, data=restored).stdout == rows
    assert zhiping("check", "--rebuild", data=restored).status == 0
    again = zhiping("restore", archive, data=restored)
    assert (again.status, "空" in again.stderr) == (2, True)
    assert zhiping("transfer", postgres_url, data=data).stdout == rows
    assert zhiping("check", "--rebuild", data=data, ZHIPING_DATABASE_URL=postgres_url).status == 0
    assert zhiping("token", "nobody", data=restored).status == 2


def test_a_setting_that_cannot_be_read_is_named(data: Path) -> None:
    done = zhiping("check", data=data, ZHIPING_THREADS="many")
    assert (done.status, "ZHIPING_THREADS" in done.stderr) == (2, True)
