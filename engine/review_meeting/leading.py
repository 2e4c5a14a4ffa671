"""指定组长 (M11): one leader for each group, appointed by whoever presides."""

from collections.abc import Mapping

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput, NotAllowed
from engine.flow.contexts import TaskContext
from engine.review_meeting.dossiers import count_groups
from engine.review_meeting.experts import experts_of
from engine.review_meeting.groups import group_rule
from engine.review_meeting.meetings import desk_of, groups_of, meeting_of
from engine.review_meeting.tables import Invitation, meeting_group

STEP = "appoint_leaders"
g = meeting_group.c


def choose_leaders(tx: Transaction, actor: Actor, meeting: int, leaders: Mapping[int, int]) -> None:
    """Note the leader of each group, somebody who sits in it. Raises `InvalidInput` by group, `NotAllowed` for anybody but
    whoever presides."""
    meeting_of(tx, actor, meeting)
    if desk_of(tx, actor, meeting).task_of(STEP) is None:
        raise NotAllowed("组长由主持会议的主任指定。")
    members = {
        row["expert"]: row["group"] for row in experts_of(tx, meeting) if row["invited"] is not Invitation.DECLINED
    }
    problems: dict[str, list[str]] = {}
    for group in groups_of(tx, meeting):
        chosen = leaders.get(group["id"])
        if chosen is not None and members.get(chosen) != group["id"]:
            problems[f"leader[{group['id']}]"] = [f"“{group['name']}”的组长应是本组的评委"]
    if problems:
        raise InvalidInput(fields=problems)
    for chosen_group, leader in leaders.items():
        here = sa.and_(g.meeting == meeting, g.id == chosen_group)
        tx.execute(sa.update(meeting_group).where(here).values(leader=leader))


def check_leaders(tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]) -> Mapping[str, object]:
    """The hook of 指定组长: every group has a leader and still three experts (J09). The groups that have dossiers go on.

    Raises `InvalidInput` by group.
    """
    held = meeting_of(tx, actor, task.case_key)
    counts = count_groups(tx, task.case_key)
    problems: dict[str, list[str]] = {}
    leaders = []
    for group in groups_of(tx, task.case_key):
        rule = group_rule(tx, held.year, seats=group["seats"], series=1, experts=group["experts"])
        if not rule.ok:
            problems[f"leader[{group['id']}]"] = [f"“{group['name']}”：{rule.sentence}"]
        elif group["leader"] is None:
            problems[f"leader[{group['id']}]"] = [f"请为“{group['name']}”指定组长"]
        elif counts.get(group["id"]):
            leaders.append(
                {
                    "group": group["id"],
                    "name": group["name"],
                    "leader": group["leader_login"],
                    "leader_name": group["leader_name"],
                    "committee": group["committee"],
                }
            )
    if problems:
        raise InvalidInput("组长还没有指定齐全。", problems)
    return {**values, "leaders": leaders}
