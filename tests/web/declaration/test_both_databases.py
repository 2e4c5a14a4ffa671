"""The way of a declaration through the browser's forms on both databases: filled in, returned, corrected, approved to the top."""

from collections.abc import Iterator

import pytest

from engine.bootstrap import App
from tests.declaration.story import Story
from tests.support.templates import Templates
from tests.support.visitor import Visitor
from tests.web.declaration.conftest import Enter, Tell, make_app, settings_for
from tests.web.declaration.posting import posted

WAY = [
    "hosp3_officer",
    "hosp3_leader",
    "medu_officer",
    "medu_leader",
    "edu_officer",
    "edu_leader",
    "office_officer",
    "office_leader",
]


@pytest.fixture(scope="module")
def app(database_url: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = make_app(settings_for(database_url, str(tmp_path_factory.mktemp("data"))), templates)
    yield app
    app.close()


def declare(visitor: Visitor, story: Story) -> int:
    """Settings, every section, the pledge: by posting forms."""
    visitor.get("/declaration/new")
    visitor.submit("/declaration/new", **posted("setup", story.setup))
    case_key = int(visitor.page.path.split("/")[2])
    with story.database.transaction() as tx:
        dossier = story.dossier(tx)
    fields = {path: text for section, value in dossier.items() for path, text in posted(section, value).items()}
    visitor.submit(f"/declaration/{case_key}/fill", _submit="1", **fields)
    assert visitor.page.heading == "核对并提交", visitor.page.words
    visitor.submit(f"/declaration/{case_key}/submit")
    return case_key


def decide(enter: Enter, login: str, case_key: int, outcome: str = "approve", opinion: str = "") -> None:
    visitor = enter(login)
    visitor.get(f"/declarations/{case_key}/review")
    visitor.submit(f"/declarations/{case_key}/review", outcome=outcome, opinion=opinion)
    assert visitor.page.status == 200, visitor.page.words


@pytest.mark.catalogue("P4", "P22", "P24", "U12")
def test_from_the_settings_to_the_top(enter: Enter, tell: Tell) -> None:
    story = tell()
    visitor = enter(story.applicant.login)
    story.case_key = case_key = declare(visitor, story)
    decide(enter, WAY[0], case_key, "return_for_revision", "请补充。")
    assert story.status == "退回修改"
    visitor.get(f"/declaration/{case_key}/fill")
    visitor.submit(f"/declaration/{case_key}/fill", _submit="1", **{"basic_info.work_summary": "已补充。"})
    visitor.submit(f"/declaration/{case_key}/submit")
    for login in WAY:
        decide(enter, login, case_key, opinion="同意。")
    assert story.status == "待预分配"
    assert story.detail().values["basic_info"]["work_summary"] == "已补充。"
    page = visitor.get("/declaration")
    assert "经办人预分配评委会，今天送达" in page.words


def test_the_list_is_read_with_every_filter(enter: Enter, tell: Tell) -> None:
    story = tell()
    story.submitted()
    row = story.detail().row
    asked = {
        name: str(row[name])
        for name in ("title_category", "title_series", "specialty", "title_name", "region", "unit", "governing_unit")
    }
    query = "&".join(f"{name}={text}" for name, text in asked.items()) + "&current_title_years=1&entrusted_review=no"
    page = enter("hosp3_officer").get(f"/declarations?{query}")
    assert (page.status, story.applicant.login in page.html.replace(" ", "")) == (200, True)


def test_conflicting_drafts_are_told_apart(enter: Enter, tell: Tell) -> None:
    story = tell()
    story.start()
    first, second = enter(story.applicant.login), enter(story.applicant.login)
    url = f"/declaration/{story.case_key}/fill"
    for visitor in (first, second):
        visitor.get(url)
    assert first.submit(url, _save="", **{"basic_info.work_summary": "一"}).status == 200
    assert second.submit(url, _save="", **{"basic_info.work_summary": "二"}).status == 409
