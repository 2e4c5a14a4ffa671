"""The tree of units: what a new unit must have, and that moving one takes its subtree along."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa

from engine.access import Actor, unit_ancestor
from engine.db import Database
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused
from engine.flow.contexts import Succession
from engine.organisation import (
    Session,
    UnitFields,
    create_unit,
    full_code,
    holders_of,
    move_unit,
    superior_units,
    unit_chain,
    unit_names,
)
from engine.organisation.unit_following import following
from engine.organisation.units import edit_unit, fields_of, find_unit
from engine.reference import CodeBook

Enter = Callable[..., tuple[Actor, Session]]
UnitId = Callable[[str], int]

CLINIC = UnitFields(
    code="0009",
    region="130102",
    name="示范诊所（示例）",
    category="hospital",
    nature="public_institution",
    industry="Q",
    responsible_person="测示一",
)


@pytest.mark.catalogue("R2", "U3", "Q4")
def test_a_unit_is_opened_under_its_superior_with_a_code_of_segments(
    database: Database, book: CodeBook, enter: Enter, unit_id: UnitId
) -> None:
    admin, _ = enter("hosp3_admin")
    assert admin.unit is not None
    with database.transaction() as tx:
        key = create_unit(tx, admin, book, admin.unit, CLINIC)
        assert full_code(tx, key) == "0001-0101-0001-0003-0009"
        assert [above.name for above in superior_units(tx, key)] == [
            "示范医科大学第三附属医院（示例）",
            "示范医科大学（示例）",
            "示范省教育厅（示例）",
            "河北省职称改革领导小组办公室（示例）",
        ]
        assert [level.distance for level in unit_chain(tx, key)] == [0, 1, 2, 3, 4]
        assert [level.top for level in unit_chain(tx, key)] == [False] * 4 + [True]
        assert dict(unit_names(tx, [key])) == {key: "示范诊所（示例）"}


@pytest.mark.catalogue("Q4")
def test_a_code_is_unique_among_siblings_and_free_elsewhere(database: Database, book: CodeBook, enter: Enter) -> None:
    tv, _ = enter("tv_admin")
    station, _ = enter("station_admin")
    assert tv.unit is not None
    assert station.unit is not None
    with database.transaction() as tx:
        create_unit(tx, tv, book, tv.unit, CLINIC)
        create_unit(tx, station, book, station.unit, CLINIC)
        with pytest.raises(InvalidInput) as refused:
            create_unit(tx, tv, book, tv.unit, replace(CLINIC, name="另一诊所（示例）"))
    assert refused.value.fields == {"code": ["该代码已被同一上级的其他机构使用，请换一个"]}


@pytest.mark.catalogue("U3", "Q40")
@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"code": "00001"}, {"code": ["最多 4 个字符，现有 5 个"]}),
        ({"code": "一"}, {"code": ["机构代码由 1 至 4 位数字或字母组成"]}),
        ({"name": " "}, {"name": ["请填写此项"]}),
        ({"region": "999999"}, {"region": ["请在列出的选项中选择"]}),
        ({"category": "circus"}, {"category": ["请在列出的选项中选择"]}),
        ({"credit_code": "91110000600037341M"}, {"credit_code": ["统一社会信用代码校验位不正确，请核对第 18 位"]}),
        ({"credit_code": "91110000600037341l"}, {}),
        ({"contact_phone": "0311-1234 5678"}, {}),
        ({"contact_phone": "0311-123456789"}, {"contact_phone": ["最多 12 个字符，现有 13 个"]}),
        ({"address": "x" * 101}, {"address": ["最多 100 个字符，现有 101 个"]}),
        ({"email": "nowhere"}, {"email": ["电子邮箱应形如 name@example.com"]}),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    database: Database, book: CodeBook, enter: Enter, change: dict[str, str], fields: dict[str, list[str]]
) -> None:
    admin, _ = enter("cityhosp_admin")
    assert admin.unit is not None
    found: dict[str, list[str]] = {}
    with database.transaction() as tx:
        point = tx.savepoint()
        try:
            create_unit(tx, admin, book, admin.unit, replace(CLINIC, **change))  # type: ignore[arg-type]
        except InvalidInput as problem:
            found = problem.fields
        point.rollback()
    assert found == fields


@pytest.mark.catalogue("Q5")
def test_a_unit_gives_no_right_it_does_not_have(database: Database, book: CodeBook, enter: Enter) -> None:
    admin, _ = enter("medu_admin")
    assert admin.unit is not None
    with database.transaction() as tx:
        with pytest.raises(InvalidInput) as refused:
            create_unit(tx, admin, book, admin.unit, replace(CLINIC, may_create_committee=True))
        assert list(refused.value.fields) == ["may_create_committee"]
        assert create_unit(tx, admin, book, admin.unit, replace(CLINIC, may_form_committee=True))


def test_only_an_administrator_opens_units_and_only_below_its_own(
    database: Database, book: CodeBook, enter: Enter, unit_id: UnitId
) -> None:
    officer, _ = enter("edu_officer")
    admin, _ = enter("edu_admin")
    with database.transaction() as tx:
        with pytest.raises(NotAllowed):
            create_unit(tx, officer, book, unit_id("示范省教育厅"), CLINIC)
        with pytest.raises(NotFound):
            create_unit(tx, admin, book, unit_id("示范省工业集团"), CLINIC)


def closure(database: Database) -> set[tuple[int, int, int]]:
    with database.read() as tx:
        return {tuple(row) for row in tx.rows(sa.select(unit_ancestor))}  # type: ignore[misc]


def test_moving_a_unit_takes_its_subtree_along_and_moving_it_back_restores_everything(
    database: Database, enter: Enter, unit_id: UnitId
) -> None:
    admin, _ = enter("office_admin")
    county, town, school = unit_id("示范县教育局"), unit_id("示范市人力资源"), unit_id("示范县第一中学")
    before = closure(database)
    with database.transaction() as tx:
        move_unit(tx, admin, county, unit_id("示范省教育厅"))
        assert [above.name for above in superior_units(tx, school)] == [
            "示范县教育局（示例）",
            "示范省教育厅（示例）",
            "河北省职称改革领导小组办公室（示例）",
        ]
    with database.transaction() as tx:
        move_unit(tx, admin, county, town)
    assert closure(database) == before


@pytest.mark.parametrize(
    ("moved", "to", "sentence"),
    [
        ("示范省教育厅", "示范医科大学", "不能移到自己或自己的下级机构之下，请另选上级机构。"),
        ("示范省教育厅", "示范省教育厅", "不能移到自己或自己的下级机构之下，请另选上级机构。"),
        ("河北省职称", "示范省教育厅", "最上级单位不能移动、停用或撤销。"),
        (
            "示范医科大学",
            "示范省广播电视局",
            "上级机构没有评委会组建权，不能授予下级，请先调整“示范医科大学（示例）”的权限再办理。",
        ),
        ("示范市中心医院", "示范省教育厅", "新的上级机构下已有相同的机构代码，请先修改机构代码。"),
    ],
)
def test_a_move_that_would_break_the_tree_is_refused(
    database: Database, enter: Enter, unit_id: UnitId, moved: str, to: str, sentence: str
) -> None:
    admin, _ = enter("office_admin")
    before = closure(database)
    with pytest.raises(Refused) as refused, database.transaction() as tx:
        move_unit(tx, admin, unit_id(moved), unit_id(to))
    assert refused.value.message == sentence
    assert closure(database) == before


@pytest.mark.catalogue("Q31")
def test_the_agency_has_no_leaders_step(database: Database, unit_id: UnitId) -> None:
    talent = unit_id("示范市人才服务中心")
    with database.read() as tx:
        assert [level.leader_review for level in unit_chain(tx, talent)] == [False, True, True]
        assert holders_of(tx, "unit_leader", talent) == []
        assert holders_of(tx, "case_officer", talent) == [("talent_officer", "邓示办")]


@pytest.mark.catalogue("J24")
def test_whoever_is_of_the_category_of_agencies_is_one_and_others_may_be(
    database: Database, book: CodeBook, enter: Enter
) -> None:
    admin, _ = enter("city_admin")
    assert admin.unit is not None
    with database.transaction() as tx:
        kinds = {"0901": {"category": "agency"}, "0902": {"is_agency": True}, "0903": {}}
        made = {
            code: create_unit(tx, admin, book, admin.unit, replace(CLINIC, code=code, **kind))  # type: ignore[arg-type]
            for code, kind in kinds.items()
        }
        assert [unit_chain(tx, key)[0].is_agency for key in made.values()] == [True, True, False]


def test_a_chain_names_the_level_of_each_unit(database: Database, unit_id: UnitId) -> None:
    with database.read() as tx:
        levels = [level.level for level in unit_chain(tx, unit_id("示范医科大学第三附属医院"))]
        assert levels == ["unit", "subordinate", "department", "province"]
        assert [level.level for level in unit_chain(tx, unit_id("示范省教育厅"))] == ["unit", "province"]
        assert [level.level for level in unit_chain(tx, unit_id("河北省职称"))] == ["unit"]


@pytest.mark.catalogue("Q31")
def test_a_superior_decides_whether_a_unit_has_the_leaders_step(
    database: Database, book: CodeBook, enter: Enter, unit_id: UnitId
) -> None:
    admin, _ = enter("city_admin")
    own, _ = enter("archive_admin")
    archive = unit_id("示范市图书档案馆")
    with database.transaction() as tx:
        before = fields_of(find_unit(tx, admin, archive))
        edit_unit(tx, own, book, archive, replace(before, leader_review=False, contact_person="测试新人"))
        assert unit_chain(tx, archive)[0].leader_review
        edit_unit(tx, admin, book, archive, replace(before, leader_review=False))
        assert not unit_chain(tx, archive)[0].leader_review


def test_variables_that_name_a_merged_unit_name_the_receiving_one(database: Database, unit_id: UnitId) -> None:
    old, new = unit_id("示范县教育局"), unit_id("示范县农业农村局")
    variables = {"from_unit": old, "from_unit_name": "旧", "to_unit": 7, "to_unit_name": "别", "superior_unit": old}
    follow = following("from_unit", "to_unit", "superior_unit")
    with database.read() as tx:
        changed = follow(tx, Succession(1, old, old, new, variables))
        assert changed == {"from_unit": new, "superior_unit": new, "from_unit_name": "示范县农业农村局（示例）"}
        assert follow(tx, Succession(1, old, old, old, variables)) == {}
