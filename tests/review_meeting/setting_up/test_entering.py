"""Dossiers enter a meeting (M7) in single statements, on both databases."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa

from engine.bootstrap import App
from engine.errors import Refused, StaleTask
from engine.review_meeting.defending import defence_order
from engine.review_meeting.dossiers import count_groups, dossiers_of
from engine.review_meeting.grouping import (
    add_by_specialty,
    add_dossiers,
    add_evenly,
    move_dossiers,
    remove_dossiers,
    waiting_dossiers,
)
from engine.review_meeting.groups import add_group, edit_group
from engine.review_meeting.meetings import groups_of, meeting_of
from tests.review_meeting.setting_up.conftest import make_app
from tests.review_meeting.setting_up.hall import ENDS, STARTS, Hall
from tests.support.templates import Templates


@pytest.fixture(scope="module")
def app(database_url: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    yield from make_app(database_url, templates, str(tmp_path_factory.mktemp("entering")))


def committee_in(hall: Hall, key: int) -> int:
    return int(hall.ask(meeting_of, hall.officer, key).committee_ids[0])


def group_ids(hall: Hall, key: int) -> list[int]:
    return [one["id"] for one in hall.ask(groups_of, key)]


@pytest.mark.catalogue("M7")
def test_dossiers_enter_by_choice_all_evenly_and_by_specialty(hall: Hall) -> None:
    key = hall.chaired()
    one, (first, second) = committee_in(hall, key), group_ids(hall, key)
    philosophy, law = hall.waiting(one, 6), hall.waiting(one, 5, specialty="law")
    assert hall.run(add_dossiers, key, first, philosophy[:2]) == 2
    assert hall.run(add_by_specialty, key, {(one, "law"): second}) == 5
    assert hall.run(add_evenly, key, one) == 4
    assert hall.ask(count_groups, key) == {first: 4, second: 7}
    assert hall.run(move_dossiers, key, first, law[:1]) == 1
    assert hall.run(remove_dossiers, key, philosophy[:1]) == 1
    meeting = hall.ask(meeting_of, hall.officer, key)
    assert hall.ask(waiting_dossiers, meeting)[1] == 1
    assert hall.run(add_dossiers, key, second) == 1
    assert hall.ask(count_groups, key) == {first: 4, second: 7}
    assert hall.ask(dossiers_of, hall.officer, meeting, group=first, size=2).total == 4


@pytest.mark.catalogue("M7")
def test_thousands_enter_in_one_statement(hall: Hall) -> None:
    key = hall.chaired()
    hall.waiting(committee_in(hall, key), 2000)
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if "meeting_dossier" in statement and statement.startswith("INSERT"):
            seen.append(statement)

    engine = hall.database.writer
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        assert hall.run(add_dossiers, key, group_ids(hall, key)[0]) == 2000
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    assert len(seen) == 1


@pytest.mark.catalogue("M3")
def test_of_two_officers_at_once_one_changes_the_group_and_the_other_is_told(hall: Hall) -> None:
    one = hall.committee()
    key = hall.call([one])
    group = hall.run(add_group, key, name="一组", committee=one, seats=3)
    ready = Barrier(2)

    def change(name: str) -> str:
        ready.wait()
        try:
            hall.run(edit_group, key, group, name=name, committee=one, seats=4, version=1)
        except StaleTask:
            return ""
        return name

    with ThreadPoolExecutor(2) as both:
        said = list(both.map(change, ("内科组", "外科组")))
    kept = [row["name"] for row in hall.ask(groups_of, key)]
    assert sorted(said) == ["", *kept]


def later(hall: Hall, committee_id: int) -> int:
    """A second meeting of the committee, some weeks later, so that the same experts can come."""
    weeks = timedelta(weeks=3)
    return hall.chaired(committee_id=committee_id, starts_at=STARTS + weeks, ends_at=ENDS + weeks)


@pytest.mark.catalogue("M7")
def test_of_two_meetings_one_gets_a_dossier(hall: Hall) -> None:
    one = hall.committee(experts=9, outside=2)
    first, second = hall.chaired(committee_id=one), later(hall, one)
    hall.waiting(one, 20)
    ready = Barrier(2)

    def enter(key: int) -> int:
        ready.wait()
        try:
            return int(hall.run(add_dossiers, key, group_ids(hall, key)[0]))
        except Refused:
            return 0

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(enter, (first, second))) == [0, 20]


@pytest.mark.catalogue("W9")
def test_defences_stand_in_an_order_anybody_can_repeat(hall: Hall) -> None:
    key = hall.chaired()
    one, groups = committee_in(hall, key), group_ids(hall, key)
    declared = hall.waiting(one, 12)
    hall.run(add_evenly, key, one)
    meeting = hall.ask(meeting_of, hall.officer, key)
    ordered = hall.ask(defence_order, meeting)
    seed = hashlib.sha256(f"2026-06-15|{meeting.meeting_no}|defence|{meeting.row['draw_seed']}".encode()).hexdigest()
    places = sorted(declared, key=lambda number: hashlib.sha256(f"{seed}|{number}".encode()).hexdigest())
    mine = {row["declaration"]: group for group, rows in ordered.items() for row in rows}
    assert {group: [row["declaration"] for row in ordered[group]] for group in groups} == {
        group: [number for number in places if mine[number] == group] for group in groups
    }
