"""组建校验 by the decision table: each rule with what there is, what there should be, and its sentence (J01–J05, J14, J23)."""

from typing import Any

import pytest

from engine.committee.composition import RuleResult, check_composition, parameters_of
from engine.db import Database


def judged(database: Database, **facts: Any) -> dict[str, RuleResult]:
    with database.read() as tx:
        return {result.label: result for result in check_composition(tx, facts)}


@pytest.mark.catalogue("J01", "J02", "J23")
@pytest.mark.parametrize(
    ("kind", "rank", "least", "rule"),
    [
        ("series", "senior", 25, "J01"),
        ("specialty", "senior", 11, "J02"),
        ("series", "intermediate", 15, "J23"),
        ("specialty", "intermediate", 7, "J23"),
        ("series", "junior", 7, "J23"),
        ("specialty", "junior", 7, "J23"),
    ],
)
def test_the_least_number_goes_by_kind_and_level(
    database: Database, kind: str, rank: str, least: int, rule: str
) -> None:
    enough = judged(database, kind=kind, rank=rank, members=least)["评委人数下限"]
    assert (enough.rule, enough.ok, enough.expected, enough.sentence) == (rule, True, f"不少于 {least} 人", "")
    fewer = judged(database, kind=kind, rank=rank, members=least - 2)["评委人数下限"]
    assert (fewer.ok, fewer.input) == (False, f"{least - 2} 人")
    assert fewer.sentence.endswith(f"评委会不少于 {least} 人")


@pytest.mark.catalogue("J03")
def test_the_number_is_odd(database: Database) -> None:
    even = judged(database, members=26)["评委人数为单数"]
    assert (even.rule, even.ok, even.sentence) == ("J03", False, "评委人数应为单数，26 人请改为 25 人或 27 人")
    assert judged(database, members=25)["评委人数为单数"].ok


@pytest.mark.catalogue("J04")
def test_no_term_is_over(database: Database) -> None:
    over = judged(database, experts=30, outside=3, terms_over=2)["专家任期"]
    assert (over.rule, over.ok) == ("J04", False)
    assert over.sentence == "有 2 名专家的任期已满或超过 3 年，请续聘或调整后再组建"


@pytest.mark.catalogue("J05")
def test_a_filing_is_of_three_years_at_most(database: Database) -> None:
    filed = judged(database, filing_from="2026-01-01", filing_until="2029-01-01", region="130000")["备案有效期"]
    assert (filed.ok, filed.sentence[-10:]) == (False, "2028-12-31")
    assert judged(database, filing_from="2026-01-01", filing_until="2028-12-31")["备案有效期"].ok


@pytest.mark.catalogue("J14")
def test_a_committee_is_of_one_series(database: Database) -> None:
    assert not judged(database, series_count=2)["单一系列"].ok
    assert judged(database, series_count=1)["单一系列"].ok


@pytest.mark.catalogue("J23")
@pytest.mark.parametrize(("outside", "ok"), [(3, True), (2, False), (0, False)])
def test_one_in_ten_comes_from_elsewhere(database: Database, outside: int, ok: bool) -> None:
    share = judged(database, experts=30, outside=outside, terms_over=0)["外单位专家比例"]
    assert (share.ok, share.input, share.expected) == (ok, f"{outside} / 30 人", "不少于 10%")


def test_nothing_is_judged_by_facts_that_are_not_given(database: Database) -> None:
    assert judged(database) == {}
    assert list(judged(database, members=25)) == ["评委人数为单数"]


def test_each_result_names_the_version_of_the_table(database: Database) -> None:
    assert judged(database, members=25)["评委人数为单数"].version == "2026 第 1 版"


def test_the_parameters_stand_in_a_table(database: Database) -> None:
    with database.read() as tx:
        found = parameters_of(tx, "130600")
    assert (found.term_years, found.filing_years, found.outside_percent) == (3, 3, 10)
