"""The filling page: its sections, what is kept while one types, what was saved elsewhere."""

import re

import pytest

from engine.bootstrap import App
from engine.flow.drafts import list_drafts
from engine.form.sameness import filled
from tests.declaration.story import Story
from tests.support.visitor import Visitor
from tests.web.declaration.conftest import Enter, Tell
from tests.web.declaration.posting import posted

JSON = {"accept": "application/json"}
#: what everybody has to fill in; the rest may stay empty
SECTIONS = ["个人基本信息", "申报人现状", "申报基础材料", "申报信息", "学习经历", "工作经历", "一览表补充信息"]
CHAPTERS = ["基础信息", "申报信息", "学习资历", "专业技术工作经历", "业绩成果", "论文论著", "补充信息"]


def fill_url(story: Story) -> str:
    return f"/declaration/{story.case_key}/fill"


def save(visitor: Visitor, story: Story, fields: dict[str, str], versions: str = "") -> tuple[int, dict[str, str]]:
    """What autosave posts, and the answer it reads."""
    body = {"csrf_token": visitor.csrf, "draft_version": versions, **fields}
    answer = visitor.client.post(f"/declaration/{story.case_key}/save", data=body, headers=JSON)
    return answer.status_code, answer.json()


def draft(app: App, story: Story, section: str) -> object:
    with app.database.read() as tx:
        return list_drafts(tx, story.task_key(tx))[section].value


def side_list(html: str) -> list[tuple[str, str]]:
    """Each section with its state, as the side list has them."""
    lines = re.findall(r'<svg class="icon".*?<span>([^<]+)</span><span class="state">([^<]+)</span>', html, re.S)
    return [(label, state) for label, state in lines if label in SECTIONS]


@pytest.fixture
def story(tell: Tell) -> Story:
    story = tell()
    story.start()
    return story


@pytest.fixture
def applicant(enter: Enter, story: Story) -> Visitor:
    visitor = enter(story.applicant.login)
    visitor.get(fill_url(story))
    return visitor


@pytest.mark.catalogue("P5")
def test_one_long_page_has_every_section_and_a_side_list_that_jumps(applicant: Visitor) -> None:
    html = applicant.page.html
    assert re.findall(r"<h2>([^<]+)</h2>\s*<ol>", html) == CHAPTERS
    assert [label for label, _ in side_list(html)] == SECTIONS
    jumps = re.findall(r'<li class="[^"]*"><a href="#(f-[a-z_]+)">', html)
    assert [jump for jump in jumps if f'id="{jump}"' in html] == jumps
    assert len(jumps) == 23
    assert re.findall(r'<button class="[^"]*" name="(_submit|_save)" value="1?">([^<]+)</button>', html) == [
        ("_save", "暂存"),
        ("_submit", "提交"),
    ]
    assert f"/declaration/{applicant.page.path.split('/')[2]}/discard" in applicant.page.links


@pytest.mark.catalogue("P5")
def test_the_long_page_draws_the_first_chapter_and_fetches_the_others_when_they_come_into_sight(
    applicant: Visitor, story: Story
) -> None:
    html, token = applicant.page.html, applicant.csrf
    drawn = re.findall(r'<section class="section card" [^>]*data-section="([a-z_]+)"', html)
    assert drawn == ["basic_info", "present_position", "base_material"]
    waiting = re.findall(r'class="section card waiting"[^>]*data-section="([a-z_]+)"[^>]* hx-get="([^"]+)"', html)
    assert ("paper", f"/declaration/{story.case_key}/part?section=paper") in waiting
    assert len(drawn) + len(waiting) == 23
    assert len(html) < 90_000
    piece = applicant.get(f"/declaration/{story.case_key}/part?section=employment").html
    assert re.findall(r'data-section="([a-z_]+)"', piece) == ["employment"]
    assert 'name="employment[0].employer"' in piece
    # what was on the page comes back drawn again, the rest stays as it was
    fields = {"csrf_token": token, "employment": "", "employment[0]": "", "employment[0].employer": "示范单位"}
    again = applicant.post(f"/declaration/{story.case_key}/fields", fields, **{"HX-Request": "true"}).html
    assert re.findall(r'<section class="section card" [^>]*data-section="([a-z_]+)"', again) == ["employment"]


@pytest.mark.catalogue("P19")
def test_filled_rows_fold_and_stay_as_they_were_left(applicant: Visitor, story: Story) -> None:
    story.fill(paper=lambda papers: [papers[0], {**papers[0], "title": "另一篇论文"}])
    page = applicant.get(f"{fill_url(story)}?section=paper")
    folds = re.findall(r'<details class="row-card" id="([^"]+)"( open)?>', page.html)
    assert folds == [("f-paper-0", ""), ("f-paper-1", "")]
    assert 'name="_open" value="paper[0]" disabled' in page.html
    fields = {"paper": "", "paper[0]": "", "paper[1]": "", "_open": "paper[1]", "csrf_token": applicant.csrf}
    again = applicant.post(f"/declaration/{story.case_key}/fields?section=paper", fields).html
    assert re.findall(r'<details class="row-card" id="([^"]+)"( open)?>', again) == [
        ("f-paper-0", ""),
        ("f-paper-1", " open"),
    ]


