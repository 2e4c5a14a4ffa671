"""Signs in as every role of the demo province, visits every page, light and dark, 1440 and 390 px wide.

    python -m tools.screenshots [--only PAGE] [--kind light-wide] [--out build/screenshots] [--url http://127.0.0.1:8000]
    python -m tools.screenshots --guides [--only PICTURE]

Without --url it starts a server of its own on a fresh demo database. `--guides` makes the pictures of the guides and of
the README instead, in docs/images; which ones are listed in tools/pictures.py.
"""

import argparse
import re
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

from tools.browsing import ROOT, own_server, sign_in, take, visit
from tools.drawing import draw
from tools.visits import VISITS

IMAGES = ROOT / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--lang=zh-CN",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
WIDTHS = {"wide": (1440, 900), "narrow": (390, 844)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def shoot(browser: Browser, base: str, out: Path, only: str, kind: str = "") -> list[str]:
    """All pictures; returns the names of visits that could not be made."""
    failed = []
    for login, visits in VISITS.items():
        wanted = {name: address for name, address in visits.items() if re.search(only, name)}
        if not wanted:
            continue
        for scheme in SCHEMES:
            if not any(kind in f"{scheme}-{width}" for width in WIDTHS):
                continue
            context = browser.new_context(locale="zh-CN", color_scheme=scheme, timezone_id="Asia/Shanghai")
            page = context.new_page()
            page.set_default_timeout(8000)
            if login:
                sign_in(page, base, login)
            for name, address in wanted.items():
                for width, size in WIDTHS.items():
                    if kind not in f"{scheme}-{width}":
                        continue
                    try:
                        visit(page, base, address, size)
                        take(page, out / f"{name}-{scheme}-{width}.png", size)
                    except Exception as error:
                        failed.append(f"{name}: {str(error).splitlines()[0]}")
            context.close()
    return failed


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="")
    parser.add_argument("--kind", default="", help="light-wide, dark-narrow, or a part of that")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--url", default="")
    parser.add_argument("--guides", action="store_true", help="the pictures of docs/images instead")
    options = parser.parse_args()
    out = options.out or (IMAGES if options.guides else ROOT / "build" / "screenshots")
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        with nullcontext(options.url) if options.url else own_server() as base:
            if options.guides:
                failed = draw(browser, base, out, options.only)
            else:
                failed = shoot(browser, base, out, options.only, options.kind)
        browser.close()
    for line in sorted(set(failed)):
        print(line, file=sys.stderr)
    print(out)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
