"""The stories of the demo province as far as a young year lets them go: drafts, reviews at every level, returns, holds,
withdrawals, a discarded and a repeated declaration, some approved to the top. The same each time.
"""

import csv
from pathlib import Path

import sqlalchemy as sa

from engine.clock import local
from engine.db import Database
from engine.declaration.demo_files import DemoFiles
from engine.declaration.demo_player import MOST_REVIEWS, Player
from engine.declaration.demo_rounds import ROUND, play_rounds, recommend_in_rounds, round_instant
from engine.declaration.demo_season import moments_until
from engine.declaration.tables import declaration
from engine.document import FileStore
from engine.organisation.tables import account
from engine.reference import load_book

DATA = Path(__file__).parent / "data"


def demo_rows(name: str) -> list[dict[str, str]]:
    """The rows of a file of the demo's data."""
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def play_demo(database: Database, store: FileStore) -> int:
    """Play every story whose applicant is there, each in its own transactions; how many declarations came of it.

    Does nothing where there are declarations already.
    """
    with database.read() as tx:
        now = tx.now
        if tx.value(sa.select(sa.func.count()).select_from(declaration)):
            return 0
        book = load_book(tx, local(now).year)
    files = DemoFiles(store)
    opinions = {row["id"]: row["text"] for row in demo_rows("demo_opinions.csv")}
    recommend_in_rounds(database)
    rounds_at = round_instant(now)
    players = []
    for number, row in enumerate(demo_rows("demo_stories.csv")):
        login = login_of_story(database, row["story"])
        if login is not None:
            end = rounds_at if ROUND in row["play"] else now
            moments = moments_until(now, end, number, len(row["play"].split()) + MOST_REVIEWS // 2)
            players.append(Player(database, book, files, opinions, row, login, moments))
            players[-1].play_until_round()
    ended = play_rounds(
        database, files, rounds_at, {one.login: one.opinions[one.not_ranked] for one in players if one.not_ranked}
    )
    if ended is not None:
        for number, player in enumerate(players):
            player.moments = moments_until(now, now, number, MOST_REVIEWS // 2, since=ended)
            player.play_after_round()
    return len(players)


def login_of_story(database: Database, story: str) -> str | None:
    """The applicant of a story of this province, found by the telephone number it has there."""
    mobile = f"130{int(story[1:]):08d}"
    with database.read() as tx:
        wanted = sa.select(account.c.login).where(account.c.mobile == mobile, account.c.person.is_not(None))
        login: str | None = tx.value(wanted)
        return login
