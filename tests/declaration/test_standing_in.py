"""Who does a task for somebody absent: the decision is journalled with both names, and only what was handed over can be done."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.db import Database
from engine.declaration.reviewing import review_declaration
from engine.errors import NotAllowed
from engine.flow.queries import inbox
from engine.flow.tables import journal
from engine.flow.tasks import claim_task
from tests.declaration.story import Story
from web.declaration.journal import entries_of
from web.inbox.rows import open_rows

Who = Callable[..., Actor]


@pytest.fixture
def deputy(who: Who) -> Actor:
    """The second officer of the hospital while the first is away."""
    return replace(who("hosp3_new"), on_behalf_of=frozenset({"hosp3_officer"}), names_away={"hosp3_officer": "林示办"})


@pytest.mark.catalogue("U7", "U15")
def test_a_decision_for_somebody_absent_shows_both_names(
    database: Database, who: Who, story: Story, deputy: Actor
) -> None:
    story.submitted()
    away = who("hosp3_officer")
    with database.transaction() as tx:
        claim_task(tx, away, story.task_key(tx))
    with database.read() as tx:
        rows = {row.id: row.state for row in open_rows(tx, deputy, inbox(tx, deputy, limit=100).tasks)}
        assert rows[story.task_key(tx)] == "代 林示办"
    with database.transaction() as tx, pytest.raises(NotAllowed):
        review_declaration(
            tx, who("hosp3_new"), story.task_key(tx), outcome="return_for_revision", opinion="照片不清晰"
        )
    with database.transaction() as tx:
        review_declaration(tx, deputy, story.task_key(tx), outcome="return_for_revision", opinion="照片不清晰")
    with database.read() as tx:
        entry = tx.row(
            sa.select(journal)
            .where(journal.c.case_key == story.case_key, journal.c.event == "task.completed")
            .order_by(journal.c.seq.desc())
            .limit(1)
        )
        assert entry is not None
        assert (entry.actor, entry.detail["on_behalf_of"]) == ("hosp3_new", "hosp3_officer")
        people = [line.person for line in entries_of(tx, away, story.case_key) if line.person]
    assert people == ["林示新（代 林示办）"]
