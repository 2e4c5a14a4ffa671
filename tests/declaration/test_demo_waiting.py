"""What waits in the demo beside its stories: no page of an officer is empty."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from engine.access import Actor
from engine.bootstrap import App
from engine.clock import FixedClock
from engine.db import Database
from engine.declaration.carrying import carry_sources
from engine.declaration.demo_rounds import recommend_in_rounds
from engine.declaration.demo_waiting import MAPS, play_waiting
from engine.declaration.detail import my_declarations
from engine.declaration.exchange.templates import list_templates
from engine.declaration.lists import review_list
from engine.declaration.recommendation.rounds import round_of, rounds_of_unit
from engine.declaration.recommendation.starting import waiting_declarants

Who = Callable[..., Actor]

TODAY = datetime(2026, 10, 28, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def waiting(app: App) -> Database:
    clock = app.database.clock
    assert isinstance(clock, FixedClock)
    clock.move_to(TODAY)
    recommend_in_rounds(app.database)
    assert play_waiting(app.database, app.files) == 7
    return app.database


@pytest.fixture
def demo(waiting: Database, clock: FixedClock) -> Database:
    clock.move_to(TODAY)
    return waiting


def test_a_round_is_public_with_an_objection_to_verify_while_two_wait_for_the_next(demo: Database, who: Who) -> None:
    officer = who("school1_officer")
    assert officer.unit is not None
    with demo.read() as tx:
        assert [row.name for row in waiting_declarants(tx, officer, 2026)] == ["卫示一", "蒋示二"]
        running = rounds_of_unit(tx, officer.unit, 2026)
        held = round_of(tx, officer, running[0]["case_key"])
    assert [(row["status"], row["declared"]) for row in running] == [("单位公示中", 2)]
    assert [one["outcome"] for one in held.objections] == [None]
    assert [one.row["name"] for one in held.tasks] == ["核查异议"]


@pytest.mark.parametrize(
    ("login", "desk", "found"),
    [("office_officer", "screening", ["杨示五"]), ("medu_officer", "screening", ["朱示六"])],
)
def test_a_screening_and_an_entrusted_review_have_not_begun(
    demo: Database, who: Who, login: str, desk: str, found: list[str]
) -> None:
    with demo.read() as tx:
        rows = review_list(tx, who(login), filters={"desk": desk}, year=2026).rows
    assert [row["name"] for row in rows] == found


def test_a_draft_may_take_over_what_was_given_up(demo: Database, who: Who) -> None:
    applicant = who("990000199111083671", "applicant")
    with demo.read() as tx:
        draft = next(one for one in my_declarations(tx, applicant) if one.row["status"] == "草稿")
        earlier = carry_sources(tx, applicant, draft.row["case_key"])
    assert [one.status for one in earlier] == ["已废弃"]


def test_there_are_maps_of_columns_for_both_ways(demo: Database, who: Who) -> None:
    with demo.read() as tx:
        names = [one.row["name"] for one in list_templates(tx, who("medu_officer"))]
    assert sorted(names) == sorted(str(one["name"]) for one in MAPS.values())
