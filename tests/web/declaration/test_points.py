"""What was said of single fields when a declaration came back: shown in the list, at the field, ticked off."""

import re

import pytest

from engine.access import SYSTEM
from engine.bootstrap import App
from engine.flow.variables import set_variables
from tests.declaration.story import Story
from tests.support.visitor import Visitor
from tests.web.declaration.conftest import Enter, Tell

REMARKS = [
    {"path": "paper[0].issn", "label": "刊号(ISSN)", "text": "刊号与封面不一致。", "by_role": "case_officer"},
    {"path": "base_material", "label": "", "text": "缺少签字页。", "by_role": "unit_leader"},
]


@pytest.fixture
def story(app: App, tell: Tell) -> Story:
    """Returned by the officer, with a remark on a field and one on a section."""
    story = tell().submitted()
    story.review("return_for_revision", "请按批注修改。")
    with app.database.transaction() as tx:
        set_variables(tx, SYSTEM, story.case_key, {"review_remarks": REMARKS})
    return story


def points(visitor: Visitor) -> list[tuple[str, str]]:
    """Each point with the word on its button."""
    found = re.findall(r"</svg>(已处理|未处理)</button></form>\s*<p>(.*?)</p>", visitor.page.html, re.S)
    return [(word, re.sub(r"<[^>]+>", "", text).strip()) for word, text in found]


@pytest.mark.catalogue("P24")
def test_the_points_stand_in_the_list_and_at_their_fields(enter: Enter, story: Story) -> None:
    visitor = enter(story.applicant.login)
    page = visitor.get(f"/declaration/{story.case_key}/fill")
    assert points(visitor) == [
        ("未处理", "刊号(ISSN)：刊号与封面不一致。 经办人"),
        ("未处理", "申报基础材料：缺少签字页。 领导"),
    ]
    assert f"/declaration/{story.case_key}/fill?section=paper#f-paper-0-issn" in page.links
    assert re.findall(r'<div class="remark">.*?<span>([^<]+)</span>', page.html, re.S) == ["缺少签字页。"]
    paper = visitor.get(f"/declaration/{story.case_key}/fill?section=paper").html
    assert re.findall(r'<div class="remark">.*?<span>([^<]+)</span>', paper, re.S) == ["刊号与封面不一致。"]
    assert '<details class="row-card" id="f-paper-0" open>' in paper


@pytest.mark.catalogue("P24")
def test_a_point_is_ticked_off_and_comes_back(enter: Enter, story: Story) -> None:
    visitor = enter(story.applicant.login)
    address = f"/declaration/{story.case_key}"
    page = visitor.get(f"{address}/fill")
    key = re.findall(r'name="point" value="([^"]+)"', page.html)[0]
    body = {"csrf_token": visitor.csrf, "point": key, "done": "1"}
    visitor.post(f"{address}/points", body)
    assert [word for word, _ in points(visitor)] == ["已处理", "未处理"]
    assert "逐条处理意见（还有 1 条未处理）" in visitor.page.words
    piece = visitor.post(f"{address}/points", body | {"done": ""}, **{"HX-Request": "true"})
    assert [word for word, _ in points(visitor)] == ["未处理", "未处理"]
    assert "<html" not in piece.html
    visitor.get(f"{address}/fill")
    assert visitor.post(f"{address}/points", {"csrf_token": visitor.csrf, "point": "x", "done": "1"}).status == 404


@pytest.mark.catalogue("P22", "P24")
def test_submitting_again_names_what_is_not_ticked_and_goes_through(enter: Enter, story: Story) -> None:
    visitor = enter(story.applicant.login)
    page = visitor.get(f"/declaration/{story.case_key}/submit")
    assert "还有 2 条退回意见没有标为已处理" in page.words
    story.submit()
    assert story.status == "待经办人审核"


@pytest.mark.catalogue("J12")
def test_a_point_of_no_section_leads_to_the_whole_dossier(app: App, enter: Enter, story: Story) -> None:
    remarks = [{"path": "", "label": "", "text": "材料前后姓名写法不一致。", "by_role": "case_officer"}]
    with app.database.transaction() as tx:
        set_variables(tx, SYSTEM, story.case_key, {"review_remarks": remarks})
    visitor = enter(story.applicant.login)
    page = visitor.get(f"/declaration/{story.case_key}/fill?section=paper")
    assert points(visitor) == [("未处理", "全部材料：材料前后姓名写法不一致。 经办人")]
    assert f"/declaration/{story.case_key}/fill#fill-form" in page.links


FROM_BELOW = "重新提交后从申报单位起逐级审核。"
RESUMED = "只补充、更换附件的，重新提交后由示范医科大学（示例）继续审核；改动其他内容的，从申报单位起逐级审核。"


@pytest.mark.catalogue("Q22")
@pytest.mark.parametrize(
    ("resume", "reviews", "said"), [("full", 2, FROM_BELOW), ("resume", 1, FROM_BELOW), ("resume", 2, RESUMED)]
)
def test_the_return_says_where_it_goes_on_as_the_year_s_plan_has_it(
    app: App, enter: Enter, tell: Tell, resume: str, reviews: int, said: str
) -> None:
    story = tell().submitted().approve(reviews)
    with app.database.transaction() as tx:
        set_variables(tx, SYSTEM, story.case_key, {"correction_resume": resume})
    story.review("return_for_revision", "请补充学位证书。")
    visitor = enter(story.applicant.login)
    page = visitor.get(f"/declaration/{story.case_key}/fill")
    sentences = re.findall(r"视为放弃申报。(.*?)</p>", page.html)
    assert sentences == [said]
