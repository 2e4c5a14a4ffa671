"""Signs in as every role of the demo province, visits every page, light and dark, 1440 and 390 px wide.

    python tools/screenshots.py [--only PAGE] [--out build/screenshots] [--url http://127.0.0.1:8000]

Without --url it starts a server of its own on a fresh demo database.
"""

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PASSWORD = "8" * 6
WIDTHS = {"wide": (1440, 900), "narrow": (390, 844)}
SCHEMES = ("light", "dark")

#: who visits what: name of the shot → address, or a text to click after the address
VISITS: dict[str, dict[str, str]] = {
    "": {"home": "/", "sign-in": "/sign-in", "demo": "/demo"},
    "990000197603121014": {"declaration": "/declaration", "inbox": "/inbox", "account": "/account"},
    "990000198007251028": {"declaration-returned": "/declaration"},
    "hosp3_officer": {
        "declarations": "/declarations",
        "officer-inbox": "/inbox",
        "review": "/declarations > td.acts a",
        "case": "/cases > a.lead",
    },
    "hosp3_leader": {"leader-declarations": "/declarations"},
    "office_officer": {"office-declarations": "/declarations"},
    "sysadmin": {
        "monitor": "/monitor",
        "cases": "/cases",
        "incidents": "/incidents",
        "orphans": "/monitor/orphans",
        "case-repair": "/cases > a.lead",
    },
    "designer": {
        "studio": "/studio",
        "diagram": "/studio/edit?name=declaration/declaration.bpmn",
        "form": "/studio/edit?name=declaration/officer_review.form",
        "decision": "/studio/edit?name=declaration/eligibility.dmn",
        "versions": "/studio/versions?name=declaration/declaration.bpmn",
    },
}


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


def shoot(browser: Browser, base: str, out: Path, only: str) -> list[str]:
    """All pictures; returns the names of visits that could not be made."""
    failed = []
    for login, visits in VISITS.items():
        wanted = {name: address for name, address in visits.items() if re.search(only, name)}
        if not wanted:
            continue
        for scheme in SCHEMES:
            context = browser.new_context(locale="zh-CN", color_scheme=scheme, timezone_id="Asia/Shanghai")
            page = context.new_page()
            page.set_default_timeout(8000)
            if login:
                sign_in(page, base, login)
            for name, address in wanted.items():
                for width, (across, down) in WIDTHS.items():
                    page.set_viewport_size({"width": across, "height": down})
                    try:
                        visit(page, base, address)
                        page.screenshot(path=out / f"{name}-{scheme}-{width}.png", full_page=True)
                    except Exception as error:
                        failed.append(f"{name}: {str(error).splitlines()[0]}")
            context.close()
    return failed


def visit(page: Page, base: str, address: str) -> None:
    """Go to an address; after ` > ` stands a selector, or the words of a link, of the first thing to click there."""
    url, _, target = address.partition(" > ")
    answer = page.goto(base + url)
    if answer is not None and answer.status >= 400:
        raise RuntimeError(f"{url} answered {answer.status}")
    if target:
        found = (
            page.locator(target)
            if re.match(r"[a-z]+[.\[#]", target)
            else page.get_by_role("link", name=target, exact=True)
        )
        found.first.click()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "screenshots")
    parser.add_argument("--url", default="")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        if options.url:
            failed = shoot(browser, options.url, options.out, options.only)
        else:
            with own_server() as base:
                failed = shoot(browser, base, options.out, options.only)
        browser.close()
    for line in sorted(set(failed)):
        print(line, file=sys.stderr)
    print(options.out)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
