"""An officer's lists: 今年申报材料, 预分配评委会, 评委会审查申报材料 (U6, U19, U20, U22); many placed as proposed."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.bootstrap import App
from engine.committee.demo import seed_demo_committees
from engine.committee.tables import committee
from engine.db import Database
from engine.declaration.batch_placement import NOT_PROPOSED, start_batch_placement
from engine.declaration.checking import check_declarations
from engine.declaration.desks import Desk
from engine.declaration.lists import Tab, review_list
from engine.errors import InvalidInput
from engine.flow.batch_running import run_batch
from engine.flow.batches import ItemState, batch_rows, undo_batch
from tests.declaration.story import Story

Who = Callable[..., Actor]


@pytest.fixture(scope="module", autouse=True)
def committees(app: App) -> None:
    with app.database.transaction() as tx:
        seed_demo_committees(tx)


@pytest.fixture
def office(who: Who) -> Actor:
    return who("office_officer")


def listed(database: Database, actor: Actor, desk: Desk, tab: Tab = Tab.PENDING) -> set[int]:
    with database.read() as tx:
        page = review_list(tx, actor, tab=tab, filters={"desk": desk}, year=2026, size=200)
    return {row["case_key"] for row in page.rows}


def standing(story: Story, actor: Actor) -> list[tuple[Desk, Tab]]:
    """In which of the actor's lists a declaration stands."""
    tabs = (Tab.PENDING, Tab.DECIDED)
    return [(desk, tab) for desk in Desk for tab in tabs if story.case_key in listed(story.database, actor, desk, tab)]


def place(story: Story, actor: Actor) -> int:
    with story.database.transaction() as tx:
        key = start_batch_placement(tx, actor, task_keys=[story.task_key(tx)], year=2026)
    run_batch(story.database, key)
    return key


def forming_officer(story: Story, who: Who) -> Actor:
    with story.database.read() as tx:
        return story.reviewer(tx)


@pytest.mark.catalogue("U6", "U19", "U20")
def test_a_declaration_stands_in_the_list_of_what_is_to_be_done_with_it(story: Story, office: Actor, who: Who) -> None:
    story.submitted().climbed()
    assert standing(story, office) == [(Desk.REVIEW, Tab.DECIDED), (Desk.PLACEMENT, Tab.PENDING)]
    place(story, office)
    screening = forming_officer(story, who)
    assert (Desk.SCREENING, Tab.PENDING) in standing(story, screening)
    assert (Desk.PLACEMENT, Tab.DECIDED) in standing(story, office)
    story.review()
    assert (Desk.SCREENING, Tab.DECIDED) in standing(story, screening)
    assert story.status == "待参评"
    with story.database.read() as tx:
        assert [one for one in check_declarations(tx) if one.key == story.case_key] == []


@pytest.mark.catalogue("U19", "Q8")
def test_many_are_placed_as_proposed_and_taken_back_together(database: Database, office: Actor) -> None:
    stories = [Story(database).submitted().climbed() for _ in range(2)]
    with database.transaction() as tx:
        keys = [story.task_key(tx) for story in stories]
        batch = start_batch_placement(tx, office, task_keys=keys, year=2026)
    run_batch(database, batch)
    with database.read() as tx:
        assert [row.state for row in batch_rows(tx, office, batch)] == [ItemState.DONE, ItemState.DONE]
        named = {row.result["committee"] for row in batch_rows(tx, office, batch) if row.result}
        known = {row.name for row in tx.rows(sa.select(committee.c.name))}
    assert named <= known
    assert len(named) == 1
    assert {story.status for story in stories} == {"评委会审查中"}
    with database.transaction() as tx:
        back = undo_batch(tx, office, batch, reason="分错了评委会")
    run_batch(database, back)
    assert {story.status for story in stories} == {"待预分配"}


@pytest.mark.catalogue("U19")
def test_all_that_fit_a_query_are_placed(database: Database, office: Actor) -> None:
    one, other = (Story(database).submitted().climbed() for _ in range(2))
    with database.transaction() as tx:
        filters = {"identity_number": one.applicant.login}
        batch = start_batch_placement(tx, office, filters=filters, year=2026)
    run_batch(database, batch)
    assert (one.status, other.status) == ("评委会审查中", "待预分配")


@pytest.mark.catalogue("U22", "J18")
def test_where_no_committee_fits_the_row_says_what_to_do(database: Database, office: Actor, who: Who) -> None:
    story = Story(database).submitted().climbed()
    with database.transaction() as tx:
        tx.execute(sa.update(committee).values(levels=["junior"]))
    taken_up = Story(database).submitted().climbed()
    batch = place(taken_up, office)
    with database.read() as tx:
        row = batch_rows(tx, office, batch)[0]
    assert (row.state, row.message) == (ItemState.REFUSED, NOT_PROPOSED)
    assert (story.status, taken_up.status) == ("待预分配", "待预分配")
    with database.transaction() as tx:
        tx.execute(sa.delete(committee))
        seed_demo_committees(tx)


def test_what_is_placed_already_is_not_placed_again(story: Story, office: Actor) -> None:
    story.submitted().climbed()
    with story.database.read() as tx:
        waiting = story.task_key(tx)
    place(story, office)
    with story.database.transaction() as tx:
        again = start_batch_placement(tx, office, task_keys=[waiting], year=2026)
    run_batch(story.database, again)
    with story.database.read() as tx:
        assert [row.state for row in batch_rows(tx, office, again)] == [ItemState.REFUSED]


def test_nothing_chosen_is_said(database: Database, office: Actor) -> None:
    with pytest.raises(InvalidInput), database.transaction() as tx:
        start_batch_placement(tx, office, task_keys=[], year=2026)
