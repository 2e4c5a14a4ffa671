"""Dossiers in groups: only what waits, once, all of them (M7)."""

import pytest
import sqlalchemy as sa

from engine.errors import InvalidInput, Refused
from engine.flow.actions import perform_action
from engine.flow.batch_tables import batch
from engine.flow.tables import message
from engine.review_meeting.assignment.publishing import WITHDRAWAL
from engine.review_meeting.grouping import (
    add_dossiers,
    remove_dossiers,
    waiting_dossiers,
)
from engine.review_meeting.groups import add_group
from engine.review_meeting.meetings import meeting_of
from engine.review_meeting.tables import meeting_dossier
from tests.review_meeting.setting_up.hall import Hall


@pytest.mark.catalogue("M7", "J14", "Q27")
def test_only_what_waits_for_the_committee_of_the_group_enters(hall: Hall) -> None:
    one, other = hall.committee(experts=9, outside=2), hall.committee()
    key = hall.chaired(committee_id=one)
    mine, elsewhere = hall.waiting(one, 1), hall.waiting(other, 1)
    hall.waiting(one, 1, title_series="natural_science")
    hall.waiting(one, 1, status="评委会审查中")
    hall.waiting(one, 1, year=2025)
    assert [row["case_key"] for row in hall.ask(waiting_dossiers, hall.ask(meeting_of, hall.officer, key))[0]] == mine
    with pytest.raises(InvalidInput):
        hall.run(add_dossiers, key, hall.group_ids(key)[0], elsewhere)


@pytest.mark.catalogue("M7")
def test_a_declaration_is_in_one_meeting_at_a_time_and_waits_again_when_that_is_cancelled(hall: Hall) -> None:
    one = hall.committee(experts=9, outside=2)
    key = hall.chaired(committee_id=one)
    hall.waiting(one, 3)
    hall.run(add_dossiers, key, hall.group_ids(key)[0])
    meeting = hall.ask(meeting_of, hall.officer, key)
    assert hall.ask(waiting_dossiers, meeting)[1] == 0
    hall.do(key, "group_dossiers", outcome="confirm")
    with hall.database.transaction() as tx:
        tx.execute(sa.update(meeting_dossier).where(meeting_dossier.c.meeting == key).values(review_case=1))
    hall.run(perform_action, key, "cancel_meeting", {"cancel_reason": "另行安排"})
    closed = sa.select(batch.c.kind, batch.c.total).order_by(batch.c.key.desc()).limit(1)
    assert [tuple(row) for row in hall.rows(closed)] == [(WITHDRAWAL, 3)]
    named = sa.select(message.c.name, sa.func.count()).where(message.c.from_case_key == key).group_by(message.c.name)
    assert {row.name: row[1] for row in hall.rows(named)} == {"review_joined": 3, "review_left": 3}
    assert hall.ask(waiting_dossiers, meeting)[1] == 3
    assert hall.ask(meeting_of, hall.officer, key).status == "已取消"
    with pytest.raises(Refused):
        hall.run(add_group, key, name="x", committee=one, seats=3)


def test_grouping_is_confirmed_when_every_dossier_has_a_group(hall: Hall) -> None:
    key = hall.chaired()
    with pytest.raises(InvalidInput) as nothing:
        hall.do(key, "group_dossiers", outcome="confirm")
    assert nothing.value.message == "还没有参评材料，请先分组。"
    hall.waiting(hall.committee_in(key), 2)
    hall.run(add_dossiers, key, hall.group_ids(key)[0])
    hall.do(key, "group_dossiers", outcome="confirm")
    with pytest.raises(Refused):
        hall.run(remove_dossiers, key)
