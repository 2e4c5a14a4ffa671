"""What the system itself has to bring: find it, and install it through apt-get where this account may."""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Part:
    """A program or font that does not come from PyPI: how it is called, how it is found, which Debian package brings it."""

    name: str
    package: str
    find: Callable[[], Path | None]


#: Chromium without its own window, menus and profile: the same engine, a third of the processor time
HEADLESS_SHELL = "chromium-headless-shell"
CHROMIUMS = (HEADLESS_SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> Path | None:
    """Path of a Chromium or Chrome that Playwright can drive, the quickest first; `ZHIPING_TEST_CHROMIUM` names another one."""
    named = os.environ.get("ZHIPING_TEST_CHROMIUM")
    return next((Path(path) for name in ([named] if named else CHROMIUMS) if (path := shutil.which(name))), None)


def lacks_headless_shell() -> bool:
    """Whether the quickest Chromium is not here, could be had from the package lists, and nobody named another one."""
    if os.environ.get("ZHIPING_TEST_CHROMIUM") or shutil.which(HEADLESS_SHELL):
        return False
    shown = subprocess.run(["apt-cache", "show", HEADLESS_SHELL], capture_output=True, check=False)
    return shown.returncode == 0


def find_postgresql() -> Path | None:
    """Folder with `initdb` and `postgres`: on the PATH, else the newest that Debian keeps under /usr/lib/postgresql."""
    on_path = shutil.which("initdb")
    if on_path and (Path(on_path).parent / "postgres").exists():
        return Path(on_path).parent
    kept = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return kept[-1].parent if kept else None


def find_chinese_font() -> Path | None:
    """A font file that has Chinese glyphs, as fontconfig lists them."""
    if not shutil.which("fc-list"):
        return None
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "file"], capture_output=True, text=True, check=False).stdout
    return next((Path(line.split(":")[0]) for line in listed.splitlines() if line), None)


def find_atomic_library() -> Path | None:
    """The library that Playwright's own Node.js is linked with on Linux, and that a small Debian lacks."""
    if sys.platform != "linux":
        return Path(sys.executable)
    try:
        return Path(ctypes.CDLL("libatomic.so.1")._name)
    except OSError:
        return None


PARTS = (
    Part("Chromium", "chromium", find_chromium),
    Part("libatomic", "libatomic1", find_atomic_library),
    Part("PostgreSQL", "postgresql", find_postgresql),
    Part("Chinese fonts", "fonts-noto-cjk", find_chinese_font),
)


def missing_parts() -> list[Part]:
    """The parts this machine does not have."""
    return [part for part in PARTS if part.find() is None]


def may_install() -> bool:
    """Whether apt-get is here and this account may use it: as root, or through sudo without a password."""
    return shutil.which("apt-get") is not None and _privilege() is not None


def apt_install(packages: Sequence[str]) -> bool:
    """Install Debian packages; tell whether that worked. Lists that are absent or old are fetched first."""
    print(f"setup: apt-get install {' '.join(packages)}", flush=True)
    install = ["install", "--yes", "--no-remove", "--no-install-recommends", *packages]
    return _apt_get(install) or (_apt_get(["update"]) and _apt_get(install))


def _apt_get(arguments: Sequence[str]) -> bool:
    command = [*(_privilege() or []), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        print("\n".join(done.stdout.splitlines()[-5:]), flush=True)
    return done.returncode == 0


def _privilege() -> list[str] | None:
    """What to put before a command so that it runs as root; None when this account cannot."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    allowed = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    return ["sudo", "-n"] if allowed else None
