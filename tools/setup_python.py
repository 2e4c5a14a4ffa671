"""Make `.venv` and install the locked packages and the project itself into it: the first half of `make setup`.

`python3 -m tools.setup_python [GROUP …]` installs the runtime and each named group (test, check). It needs Python 3.11 or newer
and nothing else: where the system's Python comes without `venv` (Debian ships it apart), the package is installed through
apt-get if this account may do that, else pip or virtualenv of the system's Python is used, else it says what to install.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.stamps import run_once
from tools.system import apt_install, may_install

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
OLDEST = (3, 11)


def main(groups: list[str]) -> int:
    """Environment, then lock files, then the project; each only where something changed."""
    if sys.version_info < OLDEST:
        print(
            f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is {sys.version.split()[0]}: set PYTHON=/path/to/python."
        )
        return 2
    if not _works(PYTHON) and not make_environment():
        return 2
    for name in ("build", "runtime", *groups):
        install_lock(name)
    install_project()
    return 0


def make_environment() -> bool:
    """Create `.venv` with pip inside, by the first way that works on this machine; say what to do when none does."""
    print("setup: making .venv", flush=True)
    ways = (_make_with_venv, _make_with_venv_package, _make_with_system_pip, _make_with_virtualenv)
    for way in ways:
        shutil.rmtree(VENV, ignore_errors=True)
        if way() and _works(PYTHON):
            return True
    shutil.rmtree(VENV, ignore_errors=True)
    print(
        "setup: this Python can make no virtual environment.\n"
        f"On Debian or Ubuntu run as root: apt-get install {_venv_package()}\n"
        "Elsewhere install virtualenv for it (python3 -m pip install virtualenv). Then run make again."
    )
    return False


def install_lock(name: str) -> None:
    """Install one lock file with plain pip; every package has to match one of its hashes."""
    lock = ROOT / "requirements" / f"{name}.txt"

    def install() -> None:
        print(f"setup: installing requirements/{name}.txt", flush=True)
        _pip("install", "--require-hashes", "--requirement", str(lock))

    run_once(VENV / "stamps" / name, [lock], install)


def install_project() -> None:
    """Put `zhiping` into the environment, reading `engine` and `web` from this folder."""

    def install() -> None:
        _pip("install", "--no-deps", "--no-build-isolation", "--no-index", "--editable", str(ROOT))

    run_once(VENV / "stamps" / "project", [ROOT / "pyproject.toml", str(ROOT)], install)


def _works(python: Path) -> bool:
    check = f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"
    return python.exists() and _succeeds(str(python), "-c", check)


def _make_with_venv() -> bool:
    return _succeeds(sys.executable, "-m", "venv", str(VENV))


def _make_with_venv_package() -> bool:
    return may_install() and apt_install([_venv_package()]) and _make_with_venv()


def _make_with_system_pip() -> bool:
    return _succeeds(sys.executable, "-m", "venv", "--without-pip", str(VENV)) and _succeeds(
        sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "pip"
    )


def _make_with_virtualenv() -> bool:
    return _succeeds(sys.executable, "-m", "virtualenv", str(VENV))


def _venv_package() -> str:
    return f"python{sys.version_info.major}.{sys.version_info.minor}-venv"


def _succeeds(*command: str) -> bool:
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


def _pip(*arguments: str) -> None:
    subprocess.run(
        [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments], cwd=ROOT, check=True
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
