"""The chair and deputies (M6, Q3), dossiers in groups (M7), the standard (M9, M10), leaders (M11), attendance, the console."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.errors import InvalidInput, NotAllowed, Refused, StaleTask
from engine.flow.actions import perform_action
from engine.flow.batch_tables import batch
from engine.flow.tables import message
from engine.review_meeting.assignment.publishing import WITHDRAWAL
from engine.review_meeting.attending import note_attendance, sign_in, sign_out
from engine.review_meeting.chairing import board_of, choose_chair
from engine.review_meeting.checking import check_meetings
from engine.review_meeting.console import attendance_of, console_of, pulse_of
from engine.review_meeting.experts import present_experts
from engine.review_meeting.finishing import check_scoring
from engine.review_meeting.grouping import (
    add_dossiers,
    remove_dossiers,
    waiting_dossiers,
)
from engine.review_meeting.groups import add_group
from engine.review_meeting.leading import choose_leaders
from engine.review_meeting.meetings import groups_of, is_in_meeting, meeting_of
from engine.review_meeting.standards import (
    Item,
    StandardFields,
    first_items,
    remove_standard,
    save_standard,
    standards_of,
)
from engine.review_meeting.tables import DossierStage, StandardState, meeting_dossier
from tests.review_meeting.setting_up.hall import PLAN, Hall

STANDARD = StandardFields("测试标准", (), tuple(first_items()))


def committee_in(hall: Hall, key: int) -> int:
    return int(hall.ask(meeting_of, hall.officer, key).committee_ids[0])


def group_ids(hall: Hall, key: int) -> list[int]:
    return [one["id"] for one in hall.ask(groups_of, key)]


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
    declared = hall.waiting(committee_in(hall, key), 2)
    hall.run(add_dossiers, key, group_ids(hall, key)[0])
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
        hall.run(add_dossiers, key, group_ids(hall, key)[0], elsewhere)


@pytest.mark.catalogue("M7")
def test_a_declaration_is_in_one_meeting_at_a_time_and_waits_again_when_that_is_cancelled(hall: Hall) -> None:
    one = hall.committee(experts=9, outside=2)
    key = hall.chaired(committee_id=one)
    hall.waiting(one, 3)
    hall.run(add_dossiers, key, group_ids(hall, key)[0])
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
    hall.waiting(committee_in(hall, key), 2)
    hall.run(add_dossiers, key, group_ids(hall, key)[0])
    hall.do(key, "group_dossiers", outcome="confirm")
    with pytest.raises(Refused):
        hall.run(remove_dossiers, key)


@pytest.mark.catalogue("M9", "M10")
def test_a_standard_is_submitted_returned_changed_and_confirmed_by_the_chair(hall: Hall) -> None:
    key = hall.chaired()
    standard = hall.run(save_standard, key, STANDARD)
    hall.do(key, "set_standard", outcome="submit")
    with pytest.raises(Refused):
        hall.run(save_standard, key, STANDARD, standard=standard, version=1)
    with pytest.raises(InvalidInput):
        hall.do(key, "confirm_standard", by=hall.chair(key), outcome="return_for_revision", opinion="")
    hall.do(key, "confirm_standard", by=hall.chair(key), outcome="return_for_revision", opinion="加大业绩权重")
    assert [one["state"] for one in hall.ask(standards_of, key)] == [StandardState.RETURNED]
    hall.run(save_standard, key, STANDARD, standard=standard, version=1)
    with pytest.raises(StaleTask):
        hall.run(save_standard, key, STANDARD, standard=standard, version=1)
    with pytest.raises(StaleTask):
        hall.run(remove_standard, key, standard, version=1)
    hall.do(key, "set_standard", outcome="submit")
    hall.do(key, "confirm_standard", by=hall.chair(key), outcome="approve")
    held = hall.ask(standards_of, key)[0]
    assert (held["state"], held["confirmed_by"]) == (StandardState.CONFIRMED, hall.chair(key).login)


@pytest.mark.catalogue("M9")
@pytest.mark.parametrize(
    ("items", "field"),
    [
        ([], "item_0"),
        ([Item("甲", Decimal(50), Decimal(1))], "weight_0"),
        ([Item("甲", Decimal(50), Decimal(1)), Item("甲", Decimal(50), Decimal(1))], "item_1"),
        ([Item("甲", Decimal(0), Decimal(1))], "points_0"),
    ],
)
def test_items_reach_a_hundred_together(hall: Hall, items: list[Item], field: str) -> None:
    key = hall.chaired()
    with pytest.raises(InvalidInput) as caught:
        hall.run(save_standard, key, StandardFields("标准", (), tuple(items)))
    assert field in caught.value.fields


@pytest.mark.catalogue("M9")
def test_every_group_has_one_standard(hall: Hall) -> None:
    key = hall.chaired()
    first, second = group_ids(hall, key)
    hall.run(save_standard, key, StandardFields("甲", (first,), tuple(first_items())))
    with pytest.raises(InvalidInput) as caught:
        hall.do(key, "set_standard", outcome="submit")
    assert caught.value.fields == {f"group[{second}]": ["“第2组”还没有评分标准"]}
    hall.run(save_standard, key, StandardFields("乙", (), tuple(first_items())))
    hall.do(key, "set_standard", outcome="submit")


@pytest.mark.catalogue("M11", "J09", "R10")
def test_the_chair_appoints_a_leader_of_each_group_from_its_experts(hall: Hall) -> None:
    key = hall.chaired()
    hall.waiting(committee_in(hall, key), 2)
    first, second = group_ids(hall, key)
    hall.run(add_dossiers, key, first)
    hall.do(key, "group_dossiers", outcome="confirm")
    hall.run(save_standard, key, STANDARD)
    hall.do(key, "set_standard", outcome="submit")
    chair = hall.chair(key)
    hall.do(key, "confirm_standard", by=chair, outcome="approve")
    members = {group: [row["expert"] for row in hall.people(key) if row["group"] == group] for group in (first, second)}
    with pytest.raises(NotAllowed):
        hall.run(choose_leaders, key, {first: members[first][0]})
    with pytest.raises(InvalidInput) as strange:
        hall.run(choose_leaders, key, {first: members[second][0]}, by=chair)
    assert strange.value.fields == {f"leader[{first}]": ["“第1组”的组长应是本组的评委"]}
    hall.run(choose_leaders, key, {first: members[first][0]}, by=chair)
    with pytest.raises(InvalidInput) as missing:
        hall.do(key, "appoint_leaders", by=chair, outcome="confirm")
    assert missing.value.fields == {f"leader[{second}]": ["请为“第2组”指定组长"]}
    hall.run(choose_leaders, key, {second: members[second][0]}, by=chair)
    hall.do(key, "appoint_leaders", by=chair, outcome="confirm")
    leader = next(row["login"] for row in hall.people(key) if row["expert"] == members[first][0])
    console = hall.ask(console_of, hall.expert(leader), hall.ask(meeting_of, hall.officer, key))
    assert [(step.element_id, step.total) for step in console.awaited] == [("assign_reviewers", 1)]
    assert [step.element_id for step in (console.following,) if step] == ["assign_reviewers"]


@pytest.mark.catalogue("W16")
def test_experts_sign_in_with_the_code_of_the_room(hall: Hall) -> None:
    key = hall.peopled()
    rows = hall.people(key)
    me = hall.expert(rows[0]["login"])
    code = hall.ask(meeting_of, hall.officer, key).row["sign_in_code"]
    with pytest.raises(Refused):
        hall.run(sign_in, key, code, by=me)
    planned = hall.planned()
    code = hall.ask(meeting_of, hall.officer, planned).row["sign_in_code"]
    rows = hall.people(planned)
    me = hall.expert(rows[0]["login"])
    with pytest.raises(InvalidInput):
        hall.run(sign_in, planned, "xxxxxx", by=me)
    hall.run(sign_in, planned, code, by=me)
    assert hall.run(note_attendance, planned, [row["expert"] for row in rows[1:4]], present=True) == 3
    one = committee_in(hall, planned)
    assert len(hall.ask(present_experts, planned, one)) == 4
    hall.run(sign_out, planned, by=me)
    assert len(hall.ask(present_experts, planned, one)) == 3
    assert hall.ask(attendance_of, planned).present == 3


def test_the_console_names_who_is_awaited_and_leads_to_the_next_thing(hall: Hall) -> None:
    key = hall.peopled()
    hall.do(key, "write_plan", outcome="submit", **PLAN)
    meeting = hall.ask(meeting_of, hall.officer, key)
    mine, theirs = (hall.ask(console_of, actor, meeting) for actor in (hall.officer, hall.superior))
    assert [(step.name, list(step.who)) for step in mine.awaited] == [
        (
            "评审方案经办人审核",
            ["示范省教育厅（示例）经办人、河北省职称改革领导小组办公室（示例）经办人"],
        )
    ]
    assert (mine.following, theirs.following is not None) == (None, True)
    assert [step.state for step in mine.steps[:4]] == ["done", "done", "open", "ahead"]


def test_the_pulse_changes_with_whatever_happens(hall: Hall) -> None:
    key = hall.chaired()
    pulses = [hall.ask(pulse_of, [key])[key]]
    hall.waiting(committee_in(hall, key), 1)
    for command, given in (
        (add_dossiers, (group_ids(hall, key)[0],)),
        (save_standard, (STANDARD,)),
        (note_attendance, ([hall.people(key)[0]["expert"]],)),
    ):
        more = {"present": True} if command is note_attendance else {}
        hall.run(command, key, *given, **more)
        pulses.append(hall.ask(pulse_of, [key])[key])
    assert (pulses[0] != pulses[1], pulses[2] != pulses[3]) == (True, True)


def test_scoring_is_not_finished_while_a_dossier_is_not_confirmed(hall: Hall) -> None:
    key = hall.chaired()
    hall.waiting(committee_in(hall, key), 2)
    hall.run(add_dossiers, key, group_ids(hall, key)[0])

    class Task:
        case_key = key

    with pytest.raises(Refused) as caught:
        hall.run(check_scoring, Task, {})
    assert caught.value.message.startswith("还有 2 份材料没有经主任确认")
    with hall.database.transaction() as tx:
        tx.execute(sa.update(meeting_dossier).values(stage=DossierStage.CHAIR_CONFIRMED))
    assert hall.run(check_scoring, Task, {}) == {}


def test_what_was_made_keeps_the_rules_of_meetings(hall: Hall) -> None:
    hall.chaired()
    assert hall.ask(lambda tx: list(check_meetings(tx))) == []
