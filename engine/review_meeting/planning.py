"""评审方案 (M4, M5): written by one person, approved by another (Q17); from its approval on numbers and ballot are fixed."""

from collections.abc import Mapping

import sqlalchemy as sa

from engine.access import Actor
from engine.clock import local
from engine.committee.tables import CommitteeState
from engine.db import Transaction
from engine.declaration.hooks import file_keys
from engine.document import attach_to_case
from engine.errors import InvalidInput, Refused
from engine.flow.contexts import JobContext, TaskContext
from engine.review_meeting.composing import composition_of
from engine.review_meeting.experts import experts_of
from engine.review_meeting.groups import group_rule
from engine.review_meeting.meetings import committees_of, groups_of, meeting_of
from engine.review_meeting.tables import BallotMode, Invitation, meeting_committee, meeting_expert, review_meeting

SUBMIT = "submit"
SAME_PERSON = "评审方案应由起草人以外的经办人审核，请交给其他经办人办理。"

x, mc = meeting_expert.c, meeting_committee.c


def check_plan(tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]) -> Mapping[str, object]:
    """The hook of 评审方案管理: it goes on when every group has its experts (J09) and every committee some.

    Who wrote it goes along. Raises `InvalidInput` with a sentence for each group and committee that is short of experts.
    """
    if task.outcome == SUBMIT:
        problems = expert_problems(tx, actor, task.case_key)
        if problems:
            raise InvalidInput("评委还没有确定，请补充后再提交审核。", problems)
    attach_to_case(tx, actor, file_keys(values), task.case_key)
    return {**values, "plan_author": actor.login, "plan_author_name": actor.name}


def expert_problems(tx: Transaction, actor: Actor, meeting: int) -> dict[str, list[str]]:
    """What is missing of the experts of a meeting, by committee and group: the rules of composition and of groups,
    and a filing that holds until the end of the meeting (J05)."""
    held = meeting_of(tx, actor, meeting)
    coming = [row for row in experts_of(tx, meeting) if row["invited"] is not Invitation.DECLINED]
    judged = composition_of(tx, meeting)
    last = local(held.row["ends_at"]).date()
    problems: dict[str, list[str]] = {}
    for one in held.committees:
        mine = [row for row in coming if row["committee"] == one["id"]]
        unplaced = sum(row["group"] is None for row in mine)
        broken = [rule.sentence for rule in judged[one["id"]] if not rule.ok]
        if one["state"] is not CommitteeState.ACTIVE or one["valid_until"] < last:
            broken.append("备案在会议期间无效，请先重新备案")
        if not mine:
            problems[f"committee[{one['id']}]"] = [f"“{one['name']}”还没有评委，请抽取或者选择"]
        elif broken:
            problems[f"committee[{one['id']}]"] = [f"“{one['name']}”：{sentence}" for sentence in broken]
        elif unplaced:
            problems[f"committee[{one['id']}]"] = [f"“{one['name']}”有 {unplaced} 名评委没有分到组"]
    for group in groups_of(tx, meeting):
        rule = group_rule(tx, held.year, seats=group["seats"], series=1, experts=group["experts"])
        if not rule.ok:
            problems[f"group[{group['id']}]"] = [f"“{group['name']}”：{rule.sentence}"]
        elif group["experts"] > group["seats"]:
            problems[f"group[{group['id']}]"] = [
                f"“{group['name']}”有 {group['experts']} 名评委，超过人数 {group['seats']}，请调整"
            ]
    return problems


def check_plan_approval(
    tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]
) -> Mapping[str, object]:
    """The hook of 评审方案经办人审核: somebody else than the author decides (Q17). Raises `Refused`."""
    plan = task.variables.get("plan") or {}
    if plan.get("author") == actor.login or actor.stands_in_for(plan.get("author")):
        raise Refused(SAME_PERSON)
    return {**values, "approved_by": actor.login, "approved_by_name": actor.name}


def settle_plan(tx: Transaction, context: JobContext) -> Mapping[str, object]:
    """The inline job `settle_meeting_plan`: how many members each committee is counted with (J06) and how the ballot is cast
    (Q19) are fixed from here on; the secret of the draw is no secret any more (J17)."""
    plan = context.variables.get("plan") or {}
    mode = BallotMode(str(plan.get("ballot_mode") or BallotMode.SECRET.value))
    coming = (
        sa.select(sa.func.count())
        .where(x.meeting == mc.meeting, x.committee == mc.committee, x.invited != Invitation.DECLINED)
        .correlate(meeting_committee)
        .scalar_subquery()
    )
    tx.execute(sa.update(meeting_committee).where(mc.meeting == context.case_key).values(members=coming))
    this = review_meeting.c.case_key == context.case_key
    tx.execute(sa.update(review_meeting).where(this).values(ballot_mode=mode))
    names = {one["id"]: one["name"] for one in committees_of(tx, context.case_key)}
    ballots = [{"committee": key, "committee_name": name} for key, name in names.items()]
    return {"ballot_mode": mode.value, "ballots": ballots}


def is_settled(status: str) -> bool:
    """Whether the plan of a meeting with that status is approved: its numbers are fixed and the draw is published."""
    return status not in ("草拟", "方案待审", "已取消")
