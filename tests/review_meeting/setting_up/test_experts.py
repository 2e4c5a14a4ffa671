"""Experts of a meeting: drawn by a seed everybody can replay (J17), chosen, asked, replaced, placed (M8), the plan (M4, M5)."""

import hashlib
import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access import Actor, Permission
from engine.committee.tables import CommitteeState, committee, expert
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused
from engine.organisation.integrity import RecordKind, write_record
from engine.review_meeting.composing import composition_of
from engine.review_meeting.drawing import draw_experts, draw_of, draw_record, fill_seats
from engine.review_meeting.experts import ExpertFilter
from engine.review_meeting.groups import add_group
from engine.review_meeting.inviting import (
    answer_invitation,
    choose_experts,
    decline_for,
    distribute_experts,
    may_know_experts,
    place_experts,
    remove_expert,
)
from engine.review_meeting.lots import pick, replay_draw
from engine.review_meeting.meetings import groups_of, is_in_meeting, meeting_of
from engine.review_meeting.mine import meetings_of_expert
from engine.review_meeting.pooling import pool_for
from engine.review_meeting.tables import Invitation, meeting_committee
from tests.review_meeting.setting_up.hall import PLAN, Hall


def drawn_meeting(hall: Hall, seats: int = 7, outside: int = 2) -> tuple[int, int]:
    """A meeting with so many drawn experts of a pool of twelve, and its committee."""
    one = hall.committee(experts=12, outside=4)
    key = hall.grouped(committee_id=one)
    assert hall.run(draw_experts, key, one, seats=seats, outside_seats=outside) == seats
    return key, one


@pytest.mark.catalogue("J17")
def test_an_auditor_replays_the_draw_from_the_export_alone(hall: Hall) -> None:
    key, one = drawn_meeting(hall)
    meeting = hall.ask(meeting_of, hall.officer, key)
    with pytest.raises(Refused):
        draw_record(meeting, hall.ask(draw_of, key, one))
    hall.run(distribute_experts, key)
    hall.do(key, "write_plan", outcome="submit", **PLAN)
    hall.do(key, "approve_plan", by=hall.superior, outcome="approve")
    meeting = hall.ask(meeting_of, hall.officer, key)
    record = json.loads(json.dumps(draw_record(meeting, hall.ask(draw_of, key, one))))
    assert [check.ok for check in replay_draw(record)] == [True] * 4
    assert set(record["drawn"]) == {row["expert"] for row in hall.people(key)}
    # by hand, as the page tells it
    seed = hashlib.sha256(
        f"{record['drawn_on']}|{record['meeting_no']}|{record['committee_code']}|{record['secret']}".encode()
    ).hexdigest()
    places = {
        hashlib.sha256(f"{seed}|{one['number']}".encode()).hexdigest(): one["number"] for one in record["candidates"]
    }
    assert [places[place] for place in sorted(places)] == record["order"]
    assert hashlib.sha256(record["secret"].encode()).hexdigest() == meeting.row["seed_commitment"]


@pytest.mark.catalogue("J17")
@pytest.mark.parametrize(
    ("what", "value", "broken"),
    [("secret", "0" * 64, 0), ("drawn_on", "2026-06-02", 1), ("order", [], 2), ("drawn", [], 3)],
)
def test_a_draw_that_was_tampered_with_does_not_replay(hall: Hall, what: str, value: object, broken: int) -> None:
    key, one = drawn_meeting(hall)
    meeting = hall.ask(meeting_of, hall.officer, key)
    approved = replace(meeting, row={**meeting.row, "status": "方案已审"})
    record = {**draw_record(approved, hall.ask(draw_of, key, one)), what: value}
    assert replay_draw(record)[broken].ok is False


@pytest.mark.catalogue("J17", "J23")
def test_as_many_come_from_outside_as_must() -> None:
    assert pick([1, 2, 3, 4, 5], {4, 5}, 3, 1) == [1, 2, 4]
    assert pick([1, 2, 3, 4, 5], {1, 5}, 3, 1) == [1, 2, 3]
    assert pick([1, 2, 3, 4, 5], {4, 5}, 3, 2, taken={4}) == [1, 2, 5]


