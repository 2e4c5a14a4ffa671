"""How long a correction may take: through withdrawing, undoing and more time (P23, P24, W6)."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.clock import FixedClock
from engine.flow.actions import perform_action
from engine.flow.modification import reopen_task
from engine.flow.tables import task, task_done
from engine.flow.timers import run_due_timers
from engine.notification.tables import notification
from tests.declaration.conftest import MORNING
from tests.declaration.story import Story


def term(story: Story) -> str:
    return str(story.detail().variables["correct_by"])


def due(story: Story) -> datetime | None:
    """When the open task is due."""
    with story.database.read() as tx:
        found: datetime | None = tx.value(sa.select(task.c.due_at).where(task.c.case_key == story.case_key))
        return found


def reminders(story: Story) -> int:
    """How often the applicant was told that the term ends soon; what is due now fires first."""
    run_due_timers(story.database)
    n = notification.c
    mine = sa.and_(n.account == story.applicant.account, n.template == "correction_reminder")
    with story.database.read() as tx:
        return int(tx.value(sa.select(sa.func.count()).select_from(notification).where(mine)))


def undo(story: Story, officer: Actor) -> None:
    """Take back the officer's last decision."""
    d = task_done.c
    mine = sa.and_(d.case_key == story.case_key, d.ended_by == officer.login)
    last = sa.select(d.key).where(mine).order_by(d.ended_at.desc(), d.key.desc()).limit(1)
    with story.database.transaction() as tx:
        reopen_task(tx, officer, int(tx.value(last)), "意见写错")


def give_back(story: Story) -> Actor:
    return story.review("return_for_revision", "请补充学位证书")


@pytest.mark.catalogue("P24", "Q37")
def test_a_return_that_was_taken_back_and_made_again_does_not_begin_another_term(
    story: Story, clock: FixedClock
) -> None:
    officer = give_back(story.submitted())
    assert term(story) == "2026-06-15"
    clock.move_to(MORNING + timedelta(days=3))
    undo(story, officer)
    assert "correct_by" not in story.detail().variables or story.detail().variables["correct_by"] is None
    give_back(story)
    assert (term(story), due(story)) == ("2026-06-15", datetime(2026, 6, 15, 10, tzinfo=UTC))
    clock.move_to(datetime(2026, 6, 11, 1, tzinfo=UTC))
    assert reminders(story) == 1


@pytest.mark.catalogue("P24")
def test_a_return_by_somebody_else_begins_a_term_of_its_own(story: Story, clock: FixedClock) -> None:
    officer = give_back(story.submitted())
    clock.move_to(MORNING + timedelta(days=3))
    undo(story, officer)
    story.review()
    give_back(story)
    assert term(story) == "2026-06-18"


@pytest.mark.catalogue("W6")
def test_more_time_arms_the_reminder_again(story: Story, clock: FixedClock) -> None:
    officer = give_back(story.submitted())
    clock.move_to(datetime(2026, 6, 11, 1, tzinfo=UTC))
    assert (term(story), reminders(story)) == ("2026-06-15", 1)
    for day, told in ((22, 2), (29, 3)):
        with story.database.transaction() as tx:
            given = {"new_term": f"2026-06-{day}", "extension_reason": "住院"}
            perform_action(tx, officer, story.case_key, "extend_correction", given)
        clock.move_to(datetime(2026, 6, day - 6, 1, tzinfo=UTC))
        assert reminders(story) == told - 1
        clock.move_to(datetime(2026, 6, day, 1, tzinfo=UTC))
        assert reminders(story) == told
    assert story.status == "退回修改"
    clock.move_to(datetime(2026, 6, 29, 11, tzinfo=UTC))
    assert (reminders(story), story.status) == (3, "已放弃")
