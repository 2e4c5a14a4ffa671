"""The workspace around the pages: the manual's menu words, where one is, whose office it is."""

import re

import pytest

from tests.web.declaration.conftest import Enter, Tell


def crumbs(html: str) -> list[str]:
    found = re.search(r'<nav class="crumbs".*?</nav>', html, re.S)
    assert found is not None
    return [re.sub(r"<[^>]+>", "", line).strip() for line in re.findall(r"<li[^>]*>(.*?)</li>", found[0], re.S)]


@pytest.mark.catalogue("A7")
def test_an_officer_finds_menu_place_and_office(enter: Enter, tell: Tell) -> None:
    story = tell().submitted()
    page = enter("hosp3_officer").get(f"/declarations/{story.case_key}/review")
    assert crumbs(page.html) == ["首页", "经办人审核申报材料", "今年申报材料", "审核 测试申报人"]
    assert re.findall(r'<li><a href="/declarations" aria-current="page"><span>([^<]+)</span>', page.html) == [
        "今年申报材料"
    ]
    assert "示范医科大学第三附属医院（示例）职称改革领导小组办公室" in page.words


@pytest.mark.catalogue("A7")
def test_an_applicant_finds_menu_and_place(enter: Enter, tell: Tell) -> None:
    story = tell()
    story.start()
    page = enter(story.applicant.login).get(f"/declaration/{story.case_key}/fill")
    assert crumbs(page.html) == ["首页", "个人申报", "我的申报", "填写申报材料"]
    assert re.findall(r'<li><a href="/declaration" aria-current="page"><span>([^<]+)</span>', page.html) == ["我的申报"]
