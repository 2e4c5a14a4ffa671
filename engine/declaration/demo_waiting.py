"""Beside the stories of the demo, what else waits: a round in its publicity with an objection and two who wait for the next, a
screening that has not begun, another unit's committee that is asked, an earlier dossier to take over, maps of columns.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.clock import ZONE, FixedClock, local
from engine.db import Database, Transaction
from engine.declaration.demo import demo_rows, login_of_story
from engine.declaration.demo_files import DemoFiles
from engine.declaration.demo_people import actor_of_login
from engine.declaration.demo_player import MOST_REVIEWS, Player
from engine.declaration.demo_rounds import begin_round, hear
from engine.declaration.demo_season import Season, moments_until
from engine.declaration.exchange.tables import Direction
from engine.declaration.exchange.templates import save_template
from engine.document import FileStore
from engine.flow.actions import perform_action
from engine.organisation import Role
from engine.organisation.tables import unit
from engine.reference import load_book

#: where one round runs and others wait for the next
SCHOOL = "示范县第一中学（示例）"
#: who is in the round that runs
IN_ROUND = frozenset({"E33", "E34"})
#: how long after its beginning somebody objects to the round
OBJECTED_AFTER = timedelta(hours=3)
#: after the twenty-five of the stories
FIRST_NUMBER = 25
OBJECTION: Mapping[str, str] = {
    "objection_content": "公示材料中的班主任工作年限与实际不符，请核实。（示例）",
    "objector": "匿名",
}
MAPS: Mapping[str, Mapping[str, Any]] = {
    "office_officer": {
        "name": "省级证书系统报盘（示例）",
        "receiver": "示范省职称证书管理系统",
        "direction": Direction.EXPORT.value,
        "remark": "评审通过人员制证用。",
        "columns": [
            {"title": "XM", "source": "name"},
            {"title": "SFZH", "source": "identity_number"},
            {"title": "DWMC", "source": "unit_name"},
            {"title": "ZYDM", "source": "specialty", "format": "code"},
            {"title": "ZYMC", "source": "specialty"},
            {"title": "ZCMC", "source": "title_name"},
            {"title": "BZ", "text": "示例"},
        ],
    },
    "medu_officer": {
        "name": "人事系统申报人名册（示例）",
        "receiver": "示范医科大学人事系统",
        "direction": Direction.IMPORT.value,
        "remark": "从人事系统导出的名册直接建立申报人帐号。",
        "columns": [
            {"title": "员工姓名", "source": "name"},
            {"title": "身份证号", "source": "identity_number"},
            {"title": "联系手机", "source": "mobile"},
            {"title": "部门", "source": "department"},
        ],
    },
}


def play_waiting(database: Database, store: FileStore) -> int:
    """Play them after the stories, each in its own transactions; how many declarations came of it."""
    with database.read() as tx:
        now = tx.now
        book, public_since = load_book(tx, local(now).year), _morning_before(tx)
    files = DemoFiles(store)
    opinions = {row["id"]: row["text"] for row in demo_rows("demo_opinions.csv")}
    players = []
    for number, row in enumerate(demo_rows("demo_waiting.csv"), FIRST_NUMBER):
        login = login_of_story(database, row["story"])
        if login is not None:
            end = public_since if row["story"] in IN_ROUND else now
            moments = moments_until(now, end, number, len(row["play"].split()) + MOST_REVIEWS // 2)
            players.append(Player(database, book, files, opinions, row, login, moments))
    for player in players:
        if player.story["story"] in IN_ROUND:
            player.play_until_round()
    _object_to_round(database, public_since)
    for player in players:
        if player.story["story"] not in IN_ROUND:
            player.play_until_round()
    hear(database, now)
    with database.transaction() as tx:
        _draw_maps(tx)
    return len(players)


def _morning_before(tx: Transaction) -> datetime:
    """Ten o'clock of the working day before, within the year: publicity that began then still runs."""
    season = Season(tx)
    return max(season.at(1, 10), datetime(season.today.year, 1, 1, tzinfo=ZONE))


def _object_to_round(database: Database, at: datetime) -> None:
    """Begin the round of those who wait by now, make it public, and object to it."""
    with database.read() as tx:
        school = tx.value(sa.select(unit.c.id).where(unit.c.name == SCHOOL))
    begun = begin_round(database, school, at, {}) if school is not None else None
    if begun is None:
        return
    case_key, officer = begun
    hear(database, at)
    with database.transaction(FixedClock(at + OBJECTED_AFTER)) as tx:
        perform_action(tx, officer, case_key, "raise_objection", dict(OBJECTION))


def _draw_maps(tx: Transaction) -> None:
    for login, values in MAPS.items():
        save_template(tx, actor_of_login(tx, login, Role.CASE_OFFICER), values)
