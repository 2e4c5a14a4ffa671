"""A server of one's own with the demo province, and somebody at a browser who goes where an address says."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "8" * 6
#: pages longer than that are cut
LONGEST = 5000


@contextmanager
def own_server() -> Iterator[str]:
    """A server on a free port with the demo province, gone afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as data:
        environment = os.environ | {"ZHIPING_DATA": data, "ZHIPING_DEMO": "1", "ZHIPING_CAPTCHA": "off"}
        command = [sys.executable, "-m", "web.cli", "serve", "--port", str(port)]
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
        try:
            _wait(f"http://127.0.0.1:{port}/readyz")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait(url: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    raise SystemExit(f"{url} did not answer")


def sign_in(page: Page, base: str, login: str) -> None:
    page.goto(f"{base}/sign-in")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_load_state()


def visit(page: Page, base: str, address: str, size: tuple[int, int]) -> None:
    """Go to an address, and click there what it names."""
    across, down = size
    page.set_viewport_size({"width": across, "height": down})
    url, *targets = address.split(" > ")
    answer = page.goto(base + url)
    if answer is not None and answer.status >= 400 and url != "/nowhere":
        raise RuntimeError(f"{url} answered {answer.status}")
    for target in targets:
        link = page.locator(target) if target[0].isascii() else page.get_by_role("link", name=target, exact=True)
        link.first.click()
        page.wait_for_load_state()
    if page.locator("[data-watch]").count() == 0:  # a page that follows what happens is never idle
        page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)


def take(page: Page, path: Path, size: tuple[int, int]) -> None:
    """The whole page in a window as high as itself: what sticks to an edge stays there, but a diagram would grow with it."""
    across, down = size
    grows = page.locator("[data-bpmn-viewer], [data-bpmn-modeler]").count()
    if not grows:
        high = int(page.evaluate("document.documentElement.scrollHeight"))
        page.set_viewport_size({"width": across, "height": max(down, min(high, LONGEST))})
        page.wait_for_timeout(100)
    page.screenshot(path=path, full_page=bool(grows))
