"""Deciding on a declaration: what the page shows, what each button does, who was faster, what it costs."""

import re

import pytest

from engine.bootstrap import App
from engine.declaration.phrases import stock_phrases
from tests.declaration.story import Story
from tests.support.visitor import Visitor
from tests.web.declaration.conftest import Enter, Tell
from tests.web.declaration.counting import counting

OPINION = "学位证书扫描件不清晰，请补充后重新提交。"


def review_url(story: Story) -> str:
    return f"/declarations/{story.case_key}/review"


@pytest.fixture
def story(tell: Tell) -> Story:
    return tell().submitted()


@pytest.fixture
def officer(enter: Enter, story: Story) -> Visitor:
    visitor = enter("hosp3_officer")
    visitor.get(review_url(story))
    return visitor


def decide(visitor: Visitor, story: Story, outcome: str, **fields: str) -> None:
    visitor.submit(review_url(story), outcome=outcome, **fields)


@pytest.mark.catalogue("U10")
def test_the_data_stand_on_the_left_and_the_decision_on_the_right(officer: Visitor) -> None:
    html = officer.page.html
    places = re.findall(r'<li><a href="#([^"]+)"><span>([^<]+)</span></a></li>', html)
    labels = [label for _, label in places]
    assert labels[:6] == ["个人基本信息", "申报人现状", "申报基础材料", "申报信息", "学习经历", "工作经历"]
    assert (len(labels), labels[-1]) == (24, "一览表补充信息")
    assert [place for place, _ in places if f'id="{place}"' not in html] == []
    assert html.index('class="stack"') < html.index('<aside class="stays" aria-label="审核">')
    assert re.findall(r'<(?:button|summary|a) class="button[^"]*"[^>]*>(通过|退回修改|审核待定|更多)', html) == [
        "通过",
        "退回修改",
        "审核待定",
        "更多",
    ]
    assert re.findall(r'name="outcome" value="(not_recommended)"', html) == ["not_recommended"]


@pytest.mark.catalogue("U10")
def test_the_rules_are_checked_beforehand(enter: Enter, tell: Tell, officer: Visitor) -> None:
    assert (
        re.findall(r'<li class="(\w+)">', re.search(r'<ul class="checks">.*?</ul>', officer.page.html, re.S)[0])
        == ["good"] * 6
    )  # type: ignore[index]
    story = tell()
    story.start()
    story.fill(base_material=lambda held: {name: files for name, files in held.items() if name != "publicity_proof"})
    story.submit()
    page = officer.get(review_url(story))
    assert "系统核对：1 项请注意" in page.words
    assert "单位上报前须补充：申报单位推荐公示证明" in page.words.replace("　", "")


@pytest.mark.catalogue("U11", "A9")
def test_the_opinion_holds_a_thousand_characters(officer: Visitor, story: Story) -> None:
    assert 'data-counter="f-opinion" data-max="1000">0 / 1000<' in officer.page.html
    decide(officer, story, "approve", opinion="长" * 1001)
    assert officer.page.status == 422
    assert "“审核意见”最多 1000 个字，现有 1001 个" in officer.page.words or "1001" in officer.page.words
    assert "长" * 1001 in officer.page.html
    assert story.status == "待经办人审核"


@pytest.mark.catalogue("U11")
def test_stock_phrases_are_kept_in_order_and_added_to_the_opinion(app: App, officer: Visitor, story: Story) -> None:
    page = officer.get("/declarations/phrases")
    assert "还没有常用意见" in page.words
    officer.submit("/declarations/phrases", text="材料齐全，同意。")
    officer.submit("/declarations/phrases", text="请补充年度考核表。")
    with app.database.read() as tx:
        first, second = stock_phrases(tx, story.reviewer(tx))
    officer.submit(f"/declarations/phrases/{second.id}", to="0")
    officer.submit(f"/declarations/phrases/{first.id}", text="材料齐全，情况属实，同意。")
    texts = re.findall(r'<textarea id="phrase-\d+"[^>]*>\n([^<]*)</textarea>', officer.page.html)
    assert texts == ["请补充年度考核表。", "材料齐全，情况属实，同意。"]
    page = officer.submit("/declarations/phrases", text="  ")
    assert (page.status, "请填写常用意见" in page.words) == (422, True)
    officer.get(review_url(story))
    page = officer.submit(review_url(story), opinion="先看。", _phrase=str(first.id))
    assert opinion_of(page.html) == "先看。\n材料齐全，情况属实，同意。"
    csrf = officer.csrf
    page = officer.post(
        f"{review_url(story)}/fields", {"csrf_token": csrf, "_phrase": str(second.id)}, **{"HX-Request": "true"}
    )
    assert opinion_of(page.html) == "请补充年度考核表。"
    officer.get("/declarations/phrases")
    for phrase in (first, second):
        officer.submit(f"/declarations/phrases/{phrase.id}", remove="1")
    assert "还没有常用意见" in officer.page.words


