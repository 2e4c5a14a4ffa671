"""分配主副审 by optimisation, over made-up facts."""

from collections import Counter
from dataclasses import replace

import pytest

from engine.review_meeting.assignment.blocking import Blocked
from engine.review_meeting.assignment.optimising import Facts, Pair, Reviewer, Work, optimise

NAMES = ("测试甲", "测试乙", "测试丙", "测试丁", "测试戊")
REVIEWERS = tuple(Reviewer(number, name, frozenset({"physician-01"})) for number, name in enumerate(NAMES, 1))
WORKS = tuple(Work(100 + number, f"2026-{number:06d}", "physician-01") for number in range(24))
FACTS = Facts(REVIEWERS, WORKS, leader=1, seed="0" * 64)


def assigned(facts: Facts) -> list[Pair]:
    found = optimise(facts)
    assert not isinstance(found, Blocked)
    return found


def reasons(facts: Facts) -> list[str]:
    found = optimise(facts)
    assert isinstance(found, Blocked)
    return list(found.reasons)


@pytest.mark.catalogue("M12", "J09", "R11")
def test_each_dossier_gets_two_experts_and_the_leader_is_neither() -> None:
    pairs = assigned(FACTS)
    assert [pair.declaration for pair in pairs] == [work.declaration for work in WORKS]
    assert all(len({pair.primary, pair.secondary, 1}) == 3 for pair in pairs)


@pytest.mark.catalogue("M12")
def test_loads_are_even_and_first_reviews_too() -> None:
    pairs = assigned(FACTS)
    assert Counter(one for pair in pairs for one in (pair.primary, pair.secondary)) == dict.fromkeys((2, 3, 4, 5), 12)
    assert Counter(pair.primary for pair in pairs) == dict.fromkeys((2, 3, 4, 5), 6)


@pytest.mark.catalogue("M12", "J13")
def test_nobody_gets_a_dossier_they_are_barred_from() -> None:
    barred = {(work.declaration, 2 + number % 2) for number, work in enumerate(WORKS)}
    pairs = assigned(replace(FACTS, barred=barred))
    assert not barred & {(pair.declaration, one) for pair in pairs for one in (pair.primary, pair.secondary)}


def test_who_only_may_be_partial_is_taken_last() -> None:
    asked = {(work.declaration, 5) for work in WORKS}
    pairs = assigned(replace(FACTS, asked=asked))
    assert 5 not in {one for pair in pairs for one in (pair.primary, pair.secondary)}


def test_a_dossier_goes_to_its_own_specialty_where_it_can() -> None:
    surgeon = replace(REVIEWERS[4], specialties=frozenset({"physician-05"}))
    works = (*WORKS[:4], replace(WORKS[4], specialty="physician-05"))
    pairs = assigned(replace(FACTS, reviewers=(*REVIEWERS[:4], surgeon), works=works))
    assert pairs[4].primary == 5
    assert all(5 not in (pair.primary, pair.secondary) for pair in pairs[:4])


@pytest.mark.catalogue("M12")
def test_what_was_chosen_by_hand_stays_and_counts() -> None:
    works = tuple(replace(work, primary=3, secondary=4) for work in WORKS[:6]) + WORKS[6:]
    pairs = assigned(replace(FACTS, works=works))
    assert {(pair.primary, pair.secondary) for pair in pairs[:6]} == {(3, 4)}
    assert Counter(one for pair in pairs for one in (pair.primary, pair.secondary)) == dict.fromkeys((2, 3, 4, 5), 12)


def test_the_same_seed_gives_the_same_assignment_and_another_one_another() -> None:
    assert assigned(FACTS) == assigned(FACTS)
    assert assigned(FACTS) != assigned(replace(FACTS, seed="1" * 64))


@pytest.mark.catalogue("M12")
def test_a_dossier_nobody_may_review_is_named_with_what_stands_in_the_way() -> None:
    barred = {(100, 2), (100, 3), (100, 4)}
    assert reasons(replace(FACTS, barred=barred)) == [
        "2026-000000：主审、副审需 2 人，本组 5 人中只有 1 人可评（测试乙、测试丙、测试丁须回避；测试甲是组长）。"
    ]


