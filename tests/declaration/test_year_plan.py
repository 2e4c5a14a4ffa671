"""The plan of a year: its dates move what is open, everything counts to its cut-off date, next year's comes from this one's."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.clock import FixedClock
from engine.db import Database
from engine.declaration.standing import retires_on
from engine.declaration.year_plans import next_plan, plan_changes, planned_years
from engine.declaration.years import LEVELS, YearPlan, default_plan, plan_variables, set_year_plan, year_plan
from engine.errors import InvalidInput, NotAllowed
from engine.flow.registry import registry_of
from engine.flow.tables import timer
from engine.flow.variables import read_variables, variable_history
from engine.organisation import identity_of
from engine.reference.editing import CodeFields, edit_code, set_code_active
from tests.declaration.story import Story

Who = Callable[..., Actor]


@pytest.fixture
def office(who: Who) -> Actor:
    return who("office_admin", "title_office_admin")


@pytest.fixture
def plan(database: Database, office: Actor) -> Iterator[YearPlan]:
    """This year's plan, put back afterwards."""
    with database.read() as tx:
        before = year_plan(tx, 2026)
    yield before
    with database.transaction() as tx:
        set_year_plan(tx, office, before)


def save(database: Database, office: Actor, plan: YearPlan) -> None:
    with database.transaction() as tx:
        set_year_plan(tx, office, plan)


def due_times(database: Database, case_key: int) -> dict[str, datetime]:
    with database.read() as tx:
        rows = tx.rows(sa.select(timer.c.deadline_id, timer.c.due_at).where(timer.c.case_key == case_key))
        return {row.deadline_id: row.due_at for row in rows}


@pytest.mark.catalogue("P26")
def test_a_moved_date_moves_the_timers_of_that_year_alone_and_says_how_many(
    database: Database, clock: FixedClock, office: Actor, plan: YearPlan
) -> None:
    this = Story(database)
    this.start()
    clock.move_to(datetime(2027, 2, 1, tzinfo=UTC))
    other = Story(database, year=2027)
    other.start()
    clock.move_to(datetime(2026, 6, 1, 2, tzinfo=UTC))
    before = due_times(database, other.case_key)
    later = replace(
        plan, closes_at=plan.closes_at - timedelta(days=30), reminder_at=plan.reminder_at - timedelta(days=31)
    )
    with database.read() as tx:
        moved = {one.words: one.cases for one in plan_changes(tx, office, later)}
    assert moved == {"申报截止": moved["申报截止提醒"], "申报截止提醒": moved["申报截止提醒"]}
    assert moved["申报截止"] >= 1
    save(database, office, later)
    assert due_times(database, this.case_key) == {
        "declaration_close": later.closes_at,
        "declaration_close_reminder": later.reminder_at,
    }
    assert due_times(database, other.case_key) == before


@pytest.mark.catalogue("P26")
def test_open_cases_read_the_closings_of_the_levels_as_the_plan_has_them_now(
    database: Database, office: Actor, plan: YearPlan
) -> None:
    story = Story(database)
    story.start()
    closes = datetime(2026, 9, 30, 10, tzinfo=UTC)
    save(database, office, replace(plan, department_closes_at=closes, level_reminder_days=5))
    with database.read() as tx:
        held = read_variables(tx, story.case_key)
        assert held["closings"] == {
            "unit": None,
            "subordinate": None,
            "department": "2026-09-30T18:00:00+08:00",
            "province": None,
        }
        assert held["closing_reminders"]["department"] == "2026-09-25T18:00:00+08:00"
        assert variable_history(tx, story.case_key, "closings")[-1].reason == "年度计划调整"


@pytest.mark.catalogue("J27")
def test_age_counts_to_the_cut_off_date_of_the_year(database: Database, office: Actor, plan: YearPlan) -> None:
    story = _woman(database)
    with database.read() as tx:
        assert story.applicant.person is not None
        identity = identity_of(tx, story.applicant.person)
        assert identity is not None
        retires = retires_on(tx, identity, 2026)
    assert retires == date(2026, 11, 10)
    story.start()
    story.fill()
    save(database, office, replace(plan, cutoff_on=retires))
    with pytest.raises(InvalidInput) as refused:
        story.submit()
    assert refused.value.fields["present_position.employer_type"] == [
        "您将于2026-11-10达到法定退休年龄（本年度计算到2026-11-10），离退休人员不能申报；"
        "已批准延长退休的，请上传延长退休年龄审批表。"
    ]
    save(database, office, replace(plan, cutoff_on=retires - timedelta(days=1)))
    story.submit()
    assert story.status == "待经办人审核"