@pytest.mark.catalogue("J17")
def test_a_draw_is_held_once(hall: Hall) -> None:
    key, one = drawn_meeting(hall)
    with pytest.raises(Refused):
        hall.run(draw_experts, key, one, seats=7, outside_seats=2)
    with pytest.raises(Refused):
        hall.run(remove_expert, key, hall.people(key)[0]["expert"])


def test_more_than_the_pool_has_are_not_drawn(hall: Hall) -> None:
    one = hall.committee(experts=4, outside=1)
    key = hall.grouped(committee_id=one)
    with pytest.raises(InvalidInput) as caught:
        hall.run(draw_experts, key, one, seats=5, outside_seats=2)
    assert caught.value.fields == {
        "seats": ["评委库中可以参加的只有 4 人"],
        "outside_seats": ["可以参加的外单位评委只有 1 人"],
    }


@pytest.mark.catalogue("J17", "M8")
def test_who_declines_is_followed_by_the_next_of_the_order(hall: Hall) -> None:
    key, one = drawn_meeting(hall)
    draw = hall.ask(draw_of, key, one)
    gone = next(number for number in draw.drawn if number not in draw.outside)
    login = next(row["login"] for row in hall.people(key) if row["expert"] == gone)
    hall.run(answer_invitation, key, comes=False, reason="出差", by=hall.expert(login))
    assert hall.run(fill_seats, key, one) == 1
    coming = {row["expert"] for row in hall.people(key) if row["invited"] is not Invitation.DECLINED}
    following = next(number for number in draw.order if number not in draw.drawn)
    assert coming == set(draw.drawn) - {gone} | {following}
    with pytest.raises(Refused):
        hall.run(fill_seats, key, one)


@pytest.mark.catalogue("M8", "Q27")
def test_a_seat_of_one_committee_is_free_though_another_draws_from_the_same_people(hall: Hall) -> None:
    one, other = hall.committee(experts=6), hall.committee()
    hall.share_pool(one, other)
    key = hall.call([one, other])
    for each in (one, other):
        hall.run(draw_experts, key, each, seats=2, outside_seats=0)
    gone = hall.ask(draw_of, key, one).drawn[0]
    hall.run(decline_for, key, gone, "出差")
    assert hall.run(fill_seats, key, one) == 1
    coming = [row["committee"] for row in hall.people(key) if row["invited"] is not Invitation.DECLINED]
    assert (coming.count(one), coming.count(other)) == (2, 2)


@pytest.mark.catalogue("M8")
def test_the_list_is_narrowed_by_name_committee_group_and_answer(hall: Hall) -> None:
    key = hall.peopled()
    people = hall.people(key)
    first, second = (group["id"] for group in hall.ask(groups_of, key))
    hall.run(decline_for, key, people[0]["expert"], "出差")
    people = hall.people(key)

    def found(**asked: Any) -> list[int]:
        return [row["expert"] for row in people if ExpertFilter(**asked).finds(row)]

    assert found(text=people[3]["name"]) == found(text=people[3]["identity_number"]) == [people[3]["expert"]]
    assert found(text="示范单位", committee=people[0]["committee"]) == [row["expert"] for row in people]
    assert (found(committee=0), found(answer=Invitation.DECLINED)) == ([], [people[-1]["expert"]])
    assert (len(found(group=first)), len(found(group=second)), found(group=0)) == (3, 3, [])


@pytest.mark.catalogue("M8")
def test_an_expert_answers_and_sees_the_meeting_until_declining(hall: Hall) -> None:
    key = hall.peopled()
    row = hall.people(key)[0]
    me = hall.expert(row["login"])
    assert [held["case_key"] for held in hall.ask(meetings_of_expert, me)] == [key]
    hall.run(answer_invitation, key, comes=True, by=me)
    assert (hall.people(key)[0]["invited"], hall.ask(is_in_meeting, me, key)) == (Invitation.CONFIRMED, "member")
    with pytest.raises(InvalidInput):
        hall.run(answer_invitation, key, comes=False, reason=" ", by=me)
    hall.run(answer_invitation, key, comes=False, reason="生病", by=me)
    assert hall.ask(meetings_of_expert, me) == []
    with pytest.raises(NotFound):
        hall.ask(meeting_of, me, key)


