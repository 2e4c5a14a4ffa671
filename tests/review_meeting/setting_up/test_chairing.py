"""The chair and deputies of a meeting: appointed, standing in for each other (M6, Q3)."""

import pytest
import sqlalchemy as sa

from engine.errors import InvalidInput, NotAllowed
from engine.flow.actions import perform_action
from engine.flow.tables import message
from engine.review_meeting.chairing import board_of, choose_chair
from engine.review_meeting.grouping import (
    add_dossiers,
)
from engine.review_meeting.meetings import is_in_meeting, meeting_of
from engine.review_meeting.standards import (
    save_standard,
)
from engine.review_meeting.tables import meeting_dossier
from tests.review_meeting.setting_up.hall import STANDARD, Hall


@pytest.mark.catalogue("M6", "R8")
def test_one_chair_and_up_to_two_deputies_are_appointed(hall: Hall) -> None:
    key = hall.planned()
    experts = [row["expert"] for row in hall.people(key)]
    with pytest.raises(InvalidInput) as caught:
        hall.run(choose_chair, key, None, experts[1:4])
    assert caught.value.fields == {"chair": ["请选择一名主任"], "deputies": ["副主任最多 2 名，现选了 3 名"]}
    with pytest.raises(InvalidInput) as nobody:
        hall.do(key, "appoint_chair", outcome="confirm")
    assert nobody.value.fields == {"chair": ["请选择一名主任"]}
    hall.run(choose_chair, key, experts[0], experts[:3])
    hall.do(key, "appoint_chair", outcome="confirm")
    assert [row["expert"] for row in hall.ask(board_of, key)] == experts[:3]
    assert hall.ask(is_in_meeting, hall.chair(key), key) == "chair"


@pytest.mark.catalogue("Q3", "M6", "R9")
def test_a_deputy_to_whom_the_chair_is_handed_over_does_what_the_chair_had_to_do(hall: Hall) -> None:
    key = hall.chaired()
    hall.run(save_standard, key, STANDARD)
    hall.do(key, "set_standard", outcome="submit")
    chair, deputy, other = (hall.expert(row["login"]) for row in hall.ask(board_of, key))
    with pytest.raises(NotAllowed):
        hall.run(perform_action, key, "hand_over_chair", {"successor": other.login, "hand_over_reason": "x"}, by=deputy)
    given = {"successor": deputy.login, "hand_over_reason": "须回避"}
    hall.run(perform_action, key, "hand_over_chair", given, by=chair)
    assert hall.ask(meeting_of, hall.officer, key).row["presiding_name"] == deputy.name
    with pytest.raises(AssertionError, match="does not wait"):
        hall.do(key, "confirm_standard", by=chair, outcome="approve")
    hall.do(key, "confirm_standard", by=deputy, outcome="approve")
    back = {"successor": chair.login, "hand_over_reason": "回避事由已经消除"}
    hall.run(perform_action, key, "hand_over_chair", back, by=hall.officer)
    assert hall.ask(meeting_of, hall.officer, key).row["presiding_name"] == chair.name


@pytest.mark.catalogue("Q3")
def test_only_a_deputy_takes_the_chair_and_the_reviews_hear_of_it(hall: Hall) -> None:
    key = hall.chaired()
    member = hall.people(key)[-1]
    with pytest.raises(InvalidInput):
        hall.run(perform_action, key, "hand_over_chair", {"successor": member["login"], "hand_over_reason": "x"})
    declared = hall.waiting(hall.committee_in(key), 2)
    hall.run(add_dossiers, key, hall.group_ids(key)[0])
    with hall.database.transaction() as tx:
        begun = sa.and_(meeting_dossier.c.meeting == key, meeting_dossier.c.declaration == declared[0])
        tx.execute(sa.update(meeting_dossier).where(begun).values(review_case=1))
    deputy = hall.ask(board_of, key)[1]["login"]
    hall.run(perform_action, key, "hand_over_chair", {"successor": deputy, "hand_over_reason": "x"})
    told = sa.select(message.c.correlation_key, message.c.variables).where(
        message.c.from_case_key == key, message.c.name == "presiding_changed"
    )
    number = hall.rows(sa.select(meeting_dossier.c.declaration_no).where(meeting_dossier.c.declaration == declared[0]))
    meeting_no = hall.ask(meeting_of, hall.officer, key).meeting_no
    assert [tuple(row) for row in hall.rows(told)] == [
        (f"{meeting_no}/{number[0].declaration_no}", {"presiding": deputy})
    ]
