"""Whoever reviews a dossier with whom: the same two should not meet again and again.

Which two review a dossier together is no cost of an arc, so the flow does not see it. Afterwards reviewers of two dossiers change
places as long as that makes the pairs more even: everybody keeps as many dossiers, and nobody gets one they may not review.
"""

import random
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from hashlib import sha256

#: what the n-th dossier two experts review together costs more than the one before
TOGETHER = 2
#: how often the dossiers are gone through, and how many others each is compared with
ROUNDS, TRIES = 3, 8

#: what it costs to give a dossier to an expert; None where they may not review it
Cost = Callable[[int, int], int | None]


def mix_pairs(
    chosen: Mapping[int, list[int]], free: Collection[int], met: Mapping[frozenset[int], int], cost: Cost, seed: str
) -> dict[int, list[int]]:
    """The same assignment with the reviewers of `free` dossiers changed about. `met` is how often two have reviewed together.

    The same input gives the same answer.
    """
    found = {declaration: list(experts) for declaration, experts in chosen.items()}
    often = Counter(met)
    often.update(frozenset(experts) for experts in found.values())
    chance = random.Random(sha256(f"{seed}/pairs".encode()).digest())  # noqa: S311 - a tie-break anybody can repeat
    order = sorted(free)
    for _ in range(ROUNDS if len(order) > 1 else 0):
        chance.shuffle(order)
        swaps = [_improve(found, often, one, chance.choices(order, k=TRIES), cost) for one in order]
        if not any(swaps):
            break
    return found


def _improve(
    found: dict[int, list[int]], often: Counter[frozenset[int]], one: int, others: Collection[int], cost: Cost
) -> bool:
    """Whether one of its reviewers changed places with one of another dossier."""
    if often[frozenset(found[one])] == 1:
        return False
    return any(
        other != one and _swap(found, often, one, other, a, b, cost) for other in others for a in (0, 1) for b in (0, 1)
    )


def _swap(
    found: dict[int, list[int]], often: Counter[frozenset[int]], one: int, other: int, a: int, b: int, cost: Cost
) -> bool:
    """Let two reviewers change places where that is worth it."""
    mine, theirs = found[one], found[other]
    leaves, comes = mine[a], theirs[b]
    if comes in mine or leaves in theirs:
        return False
    apart = frozenset(mine), frozenset(theirs)
    together = frozenset((mine[1 - a], comes)), frozenset((theirs[1 - b], leaves))
    # the change of the sum of squares, the four pairs being different where anything is gained
    evener = often[apart[0]] + often[apart[1]] - often[together[0]] - often[together[1]] - 2
    if evener <= 0 or apart[0] == apart[1] or together[0] == together[1]:
        return False
    new = cost(one, comes), cost(other, leaves)
    if new[0] is None or new[1] is None:
        return False
    old = (cost(one, leaves) or 0) + (cost(other, comes) or 0)
    if 2 * TOGETHER * evener + old - new[0] - new[1] <= 0:
        return False
    for pair in apart:
        often[pair] -= 1
    for pair in together:
        often[pair] += 1
    mine[a], theirs[b] = comes, leaves
    return True
