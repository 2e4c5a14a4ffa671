"""Write the lock files: `make lock`. `requirements/*.txt` from pyproject.toml, addresses out of `web/client/package-lock.json`.

Each requirements file pins every package with its hashes for every platform and Python the project runs on, and names no
address. All groups are resolved together once and each file is cut from that answer, so that any of them can be installed
into one environment.

`python -m tools.lock --upgrade` takes the newest versions that pyproject.toml allows; without it the present pins are kept
where they still fit.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
NPM_LOCK = ROOT / "web" / "client" / "package-lock.json"
SOURCES = {
    "runtime": ("pyproject.toml",),
    "build": ("--group", "pyproject.toml:build"),
    "test": ("--group", "pyproject.toml:test"),
    "check": ("--group", "pyproject.toml:check"),
    "node": ("--group", "pyproject.toml:node"),
    "lock": ("--group", "pyproject.toml:lock"),
}
COMPILE = ("-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11")
FORM = ("--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header")


def main(arguments: list[str] | None = None) -> int:
    """Resolve everything together, then write one file per group under those pins."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions allowed")
    upgrade = parser.parse_args(arguments).upgrade
    REQUIREMENTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        together = Path(folder) / "together.txt"
        if not upgrade:
            together.write_text(_present_pins())
        _compile([argument for source in SOURCES.values() for argument in source], together)
        for name, source in SOURCES.items():
            _compile([*source, "--constraints", str(together), "--generate-hashes"], REQUIREMENTS / f"{name}.txt")
    drop_addresses(NPM_LOCK)
    return 0


def drop_addresses(lock: Path) -> None:
    """Take out where npm found each package and whom it asks to fund; what is installed rests on versions and hashes alone."""
    content = json.loads(lock.read_text())
    for package in content["packages"].values():
        for address in ("resolved", "funding"):
            package.pop(address, None)
    lock.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def _present_pins() -> str:
    """The pins of all present lock files, one a line, without their hashes; uv keeps those that still fit."""
    lines = (line for lock in sorted(REQUIREMENTS.glob("*.txt")) for line in lock.read_text().splitlines())
    return "\n".join(sorted({line.removesuffix("\\").strip() for line in lines if line and not line.startswith(" ")}))


def _compile(arguments: list[str], target: Path) -> None:
    subprocess.run([sys.executable, *COMPILE, *FORM, *arguments, "--output-file", str(target)], cwd=ROOT, check=True)


if __name__ == "__main__":
    sys.exit(main())
