"""From the roll to an open round, and its end before the count: the inline jobs of the diagram."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import SYSTEM
from engine.committee.tables import committee as registered
from engine.db import Transaction
from engine.errors import Refused
from engine.flow.contexts import JobContext
from engine.flow.definitions import get_definition
from engine.flow.registry import registry_of
from engine.flow.tables import DefinitionKind
from engine.review_meeting.balloting.ballots import current_round, open_round_of
from engine.review_meeting.balloting.entitled import keeping_out
from engine.review_meeting.balloting.keys import destroy_after_commit, make_key
from engine.review_meeting.balloting.roll import Voter, members_of, roll_of
from engine.review_meeting.balloting.standing import presiding_login
from engine.review_meeting.balloting.tables import (
    Outcome,
    RoundKind,
    ballot_dossier,
    ballot_recusal,
    ballot_roll,
    ballot_round,
    named_choice,
    sealed_paper,
    tally,
)
from engine.review_meeting.conflicts.recusals import recused
from engine.review_meeting.tables import meeting_dossier, meeting_group, review_meeting

b, d, t = ballot_round.c, meeting_dossier.c, tally.c
NO_REASON = "没有写明原因"


def take_roll(tx: Transaction, context: JobContext) -> Mapping[str, object]:
    """The inline job `take_roll`: who of the committee is there and chosen, of how many members, under whose chair (J06, Q27)."""
    meeting, committee = int(context.variables["meeting"]), int(context.variables["committee"])
    logins = [voter.login for voter in _voters(tx, meeting, committee)]
    unit = tx.value(sa.select(review_meeting.c.unit).where(review_meeting.c.case_key == meeting))
    code = tx.value(sa.select(registered.c.code).where(registered.c.id == committee))
    return {
        "unit": unit,
        "committee_code": code,
        "presiding": presiding_login(tx, meeting) or context.variables["presiding"],
        "roll": logins,
        "present": len(logins),
        "members": members_of(tx, meeting).get(committee, 0),
    }


def open_round(tx: Transaction, context: JobContext) -> Mapping[str, object]:
    """The inline job `open_round`: roll, dossiers, recusals, kind and rule of the round are fixed; a secret one gets its key.

    The headers `decision` and `version_tag` name the rule, `kind` = paper a round without a box. After a round that left
    dossiers undecided only those are voted on. `voters` are the logins that get a ballot: who keeps out of every dossier of
    the round is on the roll and gets none. Raises `Refused` where somebody came or went since the roll was taken; on
    paper, where a network failed in the middle, those vote whom the quorum was counted from.
    """
    meeting, committee = int(context.variables["meeting"]), int(context.variables["committee"])
    kind, roll = _kind(context), set(context.variables["roll"])
    voters = [voter for voter in roll_of(tx, meeting, committee) if voter.login in roll]
    if kind is not RoundKind.PAPER and {voter.login for voter in _voters(tx, meeting, committee)} != roll:
        raise Refused("清点之后有评委签到、签退或被取消选择，请先重新清点出席。")
    dossiers = _dossiers(tx, context.case_key, meeting, committee)
    if not dossiers:
        raise Refused("本评委会没有可以表决的参评材料，请核对材料分组。")
    number, key = _next_number(tx, context.case_key), tx.next_key()
    opening = context.variables["opening"]
    name, public_key = make_key(tx) if kind is RoundKind.SECRET else (None, None)
    rule, version = _rule(tx, context)
    tx.insert(
        ballot_round,
        key=key,
        ballot=context.case_key,
        meeting=meeting,
        committee=committee,
        no=number,
        kind=kind,
        allow_abstain=opening.get("allow_abstain") is True and kind is not RoundKind.PAPER,
        members=int(context.variables["members"]),
        rule=rule,
        rule_version=version,
        public_key=public_key,
        key_name=name,
        opened_at=tx.now,
        opened_by=(context.actor or SYSTEM).login,
        closes_at=_instant(opening.get("closes_at")),
        closed_at=None,
        closed_by=None,
        counted_at=None,
        papers=None,
        receipts=None,
        confirmed_at=None,
        confirmed_by=None,
        announced_by=None,
        voided_at=None,
        void_reason="",
    )
    recusals = recused(tx, meeting, committee)
    _freeze(tx, key, voters, dossiers, recusals)
    aside = keeping_out(recusals, dossiers)
    return {"round": number, "voters": [voter.login for voter in voters if voter.expert not in aside]}


def close_round(tx: Transaction, context: JobContext) -> None:
    """The inline job `close_round`: from here on no paper is taken (J08)."""
    held = open_round_of(tx, context.case_key)
    by = (context.actor or SYSTEM).login
    tx.execute(sa.update(ballot_round).where(b.key == held.key).values(closed_at=tx.now, closed_by=by))


def void_round(tx: Transaction, context: JobContext) -> None:
    """The inline job `void_round`: nothing of the round counts; what was cast goes unopened, and so does its key.

    The header `reason` names the variable that says why.
    """
    held = open_round_of(tx, context.case_key)
    reason = str(context.variables.get(context.headers["reason"]) or NO_REASON)[:500]
    tx.execute(sa.update(ballot_round).where(b.key == held.key).values(voided_at=tx.now, void_reason=reason))
    for table in (sealed_paper, named_choice):
        tx.execute(sa.delete(table).where(table.c.round == held.key))
    destroy_after_commit(tx, held.key_name)


def _voters(tx: Transaction, meeting: int, committee: int) -> Sequence[Voter]:
    return [voter for voter in roll_of(tx, meeting, committee) if voter.votes]


def _dossiers(tx: Transaction, ballot: int, meeting: int, committee: int) -> Sequence[int]:
    """What is voted on: what the last round left undecided, else everything of the committee, by group and number."""
    before = current_round(tx, ballot)
    group = meeting_group.c
    query = (
        sa.select(d.declaration)
        .join(meeting_group, group.id == d.group, isouter=True)
        .where(d.meeting == meeting, d.committee == committee)
        .order_by(group.id, d.declaration_no)
    )
    if before is not None and before.counted_at is not None:
        undecided = sa.select(t.declaration).where(t.round == before.key, t.outcome == Outcome.UNDECIDED)
        query = query.where(d.declaration.in_(undecided))
    return [row.declaration for row in tx.rows(query)]


def _next_number(tx: Transaction, ballot: int) -> int:
    return int(tx.value(sa.select(sa.func.max(b.no)).where(b.ballot == ballot)) or 0) + 1


def _kind(context: JobContext) -> RoundKind:
    if context.headers.get("kind") == RoundKind.PAPER:
        return RoundKind.PAPER
    return RoundKind.NAMED if context.variables.get("ballot_mode") == RoundKind.NAMED else RoundKind.SECRET


def _rule(tx: Transaction, context: JobContext) -> tuple[int, str]:
    """The key of the decision that will count, and what it is called: a version published later changes nothing."""
    decision, tag = context.headers["decision"], context.headers.get("version_tag")
    found = registry_of(tx).library.bound(tx, DefinitionKind.DECISION, decision, "versionTag", tag, 0)
    if found is None:
        raise Refused(f"计票规则 {decision}（{tag}）尚未发布，请联系管理员。")
    return found.key, f"{get_definition(tx, found.key).name} {tag}（第 {found.version} 版）"


def _instant(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) and text else None


def _freeze(
    tx: Transaction, key: int, voters: Sequence[Voter], dossiers: Sequence[int], recusals: set[tuple[int, int]]
) -> None:
    for voter in voters:
        tx.insert(
            ballot_roll,
            round=key,
            expert=voter.expert,
            login=voter.login,
            name=voter.name,
            group=voter.group_id,
            cast_at=None,
        )
    for place, declaration in enumerate(dossiers):
        tx.insert(ballot_dossier, round=key, place=place, declaration=declaration)
    voting, voted_on = {voter.expert for voter in voters}, set(dossiers)
    for declaration, expert in sorted(recusals):
        if expert in voting and declaration in voted_on:
            tx.insert(ballot_recusal, round=key, expert=expert, declaration=declaration)