def _woman(database: Database) -> Story:
    """Born in June 1971: she retires in November 2026. The number of every second applicant says 女性."""
    for _ in range(2):
        story = Story(database, born="19710610")
        if int(story.applicant.login[16]) % 2 == 0:
            return story
    raise AssertionError("no woman")


@pytest.mark.catalogue("J27", "W13")
def test_achievements_count_to_the_cut_off_date_of_the_year(database: Database, office: Actor, plan: YearPlan) -> None:
    story = Story(database)
    story.start()
    story.fill(award=lambda rows: [{**rows[0], "obtained_on": "2026-05"}])
    save(database, office, replace(plan, cutoff_on=date(2026, 4, 30)))
    with pytest.raises(InvalidInput) as refused:
        story.submit()
    assert list(refused.value.fields) == ["award[0].obtained_on"]
    save(database, office, replace(plan, cutoff_on=date(2026, 5, 31)))
    story.submit()
    assert story.status == "待经办人审核"


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"closes_at": datetime(2025, 1, 1, tzinfo=UTC)}, {"closes_at", "reminder_at"}),
        ({"reminder_at": datetime(2027, 6, 1, tzinfo=UTC)}, {"reminder_at"}),
        ({"cutoff_on": date(2020, 1, 1)}, {"cutoff_on"}),
        ({"publicity_days": 4}, {"publicity_days"}),
        ({"review_days": 0}, {"review_days"}),
        ({"level_reminder_days": 90}, {"level_reminder_days"}),
        (
            {
                "unit_closes_at": datetime(2026, 8, 1, tzinfo=UTC),
                "department_closes_at": datetime(2026, 7, 1, tzinfo=UTC),
            },
            {"department_closes_at"},
        ),
    ],
)
def test_the_times_of_a_plan_follow_each_other(
    database: Database, office: Actor, change: dict[str, Any], wrong: set[str]
) -> None:
    with pytest.raises(InvalidInput) as invalid:
        save(database, office, replace(default_plan(2026), **change))
    assert set(invalid.value.fields) == wrong


def test_next_years_plan_is_this_years_a_year_later(database: Database, office: Actor) -> None:
    plan = replace(
        default_plan(2028),
        opens_at=datetime(2028, 2, 29, 1, tzinfo=UTC),
        province_closes_at=datetime(2028, 10, 31, 10, tzinfo=UTC),
    )
    later = next_plan(plan)
    assert (later.year, later.opens_at, later.province_closes_at, later.cutoff_on) == (
        2029,
        datetime(2029, 2, 28, 1, tzinfo=UTC),
        datetime(2029, 10, 31, 10, tzinfo=UTC),
        date(2029, 12, 31),
    )
    save(database, office, later)
    with database.read() as tx:
        assert year_plan(tx, 2029) == later
        assert planned_years(tx)[0] == 2029


def test_only_who_manages_declarations_plans_a_year(database: Database, who: Who) -> None:
    officer = who("hosp3_officer")
    with database.transaction() as tx:
        with pytest.raises(NotAllowed):
            set_year_plan(tx, officer, default_plan(2026))
        with pytest.raises(NotAllowed):
            plan_changes(tx, officer, default_plan(2026))


def test_a_level_without_closing_has_a_reminder_that_never_comes() -> None:
    variables = plan_variables(default_plan(2026))
    assert set(variables["closing_reminders"]) == set(LEVELS)
    assert set(variables["closing_reminders"].values()) == {"9999-12-31T00:00:00+08:00"}


@pytest.mark.catalogue("W13")
def test_a_declaration_is_read_and_corrected_by_the_lists_of_its_own_year(
    database: Database, clock: FixedClock, office: Actor
) -> None:
    story = Story(database)
    story.start()
    story.fill()
    clock.move_to(datetime(2026, 12, 30, tzinfo=UTC))
    with database.transaction() as tx:
        edit_code(tx, office, "ethnicity", 2027, CodeFields("01", "汉族（2027 年改名）"))
        set_code_active(tx, office, "ethnicity", 2027, "01", active=False)
    story.submit()
    assert story.status == "待经办人审核"
    with database.read() as tx:
        this, next_year = (registry_of(tx).options_of(tx, year) for year in (2026, 2027))
        assert (this.label("ethnicity", "01"), next_year.label("ethnicity", "01")) == ("汉族", "汉族（2027 年改名）")