def opinion_of(html: str) -> str:
    found = re.search(r'<textarea id="f-opinion"[^>]*>\n([^<]*)</textarea>', html)
    assert found is not None
    return found[1]


def test_stock_phrases_are_nobody_elses(app: App, enter: Enter, officer: Visitor, story: Story) -> None:
    officer.get("/declarations/phrases")
    officer.submit("/declarations/phrases", text="只给自己看。")
    with app.database.read() as tx:
        phrase = stock_phrases(tx, story.reviewer(tx))[-1]
    other = enter("hosp3_leader")
    assert "只给自己看。" not in other.get("/declarations/phrases").words
    page = other.post(f"/declarations/phrases/{phrase.id}", {"csrf_token": other.csrf, "text": "改"})
    assert page.status == 404
    assert enter(story.applicant.login).get("/declarations/phrases").status == 403
    officer.submit(f"/declarations/phrases/{phrase.id}", remove="1")


@pytest.mark.catalogue("U12")
def test_approving_passes_on_and_the_next_dossier_comes(enter: Enter, tell: Tell) -> None:
    first, second = tell("edu_officer"), None
    first.submitted()
    second = tell("edu_officer").submitted()
    visitor = enter("edu_officer")
    visitor.get(review_url(first))
    decide(
        visitor, first, "approve", recommendation_notice="已公示五个工作日，无异议。", panel_opinion="一致同意推荐。"
    )
    assert (visitor.page.status, visitor.page.path.partition("?")[0]) == (200, review_url(second))
    assert "“测试申报人 · 主任医师（高级(正高)）”已通过。这是下一份，还有 1 份待审核。" in visitor.page.words
    assert first.status == "待领导审核"
    assert first.detail().variables["recommendation"]["panel_opinion"] == "一致同意推荐。"
    decide(visitor, second, "approve")
    assert visitor.page.path.startswith("/declarations?done=")
    assert "已通过。没有待审核的材料了。" in visitor.page.words
    assert visitor.page.words.count("撤销") == 1
    visitor.submit(next(form["action"] for form in visitor.page.forms if form["action"].endswith("/undo")))
    assert (second.status, visitor.page.path.partition("?")[0]) == ("待经办人审核", review_url(second))


@pytest.mark.catalogue("U12")
def test_sending_back_needs_an_opinion_and_goes_to_the_applicant(enter: Enter, officer: Visitor, story: Story) -> None:
    decide(officer, story, "return_for_revision", recommendation_notice="已写好的内容")
    assert officer.page.status == 422
    assert re.findall(r'<a href="#(f-opinion)">([^<]+)</a>', officer.page.html) == [("f-opinion", "请填写“审核意见”")]
    assert "已写好的内容" in officer.page.html
    decide(officer, story, "return_for_revision", opinion=OPINION)
    assert story.status == "退回修改"
    assert OPINION in enter(story.applicant.login).get("/declaration").words


@pytest.mark.catalogue("Q33")
def test_sending_back_ends_nothing_and_not_recommending_does(enter: Enter, officer: Visitor, story: Story) -> None:
    decide(officer, story, "not_recommended", opinion="不在推荐名额内。")
    assert (story.status, story.detail().row["live"]) == ("不予推荐", False)
    applicant = enter(story.applicant.login).get("/declaration")
    assert "示范医科大学第三附属医院（示例）经办人未予推荐：不在推荐名额内。" in applicant.words
    assert "/declaration/new" in applicant.links


