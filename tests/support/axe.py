"""Accessibility: axe-core finds nothing on a page."""

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import Page

#: WCAG 2.2 AA and what came before it, with axe's own best practices
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


#: what moves for a moment has come to rest; while it fades in, its colours are not yet its own
AT_REST = """() => Promise.allSettled(document.getAnimations()
  .filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime))
  .map((one) => one.finished)).then(() => null)"""


def assert_accessible(page: "Page", *, context: dict[str, Any] | None = None) -> None:
    """Fail with axe's report unless the page, or the part of it that `context` names (include, exclude), has 0 violations."""
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    page.evaluate(AT_REST)
    results = _axe().run(page, context=context, options=options)
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"


@cache
def _axe() -> "Axe":
    from axe_playwright_python.sync_playwright import Axe

    return Axe()
