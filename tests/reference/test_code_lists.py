"""The code lists: the manual's words are there, chains narrow, years stand apart."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from engine.clock import FixedClock
from engine.db import Database
from engine.reference import CodeBook, CodeLists, code, load_book, seed_reference


@pytest.fixture(scope="module")
def book(database: Database) -> CodeBook:
    with database.read() as tx:
        return load_book(tx, 2026)


def labels(book: CodeBook, name: str, **filters: object) -> list[str]:
    return [option.label for option in book.options(name, filters)]


@pytest.mark.catalogue("P2")
def test_the_seven_ways_to_declare_stand_in_the_manuals_order(book: CodeBook) -> None:
    assert labels(book, "declaration_route") == [
        "正常申报",
        "机关分流人员申报",
        "一步到位",
        "绿色通道",
        "破格申报",
        "转评",
        "高技能人才申报",
    ]


@pytest.mark.catalogue("P3", "Q12")
def test_there_are_two_modes_of_review(book: CodeBook) -> None:
    assert labels(book, "review_mode") == ["评审", "社会化评审"]


@pytest.mark.catalogue("P1")
def test_the_manuals_own_choice_can_be_made_step_by_step(book: CodeBook) -> None:
    def choose(name: str, label: str, **filters: object) -> str:
        return next(option.value for option in book.options(name, filters) if option.label == label)

    category = choose("title_category", "教学类")
    series = choose("title_series", "高等学校教师-本科", parent=category)
    for specialty in ("哲学", "逻辑学", "宝石及材料工艺学"):
        choose("specialty", specialty, parent=series)
    title = choose("title_name", "教授", parent=series)
    assert labels(book, "title_level", parent=title) == ["高级(正高)"]


def test_titles_depend_on_series_and_level(book: CodeBook) -> None:
    assert labels(book, "title_name", parent="nurse", title_level="intermediate") == ["主管护师"]
    assert labels(book, "title_name", parent="natural_science", title_level="senior") == ["研究员"]


def test_a_specialty_leaves_only_the_titles_of_its_track(book: CodeBook) -> None:
    specialty = next(code for code in book.codes("specialty") if code.label == "人力资源管理")
    assert labels(book, "title_name", parent=specialty.value, title_level="intermediate") == ["人力资源管理师"]


def test_every_title_has_a_level_and_every_specialty_leads_to_titles(book: CodeBook) -> None:
    assert {title.extra["title_level"] for title in book.codes("title_name")} == {
        level.value for level in book.codes("title_level")
    }
    assert [s.label for s in book.codes("specialty") if not book.options("title_name", {"parent": s.value})] == []


def test_a_chain_without_its_first_choice_offers_nothing(book: CodeBook) -> None:
    for name in ("title_series", "specialty", "title_name", "title_level"):
        assert labels(book, name, parent=None) == []


def test_parents_are_entries_of_the_list_above(book: CodeBook) -> None:
    above = {"title_series": "title_category", "specialty": "title_series", "title_name": "title_series"}
    for name, upper in above.items():
        assert {c.parent for c in book.codes(name)} <= {c.value for c in book.codes(upper)}
    for name in ("region", "degree", "economic_type"):
        assert [c.value for c in book.codes(name) if c.parent and not book.find(name, c.parent)] == []


def test_xiongan_has_a_code_of_ours_and_the_two_cities_under_the_province_are_marked(book: CodeBook) -> None:
    assert labels(book, "region", parent="133100") == ["容城县", "安新县", "雄县"]
    assert [c.label for c in book.codes("region") if c.extra.get("direct")] == ["辛集市", "定州市"]
    assert book.path_label("region", "130102") == "河北省石家庄市长安区"


def test_a_label_is_read_from_its_value_and_an_unknown_value_stands_for_itself(book: CodeBook) -> None:
    assert book.label("education_level", "21") == "大学本科毕业"
    assert book.label("education_level", "77") == "77"
    assert book.options("no_such_list", {}) == []


@pytest.mark.catalogue("A10")
def test_a_year_uses_its_own_list_and_else_the_nearest_earlier_one(database: Database) -> None:
    with database.transaction() as tx:
        tx.execute(
            sa.insert(code).values(list="review_mode", year=2028, value="review", label="评审会评审", position=0)
        )
        assert labels(load_book(tx, 2027), "review_mode") == ["评审", "社会化评审"]
        assert labels(load_book(tx, 2028), "review_mode") == ["评审会评审"]
        assert labels(load_book(tx, 2029), "sex") == ["男性", "女性", "未说明性别"]
        assert labels(load_book(tx, 2020), "review_mode") == ["评审", "社会化评审"]


def test_a_retired_entry_is_read_but_no_longer_offered(database: Database) -> None:
    with database.transaction() as tx:
        tx.execute(sa.update(code).where(code.c.list == "sex", code.c.value == "9").values(active=False))
        book = load_book(tx, 2026)
        assert labels(book, "sex") == ["男性", "女性"]
        assert book.label("sex", "9") == "未说明性别"


def test_seeding_again_changes_nothing(database: Database) -> None:
    count = sa.select(sa.func.count()).select_from(code)
    with database.transaction() as tx:
        before = tx.value(count)
        seed_reference(tx, 2026)
        seed_reference(tx, 2027)
        assert tx.value(count) == before


def test_lists_are_kept_until_a_change_is_announced_or_they_are_forgotten(database: Database) -> None:
    clock = FixedClock(datetime(2026, 6, 1, tzinfo=UTC))
    lists = CodeLists()

    def label() -> str:
        with database.read(clock) as tx:
            return lists.book(tx, 2026).label("yes_no", "yes")

    def rename(to: str) -> None:
        with database.transaction() as tx:
            tx.execute(sa.update(code).where(code.c.list == "yes_no", code.c.value == "yes").values(label=to))

    assert label() == "是"
    rename("是的")
    clock.advance(timedelta(minutes=1))
    assert label() == "是"
    lists.forget()
    assert label() == "是的"
    rename("是")