@pytest.mark.catalogue("Q33")
def test_above_the_own_unit_the_end_has_another_name(enter: Enter, tell: Tell) -> None:
    story = tell().submitted().approve(2)
    visitor = enter("medu_officer")
    visitor.get(review_url(story))
    assert re.findall(r'name="outcome" value="(\w+)"', visitor.page.html) == [
        "approve",
        "return_for_revision",
        "return_to_subordinate",
        "not_eligible",
    ]
    decide(visitor, story, "not_eligible", opinion="不具备规定学历。")
    assert story.status == "不符合条件"


@pytest.mark.catalogue("Q6", "U7")
def test_on_hold_the_dossier_is_parked_with_a_reason_and_taken_up_again(officer: Visitor, story: Story) -> None:
    hold = f"/declarations/{story.case_key}/hold"
    page = officer.submit(hold, reason=" ")
    assert (page.status, "请写明待定的原因" in page.words) == (422, True)
    page = officer.submit(hold, reason="待核验学历。")
    assert page.path == "/declarations?tab=on_hold"
    assert story.status == "待经办人审核"
    page = officer.get(review_url(story))
    assert "待核验学历。" in page.words
    officer.submit(f"/declarations/{story.case_key}/resume")
    assert "待核验学历。" not in officer.page.words
    decide(officer, story, "approve")
    assert story.status == "待领导审核"


def test_of_two_officers_one_wins_and_the_other_keeps_the_opinion(officer: Visitor, story: Story) -> None:
    with story.database.read() as tx:
        name = story.reviewer(tx).name
    fields = {**officer.page.form(review_url(story)), "opinion": OPINION, "outcome": "return_for_revision"}
    story.review()
    page = officer.post(review_url(story), fields)
    assert (page.status, page.heading) == (409, "已由他人审核")
    assert page.message == f"“经办人审核”已由{name}办理，请刷新后查看。"
    assert re.findall(r'<blockquote class="opinion">([^<]+)</blockquote>', page.html) == [OPINION]
    assert story.status == "待领导审核"


def test_sent_twice_it_is_done_once(officer: Visitor, story: Story) -> None:
    fields = {**officer.page.form(review_url(story)), "outcome": "approve"}
    officer.post(review_url(story), fields)
    page = officer.post(review_url(story), fields)
    assert (page.status, "已通过。" in page.words, story.status) == (200, True, "待领导审核")


def test_a_dossier_that_changed_meanwhile_is_not_decided(officer: Visitor, story: Story) -> None:
    fields = {**officer.page.form(review_url(story)), "outcome": "approve", "opinion": "同意。"}
    story.hold("待核验学历。")
    page = officer.post(review_url(story), fields)
    assert (page.status, page.heading) == (409, "没有提交成功") or page.status == 409
    assert story.status == "待经办人审核"


def test_the_inbox_leads_here(officer: Visitor, story: Story) -> None:
    with story.database.read() as tx:
        key = story.task_key(tx)
    assert officer.get(f"/tasks/{key}").path == review_url(story)


def test_the_page_of_a_review_that_is_over_leads_to_the_declaration(officer: Visitor, story: Story) -> None:
    story.review()
    page = officer.get(review_url(story))
    assert (page.status, page.path) == (200, f"/declarations/{story.case_key}")


def test_a_review_costs_at_most_seventeen_statements(app: App, enter: Enter, tell: Tell) -> None:
    officer = enter("hosp3_officer")
    for _ in range(2):  # the first fills the caches of definitions
        story = tell().submitted()
        officer.get(review_url(story))
        fields = {**officer.page.form(review_url(story)), "outcome": "approve", "opinion": "同意。"}
        officer.client.follow_redirects = False
        with counting(app.database) as sent:
            assert officer.client.post(review_url(story), data=fields).status_code == 303
        officer.client.follow_redirects = True
    own = [statement for statement in sent if "session" not in statement]
    assert len(own) <= 17, own
