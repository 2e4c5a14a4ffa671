"""Casting (M19): once, in person, before the end, and nothing of how is kept that could be read."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput, NotFound, Refused, StaleTask
from engine.flow.completion import complete_task
from engine.flow.queries import TaskView, get_task
from engine.flow.tables import task_done
from engine.review_meeting.balloting.ballots import ballots_of, current_round
from engine.review_meeting.balloting.entitled import without_ballot
from engine.review_meeting.balloting.papers import Paper, is_receipt, seal
from engine.review_meeting.balloting.tables import (
    Choice,
    RoundKind,
    ballot_dossier,
    ballot_recusal,
    ballot_roll,
    named_choice,
    sealed_paper,
)

FORM = "secret_ballot"
r, d, x, o = ballot_roll.c, ballot_dossier.c, ballot_recusal.c, task_done.c


class AlreadyCast(Refused):
    """您的选票已经投出，每人只能投一次，不能修改。"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The ballot of one expert: `places` are the round's dossiers in their order, `recused` those they keep out of. `aside` is
    how many of those there had no ballot, once the receipts are out."""

    round: sa.Row[Any]
    expert: int
    name: str
    places: Sequence[int]
    recused: frozenset[int]
    cast_at: datetime | None
    is_open: bool
    aside: int = 0

    @property
    def votable(self) -> list[int]:
        return [declaration for declaration in self.places if declaration not in self.recused]


def sheet_of(tx: Transaction, actor: Actor, task_key: int) -> Sheet:
    """The ballot behind a task of the actor's own; nobody opens that of another. Raises `NotFound`."""
    view = get_task(tx, actor, task_key)
    held, own = _round_of(tx, actor, view)
    places = [row.declaration for row in tx.rows(sa.select(d.declaration).where(d.round == held.key).order_by(d.place))]
    kept_out = tx.rows(sa.select(x.declaration).where(x.round == held.key, x.expert == own.expert))
    return Sheet(
        round=held,
        expert=own.expert,
        name=own.name,
        places=places,
        recused=frozenset(row.declaration for row in kept_out),
        cast_at=own.cast_at,
        is_open=view.is_open and held.closed_at is None,
        aside=len(without_ballot(tx, held.key)) if held.receipts else 0,
    )


def papers_cast(tx: Transaction, actor: Actor, meeting: int) -> Sequence[int]:
    """The actor's own tasks of a meeting's ballots that are over, by which the ballot page says whether the paper was counted."""
    ballots = [one.key for one in ballots_of(tx, meeting)]
    own = sa.and_(o.case_key.in_(ballots), o.assignee == actor.login, o.form_id == FORM)
    return [row.key for row in tx.rows(sa.select(o.key).where(own).order_by(o.key))] if ballots else []


def has_no_ballot(tx: Transaction, actor: Actor, meeting: int) -> bool:
    """Whether the actor is on the roll of a round and keeps out of every dossier of it."""
    for ballot in ballots_of(tx, meeting):
        held = current_round(tx, ballot.key)
        own = held and tx.row(sa.select(r.expert).where(r.round == held.key, r.login == actor.login))
        if held is not None and own is not None and own.expert in without_ballot(tx, held.key):
            return True
    return False


def _round_of(tx: Transaction, actor: Actor, view: TaskView) -> tuple[sa.Row[Any], sa.Row[Any]]:
    """The round of a task and the actor's line on its roll."""
    row = view.row
    if row["form_id"] != FORM or row["assignee"] != actor.login:
        raise NotFound
    held = current_round(tx, row["case_key"])
    own = held and tx.row(sa.select(ballot_roll).where(r.round == held.key, r.login == actor.login))
    if held is None or own is None:
        raise NotFound
    return held, own


def cast_ballot(
    tx: Transaction,
    actor: Actor,
    task_key: int,
    marks: Mapping[int, Choice],
    *,
    receipt: str,
    arrived_at: datetime | None = None,
) -> None:
    """Cast the actor's ballot: the roll says so, the paper is sealed, the task is done, all in this transaction.

    `marks` are choices by declaration; a dossier without one is 不同意 (Q25: not cast is not agreed). `receipt` is the
    code the page showed; it is sealed with the paper and published among all codes after the count. Nothing of the marks
    is in an error. Raises `AlreadyCast`, `NotFound` for a proxy, `InvalidInput` for marks the paper does not have,
    `StaleTask` and `Refused` once the round is closed (J08).
    """
    sheet = sheet_of(tx, actor, task_key)
    if sheet.cast_at is not None:
        raise AlreadyCast
    _check(sheet, marks, receipt)
    # first, under the lock of the case: where the time has run out its closing is kept, and nothing of this paper may be
    complete_task(tx, actor, task_key, arrived_at=arrived_at, secretly=True)
    if tx.execute(_mark_roll(sheet, tx.now)).rowcount != 1:
        raise AlreadyCast
    choices = [None if one in sheet.recused else marks.get(one, Choice.NO) for one in sheet.places]
    _put_in(tx, sheet, choices, receipt)


def _check(sheet: Sheet, marks: Mapping[int, Choice], receipt: str) -> None:
    if sheet.round.closed_at is not None:
        raise StaleTask("投票已经结束，不再收票。")
    if not is_receipt(receipt):
        raise InvalidInput("选票页面不完整，请刷新后重新投票。")
    if not marks.keys() <= set(sheet.votable):
        raise InvalidInput("选票上有不能由您表决的材料，请刷新后重新投票。")
    if Choice.ABSTAIN in marks.values() and not sheet.round.allow_abstain:
        raise InvalidInput("本轮投票没有弃权选项，请选择同意或不同意。")


def _mark_roll(sheet: Sheet, at: datetime) -> sa.Update:
    own = sa.and_(r.round == sheet.round.key, r.expert == sheet.expert, r.cast_at.is_(None))
    return sa.update(ballot_roll).where(own).values(cast_at=at)


def _put_in(tx: Transaction, sheet: Sheet, choices: Sequence[Choice | None], receipt: str) -> None:
    key = sheet.round.key
    if sheet.round.kind is RoundKind.SECRET:
        ciphertext = seal(Paper(receipt, choices), sheet.round.public_key)
        tx.insert(sealed_paper, round=key, id=secrets.token_hex(16), ciphertext=ciphertext)
        return
    for declaration, choice in zip(sheet.places, choices, strict=True):
        if choice is not None:
            tx.insert(named_choice, round=key, expert=sheet.expert, declaration=declaration, choice=choice)