def test_a_specialty_that_is_a_must_is_named() -> None:
    works = (replace(WORKS[0], specialty="physician-09"),)
    assert reasons(replace(FACTS, works=works, strict=True)) == [
        "2026-000000：主审、副审需 2 人，本组 5 人中只有 0 人可评"
        "（测试甲是组长；测试乙、测试丙、测试丁、测试戊的可评专业不含该专业）。"
    ]


@pytest.mark.catalogue("M12")
def test_limits_that_are_too_low_are_named_with_those_they_bind_and_nobody_else() -> None:
    barred = {(work.declaration, one) for work in WORKS[:10] for one in (4, 5)}
    limited = [replace(one, most=9) if one.expert in (2, 3) else one for one in REVIEWERS]
    assert reasons(replace(FACTS, reviewers=limited, barred=barred)) == [
        "2026-000000、2026-000001、2026-000002、2026-000003、2026-000004等 10 份材料只能由测试乙、测试丙评审，"
        "需 20 人次，而他们按每人上限合计最多再评 18 份，缺 2 人次。请提高每人上限，或者增加本组评委。"
    ]


@pytest.mark.catalogue("M12")
def test_everybody_gets_at_least_what_is_asked_and_who_cannot_is_named() -> None:
    surgeons = [replace(one, specialties=frozenset({"physician-05"}), least=4) for one in REVIEWERS[3:]]
    works = tuple(replace(work, specialty="physician-01") for work in WORKS[:8])
    facts = replace(FACTS, reviewers=(*REVIEWERS[:3], *surgeons), works=works)
    even = assigned(replace(facts, reviewers=(*REVIEWERS[:3], *(replace(one, least=0) for one in surgeons))))
    assert Counter(one for pair in even for one in held(pair))[4] < 4
    loads = Counter(one for pair in assigned(facts) for one in held(pair))
    assert (loads[4] >= 4, loads[5] >= 4, sum(loads.values())) == (True, True, 16)
    chair = replace(surgeons[0], is_chair=True)
    assert (
        Counter(one for pair in assigned(replace(facts, reviewers=(*REVIEWERS[:3], chair))) for one in held(pair))[4]
        == 0
    )
    barred = {(work.declaration, 4) for work in works[:6]}
    assert reasons(replace(facts, barred=barred)) == [
        "测试丁最多还能分到 2 份，按每人下限须再分 4 份，差 2 份（本组 8 份，须回避的、已手工指定给他人的不能再分）。请降低每人下限。"
    ]
    nothing = {(work.declaration, 4) for work in works}
    assert len(assigned(replace(facts, barred=nothing))) == 8
    many = [replace(one, least=6) for one in REVIEWERS]
    assert reasons(replace(facts, reviewers=many)) == [
        "测试乙、测试丙、测试丁、测试戊合计最多还能分到 16 份，按每人下限须再分 24 份，差 8 份"
        "（本组 8 份，须回避的、已手工指定给他人的不能再分）。请降低每人下限。"
    ]


@pytest.mark.catalogue("M12")
def test_who_scored_the_applicant_before_is_taken_last_or_never() -> None:
    scored = {(work.declaration, 5) for work in WORKS}
    assert 5 not in {one for pair in assigned(replace(FACTS, scored=scored)) for one in held(pair)}
    scored |= {(100, 3), (100, 4)}
    assert len(assigned(replace(FACTS, scored=scored))) == len(WORKS)
    assert reasons(replace(FACTS, scored=scored, never=True)) == [
        "2026-000000：主审、副审需 2 人，本组 5 人中只有 1 人可评（测试甲是组长；测试丙、测试丁、测试戊往年评过该申报人）。"
    ]


@pytest.mark.catalogue("M12")
def test_the_same_two_do_not_review_together_again_and_again() -> None:
    pairs = Counter(frozenset(held(pair)) for pair in assigned(FACTS))
    assert sorted(pairs.values()) == [4] * 6
    met = {frozenset((2, 3)): 12}
    again = Counter(frozenset(held(pair)) for pair in assigned(replace(FACTS, met=met)))
    assert again[frozenset((2, 3))] == 0
    assert Counter(one for pair in assigned(replace(FACTS, met=met)) for one in held(pair)) == dict.fromkeys(
        (2, 3, 4, 5), 12
    )


def held(pair: Pair) -> tuple[int, int]:
    return pair.primary, pair.secondary
