"""主审 and 副审 by min-cost flow: two different experts for each dossier, loads even, specialties near, ties by a published seed.

A pure function over facts. Hard are: nobody bars, leaders do not review in their own group where others can (J09: three share the
work), least and most loads, the specialty where that is asked for; everything else only costs. The flow runs twice: first who
reviews what, then which of the two is first, so that first reviews are even as well; between, pairs are mixed.
"""

import random
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from engine.review_meeting.assignment.blocking import Blocked, explain_block, explain_least
from engine.review_meeting.assignment.mixing import mix_pairs

#: what a unit of each thing costs; the random part of an arc stays below one
SCALE = 1_000
OTHER_SPECIALTY = 40
ASKED = 400
CHAIR = 60
#: the expert scored the same applicant in an earlier year
AGAIN = 200
#: what filling a least load is worth: more than all other costs together
FILLING = 1_000_000_000_000
#: two reviewers for a dossier
REVIEWERS = 2


@dataclass(frozen=True, slots=True)
class Reviewer:
    """An expert of the group. `most` is how many dossiers they may get, `least` how many they have to; the chair, who confirms
    every dossier later, is held to none, nor is who keeps out of all."""

    expert: int
    name: str
    specialties: frozenset[str] = frozenset()
    most: int | None = None
    is_chair: bool = False
    least: int = 0


@dataclass(frozen=True, slots=True)
class Work:
    """A dossier to be reviewed, with what was chosen by hand."""

    declaration: int
    number: str
    specialty: str = ""
    primary: int | None = None
    secondary: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What an assignment is worked out from. `barred`, `asked` and `scored` are pairs (declaration, expert): who keeps out, who may
    have to, who scored the same applicant before (`never`: and must not again). `met` is how often two have reviewed together."""

    reviewers: Sequence[Reviewer]
    works: Sequence[Work]
    barred: Collection[tuple[int, int]] = frozenset()
    asked: Collection[tuple[int, int]] = frozenset()
    scored: Collection[tuple[int, int]] = frozenset()
    never: bool = False
    met: Mapping[frozenset[int], int] = field(default_factory=dict)
    leader: int | None = None
    #: the specialty is a must
    strict: bool = False
    seed: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Who reviews a dossier."""

    declaration: int
    primary: int
    secondary: int


@dataclass(slots=True)
class _Arcs:
    """A network as the library wants it."""

    tails: list[int] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    room: list[int] = field(default_factory=list)
    costs: list[int] = field(default_factory=list)

    def add(self, tail: int, head: int, room: int, cost: int) -> None:
        self.tails.append(tail)
        self.heads.append(head)
        self.room.append(room)
        self.costs.append(cost)


def optimise(facts: Facts) -> list[Pair] | Blocked:
    """The best assignment of these dossiers, in their order, or what makes one impossible.

    The same facts and the same seed give the same assignment, on every machine.
    """
    allowed = allowed_pairs(facts)
    flow = _solve_pairs(facts, allowed)
    if isinstance(flow, Blocked):
        return flow
    chosen = {work.declaration: [*_fixed(work), *flow.get(work.declaration, [])][:REVIEWERS] for work in facts.works}
    return _orient(facts, _mixed(facts, allowed, chosen))


def allowed_pairs(facts: Facts) -> dict[int, list[int]]:
    """For each dossier who of the group may review it."""
    barred = set(facts.barred) | (set(facts.scored) if facts.never else set())
    return {
        work.declaration: [
            one.expert
            for one in facts.reviewers
            if one.expert != facts.leader
            and (work.declaration, one.expert) not in barred
            and (not facts.strict or not work.specialty or work.specialty in one.specialties)
        ]
        for work in facts.works
    }


def _fixed(work: Work) -> list[int]:
    return [one for one in (work.primary, work.secondary) if one is not None]


def _limits(facts: Facts) -> dict[int, int]:
    """How many more dossiers each may get beside those chosen by hand."""
    taken = Counter(one for work in facts.works for one in _fixed(work))
    most = len(facts.works)
    return {one.expert: max((most if one.most is None else one.most) - taken[one.expert], 0) for one in facts.reviewers}


