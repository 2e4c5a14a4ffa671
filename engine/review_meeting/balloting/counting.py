"""Paper ballots (W16): two tellers enter what they read apart from each other; only what agrees is counted."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput, NotFound, Refused
from engine.flow.completion import complete_task
from engine.flow.contexts import JobContext, TaskContext
from engine.flow.queries import get_task
from engine.review_meeting.balloting.ballots import current_round, open_round_of
from engine.review_meeting.balloting.entitled import without_ballot
from engine.review_meeting.balloting.tables import (
    Choice,
    RoundKind,
    ballot_dossier,
    ballot_recusal,
    ballot_roll,
    ballot_round,
    paper_count,
)
from engine.review_meeting.balloting.tallying import put_choices

FORM = "paper_count"
TELLERS: Mapping[str, int] = {"enter_first_count": 1, "enter_second_count": 2}
ENTERED = "ballot.count_entered"
p, d, x, r = paper_count.c, ballot_dossier.c, ballot_recusal.c, ballot_roll.c


@dataclass(frozen=True, slots=True)
class CountSheet:
    """What a teller fills in. `voters` are the papers handed out, one for each on the roll who may vote at all; `most` is by
    place how many may have agreed; `before` what this teller entered the last time;
    `differing` are the places on which the two did not agree then, `returned_differs` says it of the papers that came back."""

    task: Mapping[str, Any]
    round: sa.Row[Any]
    teller: int
    places: Sequence[int]
    voters: int
    most: Sequence[int]
    before: Sequence[int] | None
    returned: int | None
    differing: frozenset[int]
    returned_differs: bool


def count_sheet(tx: Transaction, actor: Actor, task_key: int) -> CountSheet:
    """The page of one teller's task. Raises `NotFound`, and `Refused` for whoever has the other task already."""
    view = get_task(tx, actor, task_key)
    if view.row["form_id"] != FORM or not view.is_open or not view.may_work:
        raise NotFound
    held, teller = open_round_of(tx, view.row["case_key"]), TELLERS[view.row["element_id"]]
    entered = {row.teller: row for row in tx.rows(sa.select(paper_count).where(p.round == held.key))}
    if any(row.login == actor.login for number, row in entered.items() if number != teller):
        raise Refused("纸质票须由两人分别录入，您已录入过一次，请另一位计票人办理。")
    places = [row.declaration for row in tx.rows(sa.select(d.declaration).where(d.round == held.key).order_by(d.place))]
    voters, attending = _attending(tx, held.key, places)
    own, both = entered.get(teller), len(entered) == len(TELLERS)
    return CountSheet(
        task=view.row,
        round=held,
        teller=teller,
        places=places,
        voters=voters,
        most=attending,
        before=own.yes if own and own.login == actor.login else None,
        returned=own.returned if own and own.login == actor.login else None,
        differing=_differing(entered) if both else frozenset(),
        returned_differs=both and entered[1].returned != entered[2].returned,
    )


def has_entered(tx: Transaction, actor: Actor, ballot: int) -> int | None:
    """Which of the two tellers the actor has been in the round that is open; None for neither."""
    held = current_round(tx, ballot)
    if held is None or held.counted_at is not None:
        return None
    teller: int | None = tx.value(sa.select(p.teller).where(p.round == held.key, p.login == actor.login))
    return teller


def enter_count(
    tx: Transaction, actor: Actor, task_key: int, *, returned: int | None, yes: Sequence[int | None]
) -> None:
    """Keep what a teller read and complete their task. `returned` are the papers that came back, `yes` who agreed by place.

    Raises `InvalidInput` by field (`returned`, `yes[3]`), `Refused` where one person would be both tellers.
    """
    sheet = count_sheet(tx, actor, task_key)
    _check(sheet, returned, yes)
    tx.execute(sa.delete(paper_count).where(p.round == sheet.round.key, p.teller == sheet.teller))
    tx.insert(
        paper_count,
        round=sheet.round.key,
        teller=sheet.teller,
        login=actor.login,
        name=actor.name,
        returned=returned,
        yes=list(yes),
        entered_at=tx.now,
    )
    complete_task(tx, actor, task_key, outcome="entered")


def check_count(tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]) -> Mapping[str, object]:
    """The hook of 纸质票录入: it is handed in where the page kept what was read, by that person."""
    held = open_round_of(tx, task.case_key)
    mine = sa.and_(p.round == held.key, p.teller == TELLERS[task.element_id], p.login == actor.login)
    if tx.row(sa.select(p.teller).where(mine, p.entered_at == tx.now)) is None:
        raise Refused("请在纸质票录入页逐份材料录入后提交。")
    return values


def compare_counts(tx: Transaction, context: JobContext) -> Mapping[str, object]:
    """The inline job `compare_counts`: where both read the same the votes are written, else both count again."""
    held = open_round_of(tx, context.case_key)
    rows = {row.teller: row for row in tx.rows(sa.select(paper_count).where(p.round == held.key))}
    if _differing(rows) or rows[1].returned != rows[2].returned:
        return {"counts_agree": False}
    places = [row.declaration for row in tx.rows(sa.select(d.declaration).where(d.round == held.key).order_by(d.place))]
    _, attending = _attending(tx, held.key, places)
    votes = []
    for declaration, most, agreed in zip(places, attending, rows[1].yes, strict=True):
        votes += [(secrets.token_hex(16), declaration, Choice.YES) for _ in range(agreed)]
        others = max(min(most, rows[1].returned) - agreed, 0)
        votes += [(secrets.token_hex(16), declaration, Choice.NO) for _ in range(others)]
    put_choices(tx, held.key, votes)
    tx.execute(sa.update(ballot_round).where(ballot_round.c.key == held.key).values(papers=rows[1].returned))
    return {"counts_agree": True}


def _attending(tx: Transaction, key: int, places: Sequence[int]) -> tuple[int, Sequence[int]]:
    """How many on the roll have a ballot, and by place how many of them may vote on the dossier."""
    on_roll = int(tx.value(sa.select(sa.func.count()).select_from(ballot_roll).where(r.round == key)) or 0)
    query = sa.select(x.declaration, sa.func.count().label("out")).where(x.round == key).group_by(x.declaration)
    recused = {row.declaration: row.out for row in tx.rows(query)}
    return on_roll - len(without_ballot(tx, key)), [on_roll - recused.get(declaration, 0) for declaration in places]


def _differing(rows: Mapping[int, sa.Row[Any]]) -> frozenset[int]:
    first, second = (rows[number].yes for number in (1, 2))
    return frozenset(place for place, pair in enumerate(zip(first, second, strict=True)) if pair[0] != pair[1])


def _check(sheet: CountSheet, returned: int | None, yes: Sequence[int | None]) -> None:
    problems: dict[str, list[str]] = {}
    if sheet.round.kind is not RoundKind.PAPER or len(yes) != len(sheet.places):
        raise InvalidInput("录入的材料与本轮不符，请刷新后重新录入。")
    if returned is None or not 0 <= returned <= sheet.voters:
        problems["returned"] = [f"收回的票数应为 0 到 {sheet.voters} 的整数"]
    for place, (agreed, most) in enumerate(zip(yes, sheet.most, strict=True)):
        limit = most if returned is None else min(most, returned)
        if agreed is None or not 0 <= agreed <= limit:
            problems[f"yes[{place}]"] = [f"第 {place + 1} 份材料的同意票数应为 0 到 {limit} 的整数"]
    if problems:
        raise InvalidInput("录入有误，请按提示修改。", problems)
