"""Accessibility: axe-core finds nothing on a page."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

#: WCAG 2.2 AA and what came before it, with axe's own best practices
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: what is preloaded serves rules that are experimental, which are not among these
OPTIONS = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"], "preload": False}
#: a desk by day, and a telephone at night
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"}
TELEPHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}

#: what moves for a moment has come to rest; while it fades in, its colours are not yet its own
AT_REST = """() => Promise.allSettled(document.getAnimations()
  .filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime))
  .map((one) => one.finished)).then(() => typeof axe === "object")"""
#: only what is wrong travels: all that is right on a long page is a megabyte
FIND = """([context, options]) => (context ? axe.run(context, options) : axe.run(options))
  .then((found) => ({ violations: found.violations }))"""


def assert_accessible(page: "Page", *, context: dict[str, Any] | None = None) -> None:
    """Fail with axe's report unless the page, or the part of it that `context` names (include, exclude), has 0 violations."""
    from axe_playwright_python.base import AxeResults

    if not page.evaluate(AT_REST):
        page.evaluate(_axe())
    results = AxeResults(page.evaluate(FIND, [context, OPTIONS]))
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"


def assert_usable(page: "Page", path: str = "", looks: Sequence[dict[str, Any]] = (DESK, TELEPHONE)) -> None:
    """Open a page, or take the one that is open, as a desk by day and as a telephone at night has it.

    Fails unless axe finds nothing and nothing runs out of the window in either. A page looked at twice is drawn and
    its axe compiled once, which is cheaper than two visits. The page stays as the last of `looks` has it.
    """
    for number, look in enumerate(looks):
        page.set_viewport_size(look["viewport"])
        page.emulate_media(color_scheme=look["color_scheme"])
        if path and not number:
            page.goto(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert (page.url, width) == (page.url, look["viewport"]["width"])
        assert_accessible(page)


@cache
def _axe() -> str:
    from axe_playwright_python.base import AXE_SCRIPT

    return f"{AXE_SCRIPT};0"
