"""Why no assignment is possible, in sentences that name who and what stands in the way, and nothing that does not."""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.review_meeting.assignment.optimising import Facts, Work

#: dossiers named in one sentence
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Blocked:
    """No assignment is possible. Each sentence is a set of constraints that by itself makes it so."""

    reasons: Sequence[str]


def explain_block(facts: "Facts", allowed: Mapping[int, Sequence[int]], limits: Mapping[int, int]) -> Blocked:
    """The constraints in the way: first dossiers that have too few reviewers left at all, else those that share too few."""
    needs = {work.declaration: _need(work) for work in facts.works}
    reasons = [
        _too_few(facts, work, allowed[work.declaration])
        for work in facts.works
        if needs[work.declaration] and len(_others(work, allowed)) < needs[work.declaration]
    ]
    if reasons:
        return Blocked(reasons[:MOST_NAMED] + _more(len(reasons)))
    return Blocked([_overloaded(facts, allowed, limits, needs)])


def _need(work: "Work") -> int:
    return 2 - sum(one is not None for one in (work.primary, work.secondary))


def _others(work: "Work", allowed: Mapping[int, Sequence[int]]) -> list[int]:
    return [one for one in allowed[work.declaration] if one not in (work.primary, work.secondary)]


def _more(count: int) -> list[str]:
    return [f"另有 {count - MOST_NAMED} 份材料也是如此。"] if count > MOST_NAMED else []


def _too_few(facts: "Facts", work: "Work", allowed: Sequence[int]) -> str:
    """2026-000012：主审、副审需 2 人，本组 4 人中只有 1 人可评：张三须回避；李四是组长。"""
    barred = set(facts.barred)
    scored = set(facts.scored) if facts.never else set()
    away, led, again, strange = [], [], [], []
    for one in facts.reviewers:
        if (work.declaration, one.expert) in barred:
            away.append(one.name)
        elif one.expert == facts.leader:
            led.append(one.name)
        elif (work.declaration, one.expert) in scored:
            again.append(one.name)
        elif one.expert not in allowed:
            strange.append(one.name)
    why = [f"{'、'.join(away)}须回避"] if away else []
    why += [f"{'、'.join(led)}是组长"] if led else []
    why += [f"{'、'.join(again)}往年评过该申报人"] if again else []
    why += [f"{'、'.join(strange)}的可评专业不含该专业"] if strange else []
    told = "；".join(why) or "组内人数不足"
    return f"{work.number}：主审、副审需 2 人，本组 {len(facts.reviewers)} 人中只有 {len(allowed)} 人可评（{told}）。"


def _overloaded(
    facts: "Facts", allowed: Mapping[int, Sequence[int]], limits: Mapping[int, int], needs: Mapping[int, int]
) -> str:
    """这 12 份材料只能由张三、李四评审，需 24 人次，而两人最多还可评 20 份，缺 4 人次。"""
    cut = _tight(needs, {work.declaration: _others(work, allowed) for work in facts.works}, limits)
    works = [work for work in facts.works if work.declaration in cut.near]
    names = "、".join(one.name for one in facts.reviewers if one.expert in cut.far)
    wanted, room = sum(needs[one] for one in cut.near) - cut.across, sum(limits[one] for one in cut.far)
    numbers = "、".join(work.number for work in works[:MOST_NAMED])
    more = f"等 {len(works)} 份材料" if len(works) > MOST_NAMED else ""
    only = "除已分给其他评委的以外，只能" if cut.across else "只能"
    return (
        f"{numbers}{more}{only}由{names}评审，需 {wanted} 人次，而他们按每人上限合计最多再评 {room} 份，缺 {wanted - room} 人次。"
        "请提高每人上限，或者增加本组评委。"
    )


