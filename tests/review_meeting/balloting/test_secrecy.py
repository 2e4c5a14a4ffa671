"""A seeded meeting votes through its pages; afterwards everything there is to copy is searched for who voted how."""

import random
import tarfile
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog

import web.observing
from engine.bootstrap import App
from engine.db import Database
from engine.db.backup import back_up
from engine.declaration.demo_people import actor_of_login
from engine.organisation import Passwords
from engine.review_meeting.balloting.keys import folder_of
from engine.review_meeting.balloting.tables import ballot_roll, ballot_round, choice, sealed_paper, tally
from engine.review_meeting.tables import BallotMode
from tests.review_meeting.balloting.attacks import (
    instants_and_keys,
    physical_blocks,
    places_of,
    same_transaction,
    spoken_together,
    traces_in_files,
    traces_in_rows,
)
from tests.review_meeting.balloting.hall import OFFICER, Hall
from tests.support.visitor import Visitor
from web.app import create_app

EXPERTS, DOSSIERS = 6, 14
PASSWORD_HASH = Passwords(time_cost=1, memory_cost=8).hash("8" * 6)


class Sitting:
    """A ballot that was held: what each expert voted and was told, and the key, which nobody else kept."""

    def __init__(self, app: App, hall: Hall, folder: Path, *, named: bool = False) -> None:
        self.app, self.hall, self.folder, self.named = app, hall, folder, named
        chance = random.Random(7)
        hall.open()
        self.private = [path.read_bytes() for path in folder_of(app.settings).glob("*.key")]
        self.papers: dict[str, str] = {}
        self.codes: dict[str, str] = {}
        self.lengths: set[int] = set()
        web_app = create_app(app)
        for number in chance.sample(range(EXPERTS), EXPERTS):
            login = hall.sitting.logins[number]
            marks = "".join(chance.choice("12") for _ in range(DOSSIERS))
            visitor = Visitor(web_app)
            visitor.take_seat(login)
            page = visitor.get(f"/ballot-papers/{hall.paper_of(number)}")
            fields = {**page.form(page.path), "step": "cast", "paper": marks}
            fields = {name: value for name, value in fields.items() if name[:1] != "v" and name != "s"}
            self.papers[login], self.codes[login] = marks, fields["receipt"]
            self.lengths.add(sum(len(name) + len(value) for name, value in fields.items() if name != "csrf_token"))
            assert visitor.post(page.path, fields).heading == "选票已投出"
            if len(self.papers) == EXPERTS // 2:
                self.ciphertexts = {len(row.ciphertext) for row in hall.rows(sa.select(sealed_paper))}
                self.back_up("midway")
        hall.count()
        hall.confirm()
        self.round = hall.tally().round
        self.back_up("after")
        self.places = places_of(app.database, folder)
        self.experts = {*hall.sitting.logins, *map(str, hall.sitting.experts)}

    def back_up(self, when: str) -> None:
        if not self.named:
            back_up(self.app.database, None, self.folder / f"{when}.tar.gz")


@pytest.fixture(scope="module")
def log_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("logs") / "requests.log"


@pytest.fixture(scope="module")
def held(app: App, log_file: Path) -> Sitting:
    """A secret ballot that is over."""
    return sitting(app, log_file, BallotMode.SECRET)


def sitting(app: App, log_file: Path, mode: BallotMode) -> Sitting:
    """Hold a ballot with the requests logged to a file."""
    with app.database.read() as tx:
        unit = actor_of_login(tx, OFFICER, "case_officer").unit
    assert unit is not None
    seats = {"experts": EXPERTS, "present": EXPERTS, "members": EXPERTS}
    here = Hall(app, unit, **seats, dossiers=DOSSIERS, mode=mode, password_hash=PASSWORD_HASH)
    with log_file.open("a") as log, pytest.MonkeyPatch.context() as patch:
        patch.setattr(web.observing, "log", structlog.wrap_logger(structlog.PrintLogger(log)))
        return Sitting(app, here, app.settings.data, named=mode is BallotMode.NAMED)


