"""The last hour before the closing: where the system is too busy to save, nothing typed is lost."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.bootstrap import App
from engine.flow.drafts import list_drafts
from tests.declaration.story import Story
from tests.web.declaration.conftest import Enter, Tell

BUSY = "系统正忙或数据库暂时无法连接，您填写的内容仍在页面上，请稍后再提交一次。"


@contextmanager
def written_by_another(app: App) -> Iterator[None]:
    """Somebody else writes for longer than anybody wants to wait."""

    def impatient(connection: Any, *_: Any) -> None:
        connection.execute("PRAGMA busy_timeout=20")

    sa.event.listen(app.database.writer, "checkout", impatient)
    other = sqlite3.connect(str(app.database.writer.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()
        sa.event.remove(app.database.writer, "checkout", impatient)


def summary(app: App, story: Story) -> str:
    with app.database.read() as tx:
        drafts = list_drafts(tx, story.task_key(tx))
    return str(drafts["basic_info"].value["work_summary"]) if "basic_info" in drafts else ""


@pytest.mark.catalogue("P21", "P26")
def test_what_autosave_could_not_keep_is_kept_by_the_page_and_sent_again(app: App, tell: Tell, enter: Enter) -> None:
    story = tell()
    story.start()
    visitor = enter(story.applicant.login)
    visitor.get(f"/declaration/{story.case_key}/fill")
    body = {"csrf_token": visitor.csrf, "draft_version": "", "basic_info.work_summary": "最后一小时填写的内容"}
    accept = {"accept": "application/json"}
    with written_by_another(app):
        answer = visitor.client.post(f"/declaration/{story.case_key}/save", data=body, headers=accept)
    assert (answer.status_code, answer.json(), answer.headers["retry-after"]) == (503, {"message": BUSY}, "5")
    assert summary(app, story) == ""
    answer = visitor.client.post(f"/declaration/{story.case_key}/save", data=body, headers=accept)
    assert (answer.status_code, summary(app, story)) == (200, "最后一小时填写的内容")


@pytest.mark.catalogue("P21", "P26")
def test_a_page_that_could_not_be_saved_comes_back_with_everything_in_it(app: App, tell: Tell, enter: Enter) -> None:
    story = tell()
    story.start()
    visitor = enter(story.applicant.login)
    address = f"/declaration/{story.case_key}/fill"
    fields = visitor.get(address).form(address)
    typed = {**fields, "csrf_token": visitor.csrf, "basic_info.work_summary": "很长的总结", "_save": ""}
    with written_by_another(app):
        page = visitor.post(address, typed)
    assert (page.status, page.message) == (503, BUSY)
    assert "刚才填写的内容已保留。" in page.words
    again = page.form(address)
    assert again["basic_info.work_summary"] == "很长的总结"
    visitor.post(address, {**again, "csrf_token": visitor.csrf})
    assert summary(app, story) == "很长的总结"


@pytest.mark.catalogue("P22", "P26")
def test_what_was_handed_in_while_busy_is_handed_in_once(app: App, tell: Tell, enter: Enter) -> None:
    story = tell()
    story.start()
    story.fill()
    visitor = enter(story.applicant.login)
    address = f"/declaration/{story.case_key}/submit"
    page = visitor.get(address)
    fields = {**page.form(address), "pledge": "yes", "csrf_token": visitor.csrf}
    with written_by_another(app):
        page = visitor.post(address, fields)
    assert (page.status, page.form(address)["pledge"]) == (503, "yes")
    for _ in range(2):
        page = visitor.post(address, fields)
        assert re.search("申报材料已提交", page.words)
    assert story.status == "待经办人审核"


@contextmanager
def taken_away(app: App) -> Iterator[None]:
    """The database is not there at all."""
    path = Path(str(app.database.writer.url.database))
    names = [f"{path.name}{end}" for end in ("", "-wal", "-shm")]
    aside = path.parent / "aside"
    aside.mkdir()
    for engine in (app.database.writer, app.database.reader):
        engine.dispose()
    for name in names:
        if (path.parent / name).exists():
            (path.parent / name).rename(aside / name)
    try:
        yield
    finally:
        for engine in (app.database.writer, app.database.reader):
            engine.dispose()
        for name in names:
            (path.parent / name).unlink(missing_ok=True)
            if (aside / name).exists():
                (aside / name).rename(path.parent / name)
        aside.rmdir()


@pytest.mark.catalogue("P21")
def test_without_any_database_the_answer_still_carries_what_was_typed(app: App, tell: Tell, enter: Enter) -> None:
    story = tell()
    story.start()
    visitor = enter(story.applicant.login)
    address = f"/declaration/{story.case_key}/fill"
    visitor.get(address)
    typed = {"csrf_token": visitor.csrf, "basic_info.work_summary": "<一段> 总结", "_save": ""}
    with taken_away(app):
        page = visitor.post(address, typed)
    assert page.status >= 500
    assert page.form(address) == typed
    visitor.post(address, page.form(address))
    assert summary(app, story) == "<一段> 总结"