def explain_least(facts: "Facts", allowed: Mapping[int, Sequence[int]], due: Mapping[int, int]) -> Blocked:
    """Why some cannot get as many dossiers as each has to: 张三、李四合计最多能分到 5 份，按每人下限须再分 8 份。

    That every dossier has its two reviewers is possible; then both are possible where each is, so these reviewers alone are in
    the way.
    """
    room = {work.declaration: _need(work) for work in facts.works}
    choices: dict[int, list[int]] = {expert: [] for expert in due}
    for work in facts.works:
        for expert in _others(work, allowed) if room[work.declaration] else ():
            choices[expert].append(work.declaration)
    wants = {expert: number for expert, number in due.items() if number}
    if sum(wants.values()) > sum(room.values()):
        cut = _Cut(set(wants), set(room), 0)
    else:
        cut = _tight(wants, choices, room)
    people = [one.name for one in facts.reviewers if one.expert in cut.near]
    names = "、".join(people[:MOST_NAMED]) + (f"等 {len(people)} 名评委" if len(people) > MOST_NAMED else "")
    wanted, most = sum(due[one] for one in cut.near), sum(room[one] for one in cut.far) + cut.across
    together = "合计" if len(people) > 1 else ""
    return Blocked(
        [
            f"{names}{together}最多还能分到 {most} 份，按每人下限须再分 {wanted} 份，差 {wanted - most} 份（本组 {len(facts.works)} 份，"
            "须回避的、已手工指定给他人的不能再分）。请降低每人下限。"
        ]
    )


@dataclass(frozen=True, slots=True)
class _Cut:
    """Who on the near side cannot get what they need, with everybody on the far side who could still give it; `across` is how
    much they got from others."""

    near: set[int]
    far: set[int]
    across: int


def _tight(needs: Mapping[int, int], choices: Mapping[int, Sequence[int]], room: Mapping[int, int]) -> _Cut:
    """The near side of a least cut: those who need more than all they can choose from have room for, each choice once.

    A greatest flow by augmenting paths; with at most a few dozen experts each path is short.
    """
    load: Counter[int] = Counter()
    given: dict[int, set[int]] = {one: set() for one in needs}
    takers: dict[int, set[int]] = {one: set() for one in room}
    for one, wanted in needs.items():
        while len(given[one]) < wanted:
            path = _path(one, choices, given, takers, load, room)
            if path is None:
                break
            for near, far, added in path:
                (given[near].add if added else given[near].remove)(far)
                (takers[far].add if added else takers[far].remove)(near)
            load[path[0][1]] += 1
    short = [one for one, wanted in needs.items() if len(given[one]) < wanted]
    reached, far_side = set(short), set[int]()
    queue = deque(short)
    while queue:
        one = queue.popleft()
        for far in choices[one]:
            if far not in given[one] and far not in far_side:
                far_side.add(far)
                fresh = takers[far] - reached
                reached |= fresh
                queue.extend(sorted(fresh))
    return _Cut(reached, far_side, sum(len(given[one] - far_side) for one in reached))


def _path(
    start: int,
    choices: Mapping[int, Sequence[int]],
    given: Mapping[int, set[int]],
    takers: Mapping[int, set[int]],
    load: Mapping[int, int],
    room: Mapping[int, int],
) -> list[tuple[int, int, bool]] | None:
    """How `start` gets one more by moving others; the last of the far side comes first. None where there is no way."""
    came: dict[int, tuple[int, int | None]] = {}
    queue: deque[tuple[int, int | None]] = deque([(start, None)])
    seen = {start}
    while queue:
        near, through = queue.popleft()
        for far in choices[near]:
            if far in given[near] or far in came:
                continue
            came[far] = (near, through)
            if load.get(far, 0) < room[far]:
                return _steps(far, came)
            for other in sorted(takers[far] - seen):
                seen.add(other)
                queue.append((other, far))
    return None


def _steps(last: int, came: Mapping[int, tuple[int, int | None]]) -> list[tuple[int, int, bool]]:
    steps: list[tuple[int, int, bool]] = []
    far: int | None = last
    while far is not None:
        near, through = came[far]
        steps.append((near, far, True))
        if through is not None:
            steps.append((near, through, False))
        far = through
    return steps