def _still_due(facts: Facts, allowed: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """How many dossiers each has to get beside those chosen by hand; nothing who may review none at all."""
    taken = Counter(one for work in facts.works for one in _fixed(work))
    able = {expert for experts in allowed.values() for expert in experts}
    return {
        one.expert: max(one.least - taken[one.expert], 0) if one.expert in able and not one.is_chair else 0
        for one in facts.reviewers
    }


def _mixed(facts: Facts, allowed: Mapping[int, Sequence[int]], chosen: Mapping[int, list[int]]) -> dict[int, list[int]]:
    """The same two do not meet again and again; what was chosen by hand stays."""
    costs = _costs(facts, allowed)
    free = [work.declaration for work in facts.works if not _fixed(work)]
    return mix_pairs(chosen, free, facts.met, lambda *pair: costs.get(pair), facts.seed)


def _costs(facts: Facts, allowed: Mapping[int, Sequence[int]]) -> dict[tuple[int, int], int]:
    """What each possible (dossier, expert) costs, in whole units."""
    by_key = {one.expert: one for one in facts.reviewers}
    asked, scored = set(facts.asked), set(facts.scored)
    return {
        (work.declaration, expert): _cost(work, by_key[expert])
        + (ASKED if (work.declaration, expert) in asked else 0)
        + (AGAIN if (work.declaration, expert) in scored else 0)
        for work in facts.works
        for expert in allowed[work.declaration]
    }


def _solve_pairs(facts: Facts, allowed: Mapping[int, Sequence[int]]) -> dict[int, list[int]] | Blocked:
    """For each dossier the experts beside those chosen by hand."""
    chance = random.Random(sha256(facts.seed.encode()).digest())  # noqa: S311 - a tie-break anybody can repeat
    works = [work for work in facts.works if len(_fixed(work)) < REVIEWERS]
    experts = [one.expert for one in facts.reviewers]
    place = {expert: len(works) + 1 + at for at, expert in enumerate(experts)}
    sink = len(works) + len(experts) + 1
    limits, due, costs = _limits(facts), _still_due(facts, allowed), _costs(facts, allowed)
    taken = Counter(one for work in facts.works for one in _fixed(work))
    arcs = _Arcs()
    wanted = 0
    for at, work in enumerate(works, 1):
        fixed = _fixed(work)
        wanted += REVIEWERS - len(fixed)
        arcs.add(0, at, REVIEWERS - len(fixed), 0)
        for expert in allowed[work.declaration]:
            if expert not in fixed:
                arcs.add(at, place[expert], 1, costs[work.declaration, expert] * SCALE + chance.randrange(SCALE))
    first_load = len(arcs.tails)
    for expert in experts:
        # the n-th dossier of an expert costs more than the one before: sums of squares are smallest where loads are even
        for load in range(limits[expert]):
            filling = FILLING if load < due[expert] else 0
            arcs.add(place[expert], sink, 1, 2 * (load + taken[expert]) * SCALE + SCALE - filling)
    flows = _run(arcs, 0, sink, wanted)
    if sum(flows[first_load:]) < wanted:
        return explain_block(facts, allowed, limits)
    loads = Counter(head for head, amount in zip(arcs.heads[:first_load], flows, strict=False) if amount)
    if any(loads[place[expert]] < due[expert] for expert in experts):
        return explain_least(facts, allowed, due)
    found: dict[int, list[int]] = {}
    for tail, head, amount in zip(arcs.tails[:first_load], arcs.heads, flows, strict=False):
        if tail and amount:
            found.setdefault(works[tail - 1].declaration, []).append(experts[head - len(works) - 1])
    return found


def _cost(work: Work, reviewer: Reviewer) -> int:
    away = bool(work.specialty) and work.specialty not in reviewer.specialties
    return (OTHER_SPECIALTY if away else 0) + (CHAIR if reviewer.is_chair else 0)


def _orient(facts: Facts, chosen: Mapping[int, Sequence[int]]) -> list[Pair]:
    """Who of the two is first: whose specialty it is, evenly."""
    chance = random.Random(sha256(f"{facts.seed}/first".encode()).digest())  # noqa: S311
    by_key = {one.expert: one for one in facts.reviewers}
    free = [work for work in facts.works if not _fixed(work)]
    experts = [one.expert for one in facts.reviewers]
    place = {expert: len(free) + 1 + at for at, expert in enumerate(experts)}
    sink = len(free) + len(experts) + 1
    begun = Counter(work.primary for work in facts.works if work.primary is not None)
    arcs = _Arcs()
    for at, work in enumerate(free, 1):
        arcs.add(0, at, 1, 0)
        for expert in chosen[work.declaration]:
            arcs.add(at, place[expert], 1, _cost(work, by_key[expert]) * SCALE + chance.randrange(SCALE))
    ends = len(arcs.tails)
    reviews = Counter(expert for work in free for expert in chosen[work.declaration])
    for expert in experts:
        for load in range(reviews[expert]):
            arcs.add(place[expert], sink, 1, 2 * (load + begun[expert]) * SCALE + SCALE)
    flows = _run(arcs, 0, sink, len(free))
    first = {
        free[tail - 1].declaration: experts[head - len(free) - 1]
        for tail, head, amount in zip(arcs.tails[:ends], arcs.heads, flows, strict=False)
        if tail and amount
    }
    return [_pair(work, chosen[work.declaration], first.get(work.declaration)) for work in facts.works]


def _pair(work: Work, chosen: Sequence[int], first: int | None) -> Pair:
    if work.primary is not None:
        first = work.primary
    elif work.secondary is not None:
        first = next(one for one in chosen if one != work.secondary)
    assert first is not None
    return Pair(work.declaration, first, next(one for one in chosen if one != first))


def _run(arcs: _Arcs, source: int, sink: int, amount: int) -> list[int]:
    """As much of `amount` as fits, as cheaply as it can: the flow on each arc."""
    from ortools.graph.python import min_cost_flow  # large, and only an assignment needs it

    solver: Any = min_cost_flow.SimpleMinCostFlow()
    for tail, head, room, cost in zip(arcs.tails, arcs.heads, arcs.room, arcs.costs, strict=True):
        solver.add_arc_with_capacity_and_unit_cost(tail, head, room, cost)
    solver.set_node_supply(source, amount)
    solver.set_node_supply(sink, -amount)
    status = solver.solve_max_flow_with_min_cost()
    if status != solver.OPTIMAL:
        raise RuntimeError(f"the flow could not be solved: {status}")
    return [int(solver.flow(arc)) for arc in range(solver.num_arcs())]