@pytest.mark.catalogue("J19")
def test_names_of_experts_are_for_the_office_and_the_meeting_alone(hall: Hall) -> None:
    key = hall.peopled()
    meeting = hall.ask(meeting_of, hall.officer, key)
    applicant = Actor(
        account=1, login="x", name="测试申报人", role="applicant", permissions=frozenset({Permission.CASES_READ})
    )
    with pytest.raises(NotFound):
        hall.ask(meeting_of, applicant, key)
    with pytest.raises(NotAllowed):
        hall.ask(may_know_experts, applicant, meeting, None)
    other = hall.grouped(committee_id=hall.committee(experts=1))
    with pytest.raises(NotFound):
        hall.ask(meeting_of, hall.chair(key), other)


@pytest.mark.catalogue("Q35")
def test_who_declares_in_the_series_this_year_does_not_sit_in_its_meeting(hall: Hall) -> None:
    one = hall.committee(experts=4)
    key = hall.grouped(committee_id=one)
    meeting = hall.ask(meeting_of, hall.officer, key)
    first, second, third = hall.ask(pool_for, meeting, one)[:3]
    hall.waiting(one, 1, person=first.expert.person, status="草稿")
    hall.waiting(one, 1, person=second.expert.person, title_series="natural_science")
    hall.waiting(one, 1, person=third.expert.person, year=2025)
    reasons = {choice.expert.expert: choice.reason for choice in hall.ask(pool_for, meeting, one)}
    assert [reasons[choice.expert.expert] for choice in (first, second, third)] == [
        "本年度申报本系列职称，不能参加（须回避）",
        "",
        "",
    ]
    with pytest.raises(InvalidInput):
        hall.run(choose_experts, key, one, [first.expert.expert])
    hall.run(draw_experts, key, one, seats=3, outside_seats=0)
    assert first.expert.expert not in {row["expert"] for row in hall.people(key)}


def test_the_barred_the_absent_and_the_busy_are_not_called(hall: Hall) -> None:
    one = hall.committee(experts=4)
    other = hall.grouped(committee_id=one)
    key = hall.grouped(committee_id=one)
    meeting = hall.ask(meeting_of, hall.officer, key)
    barred, away, busy, free = hall.ask(pool_for, meeting, one)
    with hall.database.transaction() as tx:
        write_record(
            tx, hall.officer, person=barred.expert.person, kind=RecordKind.EXPERT, reason="泄露", until=date(2027, 1, 1)
        )
        spans = [{"from": "2026-06-16", "to": "2026-06-20"}]
        tx.execute(sa.update(expert).where(expert.c.id == away.expert.expert).values(unavailable=spans))
    hall.run(choose_experts, other, one, [busy.expert.expert])
    reasons = [choice.reason for choice in hall.ask(pool_for, meeting, one)]
    assert reasons == ["诚信记录有效：泄露", "会议期间不能参加", "同期参加“测试评审会议”", ""]
    hall.run(choose_experts, key, one, [free.expert.expert])
    assert [row["expert"] for row in hall.people(key)] == [free.expert.expert]


@pytest.mark.catalogue("M8")
def test_experts_are_placed_in_groups_of_their_committee(hall: Hall) -> None:
    one, other = hall.committee(experts=3), hall.committee(experts=3)
    key = hall.call([one, other])
    groups = {held: hall.run(add_group, key, name=f"{held}组", committee=held, seats=3) for held in (one, other)}
    meeting = hall.ask(meeting_of, hall.officer, key)
    for held in (one, other):
        hall.run(choose_experts, key, held, [c.expert.expert for c in hall.ask(pool_for, meeting, held)])
    mine = [row["expert"] for row in hall.people(key) if row["committee"] == one]
    with pytest.raises(InvalidInput):
        hall.run(place_experts, key, groups[other], mine)
    assert hall.run(place_experts, key, groups[one], mine[:1]) == 1
    assert hall.run(distribute_experts, key) == 5
    assert {row["group"] for row in hall.people(key) if row["committee"] == one} == {groups[one]}


