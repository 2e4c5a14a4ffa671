"""Calling a meeting (M1), its groups (M3), the lists (M2)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from engine.access import SYSTEM, Permission
from engine.committee.tables import committee
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused, StaleTask
from engine.flow.cases import cancel_case
from engine.flow.contexts import Succession
from engine.flow.tables import task
from engine.flow.variables import read_variables
from engine.organisation.tables import unit
from engine.review_meeting.creating import calling_unit, create_meeting, edit_meeting
from engine.review_meeting.fields import MeetingFields
from engine.review_meeting.groups import add_group, edit_group, remove_group
from engine.review_meeting.lots import commitment_of
from engine.review_meeting.meetings import (
    MeetingFilter,
    is_in_meeting,
    list_meetings,
    meeting_of,
    staff_of,
    statuses_of,
)
from engine.review_meeting.succession import follow_meeting
from engine.review_meeting.tables import meeting_group, review_meeting
from tests.review_meeting.setting_up.hall import ENDS, SERIES, STARTS, Hall


@pytest.mark.catalogue("M1", "J17", "R13")
def test_a_meeting_is_called_with_several_committees_and_a_commitment(hall: Hall) -> None:
    committees = [hall.committee(), hall.committee()]
    helper = hall.admin.account
    key = hall.call(committees, name="教师系列评审会", staff=(helper,), brief="简述")
    meeting = hall.ask(meeting_of, hall.officer, key)
    assert (meeting.name, meeting.committee_ids, meeting.status) == ("教师系列评审会", committees, "草拟")
    assert meeting.meeting_no.startswith("2026-PS-")
    assert meeting.row["seed_commitment"] == commitment_of(meeting.row["draw_seed"])
    assert [row["account"] for row in hall.ask(staff_of, key)] == [helper]
    assert hall.ask(is_in_meeting, hall.admin, key) == "staff"


@pytest.mark.catalogue("M1")
def test_the_units_administrator_calls_and_its_officer_goes_on(hall: Hall) -> None:
    fields = MeetingFields("会", STARTS, ENDS, "一楼", committees=(hall.committee(),))
    key = hall.run(create_meeting, fields, by=hall.admin)
    groups = hall.rows(sa.select(task.c.candidate_groups).where(task.c.case_key == key))
    assert [row.candidate_groups for row in groups] == [[f"case_officer@{hall.officer.unit}"]]


def test_two_meetings_have_two_numbers_and_a_repeat_gives_the_first(hall: Hall) -> None:
    one = hall.committee()
    fields = MeetingFields("会", STARTS, ENDS, "一楼", committees=(one,))
    first, again = (hall.run(create_meeting, fields, command_key="k1") for _ in range(2))
    other = hall.run(create_meeting, fields, command_key="k2")
    numbers = [hall.ask(meeting_of, hall.officer, key).meeting_no for key in (first, other)]
    assert (first == again, int(numbers[1][8:]) - int(numbers[0][8:])) == (True, 1)


@pytest.mark.catalogue("M1")
def test_what_is_missing_is_named_by_field(hall: Hall) -> None:
    with pytest.raises(InvalidInput) as caught:
        hall.call([], name="", venue="", ends_at=STARTS)
    assert caught.value.fields == {
        "name": ["请填写评审会议名称"],
        "venue": ["请填写评审地址"],
        "ends_at": ["结束时间应晚于开始时间"],
        "committees": ["请至少选择一个评委会"],
    }


@pytest.mark.catalogue("J05")
def test_no_meeting_outlasts_the_filing_of_its_committee(hall: Hall) -> None:
    one = hall.committee(until=date(2026, 6, 16), name="将到期的评委会")
    with pytest.raises(InvalidInput) as caught:
        hall.call([one])
    assert caught.value.fields == {"committees": ["将到期的评委会的备案在会议期间无效，请先重新备案"]}
    with pytest.raises(InvalidInput) as reversed_days:
        hall.call([one], ends_at=STARTS - timedelta(days=1))
    assert reversed_days.value.fields == {"ends_at": ["结束时间应晚于开始时间"]}
    assert hall.call([one], ends_at=STARTS + timedelta(hours=8))


@pytest.mark.catalogue("J14", "Q27")
def test_committees_of_two_series_do_not_meet_together(hall: Hall) -> None:
    with pytest.raises(InvalidInput) as caught:
        hall.call([hall.committee(), hall.committee(series="natural_science")])
    assert caught.value.fields == {"committees": ["所选评委会属于不同系列，一次会议只评审一个系列；请分别召开"]}


def test_only_the_units_own_committees_are_called(hall: Hall) -> None:
    foreign = hall.committee(forming_unit=hall.superior.unit)
    with pytest.raises(InvalidInput):
        hall.call([foreign])


def test_a_unit_without_the_right_calls_nobody(hall: Hall) -> None:
    with hall.database.transaction() as tx:
        tx.execute(sa.update(unit).where(unit.c.id == hall.stranger.unit).values(may_form_committee=False))
    with pytest.raises(NotAllowed):
        hall.ask(calling_unit, hall.stranger)
    with pytest.raises(NotAllowed):
        hall.ask(calling_unit, replace(hall.officer, permissions=frozenset({Permission.CASES_READ})))


@pytest.mark.catalogue("M2")
def test_active_and_past_meetings_are_listed_to_those_above_and_nobody_else(hall: Hall) -> None:
    key = hall.call([hall.committee()], name="只此一次的会")
    for actor, seen in ((hall.officer, 1), (hall.superior, 1), (hall.stranger, 0)):
        assert hall.ask(list_meetings, actor, MeetingFilter(text="只此一次"))[1] == seen
    with pytest.raises(NotFound):
        hall.ask(meeting_of, hall.stranger, key)
    hall.run(cancel_case, key, "试", by=SYSTEM)
    assert hall.ask(list_meetings, hall.officer, MeetingFilter(text="只此一次")) == ([], 0)
    past = MeetingFilter(past=True, text="只此一次", year=2026, series=SERIES)
    [row] = hall.ask(list_meetings, hall.officer, past)[0]
    assert (row["case_key"], row["status"]) == (key, hall.ask(statuses_of, hall.officer, past=True)[0])
    for other in ({"status": "已关闭"}, {"series": "nurse"}, {"year": 2025}):
        assert hall.ask(list_meetings, hall.officer, replace(past, **other))[1] == 0


def test_what_was_typed_is_changed_as_it_was_seen(hall: Hall) -> None:
    one, other = hall.committee(), hall.committee()
    key = hall.call([one])
    fields = MeetingFields("改名的会", STARTS, ENDS, "二楼", committees=(other,))
    hall.run(edit_meeting, key, fields, version=1)
    meeting = hall.ask(meeting_of, hall.officer, key)
    assert (meeting.name, meeting.committee_ids, meeting.row["version"]) == ("改名的会", [other], 2)
    with pytest.raises(StaleTask):
        hall.run(edit_meeting, key, fields, version=1)
    with pytest.raises(NotAllowed):
        hall.run(edit_meeting, key, fields, version=2, by=hall.superior)
    hall.run(add_group, key, name="一组", committee=other, seats=3)
    with pytest.raises(InvalidInput) as caught:
        hall.run(edit_meeting, key, replace(fields, committees=(one,)), version=2)
    assert caught.value.fields == {"committees": ["已经分组，不能再更换评委会；请先删除全部分组"]}


@pytest.mark.catalogue("M3", "J09", "Q24")
def test_a_group_has_at_least_three_seats(hall: Hall) -> None:
    one = hall.committee()
    key = hall.call([one])
    with pytest.raises(InvalidInput) as caught:
        hall.run(add_group, key, name="一组", committee=one, seats=2)
    assert caught.value.fields == {"seats": ["评议组不少于 3 人，现为 2 人，请增加人数"]}
    hall.run(add_group, key, name="一组", committee=one, seats=3)
    hall.do(key, "set_up_groups", outcome="confirm")
    assert hall.open(key) == ["write_plan"]


@pytest.mark.catalogue("M3", "Q27")
def test_every_committee_has_groups_of_its_own(hall: Hall) -> None:
    one, other = hall.committee(name="甲评委会"), hall.committee(name="乙评委会")
    key = hall.call([one, other])
    hall.run(add_group, key, name="一组", committee=one, seats=5)
    with pytest.raises(InvalidInput) as caught:
        hall.do(key, "set_up_groups", outcome="confirm")
    assert caught.value.fields == {f"committee[{other}]": ["“乙评委会”还没有分组"]}
    with pytest.raises(InvalidInput) as twice:
        hall.run(add_group, key, name="一组", committee=other, seats=3)
    assert twice.value.fields == {"name": ["这次会议已经有这个分组名，请换一个"]}


@pytest.mark.catalogue("J14")
def test_a_meeting_that_came_to_mix_series_does_not_go_on(hall: Hall) -> None:
    one, other = hall.committee(), hall.committee()
    key = hall.call([one, other])
    for number, held in enumerate((one, other)):
        hall.run(add_group, key, name=f"{number}组", committee=held, seats=3)
    with hall.database.transaction() as tx:
        tx.execute(sa.update(committee).where(committee.c.id == other).values(series="natural_science"))
    with pytest.raises(InvalidInput) as caught:
        hall.do(key, "set_up_groups", outcome="confirm")
    assert {sentence for found in caught.value.fields.values() for sentence in found} == {
        "“0组”：一次会议只评审一个系列，现有 2 个系列，请分别召开",
        "“1组”：一次会议只评审一个系列，现有 2 个系列，请分别召开",
    }


@pytest.mark.catalogue("M3")
def test_of_two_officers_who_change_one_group_the_second_is_told_and_nothing_is_lost(hall: Hall) -> None:
    one = hall.committee()
    key = hall.call([one])
    group = hall.run(add_group, key, name="一组", committee=one, seats=3)
    hall.run(edit_group, key, group, name="内科组", committee=one, seats=5, version=1)
    with pytest.raises(StaleTask) as caught:
        hall.run(edit_group, key, group, name="外科组", committee=one, seats=4, version=1)
    assert caught.value.message == ("有同事刚刚修改或删除了这个分组，您的修改没有保存；请核对页面上最新的内容后再试。")
    with pytest.raises(StaleTask):
        hall.run(remove_group, key, group, version=1)
    kept = hall.rows(sa.select(meeting_group.c.name, meeting_group.c.seats).where(meeting_group.c.id == group))
    assert [tuple(row) for row in kept] == [("内科组", 5)]
    hall.run(remove_group, key, group, version=2)
    assert hall.rows(sa.select(meeting_group.c.id).where(meeting_group.c.meeting == key)) == []


def test_groups_stay_once_the_plan_is_on_its_way(hall: Hall) -> None:
    key = hall.planned()
    own = hall.ask(meeting_of, hall.officer, key).committee_ids[0]
    with pytest.raises(Refused):
        hall.run(add_group, key, name="三组", committee=own, seats=3)


def test_the_row_follows_the_case(hall: Hall) -> None:
    key = hall.planned()
    row = hall.rows(sa.select(review_meeting.c.status).where(review_meeting.c.case_key == key))[0]
    assert row.status == "方案已审"


def test_an_open_meeting_follows_its_unit_and_the_approval_its_superior(hall: Hall) -> None:
    own, above, other = hall.officer.unit or 0, hall.superior.unit or 0, hall.stranger.unit or 0
    key = hall.call([hall.committee()])
    variables = hall.ask(read_variables, key)
    approvers = [f"case_officer@{above}", *variables["plan_approvers"][1:]]
    assert variables["plan_approvers"] == approvers
    with hall.database.transaction() as tx:
        moved = follow_meeting(tx, Succession(key, own, above, other, variables))
        taken = follow_meeting(tx, Succession(key, other, own, other, variables))
        assert follow_meeting(tx, Succession(key, own, own, own, variables)) == {}
    assert moved == {"plan_approvers": [f"case_officer@{other}", *approvers[1:]]}
    assert (taken["unit"], taken["unit_name"]) == (other, "示范县教育局（示例）")
    row = hall.rows(sa.select(review_meeting.c.unit).where(review_meeting.c.case_key == key))[0]
    assert row.unit == other