@pytest.mark.catalogue("P5")
def test_the_address_may_ask_for_one_section(applicant: Visitor, story: Story) -> None:
    page = applicant.get(f"{fill_url(story)}?section=education")
    assert re.findall(r'data-section="([a-z_]+)"', page.html) == ["education"]
    assert {"?section=setup", "?section=employment"} <= set(page.links)


@pytest.mark.catalogue("P6", "P7", "P8", "P10", "P11")
def test_the_sections_ask_what_the_manual_prints(applicant: Visitor, story: Story) -> None:
    save(applicant, story, posted("present_position", {"has_title": "yes"}))
    fields = {**applicant.page.form(fill_url(story)), "_add": "education", "present_position.has_title": "yes"}
    page = applicant.post(fill_url(story), {**fields, "csrf_token": applicant.csrf})
    section = "(?:basic_info|present_position|base_material|education|employment)"
    names = dict.fromkeys(re.findall(rf' name="({section}[^"]*\.[a-z_]+)"', page.html))
    assert [name.partition(".")[2] for name in names if name.startswith("basic_info")] == [
        "ethnicity",
        "political_status",
        "mobile_number",
        "employer_phone",
        "photo",
        "work_summary",
        "work_summary_attachment",
        "social_insurance_proof",
        "social_insurance_payer",
        "social_insurance_months",
        "insured_on",
        "insured_status",
    ]
    assert sum(name.startswith("present_position") for name in names) == 14
    assert sum(name.startswith("base_material") for name in names) == 15
    assert sum(name.startswith("education[0]") for name in names) == 13
    assert 'data-max="400"' in page.html


@pytest.mark.catalogue("Q41", "P6")
def test_the_identity_comes_from_the_account_and_cannot_be_changed(app: App, applicant: Visitor, story: Story) -> None:
    shown = re.findall(
        r'id="f-basic_info-(name|identity_number)">.*?<span class="fixed-value">([^<]+)<', applicant.page.html, re.S
    )
    assert shown == [("name", "测试申报人"), ("identity_number", story.applicant.login)]
    status, _ = save(applicant, story, posted("basic_info", {"name": "别人", "ethnicity": "01"}))
    held = draft(app, story, "basic_info")
    assert isinstance(held, dict)
    assert (status, held["name"], held["ethnicity"]) == (200, "测试申报人", "01")


@pytest.mark.catalogue("P21", "Q30")
def test_autosave_the_section_button_and_saving_all_keep_the_same_way(
    app: App, applicant: Visitor, story: Story
) -> None:
    status, answer = save(applicant, story, {"basic_info.work_summary": "一"})
    assert (status, answer) == (200, {"saved_at": "10:00", "fields": {"draft_version": "basic_info:1"}})
    base = {"csrf_token": applicant.csrf, "draft_version": "basic_info:1"}
    page = applicant.post(fill_url(story), {**base, "basic_info.work_summary": "二", "_save": "basic_info"})
    assert (page.status, page.path) == (200, f"{fill_url(story)}")
    assert "“个人基本信息”已保存，可以随时回来继续填写。" in page.words
    page = applicant.post(
        fill_url(story), {**base, "draft_version": "basic_info:2", "basic_info.work_summary": "三", "_save": ""}
    )
    assert "已保存，可以随时回来继续填写。" in page.words
    held = draft(app, story, "basic_info")
    assert isinstance(held, dict)
    assert held["work_summary"] == "三"
    assert 'value="basic_info:3"' in page.html


@pytest.mark.catalogue("P21")
def test_what_is_incomplete_or_wrong_is_kept_as_it_is(app: App, applicant: Visitor, story: Story) -> None:
    status, _ = save(
        applicant, story, {"basic_info.mobile_number": "不是号码", "present_position.specialty_years": "很久"}
    )
    assert status == 200
    page = applicant.get(fill_url(story))
    assert 'value="不是号码"' in page.html
    assert 'value="很久"' in page.html


def test_an_untouched_page_saves_nothing(app: App, applicant: Visitor, story: Story) -> None:
    fields = applicant.page.form(fill_url(story))
    status, answer = save(applicant, story, {name: text for name, text in fields.items() if "." in name})
    assert (status, answer["fields"]) == (200, {"draft_version": ""})