@pytest.mark.catalogue("J08", "Q19", "M19")
def test_a_copy_of_database_logs_and_backups_says_nothing_of_who_voted_how(held: Sitting, log_file: Path) -> None:
    database, key = held.app.database, held.round.key
    if not database.is_sqlite:
        assert same_transaction(database, "choice") == []
    assert physical_blocks(database, "choice", key, DOSSIERS) == []
    ids = [row.id for row in stored_choices(held)]
    assert ids == sorted(ids)
    for table in (choice, sealed_paper, tally):
        assert [kind for _, kind in instants_and_keys(table, allowed=set()) if "DATETIME" in kind.upper()] == []
    assert instants_and_keys(choice, {"round", "id", "declaration", "choice"}) == []
    assert held.hall.rows(sa.select(sealed_paper).where(sealed_paper.c.round == key)) == []
    marks = {paper: login for login, paper in held.papers.items()}
    assert traces_in_rows(database, marks) == []
    codes = {code: login for login, code in held.codes.items()}
    assert {table for _, table in traces_in_rows(database, codes)} == {"ballot_round"}
    assert held.round.receipts == sorted(codes)
    plain = {b"ZP1" + code.encode(): login for code, login in codes.items()}
    plain |= {paper.encode(): login for paper, login in marks.items()}
    plain |= {bytes(map(int, paper)): login for paper, login in marks.items()}
    keys = dict.fromkeys(held.private, "the private key")
    told = {code.encode(): login for code, login in codes.items()}
    assert traces_in_files(held.places, plain | keys) == []
    # the search reaches database and backup: the codes, which are public, it does find
    assert {"after.tar.gz"} < {name for _, name in traces_in_files(held.places, told)}
    assert traces_in_files([log_file.parent], plain | keys | told) == []
    assert spoken_together(database, held.experts) == []
    ids = {row.id: "a vote" for row in stored_choices(held)}
    assert {table for _, table in traces_in_rows(database, ids)} == {"choice"}
    assert "/ballot-papers/{task}" in log_file.read_text()


@pytest.mark.catalogue("J08")
def test_a_backup_from_the_middle_holds_papers_nobody_can_open_any_more(held: Sitting, tmp_path: Path) -> None:
    with tarfile.open(held.folder / "midway.tar.gz") as archive:
        assert not [name for name in archive.getnames() if "secret" in name or name.endswith(".key")]
        archive.extractall(tmp_path, filter="data")
    copy = Database(f"sqlite:///{tmp_path / 'zhiping.db'}")
    with copy.read() as tx:
        papers = tx.rows(sa.select(sealed_paper).where(sealed_paper.c.round == held.round.key))
    copy.dispose()
    assert len(papers) == EXPERTS // 2
    keys = dict.fromkeys(held.private, "the private key")
    marks = {paper.encode(): login for login, paper in held.papers.items()}
    codes = {code.encode(): login for login, code in held.codes.items()}
    assert traces_in_files([tmp_path], keys | marks | codes) == []
    assert list(folder_of(held.app.settings).glob("*")) == []


@pytest.mark.catalogue("J08")
def test_all_papers_and_all_requests_are_equally_long(held: Sitting) -> None:
    assert (len(held.ciphertexts), len(held.lengths)) == (1, 1)


@pytest.mark.catalogue("Q19")
def test_the_same_attacks_find_named_votes(app: App, log_file: Path) -> None:
    named = sitting(app, log_file, BallotMode.NAMED)
    assert len(physical_blocks(app.database, "named_choice", named.round.key, DOSSIERS)) == EXPERTS
    assert len(spoken_together(app.database, named.experts)) == EXPERTS * DOSSIERS
    if not app.database.is_sqlite:
        assert len(same_transaction(app.database, "named_choice")) == EXPERTS * DOSSIERS


def stored_choices(held: Sitting) -> list[sa.Row]:
    """The votes as they lie in the file."""
    key = held.round.key
    order = "" if held.app.database.is_sqlite else " ORDER BY ctid"
    with held.app.database.reader.connect() as connection:
        return list(connection.exec_driver_sql(f"SELECT id FROM choice WHERE round = {key}{order}"))


def test_the_roll_and_the_round_are_all_that_is_kept_of_a_voter() -> None:
    columns = {column.name for column in ballot_roll.columns}
    assert columns == {"round", "expert", "login", "name", "group", "cast_at"}
    assert "choice" not in {column.name for column in ballot_round.columns}
