"""组织答辩 on its page: the schedule kept as typed, who came, and nothing for strangers (W9)."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from fastapi import FastAPI

from engine.bootstrap import App, build
from engine.clock import FixedClock
from tests.declaration.conftest import MORNING
from tests.review_meeting.defence.test_defence import meeting, session
from tests.review_meeting.setting_up.hall import Hall
from tests.support.province import QUICK, found_province
from tests.support.templates import Templates
from tests.support.visitor import Visitor
from tests.web.declaration.conftest import let_in, settings_for
from web.app import create_app

__all__ = ["meeting"]


@pytest.fixture(scope="module")
def app(sqlite_url: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    settings = settings_for(sqlite_url, str(tmp_path_factory.mktemp("defence")))
    templates.fill(settings.database_url, found_province, now=MORNING, committees=True, release=True)
    app = replace(build(settings, FixedClock(MORNING), queue=False), passwords=QUICK)
    yield app
    app.close()


@pytest.fixture
def hall(app: App) -> Hall:
    return Hall(app.database)


@pytest.fixture(scope="module")
def served(app: App) -> FastAPI:
    return create_app(app)


@pytest.fixture
def visitor(app: App, served: FastAPI) -> Callable[[str], Visitor]:
    def made(login: str) -> Visitor:
        somebody = Visitor(served)
        let_in(app, login)
        somebody.take_seat(login)
        return somebody

    return made


@pytest.mark.catalogue("W9")
def test_the_office_schedules_notes_and_ends_the_stage(
    hall: Hall, meeting: int, visitor: Callable[[str], Visitor]
) -> None:
    officer, base = visitor("medu_officer"), f"/review-meetings/{meeting}/defence"
    page = officer.get(base)
    assert (page.status, "尚未安排时间" in page.words) == (200, True)
    page = officer.submit(f"{base}/schedule", starts_at="2026-05-01T09:00", minutes="15", venue="二号楼")
    assert (page.status, page.errors) == (422, ["开始时间应晚于现在，以便通知申报人"])
    page = officer.submit(f"{base}/schedule", starts_at="2026-06-15T09:00", minutes="15", venue="二号楼")
    assert "2026年6月15日 09:15" in page.words
    assert page.form(f"{base}/schedule")["starts_at"] == "2026-06-15T09:00"
    page = officer.submit(base, defence_note="到场")
    assert page.errors == ["还有 3 人没有登记到场或者缺席，请登记后再结束"]
    for slot in session(hall, meeting).slots:
        fields = {**officer.get(base).form(f"{base}/notes"), "declaration": str(slot.key), "do": "came"}
        page = officer.post(f"{base}/notes", fields)
    assert "未登记" not in page.words
    assert officer.submit(base, defence_note="到场").path == f"/review-meetings/{meeting}"
    assert visitor("cedu_officer").get(base).status == 404
