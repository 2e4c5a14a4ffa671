"""The register of committees: who keeps it, what must hold of a committee, what the demo province has."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.committee.committee_lists import (
    CommitteeFilter,
    export_committees,
    find_committee,
    list_committees,
    units_listed,
)
from engine.committee.committees import create_committee, edit_committee, forming_units, set_committee_state
from engine.committee.fields import CommitteeFields
from engine.committee.tables import CommitteeKind, CommitteeState
from engine.db import Database
from engine.document.workbooks import Column, read_rows
from engine.errors import InvalidInput, NotAllowed, NotFound, StaleTask
from engine.organisation.tables import unit
from engine.reference import CodeLists, dependents_of

Who = Callable[..., Actor]

SOUND = CommitteeFields(
    code="pw9001",
    name="测试评审委员会",
    series="museum",
    levels=("intermediate",),
    region="130600",
    filing_no="示职评备〔2026〕99 号",
    valid_from=date(2026, 1, 1),
    valid_until=date(2028, 12, 31),
    members=15,
    contact_person="测试联系人",
    contact_phone="0311-12345678",
)


def unit_id(database: Database, name: str) -> int:
    with database.read() as tx:
        return int(tx.value(sa.select(unit.c.id).where(unit.c.name.startswith(name))))


def made(database: Database, actor: Actor, **changes: Any) -> int:
    fields = replace(SOUND, forming_unit=unit_id(database, "示范市人力资源"), **changes)
    with database.transaction() as tx:
        return create_committee(tx, actor, tx.service(CodeLists).book(tx, 2026), fields)


@pytest.mark.catalogue("K1")
def test_a_committee_is_registered_found_changed_and_taken_out_of_use(database: Database, who: Who) -> None:
    keeper = who("city_admin")
    key = made(database, keeper)
    with database.transaction() as tx:
        found = find_committee(tx, keeper, key)
        assert (found.fields.code, found.forming_unit_name, found.standing) == (
            "PW9001",
            "示范市人力资源和社会保障局（示例）",
            "有效",
        )
        book = tx.service(CodeLists).book(tx, 2026)
        edit_committee(tx, keeper, book, key, replace(found.fields, members=17))
        set_committee_state(tx, keeper, key, CommitteeState.DISABLED)
        changed = find_committee(tx, keeper, key)
        assert (changed.fields.members, changed.standing) == (17, "已停用")
        listed, total = list_committees(tx, keeper, CommitteeFilter(text="pw9001", standing="已停用"))
        assert ([one.id for one in listed], total) == ([key], 1)


@pytest.mark.catalogue("K1")
def test_of_two_who_change_one_committee_the_second_is_told(database: Database, who: Who) -> None:
    keeper = who("city_admin")
    key = made(database, keeper, code="PW9008")
    with database.transaction() as tx:
        book, seen = tx.service(CodeLists).book(tx, 2026), find_committee(tx, keeper, key)
        edit_committee(tx, keeper, book, key, replace(seen.fields, contact_person="甲"), mark=seen.mark)
        with pytest.raises(StaleTask):
            edit_committee(tx, keeper, book, key, replace(seen.fields, contact_phone="0311-8888888"), mark=seen.mark)
        assert find_committee(tx, keeper, key).fields == replace(seen.fields, contact_person="甲")


@pytest.mark.catalogue("K1")
def test_the_register_is_narrowed_ordered_and_sent_as_a_workbook(database: Database, who: Who) -> None:
    city = unit_id(database, "示范市人力资源")
    with database.read() as tx:
        keeper, book = who("city_admin"), tx.service(CodeLists).book(tx, 2026)
        listed, total = list_committees(tx, keeper, CommitteeFilter(forming_unit=city, sort="-members"), size=3)
        sizes = [one.fields.members or 0 for one in listed]
        assert (total > 3, sizes) == (True, sorted(sizes, reverse=True))
        county, _ = list_committees(tx, keeper, CommitteeFilter(region="130623"))
        assert ([one.fields.code for one in county], city in units_listed(tx, keeper)) == (["PW0402"], True)
        sheet = export_committees(tx, keeper, book, CommitteeFilter(region="130623"))
        [row] = read_rows(sheet, [Column("code", "评委会代码"), Column("unit", "组建单位"), Column("kind", "组建方式")])
        assert dict(row.values) == {"code": "PW0402", "unit": "示范县教育局（示例）", "kind": "按系列"}


@pytest.mark.catalogue("J03")
def test_a_committee_has_an_odd_number_of_members(database: Database, who: Who) -> None:
    with pytest.raises(InvalidInput) as invalid:
        made(database, who("city_admin"), code="PW9002", members=16)
    assert invalid.value.fields == {"members": ["评委人数应为单数，16 人请改为 15 人或 17 人"]}


@pytest.mark.catalogue("J05")
def test_a_filing_holds_for_three_years_at_most(database: Database, who: Who) -> None:
    with pytest.raises(InvalidInput) as invalid:
        made(database, who("city_admin"), code="PW9003", valid_until=date(2029, 1, 1))
    assert invalid.value.fields == {"valid_until": ["评委会备案有效期最长 3 年，期满重新备案；最迟填 2028-12-31"]}
    made(database, who("city_admin"), code="PW9003", valid_until=date(2028, 12, 31))


@pytest.mark.catalogue("J14")
@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        (
            {"specialties": ("nurse-01",), "kind": "specialty"},
            {"specialties": ["评审专业应属于所选系列；一个评委会不能跨系列评审"]},
        ),
        ({"kind": CommitteeKind.SPECIALTY}, {"specialties": ["按专业组建的，请选择至少一个评审专业"]}),
        ({"levels": ("senior",)}, {"members": ["按系列组建的高级评委会不少于 25 人"]}),
        ({"levels": ()}, {"levels": ["请选择至少一个评审等级"]}),
        ({"valid_until": date(2025, 1, 1)}, {"valid_until": ["有效期止应不早于有效期起"]}),
        (
            {"contact_phone": "请打电话"},
            {"contact_phone": ["联系电话应为 5 至 12 位数字（横线和空格不计），如 0311-12345678"]},
        ),
        ({"series": "", "valid_from": None}, {"series": ["请选择评审系列"], "valid_from": ["请填写有效期起"]}),
        ({"members": 0}, {"members": ["评委人数应是 1 至 999 的整数"]}),
        ({"code": "评1"}, {"code": ["评委会代码由数字和字母组成"]}),
        ({"name": ""}, {"name": ["请填写评委会名称"]}),
        ({"code": "PW0101"}, {"code": ["这个评委会代码已经有了，请换一个"]}),
    ],
)
def test_what_is_filled_in_is_checked(database: Database, who: Who, changes: dict[str, Any], wrong: object) -> None:
    with pytest.raises(InvalidInput) as invalid:
        made(database, who("city_admin"), **{"code": "PW9004", **changes})
    assert invalid.value.fields == wrong


@pytest.mark.catalogue("Q5")
def test_only_a_unit_with_the_right_registers_and_only_one_with_the_right_forms(database: Database, who: Who) -> None:
    with pytest.raises(NotAllowed) as denied:
        made(database, who("school1_admin"))
    assert denied.value.message == "本单位没有评委会创建权，需要新增评委会的，请联系上级单位。"
    archive = unit_id(database, "示范市图书档案馆")
    with database.transaction() as tx:
        book = tx.service(CodeLists).book(tx, 2026)
        with pytest.raises(InvalidInput) as invalid:
            create_committee(tx, who("city_admin"), book, replace(SOUND, forming_unit=archive))
    assert invalid.value.fields == {"forming_unit": ["所选单位没有评委会组建权，请先由上级授予，或另选组建单位"]}


def test_a_unit_keeps_the_committees_of_its_subtree_and_no_others(database: Database, who: Who) -> None:
    with database.read() as tx:
        city = who("city_admin")
        assert set(forming_units(tx, city).values()) == {"示范市人力资源和社会保障局（示例）", "示范县教育局（示例）"}
        listed, _ = list_committees(tx, city, size=100)
        assert {one.forming_unit_name for one in listed} <= set(forming_units(tx, city).values())
        office = list_committees(tx, who("office_admin", "title_office_admin"), CommitteeFilter(text="PW0101"))[0][0]
        with pytest.raises(NotFound):
            find_committee(tx, city, office.id)
        with pytest.raises(NotAllowed):
            list_committees(tx, who("hosp3_officer", "case_officer"))


def test_the_demo_province_has_a_committee_for_every_series_declared_but_translation(
    database: Database, who: Who
) -> None:
    with database.read() as tx:
        office = who("office_admin", "title_office_admin")
        assert list_committees(tx, office, CommitteeFilter(series="translation"))[1] == 0
        assert list_committees(tx, office, CommitteeFilter(series="engineering", level="senior"))[1] == 1
        book = tx.service(CodeLists).book(tx, 2026)
        listed, _ = list_committees(tx, office, size=100)
        assert all(book.find("title_series", one.fields.series) for one in listed)


def test_committees_are_named_before_a_value_goes(database: Database) -> None:
    with database.read() as tx:
        used = {one.words: one.count for one in dependents_of(tx, "specialty", 2026, "arts_and_crafts-03")}
        assert used["评委会"] == 1
