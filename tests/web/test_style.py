"""Every piece on one page: accessible, and nothing runs out of the window, light and dark, wide and narrow."""

from typing import TYPE_CHECKING

import pytest

from tests.support.axe import DESK, assert_usable

if TYPE_CHECKING:
    from tests.support.browser import People


@pytest.mark.parametrize("path", ["/style", "/style?name=甲&more=1", "/sign-in", "/"])
def test_a_page_can_be_used_by_everybody(people: "People", site: str, path: str) -> None:
    assert_usable(people.open(), site + path)


def test_dialogs_and_menus_can_be_used_by_everybody(people: "People", site: str) -> None:
    by_day_and_night = [DESK, {**DESK, "color_scheme": "dark"}]
    page = people.open()
    page.goto(f"{site}/style")
    page.locator("details.menu summary").last.click()
    assert_usable(page, looks=by_day_and_night)
    for dialog in ("journal", "batch-dialog"):
        page.keyboard.press("Escape")
        page.locator(f'button[data-open-dialog="{dialog}"]').click()
        page.wait_for_timeout(250)  # the drawer slides in
        assert_usable(page, looks=by_day_and_night)


def test_the_page_needs_no_script(people: "People", site: str) -> None:
    page = people.open(java_script_enabled=False, viewport={"width": 390, "height": 900})
    page.goto(f"{site}/style")
    page.get_by_role("link", name="打开菜单").click()
    page.get_by_role("link", name="预分配评委会").wait_for()
    page.get_by_role("link", name="关闭菜单").first.click()
    page.get_by_role("link", name="预分配评委会").wait_for(state="hidden")


def test_nothing_moves_after_the_first_paint(people: "People", site: str) -> None:
    page = people.open()
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver((list) => { for (const e of list.getEntries()) window.shift += e.value; })"
        ".observe({ type: 'layout-shift', buffered: true })"
    )
    page.goto(f"{site}/style")
    page.wait_for_timeout(300)
    assert page.evaluate("window.shift") == 0
