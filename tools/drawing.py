"""The pictures of the guides and of the README, each a page at a certain moment."""

import re
from dataclasses import replace
from io import BytesIO
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from tools.browsing import sign_in, visit
from tools.pictures import PICTURES, QUALITY, Picture


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
    seen = page.viewport_size
    assert seen is not None
    page.mouse.move(seen["width"] * 0.55, seen["height"] * 0.35)
    page.keyboard.down("Control")
    for _ in range(steps):
        page.mouse.wheel(0, -240)
        page.wait_for_timeout(200)
    page.keyboard.up("Control")
    page.mouse.move(10, 10)
    page.wait_for_timeout(500)
