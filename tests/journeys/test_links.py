"""What the pages offer to whom: everybody goes wherever links lead and presses what can be pressed, in the whole demo province."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from engine.bootstrap import build
from engine.declaration.tables import declaration
from engine.organisation.tables import account
from engine.review_meeting.tables import ExpertPost, meeting_expert, review_meeting
from engine.settings import read_settings
from tests.journeys.desk import settings_of
from tests.support.crawler import Crawler, RehearsalDatabase
from tests.support.databases import sqlite_url_in
from tests.support.province import QUICK
from web.app import create_app

STAFF = (
    "sysadmin",
    "designer",
    "auditor",
    "office_admin",
    "office_officer",
    "medu_officer",
    "hosp3_admin",
    "hosp3_leader",
    "pw0201",
)
WHO = ("signed out", *STAFF, "draft", "certified", "expert", "chair")


@pytest.fixture(scope="module")
def database(sqlite_province: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RehearsalDatabase]:
    folder = tmp_path_factory.mktemp("links") / "data"
    shutil.copytree(sqlite_province, folder)
    with RehearsalDatabase(sqlite_url_in(folder), synchronous="OFF") as database:
        yield database


@pytest.fixture(scope="module")
def site(database: RehearsalDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    folder = Path(database.url.removeprefix("sqlite:///")).parent
    settings = settings_of(database.url, folder) | {"ZHIPING_DEMO": "1", "ZHIPING_CAPTCHA": "off"}
    app = build(read_settings(settings), queue=False)
    database.services.update(app.database.services)
    yield create_app(replace(app, database=database, passwords=QUICK))
    app.close()


@pytest.fixture(scope="module")
def logins(database: RehearsalDatabase) -> Mapping[str, str]:
    """Who stands for whom."""
    d, m, x = declaration.c, review_meeting.c, meeting_expert.c
    voting = sa.select(m.case_key).where(m.status == "投票中").limit(1).scalar_subquery()
    with database.read() as tx:

        def applicant(status: str) -> str:
            ready = sa.select(account.c.login).where(account.c.must_change.is_(False))
            who = sa.select(d.applicant).where(d.status == status, d.applicant.in_(ready)).order_by(d.case_key)
            return str(tx.value(who.limit(1)))

        def voter(*posts: ExpertPost) -> str:
            seats = sa.select(x.login).where(x.meeting == voting, x.post.in_(posts)).order_by(x.expert)
            return str(tx.value(seats.limit(1)))

        return {
            "signed out": "",
            "draft": applicant("草稿"),
            "certified": applicant("已发证"),
            "expert": voter(ExpertPost.MEMBER),
            "chair": voter(ExpertPost.CHAIR),
        } | {login: login for login in STAFF}


@pytest.mark.parametrize("who", WHO)
def test_nothing_is_offered_that_would_be_refused(
    who: str, site: FastAPI, database: RehearsalDatabase, logins: Mapping[str, str]
) -> None:
    found = Crawler(site, database, logins[who]).walk()
    assert found.faults == []
    assert found.visited.total() > 5
