"""Conflicts of interest: the facts between experts and dossiers, judged by `recusal.dmn` (J13)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.db import Transaction
from engine.declaration.decisions import decide
from engine.review_meeting.conflicts.facts import Fact, find_facts
from engine.review_meeting.conflicts.reading import dossier_facts, expert_facts, ties_between

DECISION = "recusal"
INPUTS = ("kind", "distance", "years", "convening")

#: what people call a kind of tie
KINDS: Mapping[str, str] = {
    "self": "本人",
    "same_unit": "同一单位或有隶属关系",
    "same_school": "同学",
    "co_author": "共同成果",
    "named_in_works": "成果中有评委姓名",
    "witness": "工作经历证明人",
    "former_colleague": "曾在评委单位工作",
    "past_rival": "上年度同一评委会参评",
    "declared_relation": "评委申报的关系",
}


class Strength(StrEnum):
    """`hard` keeps the expert out; of `ask` the expert has to say whether it matters."""

    HARD = "hard"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Conflict:
    """An expert who has something to do with a dossier, how much that matters, and the sentences that prove it."""

    expert: int
    declaration: int
    kind: str
    strength: Strength
    evidence: str

    @property
    def words(self) -> str:
        return KINDS.get(self.kind, self.kind)


def conflicts_between(
    tx: Transaction, year: int, convening: int, experts: Collection[int], declarations: Collection[int]
) -> list[Conflict]:
    """The conflicts between these experts and these declarations in a meeting of the unit `convening`.

    The caller has made sure that its reader may know.
    """
    people, dossiers = expert_facts(tx, experts), dossier_facts(tx, sorted(declarations))
    return judge_facts(tx, year, find_facts(people, dossiers, ties_between(tx, year, people, dossiers, convening)))


def judge_facts(tx: Transaction, year: int, facts: Iterable[Fact]) -> list[Conflict]:
    """What the year's decision table makes of facts; those it passes over are no conflicts."""
    answers: dict[tuple[str, int | None, int | None, bool], Strength | None] = {}
    found = []
    for fact in facts:
        asked = (fact.kind, fact.distance, fact.years, fact.convening)
        if asked not in answers:
            inputs = dict(zip(INPUTS, asked, strict=True))
            answer = decide(tx, DECISION, year, inputs)
            answers[asked] = Strength(answer) if answer else None
        strength = answers[asked]
        if strength is not None:
            found.append(Conflict(fact.expert, fact.declaration, fact.kind, strength, fact.evidence))
    return found
