"""Recusals of a meeting (J13): what facts bar is written down, what they leave open is asked, experts withdraw, the office orders."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.committee.tables import expert
from engine.db import Transaction
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused
from engine.notification import Recipient, notify
from engine.organisation.tables import account
from engine.review_meeting.conflicts.finding import Conflict, Strength, conflicts_between
from engine.review_meeting.conflicts.tables import RecusalSource, RecusalState, dossier_recusal, interest_statement
from engine.review_meeting.scoring.reassigning import reroute_review
from engine.review_meeting.seats import keeps_meeting, meeting_row, need_seat, seat_of, seated_experts
from engine.review_meeting.tables import meeting_dossier, meeting_expert, meeting_group

LONGEST = 500

r, s, d, x, g = dossier_recusal.c, interest_statement.c, meeting_dossier.c, meeting_expert.c, meeting_group.c


@dataclass(frozen=True, slots=True)
class Recusal:
    """One row as pages show it."""

    declaration: int
    declaration_no: str
    expert: int
    expert_name: str
    group: int | None
    source: RecusalSource
    state: RecusalState
    reason: str
    evidence: Sequence[str]
    at: datetime
    decision: str
    #: the expert is to review this very dossier
    reviews: bool


def find_conflicts(tx: Transaction, actor: Actor, meeting: int) -> list[Conflict]:
    """The conflicts between the experts of a meeting and its dossiers, each expert compared with the committee's dossiers.

    For the office and whoever presides; a leader reads those of the own groups. Raises `NotFound`.
    """
    seat = seat_of(tx, actor, meeting)
    whole = keeps_meeting(tx, actor, meeting) or (seat is not None and seat.is_chair)
    if not whole and not (seat is not None and seat.leads):
        raise NotFound
    found = conflicts_in(tx, meeting)
    if whole or seat is None:
        return found
    mine = {row.declaration for row in tx.rows(sa.select(d.declaration).where(d.group.in_(sorted(seat.leads))))}
    return [one for one in found if one.declaration in mine]


def conflicts_in(tx: Transaction, meeting: int, groups: Collection[int] | None = None) -> list[Conflict]:
    """The same for all dossiers of the meeting or of these groups. The caller has authorised."""
    held = meeting_row(tx, meeting)
    query = sa.select(d.declaration, d.committee).where(d.meeting == meeting)
    if groups is not None:
        query = query.where(d.group.in_(sorted(groups)))
    by_committee: dict[int, list[int]] = {}
    for row in tx.rows(query):
        by_committee.setdefault(row.committee, []).append(row.declaration)
    seated = seated_experts(tx, meeting)
    found: list[Conflict] = []
    for committee, declarations in by_committee.items():
        experts = [key for key, row in seated.items() if row["committee"] == committee]
        found += conflicts_between(tx, held["year"], held["unit"], experts, declarations)
    return found


def record_conflicts(tx: Transaction, actor: Actor, meeting: int, groups: Collection[int] | None = None) -> int:
    """Write down what the facts say: what bars is in force at once, what is only asked waits for the expert. How many are new.

    What was decided before stays as it is. The caller has authorised.
    """
    known = {
        (row.declaration, row.expert) for row in tx.rows(sa.select(r.declaration, r.expert).where(r.meeting == meeting))
    }
    told: dict[tuple[int, int], list[Conflict]] = {}
    for one in conflicts_in(tx, meeting, groups):
        told.setdefault((one.declaration, one.expert), []).append(one)
    fresh = {pair: found for pair, found in told.items() if pair not in known}
    for (declaration, who), found in fresh.items():
        hard = any(one.strength is Strength.HARD for one in found)
        _write(
            tx,
            actor,
            (meeting, declaration, who),
            RecusalSource.FOUND,
            RecusalState.ACTIVE if hard else RecusalState.ASKED,
            "、".join(dict.fromkeys(one.words for one in found)),
            [one.evidence for one in found],
        )
    tx.flush()
    return len(fresh)


def find_and_record(tx: Transaction, actor: Actor, meeting: int) -> int:
    """查找回避关系: the office, or whoever presides, has the facts looked through and written down; how many are new."""
    _need_office(tx, actor, meeting)
    return record_conflicts(tx, actor, meeting)


def declare_recusal(tx: Transaction, actor: Actor, meeting: int, declaration: int, reason: str) -> None:
    """An expert withdraws from a dossier of the own committee; the leader of its group is told where it was assigned.

    Raises `InvalidInput` without a reason, `NotFound` for a dossier of another committee.
    """
    seat = need_seat(tx, actor, meeting)
    reason = _checked(reason, "reason", "请写明回避的原因")
    _dossier(tx, meeting, declaration, seat.committee)
    key = (meeting, declaration, seat.expert)
    _write(tx, actor, key, RecusalSource.DECLARED, RecusalState.ACTIVE, reason, _evidence(tx, key))
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
    _need_office(tx, actor, meeting)
    reason = _checked(reason, "reason", "请写明责令回避的理由")
    seated = seated_experts(tx, meeting).get(expert_id)
    if seated is None:
        raise NotFound
    _dossier(tx, meeting, declaration, seated["committee"])
    key = (meeting, declaration, expert_id)
    _write(tx, actor, key, RecusalSource.ORDERED, RecusalState.ACTIVE, reason, _evidence(tx, key))
    tx.flush()
    _follow(tx, actor, meeting, declaration, expert_id, seated["name"])


def lift_recusal(tx: Transaction, actor: Actor, meeting: int, declaration: int, expert_id: int, reason: str) -> None:
    """解除回避: the office finds no reason to keep the expert out. Nobody lifts the own recusal."""
    _need_office(tx, actor, meeting)
    reason = _checked(reason, "reason", "请写明解除回避的理由")
    seat = seat_of(tx, actor, meeting)
    if seat is not None and seat.expert == expert_id:
        raise NotAllowed("本人的回避应由评审办公室解除。")
    _decide(tx, actor, (meeting, declaration, expert_id), RecusalState.LIFTED, reason)


@dataclass(frozen=True, slots=True)
class RecusalPage:
    """A page of recusals; `counts` by state, `touching` how many of those in force keep out a reviewer of that very dossier."""

    rows: Sequence[Recusal]
    counts: Mapping[RecusalState, int]
    touching: int


def list_recusals(
    tx: Transaction,
    actor: Actor,
    meeting: int,
    *,
    state: RecusalState | None = None,
    page: int = 1,
    size: int = 50,
) -> RecusalPage:
    """The recusals of a meeting, those that touch an assignment first; leaders read those of their groups. Raises `NotFound`."""
    seat = seat_of(tx, actor, meeting)
    mine = [r.meeting == meeting]
    if not keeps_meeting(tx, actor, meeting) and not (seat is not None and seat.is_chair):
        if seat is None or not seat.leads:
            raise NotFound
        mine.append(d.group.in_(sorted(seat.leads)))
    counted = (
        sa.select(r.state, _reviews.label("reviews"), sa.func.count().label("number"))
        .join(meeting_dossier, _same_dossier)
        .where(*mine)
        .group_by(r.state, _reviews)
    )
    counts = tx.rows(counted)
    query = _listed().where(*mine)
    if state is not None:
        query = query.where(r.state == state)
    rows = _recusals(tx, query.limit(size).offset((max(page, 1) - 1) * size))
    touching = sum(row.number for row in counts if row.reviews and row.state is RecusalState.ACTIVE)
    return RecusalPage(
        rows, {one: sum(row.number for row in counts if row.state is one) for one in RecusalState}, touching
    )


def own_recusals(
    tx: Transaction, meeting: int, expert_id: int, *, only: Collection[int] | None = None
) -> dict[int, Recusal]:
    """What is known of one expert, by declaration. The caller is that expert, or has authorised."""
    query = _listed().where(r.meeting == meeting, r.expert == expert_id)
    if only is not None:
        query = query.where(r.declaration.in_(sorted(only)))
    return {one.declaration: one for one in _recusals(tx, query)}


def stated(tx: Transaction, meeting: int, expert_id: int) -> set[int]:
    """The dossiers the expert has stated to have nothing to do with."""
    query = sa.select(s.declaration).where(s.meeting == meeting, s.expert == expert_id)
    return {row.declaration for row in tx.rows(query)}


_same_dossier = sa.and_(d.meeting == r.meeting, d.declaration == r.declaration)
_reviews = sa.func.coalesce(sa.or_(d.primary_expert == r.expert, d.secondary_expert == r.expert), sa.false())


def _listed() -> sa.Select[Any]:
    return (
        sa.select(
            dossier_recusal, d.declaration_no, d.group, expert.c.name.label("expert_name"), _reviews.label("reviews")
        )
        .join(meeting_dossier, _same_dossier)
        .join(expert, expert.c.id == r.expert)
        .order_by(_reviews.desc(), r.state, d.declaration_no, r.expert)
    )


def _recusals(tx: Transaction, query: sa.Select[Any]) -> list[Recusal]:
    return [
        Recusal(
            declaration=row.declaration,
            declaration_no=row.declaration_no,
            expert=row.expert,
            expert_name=row.expert_name,
            group=row.group,
            source=row.source,
            state=row.state,
            reason=row.reason,
            evidence=row.evidence,
            at=row.at,
            decision=row.decision,
            reviews=bool(row.reviews) and row.state is RecusalState.ACTIVE,
        )
        for row in tx.rows(query)
    ]


def _write(
    tx: Transaction,
    actor: Actor,
    key: tuple[int, int, int],
    source: RecusalSource,
    state: RecusalState,
    reason: str,
    evidence: Iterable[str],
) -> None:
    meeting, declaration, expert_id = key
    row: dict[str, Any] = {
        "meeting": meeting,
        "declaration": declaration,
        "expert": expert_id,
        "source": source,
        "state": state,
        "reason": reason[:LONGEST],
        "evidence": list(evidence),
        "at": tx.now,
        "by": actor.login,
        "decided_at": None,
        "decided_by": None,
        "decision": "",
    }
    tx.writes.upsert(
        dossier_recusal, row, tuple(name for name in row if name not in ("meeting", "declaration", "expert"))
    )


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


def _need_office(tx: Transaction, actor: Actor, meeting: int) -> None:
    """Raise `NotFound` for strangers, `NotAllowed` for experts who do not preside."""
    if keeps_meeting(tx, actor, meeting):
        return
    seat = need_seat(tx, actor, meeting)
    if not seat.is_chair:
        raise NotAllowed("回避由评审办公室或者主任决定。")


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
