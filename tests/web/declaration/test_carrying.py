"""沿用往年材料: what differs is shown before anything is taken over."""

import re

import pytest

from tests.web.declaration.conftest import Enter, Tell


@pytest.mark.catalogue("W13")
def test_the_page_shows_what_differs_and_takes_over_what_is_ticked(tell: Tell, enter: Enter) -> None:
    story = tell().submitted()
    story.withdraw()
    story.discard()
    earlier = story.case_key
    story.start()
    visitor = enter(story.applicant.login)
    page = visitor.get(f"/declaration/{story.case_key}/fill")
    address = f"/declaration/{story.case_key}/carry"
    assert address in page.links
    page = visitor.get(address)
    assert page.heading == "沿用往年材料"
    ticked = re.findall(r'name="section" value="([a-z_]+)" checked', page.html)
    assert ("education" in ticked, "paper" in ticked, "setup" in ticked) == (True, True, False)
    assert "现在未填，将填入 2 条" in page.words
    assert re.search(r'<td data-label="往年">示范大学</td><td data-label="现在填写的">（空）</td>', page.html)
    page = visitor.post(address, {"csrf_token": visitor.csrf, "from": str(earlier), "section": "education"})
    assert (page.path, "已沿用 1 个部分，请逐项核对，补充今年的内容。" in page.words) == (
        f"/declaration/{story.case_key}/fill",
        True,
    )
    left = re.findall(r'name="section" value="([a-z_]+)"', visitor.get(address).html)
    assert "education" not in left


@pytest.mark.catalogue("W13")
def test_who_never_declared_reads_that_there_is_nothing_to_take_over(tell: Tell, enter: Enter) -> None:
    story, other = tell(), tell().submitted()
    story.start()
    visitor = enter(story.applicant.login)
    page = visitor.get(f"/declaration/{story.case_key}/fill")
    assert f"/declaration/{story.case_key}/carry" not in page.links
    page = visitor.get(f"/declaration/{story.case_key}/carry")
    assert "没有往年的申报" in page.words
    body = {"csrf_token": visitor.csrf, "from": str(other.case_key), "section": "education"}
    assert visitor.post(f"/declaration/{story.case_key}/carry", body).status == 404
