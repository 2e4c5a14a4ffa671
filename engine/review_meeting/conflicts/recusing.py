"""Recusals decided by people (J13): experts withdraw or state to have no interest, the office orders and lifts."""

from collections.abc import Sequence

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused
from engine.notification import Recipient, notify
from engine.organisation.tables import account
from engine.review_meeting.conflicts.offices import need_office
from engine.review_meeting.conflicts.tables import RecusalSource, RecusalState, dossier_recusal, interest_statement
from engine.review_meeting.conflicts.writing import LONGEST, write_recusal
from engine.review_meeting.scoring.reassigning import reroute_review
from engine.review_meeting.seats import need_seat, seat_of, seated_experts
from engine.review_meeting.tables import meeting_dossier, meeting_expert, meeting_group

r, d, x, g = dossier_recusal.c, meeting_dossier.c, meeting_expert.c, meeting_group.c


def declare_recusal(tx: Transaction, actor: Actor, meeting: int, declaration: int, reason: str) -> None:
    """An expert withdraws from a dossier of the own committee; the leader of its group is told where it was assigned.

    Raises `InvalidInput` without a reason, `NotFound` for a dossier of another committee.
    """
    seat = need_seat(tx, actor, meeting)
    reason = _checked(reason, "reason", "请写明回避的原因")
    _dossier(tx, meeting, declaration, seat.committee)
    key = (meeting, declaration, seat.expert)
    write_recusal(tx, actor, key, RecusalSource.DECLARED, RecusalState.ACTIVE, reason, _evidence(tx, key))
    tx.flush()
    _follow(tx, actor, meeting, declaration, seat.expert, seat.name)


def state_no_interest(
    tx: Transaction, actor: Actor, meeting: int, declarations: Sequence[int], explanation: str = ""
) -> None:
    """An expert states to have nothing to do with these dossiers, before they open.

    Where the facts have asked, an explanation is needed. Raises `InvalidInput`, `Refused` where the expert is recused.
    """
    seat = need_seat(tx, actor, meeting)
    mine = sa.and_(r.meeting == meeting, r.expert == seat.expert, r.declaration.in_(sorted(declarations)))
    held = {row.declaration: row for row in tx.rows(sa.select(dossier_recusal).where(mine))}
    explanation = explanation.strip()
    for declaration in dict.fromkeys(declarations):
        _dossier(tx, meeting, declaration, seat.committee)
        known = held.get(declaration)
        if known is not None and known.state is RecusalState.ACTIVE:
            raise Refused("您须回避这份材料，不能查阅。")
        if known is not None and known.state is RecusalState.ASKED:
            _checked(explanation, "explanation", "系统查到可能需要回避的关系，请说明为什么不影响公正评审")
            _decide(tx, actor, (meeting, declaration, seat.expert), RecusalState.LIFTED, explanation)
        statement = {"meeting": meeting, "declaration": declaration, "expert": seat.expert, "at": tx.now}
        tx.writes.upsert(interest_statement, statement, ("at",))


def order_recusal(tx: Transaction, actor: Actor, meeting: int, declaration: int, expert_id: int, reason: str) -> None:
    """责令回避: the office, or whoever presides, keeps an expert out of a dossier. Raises `InvalidInput` without a reason."""
    need_office(tx, actor, meeting)
    reason = _checked(reason, "reason", "请写明责令回避的理由")
    seated = seated_experts(tx, meeting).get(expert_id)
    if seated is None:
        raise NotFound
    _dossier(tx, meeting, declaration, seated["committee"])
    key = (meeting, declaration, expert_id)
    write_recusal(tx, actor, key, RecusalSource.ORDERED, RecusalState.ACTIVE, reason, _evidence(tx, key))
    tx.flush()
    _follow(tx, actor, meeting, declaration, expert_id, seated["name"])


def lift_recusal(tx: Transaction, actor: Actor, meeting: int, declaration: int, expert_id: int, reason: str) -> None:
    """解除回避: the office finds no reason to keep the expert out. Nobody lifts the own recusal."""
    need_office(tx, actor, meeting)
    reason = _checked(reason, "reason", "请写明解除回避的理由")
    seat = seat_of(tx, actor, meeting)
    if seat is not None and seat.expert == expert_id:
        raise NotAllowed("本人的回避应由评审办公室解除。")
    _decide(tx, actor, (meeting, declaration, expert_id), RecusalState.LIFTED, reason)


def _decide(tx: Transaction, actor: Actor, key: tuple[int, int, int], state: RecusalState, decision: str) -> None:
    meeting, declaration, expert_id = key
    here = sa.and_(r.meeting == meeting, r.declaration == declaration, r.expert == expert_id)
    values = {"state": state, "decision": decision[:LONGEST], "decided_at": tx.now, "decided_by": actor.login}
    if not tx.execute(sa.update(dossier_recusal).where(here).values(values)).rowcount:
        raise NotFound


def _evidence(tx: Transaction, key: tuple[int, int, int]) -> list[str]:
    meeting, declaration, expert_id = key
    here = sa.and_(r.meeting == meeting, r.declaration == declaration, r.expert == expert_id)
    return list(tx.value(sa.select(r.evidence).where(here)) or ())


def _dossier(tx: Transaction, meeting: int, declaration: int, committee: int) -> None:
    here = sa.and_(d.meeting == meeting, d.declaration == declaration, d.committee == committee)
    if tx.row(sa.select(d.declaration).where(here)) is None:
        raise NotFound


def _checked(text: str, field: str, missing: str) -> str:
    text = text.strip()
    if not text:
        raise InvalidInput(fields={field: [missing]})
    if len(text) > LONGEST:
        raise InvalidInput(fields={field: [f"最多 {LONGEST} 个字，现有 {len(text)} 个"]})
    return text


def _follow(tx: Transaction, actor: Actor, meeting: int, declaration: int, expert_id: int, name: str) -> None:
    """What a recusal means for a review that runs: others confirm in place of leader or chair, reviewers are to be replaced."""
    reroute_review(tx, actor, meeting, declaration, f"{name}须回避")
    _tell_leader(tx, meeting, declaration, expert_id, name)


def _tell_leader(tx: Transaction, meeting: int, declaration: int, expert_id: int, name: str) -> None:
    """An assignment that fell away shows at once: the leader of the group gets a line in the bell."""
    a = account.c
    query = (
        sa.select(a.id, a.email, a.mobile, d.declaration_no, d.group)
        .join(meeting_group, g.id == d.group)
        .join(meeting_expert, sa.and_(x.meeting == d.meeting, x.expert == g.leader))
        .join(account, a.login == x.login)
        .where(d.meeting == meeting, d.declaration == declaration)
        .where(sa.or_(d.primary_expert == expert_id, d.secondary_expert == expert_id))
    )
    row = tx.row(query)
    if row is not None:
        text = f"{name}须回避 {row.declaration_no}，原来的分配已失效，请重新分配主审或副审。"
        recipient = Recipient(row.id, row.email or "", row.mobile or "")
        url = f"/review-meetings/{meeting}/assignment?group={row.group}"
        notify(tx, recipient, "plain", {"subject": "分配须调整", "text": text}, case_key=meeting, url=url)
