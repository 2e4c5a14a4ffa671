"""A meeting from its call to the scoring, each step by whoever does it."""

from typing import Any

from engine.review_meeting.attending import note_attendance
from engine.review_meeting.chairing import choose_chair
from engine.review_meeting.grouping import add_dossiers
from engine.review_meeting.groups import add_group
from engine.review_meeting.inviting import choose_experts, distribute_experts
from engine.review_meeting.leading import choose_leaders
from engine.review_meeting.pooling import pool_for
from engine.review_meeting.standards import StandardFields, first_items, save_standard
from tests.review_meeting.setting_up.hall import Hall

PLAN = {
    "plan_name": "测试方案",
    "plan_basis": "依据",
    "plan_agenda": "日程",
    "plan_methods": ["材料评审"],
    "plan_attendance": "三分之二以上",
    "plan_ballot_mode": "secret",
    "plan_defence": "no",
    "plan_discipline": "纪律",
}


def test_try(hall: Hall) -> None:
    from engine.review_meeting.meetings import meeting_of, groups_of
    from engine.review_meeting.experts import experts_of

    one = hall.committee(experts=9, outside=2)
    key = hall.call([one])
    assert hall.open(key) == ["set_up_groups"]
    group = hall.run(add_group, key, name="第一组", committee=one, seats=4)
    second = hall.run(add_group, key, name="第二组", committee=one, seats=3)
    hall.do(key, "set_up_groups", outcome="confirm")
    meeting = hall.ask(meeting_of, hall.officer, key)
    pool = hall.ask(pool_for, meeting, one)
    hall.run(choose_experts, key, one, [c.expert.expert for c in pool][2:])
    assert hall.run(distribute_experts, key) == 7
    hall.do(key, "write_plan", outcome="submit", **PLAN)
    hall.do(key, "approve_plan", by=hall.superior, outcome="approve", opinion="")
    experts = hall.ask(experts_of, key)
    ids = [e["expert"] for e in experts]
    hall.run(choose_chair, key, ids[0], ids[1:3])
    hall.do(key, "appoint_chair", outcome="confirm")
    hall.waiting(one, 10)
    assert hall.run(add_dossiers, key, group) == 10
    hall.do(key, "group_dossiers", outcome="confirm")
    hall.run(save_standard, key, StandardFields("标准", (), tuple(first_items())))
    hall.do(key, "set_standard", outcome="submit")
    chair = hall.expert(experts[0]["login"])
    hall.do(key, "confirm_standard", by=chair, outcome="approve")
    leaders = {g["id"]: next(e["expert"] for e in experts if e["group"] == g["id"]) for g in hall.ask(groups_of, key)}
    hall.run(choose_leaders, key, leaders, by=chair)
    hall.do(key, "appoint_leaders", by=chair, outcome="confirm")
    assert hall.open(key) == ["assign_reviewers"]
    assert hall.run(note_attendance, key, ids, present=True) == 7
