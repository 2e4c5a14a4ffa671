"""Who is not concerned sees nothing: no row, no count, no page, no file, and does not learn that there is one."""

import re

import pytest

from engine.bootstrap import App
from engine.declaration.detail import declaration_detail, filling_of
from tests.declaration.story import Story
from tests.support.visitor import Visitor
from tests.web.declaration.conftest import Enter, Tell

#: officers and leaders of units that are neither the applicant's nor above it
STRANGERS = ["health_officer", "industry_officer", "cityhosp_leader", "school1_officer"]
ANOTHER = "another applicant"
PAGES = [
    "/declarations/{}",
    "/declarations/{}/review",
    "/declarations/{}/journal",
    "/declarations/{}/hold",
    "/declaration/{}/print",
    "/declaration/{}/fill",
    "/declaration/{}/submit",
    "/declaration/{}/sections",
    "/declaration/{}/withdraw",
    "/declaration/{}/discard",
    "/declaration/{}/files?field=basic_info.photo",
]
POSTS = [
    "/declarations/{}/review",
    "/declarations/{}/review/fields",
    "/declarations/{}/hold",
    "/declarations/{}/resume",
    "/declaration/{}/fill",
    "/declaration/{}/fields",
    "/declaration/{}/save",
    "/declaration/{}/submit",
    "/declaration/{}/withdraw",
    "/declaration/{}/discard",
]


@pytest.fixture
def story(tell: Tell) -> Story:
    return tell().submitted()


@pytest.fixture(params=[*STRANGERS, ANOTHER])
def stranger(request: pytest.FixtureRequest, enter: Enter, tell: Tell) -> Visitor:
    visitor = enter(tell().applicant.login if request.param == ANOTHER else request.param)
    visitor.get("/account")
    return visitor


@pytest.mark.parametrize("path", PAGES)
def test_strangers_find_no_page(enter: Enter, story: Story, path: str) -> None:
    for login in STRANGERS[:2]:
        page = enter(login).get(path.format(story.case_key))
        assert (page.status, story.applicant.login in page.html) == (404, False)


def test_another_applicant_finds_no_page(enter: Enter, tell: Tell, story: Story) -> None:
    visitor = enter(tell().applicant.login)
    answers = {path: visitor.get(path.format(story.case_key)).status for path in PAGES}
    reviewing = {"/declarations/{}/review", "/declarations/{}/hold"}
    assert answers == {path: 403 if path in reviewing else 404 for path in PAGES}


def test_strangers_change_nothing(stranger: Visitor, story: Story) -> None:
    with story.database.read() as tx:
        task = str(story.task_key(tx))
        detail = declaration_detail(tx, story.applicant, story.case_key)
    form_key = str(detail.tasks[0].row["form_key"])
    fields = {"csrf_token": stranger.csrf, "task": task, "form": form_key, "version": "1", "outcome": "approve"}
    fields |= {"pledge": "yes", "reason": "等", "_save": ""}
    statuses = {path: stranger.post(path.format(story.case_key), fields).status for path in POSTS}
    assert set(statuses.values()) <= {403, 404}, statuses
    assert story.status == "待经办人审核"


def test_strangers_count_and_list_nothing(enter: Enter, story: Story) -> None:
    page = enter("industry_officer").get("/declarations")
    tabs = re.findall(r'(未审核|审核待定|已审核)<span class="count">(\d+)</span>', page.html)
    assert tabs == [("未审核", "0"), ("审核待定", "0"), ("已审核", "0")]
    assert (story.applicant.login in page.html, "示范医科大学第三附属医院（示例）" in page.html) == (False, False)


def test_the_unit_above_lists_nothing_until_it_is_its_turn(enter: Enter, story: Story) -> None:
    officer = enter("medu_officer")
    assert story.applicant.login not in officer.get("/declarations").html.replace(" ", "")
    story.approve(2)
    assert story.applicant.login in officer.get("/declarations").html.replace(" ", "")


def test_a_review_is_only_done_by_whoever_it_waits_for(enter: Enter, story: Story) -> None:
    leader = enter("hosp3_leader")
    page = leader.get(f"/declarations/{story.case_key}/review")
    assert page.path == f"/declarations/{story.case_key}"
    with story.database.read() as tx:
        task = story.task_key(tx)
        form_key = declaration_detail(tx, story.applicant, story.case_key).tasks[0].row["form_key"]
    fields = {"csrf_token": leader.csrf, "task": str(task), "form": str(form_key), "outcome": "approve"}
    assert leader.post(f"/declarations/{story.case_key}/review", fields).status == 403
    assert story.status == "待经办人审核"


def test_a_task_of_another_declaration_is_not_decided_here(enter: Enter, tell: Tell, story: Story) -> None:
    other = tell().submitted()
    officer = enter("hosp3_officer")
    officer.get(f"/declarations/{story.case_key}/review")
    fields = {**officer.page.form(f"/declarations/{story.case_key}/review"), "outcome": "approve"}
    assert officer.post(f"/declarations/{other.case_key}/review", fields).status == 404
    assert (story.status, other.status) == ("待经办人审核", "待经办人审核")


@pytest.mark.parametrize("forged", ["task", "form", "version"])
def test_forged_keys_are_refused(enter: Enter, story: Story, forged: str) -> None:
    officer = enter("hosp3_officer")
    officer.get(f"/declarations/{story.case_key}/review")
    fields = {**officer.page.form(f"/declarations/{story.case_key}/review"), "outcome": "approve"}
    for text in ("1", "-1", "99999999999999999999", "a", "１"):
        status = officer.post(f"/declarations/{story.case_key}/review", {**fields, forged: text}).status
        assert status in ({404} if forged != "version" else {303, 200, 404, 409}), text
        if forged != "version":
            assert story.status == "待经办人审核"


def test_numbers_of_nothing_lead_nowhere(enter: Enter) -> None:
    officer = enter("hosp3_officer")
    for path in ("/declarations/1", "/declarations/999999999999", "/declarations/abc", "/declaration/1/print"):
        assert officer.get(path).status == 404


def test_files_are_read_by_the_units_on_the_way_and_by_nobody_else(app: App, enter: Enter, tell: Tell) -> None:
    story = tell()
    story.start()
    story.fill()
    with story.database.read() as tx:
        photo = filling_of(tx, story.applicant, story.case_key).values["basic_info"]["photo"][0]["id"]
    officer, above, stranger = enter("hosp3_officer"), enter("medu_officer"), enter("industry_officer")
    assert officer.client.get(f"/files/{photo}").status_code == 404
    story.submit()
    assert officer.client.get(f"/files/{photo}").status_code == 200
    assert above.client.get(f"/files/{photo}").status_code == 200
    assert stranger.client.get(f"/files/{photo}").status_code == 404


def test_drafts_are_nobodys_but_the_applicants(enter: Enter, tell: Tell) -> None:
    story = tell()
    story.start()
    story.fill()
    page = enter("hosp3_officer").get(f"/declarations/{story.case_key}")
    assert "任现职以来，认真履行岗位职责" not in page.words
    assert "任现职以来，认真履行岗位职责" in enter(story.applicant.login).get(f"/declarations/{story.case_key}").words
