"""What ties an expert to a declaration, told from facts alone; a pure function over what both have written down.

Names are compared as written; a common name proves nothing, so `recusal.dmn` decides which ties bar and which are only asked about.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

#: sections in which an expert may be named, and what people call them
WORKS: Mapping[str, str] = {
    "paper": "论文",
    "book": "论著",
    "project": "项目",
    "patent": "专利",
    "award": "获奖",
    "other_achievement": "其他业绩",
}
#: a name of one sign is in every second text
SHORTEST_NAME = 2


@dataclass(frozen=True, slots=True)
class Schooling:
    """Years at one school; an unknown one is open."""

    school: str
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class ExpertFacts:
    """What the pool knows of an expert."""

    expert: int
    name: str
    person: int | None = None
    workplace: str = ""
    unit: int | None = None
    schools: Sequence[Schooling] = ()
    relations: str = ""


@dataclass(frozen=True, slots=True)
class DossierFacts:
    """What a declaration says of its applicant. `values` are its sections."""

    declaration: int
    number: str
    name: str
    person: int | None
    unit: int
    unit_name: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fact:
    """One tie, with the sentence that proves it. `distance` counts the levels between two units, `years` how long they overlapped;
    `convening` says that the expert is of the unit that convenes, or of one above it: where a unit reviews its own people, most of
    its experts are."""

    expert: int
    declaration: int
    kind: str
    evidence: str
    distance: int | None = None
    years: int | None = None
    convening: bool = False


@dataclass(frozen=True, slots=True)
class Ties:
    """What the register knows beside the dossiers: levels between the unit of an expert and one of a declaration, where one lies
    in the other; works both a person and a declaration claim, in words, by (person, declaration); the unit that convenes with those
    above it."""

    distances: Mapping[tuple[int, int], int]
    shared_works: Mapping[tuple[int, int], Sequence[str]]
    convening: Collection[int] = frozenset()
    #: where both were reviewed the year before, in words, by (person, declaration)
    rivals: Mapping[tuple[int, int], str] = field(default_factory=dict)


def find_facts(experts: Sequence[ExpertFacts], dossiers: Sequence[DossierFacts], ties: Ties) -> Iterator[Fact]:
    """Every tie between these experts and these declarations, in their order."""
    for dossier in dossiers:
        told = _Told(dossier)
        for expert in experts:
            yield from _between(expert, dossier, told, ties)


class _Told:
    """A dossier made ready to be compared with many experts."""

    def __init__(self, dossier: DossierFacts) -> None:
        values = dossier.values
        self.schools = [
            Schooling(
                str(row.get("school") or "").strip(), year_in(row.get("started_on")), year_in(row.get("ended_on"))
            )
            for row in _rows(values, "education")
        ]
        self.employment = [
            (str(row.get("witness") or "").strip(), str(row.get("employer") or "").strip())
            for row in _rows(values, "employment")
        ]
        self.works = [
            (label, str(row.get("title") or row.get("name") or row.get("achievement") or ""), _texts(row))
            for name, label in WORKS.items()
            for row in _rows(values, name)
        ]


def _between(expert: ExpertFacts, dossier: DossierFacts, told: _Told, ties: Ties) -> Iterator[Fact]:
    who, what = expert.expert, dossier.declaration
    if expert.person is not None and expert.person == dossier.person:
        yield Fact(who, what, "self", f"评委{expert.name}就是申报人本人。")
        return
    yield from _by_unit(expert, dossier, ties)
    if len(dossier.name) >= SHORTEST_NAME and dossier.name in expert.relations:
        yield Fact(who, what, "declared_relation", f"评委申报的关系中写有“{dossier.name}”：{expert.relations}")
    for work in ties.shared_works.get((expert.person or 0, what), ()):
        yield Fact(who, what, "co_author", f"评委本人也申报过同一成果：{work}")
    if rivals := ties.rivals.get((expert.person or 0, what)):
        yield Fact(who, what, "past_rival", f"评委上年度与申报人同在{rivals}参评。")
    yield from _by_school(expert, dossier, told)
    if len(expert.name) >= SHORTEST_NAME:
        yield from _by_name(expert, dossier, told)
    yield from _by_employer(expert, dossier, told, ties)


def _by_unit(expert: ExpertFacts, dossier: DossierFacts, ties: Ties) -> Iterator[Fact]:
    distance = ties.distances.get((expert.unit or 0, dossier.unit))
    if distance is None and expert.workplace and expert.workplace == dossier.unit_name:
        distance = 0
    if distance is None:
        return
    words = "在同一单位" if distance == 0 else f"的单位相隔 {distance} 级，有隶属关系"
    evidence = f"评委的工作单位是“{expert.workplace}”，申报人的单位是“{dossier.unit_name}”，两人{words}。"
    yield Fact(
        expert.expert,
        dossier.declaration,
        "same_unit",
        evidence,
        distance=distance,
        convening=expert.unit in ties.convening,
    )


def _by_school(expert: ExpertFacts, dossier: DossierFacts, told: _Told) -> Iterator[Fact]:
    for mine in expert.schools:
        for theirs in told.schools:
            years = overlap(mine, theirs)
            if mine.school and mine.school == theirs.school and years:
                evidence = f"两人都在{mine.school}就读，时间重叠约 {years} 年。"
                yield Fact(expert.expert, dossier.declaration, "same_school", evidence, years=years)
                return


def _by_name(expert: ExpertFacts, dossier: DossierFacts, told: _Told) -> Iterator[Fact]:
    for witness, employer in told.employment:
        if witness == expert.name:
            same = bool(employer) and employer == expert.workplace
            evidence = f"申报人在“{employer}”工作经历的证明人是“{witness}”。"
            yield Fact(expert.expert, dossier.declaration, "witness", evidence, distance=0 if same else None)
            break
    for label, title, text in told.works:
        if expert.name in text:
            evidence = f"申报人的{label}“{title}”中写有“{expert.name}”。"
            yield Fact(expert.expert, dossier.declaration, "named_in_works", evidence)
            break


def _by_employer(expert: ExpertFacts, dossier: DossierFacts, told: _Told, ties: Ties) -> Iterator[Fact]:
    if not expert.workplace or expert.workplace == dossier.unit_name:
        return
    if any(employer == expert.workplace for _, employer in told.employment):
        evidence = f"申报人曾在评委的工作单位“{expert.workplace}”工作。"
        yield Fact(
            expert.expert, dossier.declaration, "former_colleague", evidence, convening=expert.unit in ties.convening
        )


def overlap(one: Schooling, other: Schooling) -> int:
    """How many calendar years two stays share; with an unknown year on either side, one, since it cannot be ruled out."""
    if None in (one.since, one.until, other.since, other.until):
        return 1
    since, until = max(one.since or 0, other.since or 0), min(one.until or 0, other.until or 0)
    return max(until - since, 0)


def year_in(value: object) -> int | None:
    """The year of 2012-09, 2012-09-01 or 2012."""
    text = str(value or "")[:4]
    return int(text) if len(text) == 4 and text.isdecimal() else None


def _rows(values: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = values.get(name)
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []


def _texts(row: Mapping[str, Any]) -> str:
    return " ".join(value for value in row.values() if isinstance(value, str))
