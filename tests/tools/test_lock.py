"""Lock files lose their addresses, nothing else."""

import json
from pathlib import Path

from tools.lock import drop_addresses


def test_addresses_are_taken_out_of_an_npm_lock(tmp_path: Path) -> None:
    lock = tmp_path / "package-lock.json"
    package = {"version": "4.0.1", "integrity": "sha512-abc", "dependencies": {"b": "^1"}}
    found = {**package, "resolved": "https://registry.example/a.tgz", "funding": {"url": "https://fund.example"}}
    lock.write_text(json.dumps({"lockfileVersion": 3, "packages": {"node_modules/a": found}}))
    drop_addresses(lock)
    assert json.loads(lock.read_text()) == {"lockfileVersion": 3, "packages": {"node_modules/a": package}}
