"""Ties between experts and declarations, told from facts, and what the decision table makes of them."""

from pathlib import Path
from typing import Any

import pytest

from engine.decision import Model
from engine.review_meeting.conflicts.facts import DossierFacts, ExpertFacts, Fact, Schooling, Ties, find_facts

EXPERT = ExpertFacts(7, "测试评委", 70, "示范医院", 4, (Schooling("示范大学", 2003, 2008),))
TABLE = Path(__file__).parents[2] / "processes" / "review_meeting" / "recusal.dmn"


def dossier(**values: Any) -> DossierFacts:
    return DossierFacts(100, "2026-000001", "测试申报人", 10, 5, "示范县医院", values)


def facts(
    expert: ExpertFacts = EXPERT,
    distances: dict[tuple[int, int], int] | None = None,
    works: dict[tuple[int, int], list[str]] | None = None,
    **values: Any,
) -> list[Fact]:
    return list(find_facts([expert], [dossier(**values)], Ties(distances or {}, works or {})))


def strength(kind: str, distance: int | None = None, years: int | None = None, *, convening: bool = False) -> object:
    inputs = {"kind": kind, "distance": distance, "years": years, "convening": convening}
    return Model(TABLE.read_bytes()).evaluate("recusal", inputs).value


def test_who_has_nothing_in_common_has_no_tie() -> None:
    assert facts(employment=[{"witness": "证示人", "employer": "示范单位"}]) == []


@pytest.mark.catalogue("J13")
def test_nobody_reviews_themselves() -> None:
    mine = ExpertFacts(7, "测试评委", 10)
    assert [(one.kind, one.evidence) for one in facts(mine)] == [("self", "评委测试评委就是申报人本人。")]
    assert strength("self") == "hard"


@pytest.mark.catalogue("J13")
@pytest.mark.parametrize(("distance", "wanted"), [(0, "hard"), (1, "hard"), (2, "ask")])
def test_the_same_unit_bars_and_a_unit_far_below_is_asked_about(distance: int, wanted: str) -> None:
    found = facts(distances={(4, 5): distance})
    assert [(one.kind, one.distance) for one in found] == [("same_unit", distance)]
    assert strength("same_unit", distance) == wanted


@pytest.mark.catalogue("J13")
def test_a_unit_that_reviews_its_own_people_is_no_tie_by_itself() -> None:
    ties = Ties({(4, 5): 1}, {}, {4})
    found = list(find_facts([EXPERT], [dossier()], ties))
    assert [(one.kind, one.convening) for one in found] == [("same_unit", True)]
    assert [strength(kind, 1, convening=True) for kind in ("same_unit", "former_colleague", "self")] == [
        None,
        None,
        "hard",
    ]


@pytest.mark.catalogue("J13")
@pytest.mark.parametrize(
    ("since", "until", "years"), [("2005-09", "2010-06", [3]), ("2008-09", "2012-06", []), ("2005-09", None, [1])]
)
def test_the_same_school_ties_only_where_the_years_overlap(since: str, until: str | None, years: list[int]) -> None:
    found = facts(education=[{"school": "示范大学", "started_on": since, "ended_on": until}])
    assert [one.years for one in found] == years
    assert strength("same_school", None, 1) == "ask"


@pytest.mark.catalogue("J13")
def test_a_witness_of_the_same_workplace_bars_and_one_of_the_same_name_is_asked_about() -> None:
    sure, unsure = ({"witness": "测试评委", "employer": where} for where in ("示范医院", "示范单位"))
    assert [(one.kind, one.distance) for one in facts(employment=[sure])] == [
        ("witness", 0),
        ("former_colleague", None),
    ]
    assert [(one.kind, one.distance) for one in facts(employment=[unsure])] == [("witness", None)]
    assert (strength("witness", 0), strength("witness")) == ("hard", "ask")


@pytest.mark.catalogue("J13")
def test_a_work_both_have_declared_bars_and_a_name_in_a_work_is_asked_about() -> None:
    shared = facts(works={(70, 100): ["论文第 1 行"]})
    assert [(one.kind, one.evidence) for one in shared] == [("co_author", "评委本人也申报过同一成果：论文第 1 行")]
    named = facts(paper=[{"title": "示范论文", "remark": "与测试评委合著"}])
    assert [(one.kind, one.evidence) for one in named] == [
        ("named_in_works", "申报人的论文“示范论文”中写有“测试评委”。")
    ]
    assert (strength("co_author"), strength("named_in_works")) == ("hard", "ask")


@pytest.mark.catalogue("J13")
def test_a_relation_the_expert_has_declared_bars() -> None:
    told = ExpertFacts(7, "测试评委", 70, relations="测试申报人为本人学生")
    assert [one.kind for one in facts(told)] == ["declared_relation"]
    assert strength("declared_relation") == "hard"


@pytest.mark.catalogue("J13")
def test_who_stood_before_the_same_committee_the_year_before_is_asked() -> None:
    rivals = Ties({}, {}, rivals={(70, 100): "示范系列高级评委会"})
    found = list(find_facts([EXPERT], [dossier()], rivals))
    assert [(one.kind, one.evidence) for one in found] == [
        ("past_rival", "评委上年度与申报人同在示范系列高级评委会参评。")
    ]
    assert strength("past_rival") == "ask"


def test_what_the_table_does_not_name_is_no_conflict() -> None:
    assert strength("neighbour") is None
