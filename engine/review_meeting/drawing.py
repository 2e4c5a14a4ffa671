"""随机抽取评委 (J17): once for each committee, by the seed that was committed to; who declines is followed by the next."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.clock import local
from engine.db import Transaction
from engine.db.locks import lock_name
from engine.errors import InvalidInput, NotFound, Refused
from engine.review_meeting.inviting import call_experts, changeable_meeting
from engine.review_meeting.lots import FORMAT, order_by_lot, pick, seed_of
from engine.review_meeting.meetings import Meeting
from engine.review_meeting.planning import is_settled
from engine.review_meeting.pooling import Choice, pool_for
from engine.review_meeting.tables import ExpertSource, Invitation, expert_draw, meeting_expert

x, w = meeting_expert.c, expert_draw.c
DRAWN_ALREADY = "这个评委会已经抽取过，结果不能更改；名额有空缺的请用“递补”。"


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw as it is kept. `candidates` are objects of number and outside."""

    committee: int
    drawn_on: str
    seats: int
    outside_seats: int
    candidates: Sequence[Mapping[str, Any]]
    order: Sequence[int]
    seed: str

    @property
    def outside(self) -> set[int]:
        return {one["number"] for one in self.candidates if one["outside"]}

    @property
    def drawn(self) -> list[int]:
        """Who came out first."""
        return pick(self.order, self.outside, self.seats, self.outside_seats)


def draw_experts(
    tx: Transaction, actor: Actor, meeting: int, committee: int, *, seats: int | None, outside_seats: int | None
) -> int:
    """Draw so many experts of the committee's pool by lot, of them at least so many from outside; how many were called.

    Everybody who can come and was not chosen already is a candidate. It is done once: who draws again until it pleases draws
    nothing. Raises `Refused` then, `InvalidInput` where the pool is too small.
    """
    held = changeable_meeting(tx, actor, meeting)
    lock_name(tx, "expert_draw", str(meeting))
    if _found(tx, meeting, committee) is not None:
        raise Refused(DRAWN_ALREADY)
    if is_settled(held.status):
        raise Refused("评审方案已经审核，不能再抽取；缺席的评委请从评委库中选择替补。")
    free = {one.expert.expert: one for one in pool_for(tx, held, committee) if one.may_come}
    outside = {number for number, one in free.items() if one.expert.outside}
    seats, outside_seats = _seats(seats, outside_seats, len(free), len(outside))
    code = next((one["code"] for one in held.committees if one["id"] == committee), None)
    if code is None:
        raise NotFound
    day = local(tx.now).date()
    seed = seed_of(day.isoformat(), held.meeting_no, code, held.row["draw_seed"])
    order = order_by_lot(seed, free)
    tx.insert(
        expert_draw,
        meeting=meeting,
        committee=committee,
        drawn_on=day,
        seats=seats,
        outside_seats=outside_seats,
        candidates=[{"number": number, "outside": number in outside} for number in sorted(free)],
        order=order,
        seed=seed,
        drawn_at=tx.now,
        drawn_by=actor.login,
    )
    return _call(tx, held, free, pick(order, outside, seats, outside_seats))


def fill_seats(tx: Transaction, actor: Actor, meeting: int, committee: int) -> int:
    """递补: the next of the order take the seats of those who declined; how many were called. Raises `Refused` where nobody is
    left, `NotFound` where nothing was drawn."""
    held = changeable_meeting(tx, actor, meeting)
    lock_name(tx, "expert_draw", str(meeting))
    draw = draw_of(tx, meeting, committee)
    drawn = (x.meeting == meeting, x.committee == committee, x.source == ExpertSource.DRAWN)
    rows = tx.rows(sa.select(x.expert).where(*drawn, x.invited != Invitation.DECLINED))
    sitting = {row.expert for row in rows}
    wanted = draw.seats - len(sitting)
    free = {one.expert.expert: one for one in pool_for(tx, held, committee) if one.may_come}
    missing = max(0, draw.outside_seats - len(sitting & draw.outside))
    following = pick([n for n in draw.order if n in free], draw.outside, wanted, missing) if wanted > 0 else []
    if not following:
        raise Refused("名额没有空缺。" if wanted <= 0 else "抽取的顺序中没有可以递补的人，请从评委库中选择。")
    return _call(tx, held, free, following)


def draws_of(tx: Transaction, meeting: int) -> list[Draw]:
    """The draws of a meeting by committee. The caller has made sure that its reader may know the experts."""
    rows = tx.rows(sa.select(expert_draw).where(w.meeting == meeting).order_by(w.committee))
    return [_draw(row) for row in rows]


def draw_of(tx: Transaction, meeting: int, committee: int) -> Draw:
    """The draw of one committee. Raises `NotFound`."""
    row = _found(tx, meeting, committee)
    if row is None:
        raise NotFound("这个评委会没有抽取过评委。")
    return _draw(row)


def draw_record(meeting: Meeting, draw: Draw) -> dict[str, Any]:
    """What is published of a draw once the plan is approved: everything `engine.review_meeting.lots.replay_draw` needs, and no
    name (J19). Raises `Refused` before."""
    if not is_settled(meeting.status):
        raise Refused("评审方案审核通过以后才公布种子和抽取过程。")
    code = next(one["code"] for one in meeting.committees if one["id"] == draw.committee)
    return {
        "format": FORMAT,
        "meeting_no": meeting.meeting_no,
        "committee_code": code,
        "commitment": meeting.row["seed_commitment"],
        "secret": meeting.row["draw_seed"],
        "drawn_on": draw.drawn_on,
        "seed": draw.seed,
        "seats": draw.seats,
        "outside_seats": draw.outside_seats,
        "candidates": list(draw.candidates),
        "order": list(draw.order),
        "drawn": draw.drawn,
    }


def _seats(seats: int | None, outside_seats: int | None, free: int, outside: int) -> tuple[int, int]:
    problems: dict[str, list[str]] = {}
    if seats is None or seats < 1:
        problems["seats"] = ["请填写抽取人数"]
    elif seats > free:
        problems["seats"] = [f"评委库中可以参加的只有 {free} 人"]
    if outside_seats is None or outside_seats < 0 or (seats is not None and outside_seats > seats):
        problems["outside_seats"] = ["外单位评委人数应在 0 和抽取人数之间"]
    elif outside_seats > outside:
        problems["outside_seats"] = [f"可以参加的外单位评委只有 {outside} 人"]
    if problems or seats is None or outside_seats is None:
        raise InvalidInput(fields=problems)
    return seats, outside_seats


def _call(tx: Transaction, meeting: Meeting, free: Mapping[int, Choice], numbers: Collection[int]) -> int:
    call_experts(tx, meeting, [free[number].expert for number in numbers], ExpertSource.DRAWN)
    return len(numbers)


def _found(tx: Transaction, meeting: int, committee: int) -> Any:
    return tx.row(sa.select(expert_draw).where(w.meeting == meeting, w.committee == committee))


def _draw(row: Any) -> Draw:
    return Draw(
        committee=row.committee,
        drawn_on=row.drawn_on.isoformat(),
        seats=row.seats,
        outside_seats=row.outside_seats,
        candidates=row.candidates,
        order=row._mapping["order"],
        seed=row.seed,
    )
