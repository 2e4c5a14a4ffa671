"""The decision tables as they come with the release, row by row."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from engine.clock import FixedClock
from engine.decision import Model
from engine.feel import to_json

FOLDER = Path(__file__).parents[2] / "processes" / "declaration"
TODAY = FixedClock(datetime(2026, 6, 1, 2, tzinfo=UTC))
STEPS = {"basic": 1, "assistant": 1, "intermediate": 2, "associate_senior": 3, "senior": 4}


def decide(table: str, **facts: Any) -> Any:
    return to_json(Model((FOLDER / f"{table}.dmn").read_bytes()).evaluate(table, facts, TODAY).value)


# --- level_rule -------------------------------------------------------------------------------------------------------


def level(route: str, current: str | None, target: str, *, changes: bool = False, education: int | None = 3) -> bool:
    answer = decide(
        "level_rule",
        declaration_route=route,
        has_title=current is not None,
        title_level=target,
        current_title_level=current,
        target_step=STEPS[target],
        current_step=STEPS[current] if current else None,
        changes_field=changes,
        education_rank=education,
        target_level_label=target,
        current_level_label=current or "",
    )
    assert answer["message"]
    return bool(answer["allowed"])


@pytest.mark.catalogue("P2")
@pytest.mark.parametrize("route", ["regular", "exceptional"])
@pytest.mark.parametrize("current", STEPS)
@pytest.mark.parametrize("target", STEPS)
def test_a_title_rises_by_one_step_and_the_two_junior_levels_are_one(route: str, current: str, target: str) -> None:
    within_junior = (current, target) == ("basic", "assistant")
    assert level(route, current, target) is (STEPS[target] - STEPS[current] == 1 or within_junior)


@pytest.mark.catalogue("P2")
@pytest.mark.parametrize("target", STEPS)
@pytest.mark.parametrize("current", [None, *STEPS])
@pytest.mark.parametrize("route", ["transferred_official", "one_step", "green_channel", "skilled_talent"])
def test_the_other_routes_may_skip_levels(route: str, current: str | None, target: str) -> None:
    assert level(route, current, target)


@pytest.mark.catalogue("P2")
@pytest.mark.parametrize("target", STEPS)
@pytest.mark.parametrize("current", STEPS)
@pytest.mark.parametrize("changes", [True, False])
def test_a_transfer_keeps_the_level_and_changes_series_or_specialty(current: str, target: str, changes: bool) -> None:
    assert level("series_transfer", current, target, changes=changes) is (current == target and changes)


@pytest.mark.catalogue("P2")
def test_a_transfer_needs_a_title() -> None:
    assert not level("series_transfer", None, "intermediate", changes=True)


@pytest.mark.catalogue("Q39")
@pytest.mark.parametrize("route", ["regular", "exceptional"])
@pytest.mark.parametrize(
    ("education", "highest"),
    [(1, "intermediate"), (2, "assistant"), (3, "assistant"), (4, "assistant"), (5, "basic"), (6, None)],
)
@pytest.mark.parametrize("target", STEPS)
def test_a_first_title_is_what_education_allows(route: str, education: int, highest: str | None, target: str) -> None:
    order = list(STEPS)
    allowed = highest is not None and order.index(target) <= order.index(highest)
    assert level(route, None, target, education=education) is allowed


def test_nothing_is_said_of_a_first_title_before_the_education_is_known() -> None:
    assert level("regular", None, "senior", education=None)


# --- eligibility ------------------------------------------------------------------------------------------------------

CLEAN: dict[str, Any] = {
    "integrity_until": None,
    "integrity_reason": None,
    "punished_until": None,
    "employer_type": "public_institution",
    "retires_on": "2045-01-01",
    "retirement_deferred": False,
}


@pytest.mark.catalogue("J15", "J16")
@pytest.mark.parametrize(
    ("facts", "eligible"),
    [
        ({}, True),
        ({"retires_on": None, "employer_type": None}, True),
        ({"integrity_until": "2026-06-01", "integrity_reason": "论文造假"}, False),
        ({"integrity_until": "2026-05-31", "integrity_reason": "论文造假"}, True),
        ({"punished_until": "2026-06-01"}, False),
        ({"punished_until": "2026-05-31"}, True),
        ({"employer_type": "government"}, False),
        ({"employer_type": "civil_service_unit"}, False),
        ({"employer_type": "self_employed"}, True),
        ({"retires_on": "2026-06-01"}, False),
        ({"retires_on": "2026-06-02"}, True),
        ({"retires_on": "2026-06-01", "retirement_deferred": True}, True),
    ],
)
def test_who_may_declare(facts: dict[str, Any], eligible: bool) -> None:
    answer = decide("eligibility", **{**CLEAN, **facts})
    assert answer["eligible"] is eligible
    assert answer["reason"]


@pytest.mark.catalogue("J15")
@pytest.mark.parametrize(
    ("sex", "born", "months"),
    [
        ("1", "1964-12-31", 720),
        ("1", "1965-01-01", 721),
        ("1", "1965-04-30", 721),
        ("1", "1965-05-01", 722),
        ("1", "1976-08-01", 755),
        ("1", "1976-09-01", 756),
        ("1", "1990-01-01", 756),
        ("2", "1969-12-31", 660),
        ("2", "1970-01-01", 661),
        ("2", "1981-09-01", 696),
        ("2", "1990-01-01", 696),
        ("9", "1990-01-01", None),
    ],
)
def test_the_age_of_retirement_rises_step_by_step(sex: str, born: str, months: int | None) -> None:
    assert decide("retirement_age", sex=sex, birth_date=born) == months


# --- required_materials -----------------------------------------------------------------------------------------------

PLAIN: dict[str, Any] = {
    "series": "工程技术人员",
    "title_level": "intermediate",
    "declaration_route": "regular",
    "has_title": False,
    "title_obtained_by": None,
    "recruited": False,
    "past_retirement_age": False,
}
ALWAYS = ["truth_pledge", "ethics_appraisal", "ranking_sheet", "publicity_proof"]


@pytest.mark.catalogue("P8", "Q34")
@pytest.mark.parametrize(
    ("facts", "more"),
    [
        ({}, []),
        ({"series": "卫生技术人员"}, ["medical_ethics_form"]),
        ({"declaration_route": "green_channel"}, ["green_channel_filing"]),
        ({"declaration_route": "exceptional"}, []),
        ({"declaration_route": "exceptional", "title_level": "associate_senior"}, ["exception_register"]),
        ({"declaration_route": "exceptional", "title_level": "senior"}, ["exception_register"]),
        ({"has_title": True, "title_obtained_by": "review"}, ["current_review_record"]),
        ({"has_title": True, "title_obtained_by": "exam"}, ["exam_pass_register"]),
        ({"has_title": True, "title_obtained_by": "appraisal"}, []),
        ({"has_title": False, "title_obtained_by": "review"}, []),
        ({"recruited": True}, []),
        ({"recruited": True, "title_level": "senior"}, ["recruited_talent_register"]),
        ({"past_retirement_age": True}, ["deferred_retirement_form"]),
    ],
)
def test_which_materials_are_needed(facts: dict[str, Any], more: list[str]) -> None:
    answer = decide("required_materials", **{**PLAIN, **facts})
    assert [row["material"] for row in answer] == ALWAYS + more
    assert [row["material"] for row in answer if row["due"] == "forward"] == ["ranking_sheet", "publicity_proof"]
    assert all(row["reason"] for row in answer)


# --- next_level -------------------------------------------------------------------------------------------------------

CHAIN = [
    {"unit": 4, "name": "医院", "leader_review": True},
    {"unit": 1, "name": "职改办", "leader_review": False},
]


@pytest.mark.catalogue("P22", "Q31", "Q38")
@pytest.mark.parametrize(
    ("direction", "position", "unit", "at"),
    [(None, -1, 4, 0), (None, 0, 1, 1), (None, 1, None, 1), ("down", 1, 4, 0)],
)
def test_the_next_level_is_the_next_unit_of_the_chain_and_the_lower_one_the_unit_before(
    direction: str | None, position: int, unit: int | None, at: int
) -> None:
    answer = decide("next_level", chain=CHAIN, position=position, title_level="senior", direction=direction)
    assert (answer["has_next"], answer["unit"], answer["position"]) == (unit is not None, unit, at)
    held = next((level for level in CHAIN if level["unit"] == unit), {})
    assert (answer["name"], answer["leader_review"]) == (held.get("name"), held.get("leader_review", False))
