"""Changing the lists: years stand apart, what depends on a value is named before it goes, processes follow each other."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from engine.access import Actor, Permission
from engine.clock import FixedClock
from engine.db import Database, Transaction
from engine.errors import InvalidInput, NotAllowed, Refused
from engine.reference import CodeLists, Dependent, Dependents, dependents_of, load_book, load_calendar
from engine.reference.changes import CALENDAR, list_changes
from engine.reference.days import override_day, reset_day, year_calendar
from engine.reference.editing import CodeFields, add_code, copy_list, delete_code, edit_code, move_code, set_code_active
from engine.reference.exchange import Imported, export_rows, import_rows
from engine.reference.listing import code_page, list_code_tables
from tests.support.tables import make_tables
from tests.support.templates import Templates

KEEPER = Actor(1, "office_admin", "高示管", permissions=frozenset({Permission.CODES_MANAGE}))
NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)


@pytest.fixture
def database(database_url: str, templates: Templates) -> Iterator[Database]:
    """The lists as of 2025, in June 2026, with two processes that keep them in memory."""
    templates.fill(database_url, make_tables, code_lists=2025, now=NOON)
    database = Database(
        database_url, clock=FixedClock(NOON), services={CodeLists: CodeLists(), Dependents: Dependents()}
    )
    yield database
    database.dispose()


def options(tx: Transaction, name: str, year: int) -> list[str]:
    return [option.label for option in load_book(tx, year).options(name, {})]


@pytest.mark.catalogue("W13")
def test_a_change_of_this_year_leaves_the_years_before_as_they_were(database: Database) -> None:
    with database.transaction() as tx:
        edit_code(tx, KEEPER, "review_mode", 2026, CodeFields("public_review", "社会化评价"))
        add_code(tx, KEEPER, "review_mode", 2026, CodeFields("exam", "以考代评"))
        assert options(tx, "review_mode", 2025) == ["评审", "社会化评审"]
        assert options(tx, "review_mode", 2026) == ["评审", "社会化评价", "以考代评"]
        assert options(tx, "review_mode", 2027) == ["评审", "社会化评价", "以考代评"]


@pytest.mark.catalogue("Q29")
def test_a_category_groups_the_series_its_list_puts_under_it(database: Database) -> None:
    def series(tx: Transaction, category: str) -> set[str]:
        return {one.value for one in load_book(tx, 2026).options("title_series", {"parent": category})}

    with database.transaction() as tx:
        before = series(tx, "health")
        add_code(tx, KEEPER, "title_category", 2026, CodeFields("care", "养老服务类"))
        add_code(tx, KEEPER, "title_series", 2026, CodeFields("elder_care", "养老服务", "care"))
        assert (series(tx, "care"), series(tx, "health")) == ({"elder_care"}, before)
        assert before != set()


@pytest.mark.catalogue("W13")
def test_a_past_year_is_read_and_not_changed(database: Database) -> None:
    with database.transaction() as tx:
        with pytest.raises(Refused) as refused:
            edit_code(tx, KEEPER, "review_mode", 2025, CodeFields("review", "评审会"))
        assert options(tx, "review_mode", 2025) == ["评审", "社会化评审"]
        assert code_page(tx, KEEPER, "review_mode", 2025).version == 2025
    assert refused.value.message == "2025 年度的代码表只能查看：已填报的材料要按当年的内容显示。请在 2026 年度修改。"


def test_a_value_disabled_from_a_year_on_stays_disabled_in_the_versions_after_it(database: Database) -> None:
    with database.transaction() as tx:
        copy_list(tx, KEEPER, "review_mode", 2027)
        set_code_active(tx, KEEPER, "review_mode", 2026, "public_review", active=False)
        assert [options(tx, "review_mode", year) for year in (2025, 2026, 2027)] == [
            ["评审", "社会化评审"],
            ["评审"],
            ["评审"],
        ]
        assert load_book(tx, 2027).label("review_mode", "public_review") == "社会化评审"


def test_a_year_is_copied_once(database: Database) -> None:
    with database.transaction() as tx:
        assert copy_list(tx, KEEPER, "declaration_route", 2027) == 7
        with pytest.raises(Refused) as refused:
            copy_list(tx, KEEPER, "declaration_route", 2027)
        edit_code(tx, KEEPER, "declaration_route", 2027, CodeFields("regular", "一般申报"))
        assert load_book(tx, 2026).label("declaration_route", "regular") == "正常申报"
    assert refused.value.message == "2027 年度已有自己的版本，请直接修改。"


@pytest.mark.parametrize(
    ("name", "fields", "wrong"),
    [
        ("sex", CodeFields("4 5", "其他"), {"value": ["代码由 1 至 64 位字母、数字、点、横线组成，以字母或数字开头"]}),
        ("sex", CodeFields("1", "男"), {"value": ["代码 1 已经有了，请换一个"]}),
        ("sex", CodeFields("3", " "), {"label": ["请填写名称，最多 200 个字"]}),
        ("specialty", CodeFields("x", "新专业"), {"parent": ["请选择所属的申报系列"]}),
        ("specialty", CodeFields("x", "新专业", "no_series"), {"parent": ["“申报系列”中没有 no_series"]}),
        ("title_name", CodeFields("x", "新职称", "nurse"), {"title_level": ["请选择职称等级"]}),
        ("education_level", CodeFields("95", "其他"), {"rank": ["请填写 1 至 99 的次序，1 为最高"]}),
    ],
)
def test_a_value_must_fit_its_list(
    database: Database, name: str, fields: CodeFields, wrong: dict[str, list[str]]
) -> None:
    with database.transaction() as tx, pytest.raises(InvalidInput) as invalid:
        add_code(tx, KEEPER, name, 2026, fields)
    assert invalid.value.fields == wrong


def test_a_tree_has_no_circle(database: Database) -> None:
    with database.transaction() as tx:
        with pytest.raises(InvalidInput) as invalid:
            edit_code(tx, KEEPER, "region", 2026, CodeFields("130100", "石家庄市", "130102"))
        assert invalid.value.fields == {"parent": ["上级不能是它自己或它的下级"]}


def test_a_value_that_is_used_is_not_deleted(database: Database) -> None:
    def declarations(tx: Transaction, name: str, year: int, value: str) -> Iterator[Dependent]:
        yield Dependent("申报", 3 if (name, value) == ("title_series", "nurse") else 0)

    database.services[Dependents].add(declarations)  # type: ignore[attr-defined]
    with database.transaction() as tx:
        found = [(one.words, one.count) for one in dependents_of(tx, "title_category", 2026, "teaching")]
        assert found == [("代码表“申报系列”中以它为上级的取值", 6)]
        with pytest.raises(Refused) as refused:
            delete_code(tx, KEEPER, "title_level", 2026, "basic")
        add_code(tx, KEEPER, "sex", 2026, CodeFields("3", "误加"))
        delete_code(tx, KEEPER, "sex", 2026, "3")
        assert load_book(tx, 2026).find("sex", "3") is None
    assert refused.value.message.startswith("“初级(员级)”不能删除：代码表“职称名称”中用到它的取值")


def test_neighbours_change_places(database: Database) -> None:
    with database.transaction() as tx:
        move_code(tx, KEEPER, "review_mode", 2026, "public_review", down=False)
        move_code(tx, KEEPER, "review_mode", 2026, "public_review", down=False)
        assert options(tx, "review_mode", 2026) == ["社会化评审", "评审"]
        assert options(tx, "review_mode", 2025) == ["评审", "社会化评审"]


def test_who_changed_what_is_kept(database: Database) -> None:
    with database.transaction() as tx:
        edit_code(tx, KEEPER, "review_mode", 2026, CodeFields("review", "评审会评审"))
    with database.read() as tx:
        (change,) = list_changes(tx, KEEPER, "review_mode")
        assert (change.by_name, change.value, change.action.value) == ("高示管", "review", "edited")
        assert (change.before, change.after) == ({"label": "评审"}, {"label": "评审会评审"})


def test_only_who_keeps_the_codes_changes_or_lists_them(database: Database) -> None:
    stranger = Actor(2, "hosp3_officer", "林示办")
    with database.transaction() as tx:
        for ask in (
            lambda: add_code(tx, stranger, "sex", 2026, CodeFields("3", "x")),
            lambda: list_code_tables(tx, stranger, 2026),
            lambda: list_changes(tx, stranger, "sex"),
            lambda: export_rows(tx, stranger, "sex", 2026),
            lambda: override_day(tx, stranger, date(2026, 7, 1), working=False, note="x"),
            lambda: year_calendar(tx, stranger, 2026),
        ):
            with pytest.raises(NotAllowed):
                ask()


def test_another_process_sees_a_change_within_two_seconds(database: Database) -> None:
    other, clock = CodeLists(), FixedClock(NOON)

    def label() -> str:
        with database.read(clock) as tx:
            return other.book(tx, 2026).label("yes_no", "yes")

    assert label() == "是"
    with database.transaction() as tx:
        edit_code(tx, KEEPER, "yes_no", 2026, CodeFields("yes", "是的"))
    with database.read() as tx:
        assert tx.service(CodeLists).book(tx, 2026).label("yes_no", "yes") == "是的"
    assert label() == "是"
    clock.advance(timedelta(seconds=2))
    assert label() == "是的"


def test_a_list_goes_out_and_comes_back_the_same(database: Database) -> None:
    with database.transaction() as tx:
        rows = export_rows(tx, KEEPER, "title_name", 2026)
        assert import_rows(tx, KEEPER, "title_name", 2026, list(enumerate(rows, 2))) == Imported(0, 0, len(rows))
        changed = [{**rows[0], "label": "教授（本科）"}, {**rows[1], "value": "new", "active": "停用"}]
        assert import_rows(tx, KEEPER, "title_name", 2026, list(enumerate(changed, 2))) == Imported(1, 1, 0)
        book = load_book(tx, 2026)
        assert (book.codes("title_name")[0].label, book.codes("title_name")[-1].active) == ("教授（本科）", False)


def test_a_wrong_row_keeps_the_whole_workbook_out(database: Database) -> None:
    rows = [{"value": "3", "label": "新"}, {"value": "3", "label": ""}, {"value": "x y", "label": "坏", "active": "开"}]
    with database.transaction() as tx, pytest.raises(InvalidInput) as invalid:
        import_rows(tx, KEEPER, "sex", 2026, list(enumerate(rows, 2)))
    assert invalid.value.message == "有 2 行需要修改，没有导入任何内容。"
    assert invalid.value.fields == {
        "3": ["请填写名称，最多 200 个字", "代码 3 在表中重复"],
        "4": ["代码由 1 至 64 位字母、数字、点、横线组成，以字母或数字开头", "“状态”应填 启用 或 停用"],
    }


def test_a_tree_is_listed_from_the_top_down_and_narrowed_by_its_parent(database: Database) -> None:
    with database.read() as tx:
        page = code_page(tx, KEEPER, "region", 2026, size=4)
        assert [(row.code.label, row.depth) for row in page.rows] == [
            ("河北省", 0),
            ("石家庄市", 1),
            ("长安区", 2),
            ("桥西区", 2),
        ]
        assert code_page(tx, KEEPER, "region", 2026, parent="133100").total == 3
        assert [row.code.label for row in code_page(tx, KEEPER, "region", 2026, text="定州").rows] == ["定州市"]


def test_a_day_is_put_otherwise_with_its_reason_and_back(database: Database) -> None:
    day = date(2026, 7, 1)
    with database.transaction() as tx:
        override_day(tx, KEEPER, day, working=False, note="暴雨停工")
        assert load_calendar(tx).add_working_days(date(2026, 6, 30), 1) == date(2026, 7, 2)
        shown = year_calendar(tx, KEEPER, 2026)
        july = [one for week in shown.months[6] for one in week if one is not None]
        assert (july[0].working, july[0].note, july[0].source) == (False, "暴雨停工", "own")
        reset_day(tx, KEEPER, day)
        assert load_calendar(tx).is_working_day(day)
        assert [change.action.value for change in list_changes(tx, KEEPER, CALENDAR)] == ["deleted", "edited"]
        with pytest.raises(InvalidInput) as invalid:
            override_day(tx, KEEPER, day, working=False, note=" ")
        with pytest.raises(Refused) as refused:
            override_day(tx, KEEPER, date(2026, 5, 31), working=True, note="x")
    assert invalid.value.fields == {"note": ["请写明原因，最多 100 个字"]}
    assert refused.value.message == "已经过去的日子不能修改。"


def test_beyond_the_published_years_weekends_holidays_of_fixed_date_and_the_office_decide(database: Database) -> None:
    with database.transaction() as tx:
        override_day(tx, KEEPER, date(2027, 10, 4), working=False, note="国庆节")
        shown = year_calendar(tx, KEEPER, 2027)
    assert (shown.published, shown.working[9], shown.working[0]) == (False, 19, 20)
