"""The count (M20): all papers are opened together, shuffled, written in the order of random ids, and counted by the rule of the round."""

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.db import Transaction
from engine.flow.contexts import JobContext
from engine.flow.faults import BpmnError
from engine.review_meeting.balloting.ballots import open_round_of
from engine.review_meeting.balloting.keys import destroy_after_commit, open_box
from engine.review_meeting.balloting.papers import BrokenPaper, Paper, unseal
from engine.review_meeting.balloting.rule import PassRule
from engine.review_meeting.balloting.standing import presiding_login
from engine.review_meeting.balloting.tables import (
    Choice,
    Outcome,
    RoundKind,
    ballot_dossier,
    ballot_recusal,
    ballot_roll,
    ballot_round,
    choice,
    named_choice,
    sealed_paper,
    tally,
)

UNREADABLE = "ballot_unreadable"
REASON = "unreadable_reason"

#: how often each choice was made, by declaration
Counts = Mapping[int, Counter[Choice]]
b, r, x = ballot_round.c, ballot_roll.c, ballot_recusal.c


def tally_round(tx: Transaction, context: JobContext) -> Mapping[str, object]:
    """The job `tally_round`, one transaction: choices and counts are there, papers and key are gone, or nothing happened.

    Raises the business error `ballot_unreadable` where the key is lost or the papers are not those the roll says: the
    diagram leads to voting again.
    """
    held = open_round_of(tx, context.case_key)
    places = _places(tx, held.key)
    receipts: list[str] | None = None
    if held.kind is RoundKind.SECRET:
        papers = _open_papers(tx, held, len(places))
        _compare_with_roll(tx, held.key, places, papers)
        counts = _write_choices(tx, held.key, places, papers)
        receipts = sorted(paper.receipt for paper in papers)
    else:
        counts = _counted(tx, held)
    undecided = _write_tally(tx, held, places, counts)
    values = {"counted_at": tx.now, "receipts": receipts, "papers": _papers(tx, held)}
    values |= {} if held.closed_at else {"closed_at": tx.now}
    tx.execute(sa.update(ballot_round).where(b.key == held.key).values(values))
    destroy_after_commit(tx, held.key_name)
    presiding = presiding_login(tx, held.meeting) or context.variables["presiding"]
    return {"undecided": undecided, "presiding": presiding}


def _places(tx: Transaction, key: int) -> Sequence[int]:
    d = ballot_dossier.c
    return [row.declaration for row in tx.rows(sa.select(d.declaration).where(d.round == key).order_by(d.place))]


def _papers(tx: Transaction, held: sa.Row[Any]) -> int | None:
    """How many voted; paper ballots were counted by their tellers."""
    if held.kind is RoundKind.PAPER:
        return int(held.papers)
    cast = sa.select(sa.func.count()).select_from(ballot_roll).where(r.round == held.key, r.cast_at.is_not(None))
    return int(tx.value(cast) or 0)


def _open_papers(tx: Transaction, held: sa.Row[Any], places: int) -> list[Paper]:
    box = open_box(tx, held.key_name)
    if box is None:
        raise _unreadable("本轮的私钥文件已不在密钥目录中，选票无法开启。")
    sealed = tx.rows(sa.select(sealed_paper.c.ciphertext).where(sealed_paper.c.round == held.key))
    try:
        papers = [unseal(bytes(row.ciphertext), box, places) for row in sealed]
    except BrokenPaper as error:
        raise _unreadable("有选票已损坏，无法开启。") from error
    secrets.SystemRandom().shuffle(papers)
    return papers


def _compare_with_roll(tx: Transaction, key: int, places: Sequence[int], papers: Sequence[Paper]) -> None:
    """As many papers as cast, and on each dossier as many votes as papers without the recused (J13)."""
    voted = set(tx.execute(sa.select(r.expert).where(r.round == key, r.cast_at.is_not(None))).scalars())
    kept_out = tx.rows(sa.select(x.declaration).where(x.round == key, x.expert.in_(voted)))
    recused = Counter(row.declaration for row in kept_out)
    left_out = Counter(place for paper in papers for place, mark in enumerate(paper.choices) if mark is None)
    agree = all(left_out[place] == recused[declaration] for place, declaration in enumerate(places))
    if len(papers) != len(voted) or not agree:
        raise _unreadable("票箱中的选票与票源记录不符。")


def _unreadable(reason: str) -> BpmnError:
    return BpmnError(UNREADABLE, reason, {REASON: reason})


def _write_choices(tx: Transaction, key: int, places: Sequence[int], papers: Iterable[Paper]) -> Counts:
    """One bulk insert of every vote. The order of random ids leaves nothing of who voted when, nor of which votes were together."""
    votes = [
        (secrets.token_hex(16), places[place], mark)
        for paper in papers
        for place, mark in enumerate(paper.choices)
        if mark is not None
    ]
    put_choices(tx, key, votes)
    tx.execute(sa.delete(sealed_paper).where(sealed_paper.c.round == key))
    return _by_declaration((declaration, mark, 1) for _, declaration, mark in votes)


def put_choices(tx: Transaction, key: int, votes: Iterable[tuple[str, int, Choice]]) -> None:
    """Write votes in the order of their random ids."""
    for random_id, declaration, mark in sorted(votes):
        tx.insert(choice, round=key, id=random_id, declaration=declaration, choice=mark)
    tx.flush()


def _counted(tx: Transaction, held: sa.Row[Any]) -> Counts:
    table = named_choice if held.kind is RoundKind.NAMED else choice
    query = sa.select(table.c.declaration, table.c.choice, sa.func.count().label("votes"))
    rows = tx.rows(query.where(table.c.round == held.key).group_by(table.c.declaration, table.c.choice))
    return _by_declaration((row.declaration, row.choice, row.votes) for row in rows)


def _by_declaration(votes: Iterable[tuple[int, Choice, int]]) -> Counts:
    counts: dict[int, Counter[Choice]] = {}
    for declaration, mark, number in votes:
        counts.setdefault(declaration, Counter())[mark] += number
    return counts


def _write_tally(tx: Transaction, held: sa.Row[Any], places: Sequence[int], counts: Counts) -> int:
    """The result of each dossier; how many are undecided."""
    on_roll = int(tx.value(sa.select(sa.func.count()).select_from(ballot_roll).where(r.round == held.key)) or 0)
    kept_out = Counter(row.declaration for row in tx.rows(sa.select(x.declaration).where(x.round == held.key)))
    rule, undecided = PassRule(tx, held.rule), 0
    for declaration in places:
        counted, recused = counts.get(declaration, Counter()), kept_out[declaration]
        result = rule.decide(counted[Choice.YES], on_roll - recused, recused)
        undecided += result.outcome is Outcome.UNDECIDED
        tx.insert(
            tally,
            round=held.key,
            declaration=declaration,
            yes=counted[Choice.YES],
            no=counted[Choice.NO],
            abstain=counted[Choice.ABSTAIN],
            attending=on_roll - recused,
            recused=recused,
            needed=result.needed,
            outcome=result.outcome,
            sentence=result.sentence,
        )
    return undecided
