"""The reviewer's three tabs, their 22 filters and their pages; the stories of the demo province they are shown with."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.bootstrap import App
from engine.clock import FixedClock
from engine.db import Database
from engine.declaration.checking import check_declarations
from engine.declaration.demo import play_demo
from engine.declaration.detail import my_declarations
from engine.declaration.lists import FILTERS, SORTS, Tab, review_list, review_scope
from engine.declaration.tables import declaration
from engine.errors import InvalidInput, NotAllowed
from engine.flow.journal import verify_journal
from engine.flow.tables import case
from engine.organisation.tables import unit

Who = Callable[..., Actor]

#: a Monday in autumn, four weeks into the stories
TODAY = datetime(2026, 10, 26, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def played(app: App) -> Database:
    clock = app.database.clock
    assert isinstance(clock, FixedClock)
    clock.move_to(TODAY)
    assert play_demo(app.database, app.files) == 25
    return app.database


@pytest.fixture
def demo(played: Database, clock: FixedClock) -> Database:
    clock.move_to(TODAY)
    return played


def names(database: Database, actor: Actor, tab: Tab = Tab.PENDING, **options: Any) -> list[str]:
    with database.read() as tx:
        return [row["name"] for row in review_list(tx, actor, tab=tab, year=2026, **options).rows]


def test_the_demo_shows_every_state_of_this_process(demo: Database) -> None:
    with demo.read() as tx:
        states = Counter(row.status for row in tx.rows(sa.select(declaration.c.status)))
        assert states == {
            "待参评": 3,
            "补正中": 1,
            "待预分配": 1,
            "待上级经办人审核": 4,
            "待上级领导审核": 2,
            "待经办人审核": 5,
            "待领导审核": 4,
            "退回修改": 2,
            "草稿": 2,
            "不予推荐": 1,
            "已废弃": 1,
        }
        assert tx.rows(sa.select(case.c.key).where(case.c.has_incident)) == []
        assert {verify_journal(tx, row.key) for row in tx.rows(sa.select(case.c.key))} == {None}


def test_the_lists_are_in_step_with_the_cases_and_what_is_not_is_named(demo: Database) -> None:
    with demo.read() as tx:
        assert list(check_declarations(tx)) == []
    tampered = sa.update(declaration).where(declaration.c.declaration_no == "2026-000001")
    with demo.transaction() as tx:
        tx.execute(tampered.values(school="另一学校"))
    try:
        with demo.read() as tx:
            assert [found.rule for found in check_declarations(tx)] == ["declaration_row"]
    finally:
        with demo.transaction() as tx:
            tx.execute(tampered.values(school="示范大学"))


def test_the_demo_is_played_once(demo: Database, app: App) -> None:
    assert play_demo(demo, app.files) == 0


@pytest.mark.catalogue("U7")
def test_the_tabs_part_what_waits_what_is_parked_and_what_was_decided(demo: Database, who: Who) -> None:
    officer = who("industry_officer")
    assert names(demo, officer) == ["陈示十", "王示八"]
    assert names(demo, officer, Tab.ON_HOLD) == ["蒋示三"]
    assert names(demo, officer, Tab.DECIDED) == ["张示四", "何示一", "秦示八", "郑示七"]
    with demo.read() as tx:
        counts = review_list(tx, officer, year=2026).counts
    assert counts == {Tab.PENDING: 2, Tab.ON_HOLD: 1, Tab.DECIDED: 4, Tab.ALL: 8}


@pytest.mark.catalogue("U7")
def test_each_role_of_a_unit_has_its_own_tabs(demo: Database, who: Who) -> None:
    leader = who("industry_leader", "unit_leader")
    assert names(demo, leader) == ["何示一"]
    assert names(demo, leader, Tab.DECIDED) == ["秦示八", "郑示七", "王示八"]


@pytest.mark.catalogue("U17", "R12")
def test_a_superior_s_list_holds_the_applicants_of_lower_units(demo: Database, who: Who) -> None:
    with demo.read() as tx:
        waiting = review_list(tx, who("edu_officer"), year=2026).rows
        decided = review_list(tx, who("edu_officer"), tab=Tab.DECIDED, year=2026).rows
    assert [(row["name"], row["unit_name"]) for row in waiting] == [("钱示二", "示范医科大学（示例）")]
    assert ("朱示七", "示范医科大学第三附属医院（示例）") in [(row["name"], row["unit_name"]) for row in decided]


@pytest.mark.catalogue("U9")
def test_a_row_has_the_manual_s_columns_and_the_task_to_open(demo: Database, who: Who) -> None:
    with demo.read() as tx:
        row = review_list(tx, who("industry_officer"), year=2026).rows[0]
    shown = ("name", "identity_number", "title_category", "title_series", "specialty", "title_name", "committee")
    assert [row[column] for column in shown] == [
        "陈示十", "990000198301091109", "engineering", "engineering", "engineering-04", "engineering-associate_senior", None,
    ]  # fmt: skip
    decided_too = [row[column] for column in ("title_level", "declaration_route", "review_mode")]
    assert decided_too == ["associate_senior", "skilled_talent", "review"]
    assert isinstance(row["task_key"], int)


def test_a_stranger_s_list_is_empty_and_an_applicant_has_none(demo: Database, who: Who) -> None:
    assert [names(demo, who("cityhosp_officer"), tab) for tab in Tab] == [[], [], [], []]
    with pytest.raises(NotAllowed), demo.read() as tx:
        review_list(tx, who("990000197603121014", "applicant"))


@pytest.mark.catalogue("A10")
def test_another_year_s_list_is_another_list(demo: Database, who: Who) -> None:
    with demo.read() as tx:
        assert review_list(tx, who("industry_officer"), year=2025).rows == []


@pytest.mark.catalogue("U8", "U23")
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"title_category": "engineering"}, ["何示一", "郑示七"]),
        ({"title_series": "accounting"}, ["张示四"]),
        ({"specialty": "translation-01"}, ["秦示八"]),
        ({"title_name": "engineering-senior"}, ["郑示七"]),
        ({"title_level": "associate_senior"}, ["张示四", "何示一", "秦示八"]),
        ({"declaration_route": "green_channel"}, ["郑示七"]),
        ({"review_mode": "review"}, ["张示四", "何示一", "秦示八", "郑示七"]),
        ({"review_mode": "public_review"}, []),
        ({"identity_number": "9900001974"}, ["郑示七"]),
        ({"name": "郑"}, ["郑示七"]),
        ({"highest_education": "14"}, ["何示一", "秦示八", "郑示七"]),
        ({"school": "师范"}, ["张示四"]),
        ({"first_education": "21"}, ["张示四", "何示一", "秦示八", "郑示七"]),
        ({"committee": "1"}, []),
        ({"region": "130100"}, ["张示四", "何示一", "秦示八", "郑示七"]),
        ({"region": "130600"}, []),
        ({"current_title_name": "accounting-intermediate"}, ["张示四"]),
        ({"current_title_level": "intermediate"}, ["张示四", "何示一", "秦示八", "郑示七"]),
        ({"current_title_years": "20"}, ["郑示七"]),
        ({"special_experience": "yes"}, []),
        ({"special_experience": "no"}, ["张示四", "何示一", "秦示八", "郑示七"]),
        ({"entrusted_review": "yes"}, ["秦示八"]),
        ({"major": "120203K"}, ["张示四"]),
        ({"title_level": "associate_senior", "highest_education": "14"}, ["何示一", "秦示八"]),
        ({"name": "  ", "major": ""}, ["张示四", "何示一", "秦示八", "郑示七"]),
        ({"name": "%"}, []),
        ({"unit": "no number"}, []),
    ],
)
def test_each_filter_finds_its_declarations(demo: Database, who: Who, asked: dict[str, str], found: list[str]) -> None:
    assert names(demo, who("industry_officer"), Tab.DECIDED, filters=asked) == found


@pytest.mark.catalogue("U8")
def test_unit_and_governing_department_are_found_by_their_keys(demo: Database, who: Who) -> None:
    with demo.read() as tx:
        medical = str(tx.value(sa.select(unit.c.id).where(unit.c.name == "示范医科大学（示例）")))
    officer = who("edu_officer")
    assert names(demo, officer, filters={"unit": medical}) == ["钱示二"]
    assert names(demo, officer, Tab.DECIDED, filters={"governing_unit": medical}) == ["朱示七", "赵示一"]


@pytest.mark.catalogue("U8")
def test_the_filters_are_the_manual_s_twenty_two() -> None:
    assert len(FILTERS) == 22


@pytest.mark.catalogue("A8")
def test_pages_follow_each_other_forwards_and_back(demo: Database, who: Who) -> None:
    officer = who("industry_officer")
    with demo.read() as tx:
        first = review_list(tx, officer, tab=Tab.DECIDED, year=2026, size=2)
        second = review_list(tx, officer, tab=Tab.DECIDED, year=2026, size=2, cursor=first.next)
        back = review_list(tx, officer, tab=Tab.DECIDED, year=2026, size=2, cursor=second.previous)
    assert [row["name"] for row in first.rows] == ["张示四", "何示一"]
    assert [row["name"] for row in second.rows] == ["秦示八", "郑示七"]
    assert [row["name"] for row in back.rows] == ["张示四", "何示一"]
    assert (first.previous, second.next, back.previous) == (None, None, None)


@pytest.mark.parametrize("cursor", ["x", "W10", "WzAsIngiLDFd"])
def test_a_forged_place_is_refused(demo: Database, who: Who, cursor: str) -> None:
    with pytest.raises(InvalidInput), demo.read() as tx:
        review_list(tx, who("industry_officer"), cursor=cursor)


def test_a_batch_over_the_query_gets_the_tasks_that_wait(demo: Database, who: Who) -> None:
    officer = who("industry_officer")
    with demo.read() as tx:
        rows = review_list(tx, officer, year=2026).rows
        assert review_scope(tx, officer, year=2026, filters={}) == [row["task_key"] for row in rows]


def test_a_list_asks_the_database_as_often_for_many_rows_as_for_one(demo: Database, who: Who) -> None:
    def statements(officer: Actor) -> int:
        seen: list[str] = []
        listen = lambda *args: seen.append(args[2])  # noqa: E731
        sa.event.listen(demo.reader, "before_cursor_execute", listen)
        try:
            with demo.read() as tx:
                review_list(tx, officer, tab=Tab.DECIDED, year=2026)
        finally:
            sa.event.remove(demo.reader, "before_cursor_execute", listen)
        return len(seen)

    assert statements(who("archive_officer")) == statements(who("industry_officer")) == 5


def test_no_statement_of_a_list_keeps_one_plan_for_all_values(demo: Database, who: Who) -> None:
    """PostgreSQL makes such a plan after a few executions of what is prepared."""
    if demo.is_sqlite:
        pytest.skip("SQLite keeps no plan of a statement")
    officer = who("office_officer")
    with demo.read() as tx:
        for _ in range(8):
            review_list(tx, officer, tab=Tab.DECIDED, filters={"title_level": "senior"}, sort="name", year=2026)
        kept = tx.rows(
            sa.text("SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%declaration.name%'")
        )
    # a declaration found by its key, as commands find it, may keep its plan
    assert [one for (one,) in kept if "WHERE declaration.case_key = $1" not in one] == []


@pytest.mark.catalogue("P25", "A10")
def test_one_s_own_declarations_are_listed_with_where_they_are(demo: Database, who: Who) -> None:
    with demo.read() as tx:
        mine = my_declarations(tx, who("990000198703031125", "applicant"))
        none = my_declarations(tx, who("industry_officer"))
    assert [one.row["status"] for one in mine] == ["待领导审核", "已废弃"]
    assert mine[0].sentence.startswith("正由示范市图书档案馆（示例）领导审核，已 ")
    assert none == []


@pytest.mark.catalogue("U23")
@pytest.mark.parametrize("sort", [*SORTS, "at"])
@pytest.mark.parametrize("minus", ["", "-"])
def test_every_order_pages_through_the_same_rows(demo: Database, who: Who, sort: str, minus: str) -> None:
    officer, found, cursor = who("industry_officer"), [], None
    with demo.read() as tx:
        while True:
            page = review_list(tx, officer, tab=Tab.DECIDED, year=2026, size=1, cursor=cursor, sort=f"{minus}{sort}")
            found += page.rows
            cursor = page.next
            if cursor is None:
                break
        everything = review_list(tx, officer, tab=Tab.DECIDED, year=2026, size=100).rows
    assert {row["case_key"] for row in found} == {row["case_key"] for row in everything}
    assert len(found) == len(everything)
    order = [(row[sort], row["case_key"]) for row in found]
    assert order == sorted(order, reverse=(minus == "-") != (sort == "at"))


@pytest.mark.parametrize("tab", list(Tab))
def test_whichever_way_a_list_is_found_it_is_the_same(
    demo: Database, who: Who, monkeypatch: pytest.MonkeyPatch, tab: Tab
) -> None:
    """From named keys, from a filter's index, along the desk or along the order."""
    asked = [
        {},
        {"title_level": "associate_senior"},
        {"school": "示范"},
        {"name": "*示"},
        {"unit": "工业", "review_mode": "review"},
    ]

    def found(officer: Actor) -> list[list[str]]:
        newest = [names(demo, officer, tab, filters=filters, size=100) for filters in asked]
        return [*newest, *(names(demo, officer, tab, filters=one, sort="-school", size=100) for one in asked[:2])]

    officers = [who(login) for login in ("industry_officer", "edu_officer", "office_officer")]
    usual = [found(officer) for officer in officers]
    for few, province in product((0, 1, 1000), (1, 10**9)):
        monkeypatch.setattr("engine.declaration.list_paths.FEW", few)
        monkeypatch.setattr("engine.declaration.list_paths.PROVINCE", province)
        assert [found(officer) for officer in officers] == usual