@pytest.mark.catalogue("P5")
def test_the_side_list_says_how_far_each_section_is(applicant: Visitor, story: Story) -> None:
    assert side_list(applicant.page.html) == list(
        zip(SECTIONS, ["缺 4 项", "未填", "未填", "完整", "未填", "未填", "未填"], strict=True)
    )
    employment = posted("employment", [{"started_on": "2012-07", "employer": "示范单位"}])
    save(applicant, story, employment)
    page = applicant.get(f"/declaration/{story.case_key}/sections", **{"HX-Request": "true"})
    assert dict(side_list(page.html))["工作经历"] == "缺 4 项"


@pytest.mark.catalogue("P5")
def test_a_complete_dossier_is_said_to_be_complete(enter: Enter, tell: Tell) -> None:
    story = tell()
    story.start()
    story.fill()
    page = enter(story.applicant.login).get(fill_url(story))
    assert side_list(page.html) == [(label, "完整") for label in SECTIONS]


def test_a_section_saved_elsewhere_is_named_and_the_others_are_kept(app: App, applicant: Visitor, story: Story) -> None:
    save(applicant, story, {"basic_info.work_summary": "在另一台电脑上写的"})
    fields = {"basic_info.work_summary": "在这里写的", "present_position.archive_holder": "无"}
    status, answer = save(applicant, story, fields)
    assert status == 409
    assert answer["message"] == "“个人基本信息”已在别处保存过，这一部分没有保存。请点“暂存”核对不同之处"
    assert filled(draft(app, story, "present_position")) == {"archive_holder": "无"}
    page = applicant.post(fill_url(story), {"csrf_token": applicant.csrf, "draft_version": "", "_save": "", **fields})
    assert (page.status, page.heading) == (409, "核对不同之处")
    assert re.findall(r'<td data-label="[^"]+">([^<]+)</td>', page.html) == [
        "工作总结摘要",
        "在这里写的",
        "在另一台电脑上写的",
    ]
    page = applicant.submit(fill_url(story), _save="")
    assert page.status == 200
    held = draft(app, story, "basic_info")
    assert isinstance(held, dict)
    assert held["work_summary"] == "在这里写的"


def test_rows_are_added_and_removed_without_javascript(applicant: Visitor, story: Story) -> None:
    before = len(rows_of(applicant.page.html))
    page = applicant.submit(fill_url(story), _add="education")
    page = applicant.submit(fill_url(story), **{f"education[{before}].school": "示范大学", "_add": "education"})
    assert (len(rows_of(page.html)), page.html.count('value="示范大学"')) == (before + 2, 1)
    page = applicant.submit(fill_url(story), _remove=f"education[{before + 1}]")
    assert (len(rows_of(page.html)), page.html.count('value="示范大学"')) == (before + 1, 1)


def rows_of(html: str) -> list[str]:
    return re.findall(r'id="f-education-(\d+)-school"', html)


def test_a_choice_redraws_what_depends_on_it(applicant: Visitor, story: Story) -> None:
    fields = {"csrf_token": applicant.csrf, "present_position.has_title": "yes"}
    page = applicant.post(f"/declaration/{story.case_key}/fields", fields, **{"HX-Request": "true"})
    assert 'name="present_position.current_title_category"' in page.html
    fields["present_position.has_title"] = "no"
    page = applicant.post(f"/declaration/{story.case_key}/fields", fields, **{"HX-Request": "true"})
    assert 'name="present_position.current_title_category"' not in page.html


@pytest.mark.catalogue("P8")
def test_a_file_is_uploaded_without_javascript(app: App, applicant: Visitor, story: Story) -> None:
    url = f"/declaration/{story.case_key}/files?field=base_material.truth_pledge"
    assert applicant.get(url).heading == "上传申报材料真实性承诺书"
    csrf = applicant.csrf
    answer = applicant.client.post(url, data={"csrf_token": csrf}, files={"file": ("承诺书.pdf", b"%PDF-1.4\n%%EOF\n")})
    assert (answer.status_code, "承诺书.pdf" in answer.text) == (200, True)
    held = draft(app, story, "base_material")
    assert isinstance(held, dict)
    assert [file["name"] for file in held["truth_pledge"]] == ["承诺书.pdf"]
    answer = applicant.client.post(url, data={"csrf_token": csrf}, files={"file": ("坏.exe", b"MZ\x00\x01")})
    assert answer.status_code == 422
    assert applicant.client.post(url, files={"file": ("承诺书.pdf", b"%PDF-1.4\n%%EOF\n")}).status_code == 403
    assert applicant.get(f"/declaration/{story.case_key}/files?field=basic_info.name").status == 404


@pytest.mark.catalogue("P8")
def test_the_papers_to_fill_in_can_be_downloaded(applicant: Visitor, story: Story) -> None:
    assert "/declaration/templates/ethics_appraisal" in applicant.page.links
    page = applicant.get("/declaration/templates/ethics_appraisal")
    assert (page.status, page.heading) == (200, "职业道德评价表")
    assert applicant.get("/declaration/templates/nothing").status == 404
