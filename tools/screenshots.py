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

#: who visits what: name of the shot → address; after each ` > ` a selector, or the words of a link, to click there
VISITS: dict[str, dict[str, str]] = {
    "": {
        "home": "/",
        "sign-in": "/sign-in",
        "sign-in-unit": "/sign-in?as=unit",
        "forgot": "/forgot",
        "demo": "/demo",
        "not-found": "/nowhere",
    },
    # begun and not filled in
    "990000199006201250": {
        "declaration-draft": "/declaration",
        "fill": "/declaration > 继续填写",
        "fill-section": "/declaration > .parts a",
        "submit-missing": "/declaration > 继续填写 > button[name=_submit]",
        "discard": "/declaration > 废弃",
        "guide": "/declaration/filling-guide",
        "paper": "/declaration/templates/ethics_appraisal",
        "account": "/account",
        "password": "/password",
    },
    # handed in
    "990000198302221227": {
        "declaration-submitted": "/declaration",
        "withdraw": "/declaration > 撤回",
        "applicant-inbox": "/inbox",
    },
    # sent back, complete
    "990000198401131243": {
        "declaration-returned": "/declaration",
        "fill-returned": "/declaration > 修改",
        "submit": "/declaration > 提交",
        "notifications": "/notifications",
    },
    # approved to the top
    "990000197603121014": {
        "declaration-approved": "/declaration",
        "dossier": "/declaration > 查看材料和日志",
        "print": "/declaration > 打印",
    },
    # not recommended, so that another may be begun
    "990000198811021063": {"declaration-ended": "/declaration", "setup": "/declaration/new"},
    # in two roles
    "990000198001311202": {"role": "/role"},
    "medu_officer": {
        "declarations": "/declarations",
        "declarations-decided": "/declarations?tab=decided",
        "review": "/declarations > tbody .lead a",
        "phrases": "/declarations/phrases",
        "officer-inbox": "/inbox",
        "officer-inbox-done": "/inbox?tab=done",
        "case": "/inbox?tab=done > tbody .lead a",
        "search": "/search?q=示",
    },
    "edu_officer": {"declarations-on-hold": "/declarations?tab=on_hold"},
    "medu_leader": {"leader-declarations": "/declarations", "leader-inbox": "/inbox"},
    "office_officer": {"office-declarations": "/declarations", "office-cases": "/cases"},
    "office_admin": {"office-admin": "/"},
    "auditor": {"audit": "/"},
    "sysadmin": {
        "monitor": "/monitor",
        "definition": "/monitor > tbody .lead a",
        "cases": "/cases",
        "case-repair": "/cases?state=active > tbody .lead a",
        "incidents": "/incidents",
        "orphans": "/monitor/orphans",
    },
    "designer": {
        "studio": "/studio",
        "studio-forms": "/studio?kind=form",
        "studio-decisions": "/studio?kind=dmn",
        "diagram": "/studio/edit?name=declaration/declaration.bpmn",
        "form": "/studio/edit?name=declaration/officer_review.form",
        "decision": "/studio/edit?name=declaration/eligibility.dmn",
        "versions": "/studio/versions?name=declaration/declaration.bpmn",
    },
}
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
                for width, size in WIDTHS.items():
                    try:
                        visit(page, base, address, size)
                        take(page, out / f"{name}-{scheme}-{width}.png", size)
                    except Exception as error:
                        failed.append(f"{name}: {str(error).splitlines()[0]}")
            context.close()
    return failed


def visit(page: Page, base: str, address: str, size: tuple[int, int]) -> None:
    """Go to an address, and click there what it names."""
    across, down = size
    page.set_viewport_size({"width": across, "height": down})
    url, *targets = address.split(" > ")
    answer = page.goto(base + url)
    if answer is not None and answer.status >= 400 and url != "/nowhere":
        raise RuntimeError(f"{url} answered {answer.status}")
    for target in targets:
        is_selector = re.match(r"[a-z]* ?[.\[#]", target)
        link = page.locator(target) if is_selector else page.get_by_role("link", name=target, exact=True)
        link.first.click()
        page.wait_for_load_state()
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
