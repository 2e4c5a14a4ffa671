"""The pages of units in a real browser: accessible wide, narrow and dark; the tree unfolds and the picker finds in place."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI

from tests.support.axe import assert_usable
from tests.support.browser import take_seat
from tests.web.sample import serve

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.browser import People

UnitId = Callable[[str], int]


@pytest.fixture(scope="module")
def database_url(sqlite_url: str) -> str:
    """What a page looks like does not depend on the database."""
    return sqlite_url


@pytest.fixture(scope="module")
def address(site: FastAPI) -> Iterator[str]:
    with serve(site) as address:
        yield address


def enter(people: "People", address: str, login: str = "office_admin", **options: object) -> "Page":
    page = people.open(base_url=address, **options)
    take_seat(page, login)
    return page


def test_every_page_of_units_can_be_used_by_everybody(people: "People", address: str, unit_id: UnitId) -> None:
    page = enter(people, address)
    city = unit_id("示范市人力资源")
    ends = ("", "/edit", "/move", "/end", "/disable")
    paths = ["/units", "/units?name=无", "/units/new", f"/units/tree?open={city}&q=示范县", "/units/import"]
    for path in [*paths, *(f"/units/{city}{end}" for end in ends)]:
        assert_usable(page, path)


def test_the_tree_unfolds_in_place_and_without_scripts_by_links(
    people: "People", address: str, unit_id: UnitId
) -> None:
    page = enter(people, address)
    page.goto("/units/tree")
    page.locator("summary", has_text="示范省教育厅").click()
    page.get_by_role("link", name="详情 示范医科大学（示例）").wait_for()
    assert page.url.endswith("/units/tree")
    plain = enter(people, address, java_script_enabled=False)
    plain.goto("/units/tree")
    plain.locator("summary", has_text="示范省教育厅").click()
    plain.locator(f"#unit-{unit_id('示范省教育厅')}").get_by_role("link", name="查看下级机构").click()
    plain.get_by_role("link", name="详情 示范医科大学（示例）").wait_for()


def test_the_superior_is_found_while_one_types(people: "People", address: str) -> None:
    page = enter(people, address)
    page.goto("/units/new")
    page.fill("[name=unit_q]", "农业农村")
    page.get_by_label("示范县农业农村局（示例）").check()
    page.fill("#code", "0451")
    page.get_by_text("4 / 4").wait_for()
    page.click(".action-bar .button.primary")
    assert page.evaluate("document.activeElement.id") == "error-summary"
    assert page.get_by_label("示范县农业农村局（示例）").is_checked()