@pytest.mark.catalogue("M4", "J09", "Q24")
def test_a_plan_waits_for_three_experts_in_each_group(hall: Hall) -> None:
    key = hall.peopled()
    gone = next(row["expert"] for row in hall.people(key) if row["group_name"] == "第2组")
    hall.run(decline_for, key, gone, "生病")
    with pytest.raises(InvalidInput) as caught:
        hall.do(key, "write_plan", outcome="submit", **PLAN)
    found = [sentence for sentences in caught.value.fields.values() for sentence in sentences]
    assert "“第2组”：评议组不少于 3 名评委，现有 2 名，请补充评委" in found
    assert any("评委人数应为单数" in sentence for sentence in found)


@pytest.mark.catalogue("M4", "J03", "J23")
def test_who_is_called_is_judged_by_the_rules_of_composition(hall: Hall) -> None:
    key = hall.peopled()
    judged = next(iter(hall.ask(composition_of, key).values()))
    assert {rule.rule: rule.ok for rule in judged} == {"J03": True, "J23": True, "J04": True}
    with hall.database.transaction() as tx:
        tx.execute(sa.update(expert).values(workplace_unit=hall.officer.unit))
    assert not all(rule.ok for rule in next(iter(hall.ask(composition_of, key).values())))


@pytest.mark.catalogue("J05")
def test_a_plan_stops_where_a_filing_has_been_ended_meanwhile(hall: Hall) -> None:
    key = hall.peopled()
    committee_id = hall.ask(meeting_of, hall.officer, key).committee_ids[0]
    with hall.database.transaction() as tx:
        ended = sa.update(committee).where(committee.c.id == committee_id)
        tx.execute(ended.values(state=CommitteeState.EXPIRED, name="过期的评委会"))
    with pytest.raises(InvalidInput) as caught:
        hall.do(key, "write_plan", outcome="submit", **PLAN)
    assert caught.value.fields == {f"committee[{committee_id}]": ["“过期的评委会”：备案在会议期间无效，请先重新备案"]}


@pytest.mark.catalogue("M5", "Q17")
def test_another_person_approves_the_plan(hall: Hall) -> None:
    key = hall.peopled()
    author = replace(hall.superior, unit=hall.officer.unit, permissions=hall.officer.permissions)
    hall.do(key, "write_plan", outcome="submit", by=replace(author, groups=hall.officer.groups), **PLAN)
    with pytest.raises(Refused) as caught:
        hall.do(key, "approve_plan", by=hall.superior, outcome="approve")
    assert caught.value.message == "评审方案应由起草人以外的经办人审核，请交给其他经办人办理。"
    with pytest.raises(NotAllowed):
        hall.do(key, "approve_plan", by=hall.officer, outcome="approve")
    hall.do(key, "approve_plan", by=hall.who("office_officer"), outcome="approve")
    assert hall.open(key) == ["appoint_chair"]


@pytest.mark.catalogue("M5")
def test_numbers_and_ballot_are_fixed_when_the_plan_is_approved(hall: Hall) -> None:
    key = hall.peopled()
    hall.do(key, "write_plan", outcome="submit", **{**PLAN, "plan_ballot_mode": "named"})
    hall.do(key, "approve_plan", by=hall.superior, outcome="return_for_revision", opinion="改为无记名")
    hall.do(key, "write_plan", outcome="submit", **PLAN)
    hall.do(key, "approve_plan", by=hall.superior, outcome="approve")
    members = sa.select(meeting_committee.c.members).where(meeting_committee.c.meeting == key)
    assert [row.members for row in hall.rows(members)] == [7]
    assert hall.ask(meeting_of, hall.officer, key).ballot_mode == "secret"
