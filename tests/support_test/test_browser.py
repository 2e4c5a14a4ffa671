"""Chromium, and the accessibility check."""

import pytest
from playwright.sync_api import Page

from tests.support.axe import assert_accessible
from tests.support.browser import People

PAGE = "<!doctype html><html lang=zh-CN><title>职评</title><main><h1>待办事项</h1>{}</main></html>"


def test_it_renders_a_page_as_in_china(page: Page) -> None:
    page.set_content(PAGE.format("<p>无待办</p>"))
    assert page.locator("p").inner_text() == "无待办"
    assert page.evaluate("[navigator.language, innerWidth, innerHeight]") == ["zh-CN", 1440, 900]


def test_chinese_has_glyphs_of_its_own(page: Page) -> None:
    """Without a Chinese font every character is the same empty box."""
    page.set_content(PAGE.format("<canvas></canvas>"))
    draw = """character => {
        const canvas = document.querySelector("canvas"), pen = canvas.getContext("2d");
        pen.clearRect(0, 0, 100, 100); pen.font = "40px sans-serif"; pen.fillText(character, 5, 50);
        return canvas.toDataURL();
    }"""
    assert page.evaluate(draw, "职") != page.evaluate(draw, "评")


def test_an_accessible_page_passes_and_another_does_not(page: Page) -> None:
    page.set_content(PAGE.format("<label>意见 <input></label>"))
    assert_accessible(page)
    page.set_content(PAGE.format("<input>"))
    with pytest.raises(AssertionError, match="label"):
        assert_accessible(page)


def test_two_people_do_not_share_cookies(people: People) -> None:
    first, second = people.open(), people.open()
    first.context.add_cookies([{"name": "session", "value": "first", "url": "http://127.0.0.1:1"}])
    assert second.context.cookies() == []


def test_a_failing_script_fails_the_test(browser: object) -> None:
    people = People(browser)
    people.open().set_content(PAGE.format("<script>throw new Error('broken')</script>"))
    with pytest.raises(AssertionError, match="broken"):
        people.close()
