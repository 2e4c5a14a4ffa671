"""票源 (M17): who signed in and votes, and who of them does not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.access import Actor
from engine.committee.tables import expert as known
from engine.db import Transaction
from engine.errors import InvalidInput, NotFound, Refused
from engine.flow.completion import complete_task
from engine.flow.decision_query import evaluate_decision
from engine.flow.queries import is_visible
from engine.flow.tables import task
from engine.review_meeting.balloting.ballots import ballots_of
from engine.review_meeting.balloting.entitled import keeping_out
from engine.review_meeting.balloting.standing import require_helper
from engine.review_meeting.balloting.tables import roll_exclusion
from engine.review_meeting.conflicts.recusals import recused
from engine.review_meeting.tables import (
    ExpertPost,
    ExpertSource,
    Invitation,
    meeting_committee,
    meeting_dossier,
    meeting_expert,
    meeting_group,
    review_meeting,
)

LONGEST_REASON = 200
ROLL_TASK = "generate_roll"
QUORUM = "quorum"
#: steps at which the roll may still change: nothing is open yet
CHANGEABLE = (ROLL_TASK, "open_ballot", "handle_failed_quorum")

m, x, e, c, d = review_meeting.c, meeting_expert.c, roll_exclusion.c, meeting_committee.c, meeting_dossier.c


@dataclass(frozen=True, slots=True)
class Voter:
    """An expert of the meeting as the roll shows them: `present` signed in and did not leave, `excluded` says why not chosen,
    `aside` that they keep out of every dossier of their committee: they attend and get no ballot."""

    expert: int
    committee: int
    name: str
    login: str
    workplace: str
    group: str
    group_id: int | None
    post: ExpertPost
    source: ExpertSource
    specialty: str
    title_name: str
    signed_in_at: datetime | None
    signed_out_at: datetime | None
    present: bool
    excluded: str | None
    identity_type: str
    identity_number: str
    phone: str
    aside: bool

    @property
    def votes(self) -> bool:
        return self.present and self.excluded is None


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many are there, of how many, and how many it takes."""

    present: int
    members: int
    needed: int
    reached: bool


def roll_of(tx: Transaction, meeting: int, committee: int | None = None) -> Sequence[Voter]:
    """All experts of a meeting, or of one of its committees, by committee, group and name. The caller has authorised."""
    g = meeting_group.c
    query = (
        sa.select(meeting_expert, g.name.label("group_name"), e.reason.label("excluded"))
        .add_columns(known.c.identity_type, known.c.identity_number, known.c.phone, known.c.title_name)
        .join(known, known.c.id == x.expert, isouter=True)
        .join(meeting_group, g.id == x.group, isouter=True)
        .join(roll_exclusion, sa.and_(e.meeting == x.meeting, e.expert == x.expert), isouter=True)
        .where(x.meeting == meeting, x.invited != Invitation.DECLINED)
        .order_by(x.committee, x.group, x.name, x.expert)
    )
    rows = tx.rows(query if committee is None else query.where(x.committee == committee))
    aside = _aside(tx, meeting)
    return [
        Voter(
            expert=row.expert,
            committee=row.committee,
            name=row.name,
            login=row.login,
            workplace=row.workplace,
            group=row.group_name or "",
            group_id=row.group,
            post=row.post,
            source=row.source,
            specialty=row.specialty or "",
            title_name=row.title_name or "",
            signed_in_at=row.signed_in_at,
            signed_out_at=row.signed_out_at,
            present=row.signed_in_at is not None and row.signed_out_at is None,
            excluded=row.excluded,
            identity_type=row.identity_type or "",
            identity_number=row.identity_number or "",
            phone=row.phone or "",
            aside=row.expert in aside.get(row.committee, ()),
        )
        for row in rows
    ]


def _aside(tx: Transaction, meeting: int) -> Mapping[int, frozenset[int]]:
    """By committee, who keeps out of all of its dossiers."""
    dossiers: dict[int, list[int]] = {}
    for row in tx.rows(sa.select(d.committee, d.declaration).where(d.meeting == meeting)):
        dossiers.setdefault(row.committee, []).append(row.declaration)
    recusals = recused(tx, meeting)
    return {committee: keeping_out(recusals, keys) for committee, keys in dossiers.items()}


def make_roll(tx: Transaction, actor: Actor, meeting: int) -> None:
    """确认票源: the step of the meeting is done, and each committee's quorum is counted from what the roll then is.

    Raises `NotFound` where the step does not wait, `Refused` while nobody at all is on the roll.
    """
    waiting = tx.value(sa.select(task.c.key).where(task.c.case_key == meeting, task.c.element_id == ROLL_TASK))
    if waiting is None:
        raise NotFound("票源已经生成，或还没有到这一步。")
    if not any(voter.votes for voter in roll_of(tx, meeting)):
        raise Refused("还没有评委签到，不能生成票源。")
    complete_task(tx, actor, waiting, outcome="confirm")


def quorums_of(tx: Transaction, meeting: int, voters: Sequence[Voter]) -> Mapping[int, Quorum]:
    """By committee, whether those on the roll are enough as the rule in force says (J06)."""
    found = {}
    for committee, members in members_of(tx, meeting).items():
        present = sum(voter.votes for voter in voters if voter.committee == committee)
        _, answer = evaluate_decision(tx, QUORUM, None, {"present": present, "members": members})
        assert isinstance(answer.value, dict)
        found[committee] = Quorum(present, members, int(answer.value["needed"]), answer.value["reached"] is True)
    return found


def members_of(tx: Transaction, meeting: int) -> dict[int, int]:
    """How many members each committee of the meeting has: what a quorum is counted from (J06)."""
    return {row.committee: row.members for row in tx.rows(sa.select(meeting_committee).where(c.meeting == meeting))}


def may_change_roll(tx: Transaction, meeting: int) -> bool:
    """Whether a step of the meeting or of one of its ballots waits at which the roll is made."""
    cases = [meeting, *(ballot.key for ballot in ballots_of(tx, meeting))]
    waiting = sa.select(task.c.key).where(task.c.case_key.in_(cases), task.c.element_id.in_(CHANGEABLE))
    return tx.row(waiting.limit(1)) is not None


def choose_voters(
    tx: Transaction, actor: Actor, meeting: int, experts: Sequence[int], *, votes: bool, reason: str
) -> None:
    """Take experts off the roll (取消选择), or put them back on it; a reason is asked for taking off.

    Raises `NotAllowed` for anybody but who presides and the office, `Refused` once no ballot waits to be opened, since
    what a round froze stays.
    """
    if tx.row(sa.select(m.case_key).where(m.case_key == meeting, is_visible(m.case_key, actor))) is None:
        raise NotFound
    require_helper(tx, actor, meeting)
    if not may_change_roll(tx, meeting):
        raise Refused("现在不在票源生成环节，不能修改票源。")
    known = {voter.expert for voter in roll_of(tx, meeting)}
    chosen = [expert for expert in dict.fromkeys(experts) if expert in known]
    if not chosen:
        raise InvalidInput("请先选择评委。")
    tx.execute(sa.delete(roll_exclusion).where(e.meeting == meeting, e.expert.in_(chosen)))
    if votes:
        return
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        sentence = f"请写明取消选择的原因，不超过 {LONGEST_REASON} 字。"
        raise InvalidInput(sentence, {"reason": [sentence]})
    for expert in chosen:
        tx.insert(roll_exclusion, meeting=meeting, expert=expert, reason=reason, at=tx.now, by=actor.login)
