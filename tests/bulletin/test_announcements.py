"""Announcements reach whom they are for, in their time, and are known as read; papers and contacts are found."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.bulletin.announcements import (
    AnnouncementFields,
    add_announcement_file,
    count_unread,
    edit_announcement,
    mark_announcement_read,
    own_announcements,
    publish_announcement,
    read_announcement,
    remove_announcement,
    remove_announcement_file,
    visible_announcements,
)
from engine.bulletin.contacts import contacts_of, next_contact
from engine.bulletin.tables import announcement, announcement_read
from engine.bulletin.templates import add_template, find_template, list_templates, remove_template
from engine.db import Database, Transaction
from engine.declaration.demo_files import DemoFiles
from engine.document import FileStore
from engine.document.published import published_attachment
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.organisation.tables import unit
from engine.reference import CodeLists
from tests.bulletin.conftest import NOON

Who = Callable[..., Actor]
WORDS = AnnouncementFields(title="测试公告", text="**请注意**：测试内容。", audience="everybody")


@pytest.fixture(autouse=True)
def _emptied(database: Database) -> Iterator[None]:
    yield
    with database.transaction() as tx:
        tx.execute(sa.delete(announcement_read))
        tx.execute(sa.delete(announcement))


@pytest.fixture
def office(who: Who) -> Actor:
    return who("office_admin", "title_office_admin")


def publish(database: Database, actor: Actor, **changes: Any) -> int:
    with database.transaction() as tx:
        return publish_announcement(tx, actor, replace(WORDS, **changes))


def titles(database: Database, actor: Actor | None) -> list[str]:
    with database.read() as tx:
        return [one.fields.title for one in visible_announcements(tx, actor)[0]]


def upload(tx: Transaction, actor: Actor) -> dict[str, Any]:
    return dict(DemoFiles(tx.service(FileStore)).upload(tx, actor, "测试模板.pdf"))


def unit_of(database: Database, name: str) -> int:
    with database.read() as tx:
        return int(tx.value(sa.select(unit.c.id).where(unit.c.name.startswith(name))))


@pytest.mark.catalogue("W17")
def test_an_announcement_reaches_whom_it_is_for(database: Database, who: Who, office: Actor) -> None:
    city = unit_of(database, "示范市人力资源")
    publish(database, office, title="公开", audience="public", shown_from=NOON - timedelta(days=1))
    publish(database, office, title="全体", shown_from=NOON - timedelta(hours=3))
    publish(database, office, title="市属", audience="unit", unit=city, shown_from=NOON - timedelta(hours=2))
    publish(
        database, office, title="经办人", audience="role", role="case_officer", shown_from=NOON - timedelta(hours=1)
    )
    publish(database, who("city_admin"), title="市属经办人", audience="role", role="case_officer", pinned=True)
    assert titles(database, None) == ["公开"]
    assert titles(database, who("hosp3_officer", "case_officer")) == ["经办人", "全体", "公开"]
    assert titles(database, who("archive_officer", "case_officer")) == ["市属经办人", "经办人", "市属", "全体", "公开"]
    assert titles(database, who("archive_leader", "unit_leader")) == ["市属", "全体", "公开"]


@pytest.mark.catalogue("W17")
def test_an_announcement_is_shown_in_its_time_alone(database: Database, who: Who, office: Actor) -> None:
    later = publish(database, office, title="将来", audience="public", shown_from=NOON + timedelta(days=1))
    publish(database, office, title="过去", audience="public", shown_from=NOON - timedelta(days=2), shown_until=NOON)
    assert titles(database, None) == []
    with database.read() as tx:
        with pytest.raises(NotFound):
            read_announcement(tx, who("hosp3_officer", "case_officer"), later)
        assert read_announcement(tx, office, later).fields.title == "将来"
        assert [one.fields.title for one in own_announcements(tx, office)[0]] == ["将来", "过去"]


@pytest.mark.catalogue("W17")
def test_what_was_opened_is_no_longer_unread(database: Database, who: Who, office: Actor) -> None:
    key, reader = publish(database, office), who("hosp3_officer", "case_officer")
    with database.transaction() as tx:
        assert count_unread(tx, reader) == 1
        mark_announcement_read(tx, reader, key)
        mark_announcement_read(tx, reader, key)
        assert count_unread(tx, reader) == 0
        assert [one.read for one in visible_announcements(tx, reader)[0]] == [True]
        assert [one.read for one in visible_announcements(tx, office)[0]] == [False]


def test_a_unit_announces_to_its_own_subtree_alone(database: Database, who: Who) -> None:
    city = who("city_admin")
    wrong: dict[str, dict[str, Any]] = {
        "audience": {"audience": "public"},
        "unit": {"audience": "unit", "unit": unit_of(database, "示范医科大学")},
        "role": {"audience": "role", "role": ""},
        "title": {"title": " ", "audience": "unit", "unit": unit_of(database, "示范市人力资源")},
        "shown_until": {"audience": "unit", "unit": unit_of(database, "示范市人力资源"), "shown_until": NOON},
    }
    for name, changes in wrong.items():
        with pytest.raises(InvalidInput) as invalid:
            publish(database, city, **changes)
        assert list(invalid.value.fields) == [name]
    with pytest.raises(NotAllowed):
        publish(database, who("hosp3_officer", "case_officer"))


def test_only_the_unit_that_wrote_it_changes_it_or_takes_it_down(database: Database, who: Who, office: Actor) -> None:
    key = publish(database, office)
    with database.transaction() as tx:
        with pytest.raises(NotFound):
            edit_announcement(
                tx, who("city_admin"), key, replace(WORDS, audience="unit", unit=unit_of(database, "示范市人力资源"))
            )
        with pytest.raises(NotFound):
            remove_announcement(tx, who("city_admin"), key)
        edit_announcement(tx, office, key, replace(WORDS, title="改过的"))
        assert read_announcement(tx, office, key).fields.title == "改过的"
        remove_announcement(tx, office, key)
    assert titles(database, office) == []


def test_files_of_an_announcement_come_and_go(database: Database, office: Actor) -> None:
    key = publish(database, office)
    with database.transaction() as tx:
        file = upload(tx, office)
        add_announcement_file(tx, office, key, file)
        assert [held["name"] for held in read_announcement(tx, office, key).files] == ["测试模板.pdf"]
        assert published_attachment(tx, int(file["id"])).name == "测试模板.pdf"
        remove_announcement_file(tx, office, key, int(file["id"]))
        assert read_announcement(tx, office, key).files == []
        with pytest.raises(NotFound):
            published_attachment(tx, int(file["id"]))


@pytest.mark.catalogue("W17")
def test_papers_are_found_by_year_and_series(database: Database, who: Who, office: Actor) -> None:
    with database.transaction() as tx:
        book = tx.service(CodeLists).book(tx, 2026)

        def add(name: str, series: str = "", year: int = 2026, material: str = "") -> int:
            return add_template(
                tx, office, book, year=year, series=series, material=material, name=name, file=upload(tx, office)
            )

        ethics = add("职业道德评价表", material="ethics_appraisal")
        add("医德医风考核表", series="physician")
        add("教学业绩表", series="university_teacher")
        add("上年表格", year=2025)
        assert [one.name for one in list_templates(tx, year=2026, series="physician")] == [
            "职业道德评价表",
            "医德医风考核表",
        ]
        assert [one.id for one in list_templates(tx, year=2026, material="ethics_appraisal")] == [ethics]
        assert [one.name for one in list_templates(tx, year=2025)] == ["上年表格"]
        remove_template(tx, office, ethics)
        with pytest.raises(NotFound):
            find_template(tx, ethics)
        with pytest.raises(InvalidInput) as invalid:
            add(" ", series="none", material="none")
        assert set(invalid.value.fields) == {"name", "series", "material"}
        with pytest.raises(NotAllowed):
            remove_template(tx, who("city_admin"), ethics)


@pytest.mark.catalogue("W17")
def test_an_applicant_asks_the_own_unit_and_staff_the_unit_above(database: Database) -> None:
    with database.read() as tx:
        contacts = contacts_of(tx, unit_of(database, "示范医科大学第三附属医院"))
    assert [one.unit_name for one in contacts] == [
        "示范医科大学第三附属医院（示例）",
        "示范医科大学（示例）",
        "示范省教育厅（示例）",
        "河北省职称改革领导小组办公室（示例）",
    ]
    own, above = next_contact(contacts, own=True), next_contact(contacts, own=False)
    assert own is not None
    assert above is not None
    assert (own.phone, above.phone) == ("0311-00000004", "0311-00000003")
