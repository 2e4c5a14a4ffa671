"""A form in the browser: cascades, conditions and rows while one types, errors that lead to their input, no script needed."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.form.filling import FORM, application
from tests.support.axe import DESK, TELEPHONE, assert_accessible, assert_usable
from tests.support.browser import People
from tests.web.sample import serve
from web.assets import has_asset

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serve(application()) as url:
        yield url


@pytest.fixture
def filling(site: str, people: People) -> "Page":
    if not has_asset("vendor/htmx.min.js"):
        pytest.skip("needs the bundle of web/client")
    page = people.open(base_url=site)
    page.goto("/")
    return page


def test_the_sample_has_no_findings() -> None:
    assert FORM.findings() == []


def test_choosing_a_series_offers_its_specialties_and_keeps_what_is_typed(filling: "Page") -> None:
    filling.fill("#f-basic_info-summary", "正在写")
    filling.select_option("#f-setup-series", "health")
    filling.wait_for_selector("#f-setup-specialty option[value=nursing]", state="attached")
    filling.select_option("#f-setup-specialty", "nursing")
    assert filling.input_value("#f-basic_info-summary") == "正在写"
    filling.select_option("#f-setup-series", "teacher")
    filling.wait_for_selector("#f-setup-specialty option[value=logic]", state="attached")
    assert filling.input_value("#f-setup-specialty") == ""
    assert filling.input_value("#f-setup-series") == "teacher"


def test_a_condition_shows_and_hides_its_input(filling: "Page") -> None:
    assert filling.query_selector("#f-setup-grounds") is None
    filling.select_option("#f-setup-route", "exceptional")
    filling.fill("#f-setup-grounds", "符合第二条")
    filling.select_option("#f-setup-route", "regular")
    filling.wait_for_selector("#f-setup-grounds", state="detached")


def test_rows_are_added_and_the_right_one_is_removed(filling: "Page") -> None:
    filling.fill("#f-education-0-school", "甲大学")
    for number, school in ((1, "乙大学"), (2, "丙大学")):
        filling.click("#f-education--add")
        filling.fill(f"#f-education-{number}-school", school)
    filling.click("#f-education-0--remove")
    filling.wait_for_selector("#f-education-2", state="detached")
    assert [filling.input_value(f"#f-education-{n}-school") for n in (0, 1)] == ["乙大学", "丙大学"]
    filling.click("#f-education--add")
    filling.fill("#f-education-2-school", "丁大学")
    filling.click("#f-education--add")
    filling.wait_for_selector("#f-education-3")
    assert filling.query_selector("#f-education--add") is None


def test_rows_as_cards_come_and_go(filling: "Page") -> None:
    filling.click("#f-papers--add")
    filling.fill("#f-papers-0-title", "论甲")
    filling.click("#f-papers--add")
    filling.wait_for_selector("#f-papers-1-title")
    assert filling.input_value("#f-papers-0-title") == "论甲"
    filling.click("#f-papers-1--remove")
    filling.wait_for_selector("#f-papers-1", state="detached")


def test_enter_submits_nothing_by_accident(filling: "Page") -> None:
    filling.fill("#f-basic_info-identity", "1")
    with filling.expect_response("**/fields") as answer:
        filling.press("#f-basic_info-identity", "Enter")
    assert answer.value.status == 200
    assert filling.input_value("#f-basic_info-identity") == "1"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_refused_form_leads_to_what_is_wrong_and_loses_nothing(site: str, people: People, scheme: str) -> None:
    page = people.open(base_url=site, color_scheme=scheme)
    page.goto("/")
    page.fill("#f-basic_info-identity", "371325197704051043")
    page.check("#f-setup-strengths--option-2")
    page.click("button[name=outcome]")
    assert page.inner_text("#error-summary-title") == "还有 8 处需要修改"
    assert page.evaluate("document.activeElement.id") == "error-summary"
    page.click("#error-summary li:nth-child(1) a")
    assert page.evaluate("document.activeElement.id") == "f-basic_info-identity"
    assert page.input_value("#f-basic_info-identity") == "371325197704051043"
    assert page.is_checked("#f-setup-strengths--option-2")
    assert_accessible(page)


@pytest.mark.parametrize("mode", ["edit", "read", "print"])
def test_every_way_of_drawing_can_be_used_by_everybody(site: str, people: People, mode: str) -> None:
    values = {
        "basic_info": {"name": "测试申报人", "sex": "女性"},
        "education": [{"school": "甲大学"}],
        "papers": [{"title": "论甲"}],
    }
    page = people.open(base_url=site)
    assert_usable(page, f"/?mode={mode}&values={json.dumps(values)}", [DESK, {**TELEPHONE, "color_scheme": "light"}])


def test_everything_works_without_javascript(site: str, people: People) -> None:
    page = people.open(base_url=site, java_script_enabled=False)
    page.goto("/")
    page.select_option("#f-setup-series", "health")
    page.click("#f-setup button[name=_refresh]")
    page.select_option("#f-setup-specialty", "nursing")
    page.select_option("#f-setup-route", "exceptional")
    page.click("#f-setup button[name=_refresh]")
    page.fill("#f-setup-grounds", "符合第二条")
    page.click("#f-education--add")
    page.fill("#f-education-0-school", "甲大学")
    page.fill("#f-education-1-school", "乙大学")
    page.click("#f-education-0--remove")
    page.fill("#f-basic_info-identity", "371325197704051042")
    page.fill("#f-basic_info-birth", "1977-04-05")
    page.check("#f-basic_info-sex")
    page.fill("#f-basic_info-summary", "摘要")
    page.check("#f-basic_info-pledge")
    page.click("button[name=outcome]")
    kept = json.loads(page.inner_text("body"))
    assert kept["education"] == [{"school": "乙大学", "start": None, "end": None}]
    assert kept["setup"]["specialty"] == "nursing"
    assert kept["setup"]["grounds"] == "符合第二条"
    assert kept["basic_info"]["name"] == "测试申报人"
    assert kept["outcome"] == "提交"
