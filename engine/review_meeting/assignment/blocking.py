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
    away, led, strange = [], [], []
    for one in facts.reviewers:
        if (work.declaration, one.expert) in barred:
            away.append(one.name)
        elif one.expert == facts.leader:
            led.append(one.name)
        elif one.expert not in allowed:
            strange.append(one.name)
    why = [f"{'、'.join(away)}须回避"] if away else []
    why += [f"{'、'.join(led)}是组长"] if led else []
    why += [f"{'、'.join(strange)}的可评专业不含该专业"] if strange else []
    told = "；".join(why) or "组内人数不足"
    return f"{work.number}：主审、副审需 2 人，本组 {len(facts.reviewers)} 人中只有 {len(allowed)} 人可评（{told}）。"


def _overloaded(
    facts: "Facts", allowed: Mapping[int, Sequence[int]], limits: Mapping[int, int], needs: Mapping[int, int]
) -> str:
    """这 12 份材料只能由张三、李四评审，需 24 人次，而两人最多还可评 20 份，缺 4 人次。"""
    works, experts = _tight(facts, allowed, limits, needs)
    names = "、".join(one.name for one in facts.reviewers if one.expert in experts)
    wanted, room = sum(needs[work.declaration] for work in works), sum(limits[one] for one in experts)
    numbers = "、".join(work.number for work in works[:MOST_NAMED])
    more = f"等 {len(works)} 份材料" if len(works) > MOST_NAMED else ""
    return (
        f"{numbers}{more}只能由{names}评审，需 {wanted} 人次，而他们按每人上限合计最多再评 {room} 份，缺 {wanted - room} 人次。"
        "请提高每人上限，或者增加本组评委。"
    )


def _tight(
    facts: "Facts", allowed: Mapping[int, Sequence[int]], limits: Mapping[int, int], needs: Mapping[int, int]
) -> tuple[list["Work"], set[int]]:
    """The dossiers and experts on the near side of a least cut: who cannot take all that only they can take.

    A greatest flow by augmenting paths; with at most a few dozen experts each path is short.
    """
    load: Counter[int] = Counter()
    given: dict[int, set[int]] = {work.declaration: set() for work in facts.works}
    takers: dict[int, set[int]] = {one.expert: set() for one in facts.reviewers}
    choices = {work.declaration: _others(work, allowed) for work in facts.works}
    for work in facts.works:
        while len(given[work.declaration]) < needs[work.declaration]:
            path = _path(work.declaration, choices, given, takers, load, limits)
            if path is None:
                break
            for declaration, expert, added in path:
                (given[declaration].add if added else given[declaration].remove)(expert)
                (takers[expert].add if added else takers[expert].remove)(declaration)
            load[path[0][1]] += 1
    short = [work.declaration for work in facts.works if len(given[work.declaration]) < needs[work.declaration]]
    works, experts = set(short), set[int]()
    queue = deque(short)
    while queue:
        declaration = queue.popleft()
        for expert in choices[declaration]:
            if expert not in given[declaration] and expert not in experts:
                experts.add(expert)
                fresh = takers[expert] - works
                works |= fresh
                queue.extend(sorted(fresh))
    return [work for work in facts.works if work.declaration in works], experts


def _path(
    start: int,
    choices: Mapping[int, Sequence[int]],
    given: Mapping[int, set[int]],
    takers: Mapping[int, set[int]],
    load: Mapping[int, int],
    limits: Mapping[int, int],
) -> list[tuple[int, int, bool]] | None:
    """How one more reviewer is found for `start` by moving others; the last expert of the way comes first. None where nobody is."""
    came: dict[int, tuple[int, int | None]] = {}
    queue: deque[tuple[int, int | None]] = deque([(start, None)])
    seen = {start}
    while queue:
        declaration, through = queue.popleft()
        for expert in choices[declaration]:
            if expert in given[declaration] or expert in came:
                continue
            came[expert] = (declaration, through)
            if load.get(expert, 0) < limits[expert]:
                return _steps(expert, came)
            for other in sorted(takers[expert] - seen):
                seen.add(other)
                queue.append((other, expert))
    return None


def _steps(last: int, came: Mapping[int, tuple[int, int | None]]) -> list[tuple[int, int, bool]]:
    steps: list[tuple[int, int, bool]] = []
    expert: int | None = last
    while expert is not None:
        declaration, through = came[expert]
        steps.append((declaration, expert, True))
        if through is not None:
            steps.append((declaration, through, False))
        expert = through
    return steps
