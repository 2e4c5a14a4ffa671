"""Signs in as every role of the demo province, visits every page, light and dark, 1440 and 390 px wide.

    python -m tools.screenshots [--only PAGE] [--kind light-wide] [--out build/screenshots] [--url http://127.0.0.1:8000]
    python -m tools.screenshots --guides [--only PICTURE]

Without --url it starts a server of its own on a fresh demo database. `--guides` makes the pictures of the guides and of
the README instead, in docs/images; which ones are listed in tools/pictures.py.
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
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from io import BytesIO
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tools.pictures import PICTURES, QUALITY, Picture

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--lang=zh-CN",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
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
        "contact": "/account/contact",
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
        "applicant-announcements": "/announcements",
        "announcement": "/announcements > .plain-list a",
        "templates": "/templates",
        "contacts": "/contacts",
    },
    # asked to complete by the committee's office
    "990000197804041176": {"declaration-correcting": "/declaration"},
    # approved to the top
    "990000197603121014": {
        "declaration-approved": "/declaration",
        "dossier": "/declaration > 查看材料和日志",
        "print": "/declaration > 打印",
        "sheet": "/declaration > 通用表",
    },
    # not recommended, so that another may be begun
    "990000198811021063": {"declaration-ended": "/declaration", "setup": "/declaration/new"},
    # in two roles
    "990000198001311202": {"role": "/role"},
    "medu_officer": {
        "declarations": "/declarations",
        "declarations-decided": "/declarations?tab=decided",
        "declarations-filters": "/declarations > a[data-more]",
        "declarations-columns": "/declarations/columns",
        "declarations-views": "/declarations/views",
        "statistics": "/declarations/statistics",
        "journal": "/declarations > a[aria-label^=流转日志]",
        "review": "/declarations > tbody .lead a",
        "remark": "/declarations > tbody .lead a > a[href*=remarks]",
        "phrases": "/declarations/phrases",
        "applicants": "/applicants",
        "applicant": "/applicants > tbody .lead a",
        "applicant-new": "/applicants/new",
        "applicants-import": "/applicants/import",
        "applicant-identity": "/applicants > tbody .lead a > 更正姓名或证件号码",
        "transfer": "/applicants > tbody .lead a > 转出",
        "exchange-templates": "/exchange-templates",
        "exchange-template-new": "/exchange-templates/new",
        "verify": "/verify",
        "batches": "/batches",
        "delegation": "/account/delegation",
        "officer-inbox": "/inbox",
        "officer-inbox-done": "/inbox?tab=done",
        "case": "/inbox?tab=done > tbody .lead a",
        "search": "/search?q=示",
    },
    # a unit that recommends in rounds
    "school1_officer": {
        "recommendation": "/recommendation",
        "recommendation-round": "/recommendation > .list a",
        "recommendation-table": "/recommendation > .list a > 公示表",
    },
    "edu_officer": {"declarations-on-hold": "/declarations?tab=on_hold"},
    "medu_leader": {
        "leader-declarations": "/declarations",
        "leader-review": "/declarations > tbody .lead a",
        "leader-inbox": "/inbox",
    },
    "medu_admin": {
        "units": "/units",
        "units-tree": "/units/tree",
        "unit": "/units > tbody th a",
        "unit-new": "/units/new",
        "unit-edit": "/units > tbody th a > 编辑",
        "unit-move": "/units > tbody th a > 移动",
        "unit-end": "/units > tbody th a > 合并或撤销",
        "unit-disable": "/units > tbody th a > 停用",
        "unit-password": "/units > tbody th a > 重置密码",
        "units-import": "/units/import",
        "post-quotas": "/post-quotas",
        "post-quota": "/post-quotas > .plain-list a",
        "accounts": "/accounts",
        "account-detail": "/accounts > tbody .lead a",
        "account-new": "/accounts/new",
        "account-edit": "/accounts > tbody .lead a > 编辑",
        "account-password": "/accounts > tbody .lead a > 重置密码",
        "accounts-import": "/accounts/import",
        "announcements-own": "/announcements/own",
        "announcement-new": "/announcements/new",
    },
    "office_officer": {
        "office-declarations": "/declarations",
        "placement": "/declarations?desk=placement",
        "placement-review": "/declarations?desk=placement > tbody .lead a",
        "office-cases": "/cases",
        "meetings": "/review-meetings",
        "meetings-past": "/review-meetings/past",
        "meeting-new": "/review-meetings/new",
        "meeting": "/review-meetings > tbody a:has-text('医疗专业')",
        "meeting-groups": "/review-meetings > tbody a:has-text('医疗专业') > 会议分组",
        "meeting-plan": "/review-meetings > tbody a:has-text('医疗专业') > 评审方案",
        "meeting-experts": "/review-meetings > tbody a:has-text('医疗专业') > 评委库",
        "meeting-pool": "/review-meetings > tbody a:has-text('医疗专业') > 评委库 > 从评委库选择",
        "meeting-draw": "/review-meetings > tbody a:has-text('医疗专业') > 评委库 > 抽取记录",
        "meeting-chair": "/review-meetings > tbody a:has-text('医疗专业') > 主任",
        "meeting-dossiers": "/review-meetings > tbody a:has-text('医疗专业') > 参评材料",
        "meeting-standard": "/review-meetings > tbody a:has-text('医疗专业') > 评分标准",
        "meeting-leaders": "/review-meetings > tbody a:has-text('医疗专业') > 组长",
        "meeting-attendance": "/review-meetings > tbody a:has-text('医疗专业') > 签到",
    },
    "health_officer": {"screening": "/declarations?desk=screening"},
    "industry_officer": {"industry-placement": "/declarations?desk=placement"},
    "office_admin": {
        "office-admin": "/",
        "codes": "/codes",
        "code-table": "/codes/title_series",
        "code-value": "/codes/title_series > tbody .lead a",
        "code-import": "/codes/title_series/import",
        "code-history": "/codes/title_series/history",
        "calendar": "/calendar",
        "year-plan": "/year-plan",
        "registers": "/registers",
        "print-templates": "/print-templates",
        "committees": "/committees",
        "committee": "/committees > tbody .lead a",
        "committee-new": "/committees/new",
        "office-templates": "/templates",
        "office-units-tree": "/units/tree",
    },
    "auditor": {"audit": "/", "looks": "/monitor/looks"},
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


def draw(browser: Browser, base: str, out: Path, only: str) -> list[str]:
    """The pictures of the guides, light, without motion, as small WebP files; returns those that could not be made."""
    failed = []
    chosen = []
    for picture in PICTURES:
        if re.search(only, picture.name):
            try:
                chosen.append(_signed_in_by(browser, base, picture))
            except Exception as error:
                failed.append(f"{picture.name}: {str(error).splitlines()[0]}")
    for login, wanted in groupby(sorted(chosen, key=attrgetter("login")), key=attrgetter("login")):
        context = browser.new_context(
            locale="zh-CN", color_scheme="light", timezone_id="Asia/Shanghai", reduced_motion="reduce"
        )
        page = context.new_page()
        page.set_default_timeout(15000)
        sign_in(page, base, login)
        for picture in wanted:
            try:
                visit(page, base, picture.address, (picture.width, picture.height))
                draw_nearer(page, picture.zoom)
                with Image.open(BytesIO(page.screenshot())) as image:
                    image.save(out / f"{picture.name}.webp", quality=QUALITY, method=6)
            except Exception as error:
                failed.append(f"{picture.name}: {str(error).splitlines()[0]}")
        context.close()
    return failed


def _signed_in_by(browser: Browser, base: str, picture: Picture) -> Picture:
    """The picture with the login of the expert whom a page names, which the list of the pools tells.

    Where the page names several, one from outside the demo's units: nothing makes such a one recuse.
    """
    if not picture.named_at:
        return picture
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    page.set_default_timeout(15000)
    sign_in(page, base, picture.login)
    address, selector = picture.named_at.rsplit(" > ", 1)
    size = (picture.width, picture.height)
    visit(page, base, address, size)
    names = [words.rsplit("组长", 1)[-1].split()[0] for words in page.locator(selector).all_inner_texts()]
    for name in names:
        visit(page, base, f"/pool?text={name}", size)
        if page.locator("tbody .lead:has-text('外单位')").count():
            break
    page.locator("tbody .lead a").first.click()
    page.wait_for_load_state()
    login = page.locator("dt:has-text('登录名') + dd").first.inner_text()
    context.close()
    return replace(picture, login=login)


def draw_nearer(page: Page, steps: int) -> None:
    """Turn the wheel over a diagram, as people do, once it was checked."""
    if not steps:
        return
    page.wait_for_timeout(3000)
    page.mouse.move(page.viewport_size["width"] * 0.55, page.viewport_size["height"] * 0.35)
    page.keyboard.down("Control")
    for _ in range(steps):
        page.mouse.wheel(0, -240)
        page.wait_for_timeout(200)
    page.keyboard.up("Control")
    page.mouse.move(10, 10)
    page.wait_for_timeout(500)


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
