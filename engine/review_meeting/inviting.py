"""确认评委 (M8): experts chosen, drawn, asked, replaced, placed in groups."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.clock import local
from engine.committee.pool import PoolExpert
from engine.db import Transaction
from engine.errors import InvalidInput, NotFound, Refused
from engine.flow.cases import add_party, remove_party
from engine.notification import Recipient, notify
from engine.organisation.tables import account
from engine.review_meeting.creating import editable_meeting
from engine.review_meeting.groups import group_in
from engine.review_meeting.meetings import Meeting, groups_of, meeting_of, require_watcher
from engine.review_meeting.pooling import pool_for
from engine.review_meeting.tables import ExpertPost, ExpertSource, Invitation, meeting_expert

#: once the roll is made, who votes is fixed
ROLL_MADE = frozenset({"票源已生成", "投票中", "投票结束", "结果已确认", "已关闭", "已取消"})
LONGEST_REASON = 200
LATE = "票源已经生成，评委不能再变动。"

x = meeting_expert.c


def choose_experts(tx: Transaction, actor: Actor, meeting: int, committee: int, experts: Collection[int]) -> int:
    """Call these experts of a committee's pool without a draw; how many were called.

    Raises `InvalidInput` naming those who cannot come and why.
    """
    held = changeable_meeting(tx, actor, meeting)
    if not experts:
        raise InvalidInput("请选择要邀请的评委。")
    choices = {one.expert.expert: one for one in pool_for(tx, held, committee)}
    unknown = [one for one in experts if one not in choices]
    if unknown:
        raise InvalidInput("所选评委不在这个评委会的评委库中，或者任期已满；请刷新后再选。")
    refused = [f"{choices[one].expert.name}（{choices[one].reason}）" for one in experts if choices[one].reason]
    if refused:
        raise InvalidInput(f"不能邀请：{'、'.join(refused)}。")
    fresh = [choices[one].expert for one in sorted(set(experts)) if not choices[one].in_meeting]
    call_experts(tx, held, fresh, ExpertSource.CHOSEN)
    return len(fresh)


def call_experts(tx: Transaction, meeting: Meeting, experts: Sequence[PoolExpert], source: ExpertSource) -> None:
    """Note that these come, let them see the meeting and ask them. The caller has authorised."""
    for one in experts:
        tx.insert(
            meeting_expert,
            meeting=meeting.key,
            expert=one.expert,
            committee=one.committee,
            group=None,
            post=ExpertPost.MEMBER,
            source=source,
            invited=Invitation.INVITED,
            decline_reason="",
            signed_in_at=None,
            signed_out_at=None,
            name=one.name,
            login=one.login,
            workplace=one.workplace,
            specialty=one.specialty,
        )
        add_party(tx, meeting.key, f"account:{one.login}")
    tell_experts(
        tx,
        meeting,
        [one.login for one in experts],
        "请确认是否参加评审会议",
        f"请于“我的工作－评审会议”确认是否参加“{meeting.name}”"
        f"（{local(meeting.row['starts_at']):%Y年%m月%d日}，{meeting.row['venue']}）。请勿对外透露评委身份。",
    )


def tell_experts(tx: Transaction, meeting: Meeting, logins: Collection[str], subject: str, text: str) -> None:
    """A line in the bell of each, with a link to the meeting."""
    a = account.c
    for row in tx.rows(sa.select(a.id, a.email, a.mobile).where(a.login.in_(sorted(logins))).order_by(a.id)):
        recipient = Recipient(row.id, row.email or "", row.mobile or "")
        url = f"/my-meetings/{meeting.key}/attendance"
        notify(tx, recipient, "plain", {"subject": subject, "text": text}, case_key=meeting.key, url=url)


def answer_invitation(tx: Transaction, actor: Actor, meeting: int, *, comes: bool, reason: str = "") -> None:
    """An expert says whether they come; who does not says why. Raises `NotFound` for anybody else, `InvalidInput`."""
    held = meeting_of(tx, actor, meeting)
    mine = tx.row(sa.select(meeting_expert).where(x.meeting == meeting, x.login == actor.login))
    if mine is None:
        raise NotFound
    if mine.invited is Invitation.DECLINED:
        raise Refused("您已经回复不能参加，如有变化请与会议经办人联系。")
    if comes:
        _change(tx, meeting, mine.expert, invited=Invitation.CONFIRMED)
        return
    _refuse_late(held)
    decline(tx, held, dict(mine._mapping), reason)


def decline_for(tx: Transaction, actor: Actor, meeting: int, expert: int, reason: str) -> None:
    """The office notes that an expert does not come (they telephoned). Raises `InvalidInput` without a reason, `Refused`."""
    held = changeable_meeting(tx, actor, meeting)
    decline(tx, held, _row(tx, meeting, expert), reason)


def decline(tx: Transaction, meeting: Meeting, row: Mapping[str, Any], reason: str) -> None:
    """Somebody does not come: their seat is free, they see the meeting no longer. The chair hands over before."""
    reason = reason.strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise InvalidInput(fields={"reason": [f"请填写不能参加的原因，最多 {LONGEST_REASON} 个字"]})
    if meeting.row["presiding"] == row["expert"]:
        raise Refused("这位评委正在主持会议，请先更换主持人。")
    if any(group["leader"] == row["expert"] for group in groups_of(tx, meeting.key)):
        raise Refused("这位评委是组长，请先更换组长。")
    values = {"invited": Invitation.DECLINED, "decline_reason": reason, "group": None, "post": ExpertPost.MEMBER}
    _change(tx, meeting.key, row["expert"], **values)
    remove_party(tx, meeting.key, f"account:{row['login']}")


def remove_expert(tx: Transaction, actor: Actor, meeting: int, expert: int) -> None:
    """Take back a choice while nothing depends on it; who was drawn declines instead, since a draw is not undone."""
    held = changeable_meeting(tx, actor, meeting)
    row = _row(tx, meeting, expert)
    if row["source"] is ExpertSource.DRAWN:
        raise Refused("随机抽取的评委不能删除；不能参加的请登记原因，由后面的候选人递补。")
    if held.row["chair"] == expert or row["post"] is not ExpertPost.MEMBER:
        raise Refused("这位评委是主任或副主任，不能删除。")
    if any(group["leader"] == expert for group in groups_of(tx, meeting)):
        raise Refused("这位评委是组长，请先更换组长。")
    tx.execute(sa.delete(meeting_expert).where(x.meeting == meeting, x.expert == expert))
    remove_party(tx, meeting, f"account:{row['login']}")


def place_experts(tx: Transaction, actor: Actor, meeting: int, group: int | None, experts: Collection[int]) -> int:
    """Put these experts into a group, or into none; how many. Raises `InvalidInput` for experts of another committee (Q27)."""
    changeable_meeting(tx, actor, meeting)
    wanted = [x.meeting == meeting, x.expert.in_(sorted(experts)), x.invited != Invitation.DECLINED]
    if group is not None:
        committee = group_in(tx, meeting, group)["committee"]
        other = tx.value(
            sa.select(sa.func.count()).select_from(meeting_expert).where(*wanted, x.committee != committee)
        )
        if other:
            raise InvalidInput(f"有 {other} 名评委属于另一个评委会，不能分到这个组。")
    return tx.execute(sa.update(meeting_expert).where(*wanted).values(group=group)).rowcount


def distribute_experts(tx: Transaction, actor: Actor, meeting: int) -> int:
    """Fill the free seats of the groups with the experts who have none, group after group in turn; how many were placed.

    Specialties stay apart as little as their order allows: experts are taken by specialty.
    """
    changeable_meeting(tx, actor, meeting)
    placed = 0
    groups = groups_of(tx, meeting)
    free = sa.and_(x.meeting == meeting, x.group.is_(None), x.invited != Invitation.DECLINED)
    order = (x.specialty.is_(None), x.specialty, x.expert)
    waiting = tx.rows(sa.select(x.expert, x.committee).where(free).order_by(*order))
    for committee in sorted({row.committee for row in waiting}):
        seats = {group["id"]: group["seats"] - group["experts"] for group in groups if group["committee"] == committee}
        chosen: dict[int, list[int]] = {group: [] for group in seats}
        for row in (one for one in waiting if one.committee == committee):
            open_groups = [group for group in seats if len(chosen[group]) < seats[group]]
            if not open_groups:
                break
            chosen[min(open_groups, key=lambda group: (len(chosen[group]) / seats[group], group))].append(row.expert)
        for group, experts in chosen.items():
            if experts:
                inside = sa.and_(x.meeting == meeting, x.expert.in_(experts))
                placed += tx.execute(sa.update(meeting_expert).where(inside).values(group=group)).rowcount
    return placed


def changeable_meeting(tx: Transaction, actor: Actor, meeting: int) -> Meeting:
    """The meeting, while its experts may change. Raises `NotFound`, `NotAllowed`, `Refused`."""
    held = editable_meeting(tx, actor, meeting)
    _refuse_late(held)
    return held


def may_know_experts(tx: Transaction, actor: Actor, meeting: Meeting, post: str | None) -> None:
    """Raise `NotAllowed` unless the actor sits in the meeting, calls it, stands above it, or audits it (J19)."""
    if post is None:
        require_watcher(actor)


def _refuse_late(meeting: Meeting) -> None:
    if meeting.status in ROLL_MADE:
        raise Refused(LATE)


def _row(tx: Transaction, meeting: int, expert: int) -> Mapping[str, Any]:
    row = tx.row(sa.select(meeting_expert).where(x.meeting == meeting, x.expert == expert))
    if row is None:
        raise NotFound("这位评委不在会议中，请刷新后查看。")
    return dict(row._mapping)


def _change(tx: Transaction, meeting: int, expert: int, **values: Any) -> None:
    tx.execute(sa.update(meeting_expert).where(x.meeting == meeting, x.expert == expert).values(**values))
