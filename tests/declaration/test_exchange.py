"""报盘 (U21, Q10): maps of columns, and what a list looks like by one."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from engine.access import Actor
from engine.db import Database
from engine.declaration.detail import declaration_detail
from engine.declaration.exchange.exporting import PREVIEWED, preview_export, start_export
from engine.declaration.exchange.sources import sources_of
from engine.declaration.exchange.templates import delete_template, find_template, list_templates, save_template
from engine.declaration.lists import Asked, Tab
from engine.document import FileStore, find_attachment
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.flow.batch_running import run_batch
from engine.flow.batches import batch_of
from engine.reference import load_book
from tests.declaration.story import Story

Who = Callable[..., Actor]
EVERYTHING = Asked(2026, Tab.ALL)


def columns(*pairs: tuple[str, str] | tuple[str, str, str]) -> list[dict[str, str]]:
    return [dict(zip(("title", "source", "format"), pair, strict=False)) for pair in pairs]


def values(name: str, *pairs: Any, direction: str = "export") -> dict[str, Any]:
    return {"name": name, "receiver": "省人才信息库", "direction": direction, "columns": columns(*pairs)}


NAMED = (
    ("姓名", "name"),
    ("性别", "basic_info.sex"),
    ("性别代码", "basic_info.sex", "code"),
    ("出生日期", "basic_info.birth_date", "digits"),
    ("系列", "title_series"),
    ("毕业院校", "education[].school"),
    ("学习经历数", "education#"),
)


@pytest.fixture
def saved(database: Database, who: Who, request: pytest.FixtureRequest) -> int:
    """A map of the third hospital's, named after the test."""
    with database.transaction() as tx:
        return save_template(tx, who("hosp3_officer"), values(request.node.name[:50], *NAMED))


@pytest.mark.catalogue("U21", "Q10")
def test_a_list_is_written_by_a_map_as_people_read_it_as_codes_and_as_digits(
    database: Database, who: Who, story: Story, saved: int
) -> None:
    story.submitted()
    officer = who("hosp3_officer")
    asked = Asked(2026, Tab.PENDING, filters={"identity_number": story.applicant.login})
    with database.read() as tx:
        preview = preview_export(tx, officer, saved, asked)
        held = declaration_detail(tx, officer, story.case_key).values
        book = load_book(tx, 2026)
    assert preview.titles == [pair[0] for pair in NAMED]
    sex, schools = held["basic_info"]["sex"], [one["school"] for one in held["education"]]
    told = [book.label("sex", sex), sex, held["basic_info"]["birth_date"].replace("-", "")]
    series = book.label("title_series", held["setup"]["title_series"])
    assert [row[1:] for row in preview.rows] == [[*told, series, "；".join(schools), str(len(schools))]]


@pytest.mark.catalogue("U21")
def test_the_worker_writes_the_whole_list_into_a_workbook(database: Database, who: Who, saved: int) -> None:
    officer = who("hosp3_officer")
    for _ in range(2):
        Story(database).submitted()
    with database.transaction() as tx:
        key = start_export(tx, officer, saved, EVERYTHING)
    run_batch(database, key)
    with database.read() as tx:
        done = batch_of(tx, officer, key).row
        held = find_attachment(tx, officer, done["attachment"], lambda tx, actor, case: False)
        book = load_workbook(BytesIO(tx.service(FileStore).read(held.sha256)))
        total = preview_export(tx, officer, saved, EVERYTHING).total
    rows = list(book.active.values)
    assert rows[0] == tuple(pair[0] for pair in NAMED)
    assert len(rows) - 1 == total


def test_a_preview_shows_only_the_beginning(database: Database, who: Who, saved: int) -> None:
    for _ in range(PREVIEWED + 1):
        Story(database).start()
    with database.read() as tx:
        preview = preview_export(tx, who("hosp3_officer"), saved, EVERYTHING)
    assert len(preview.rows) == PREVIEWED < preview.total


def test_inputs_of_the_form_can_be_exported_but_no_files(database: Database) -> None:
    with database.read() as tx:
        known = sources_of(tx)
    assert known["overview_supplement.administrative_post"].label.endswith("行政职务")
    assert "basic_info.photo" not in known
    assert known["paper#"].label == "论文 · 条数"


def test_a_map_of_a_unit_above_is_used_but_not_changed(database: Database, who: Who) -> None:
    office, hospital = who("office_officer"), who("hosp3_officer")
    with database.transaction() as tx:
        key = save_template(tx, office, values("全省统一模板", ("姓名", "name")))
    with database.read() as tx:
        assert [one.own for one in list_templates(tx, hospital) if one.row["id"] == key] == [False]
    with pytest.raises(NotAllowed), database.transaction() as tx:
        save_template(tx, hospital, values("改了", ("姓名", "name")), key)
    with pytest.raises(NotAllowed), database.transaction() as tx:
        delete_template(tx, hospital, key)


def test_nobody_above_or_beside_sees_a_units_own_map(database: Database, who: Who, saved: int) -> None:
    for login in ("office_officer", "medu_officer"):
        with pytest.raises(NotFound), database.read() as tx:
            find_template(tx, who(login), saved)


def test_two_maps_of_a_unit_have_different_names(database: Database, who: Who) -> None:
    with database.transaction() as tx:
        save_template(tx, who("hosp3_officer"), values("同名", ("姓名", "name")))
    with pytest.raises(InvalidInput) as refused, database.transaction() as tx:
        save_template(tx, who("hosp3_officer"), values("同名", ("姓名", "name")))
    assert refused.value.fields == {"name": ["本单位已有同名的报盘模板，请换一个名称"]}


def test_a_map_says_which_column_is_wrong(database: Database, who: Who) -> None:
    with pytest.raises(InvalidInput) as refused, database.transaction() as tx:
        save_template(
            tx, who("hosp3_officer"), values("有误", ("姓名", "name"), ("姓名", "school"), ("其他", "nothing"))
        )
    assert refused.value.fields == {
        "columns[0].title": ["列标题“姓名”重复，请改成不同的标题"],
        "columns[1].title": ["列标题“姓名”重复，请改成不同的标题"],
        "columns[2].source": ["请在列出的内容中选择"],
    }


def test_a_map_to_read_applicants_by_names_what_an_applicant_needs(database: Database, who: Who) -> None:
    with pytest.raises(InvalidInput) as refused, database.transaction() as tx:
        save_template(tx, who("hosp3_officer"), values("导入", ("人员姓名", "name"), direction="import"))
    assert refused.value.fields == {"columns": ["导入申报人还缺少这些内容的列：证件号码、手机号码"]}


def test_columns_stand_in_the_order_of_their_places(database: Database, who: Who) -> None:
    given = values("次序", ("甲", "name"), ("乙", "school"), ("丙", ""))
    for one, place in zip(given["columns"], (3, 1, None), strict=True):
        one["position"] = place
    with database.transaction() as tx:
        key = save_template(tx, who("hosp3_officer"), given)
    with database.read() as tx:
        assert [one["title"] for one in find_template(tx, who("hosp3_officer"), key).columns] == ["乙", "甲", "丙"]


def test_nothing_to_export_is_said(database: Database, who: Who, saved: int) -> None:
    nobody = Asked(2026, Tab.ALL, filters={"name": "查无此人"})
    with pytest.raises(InvalidInput) as refused, database.transaction() as tx:
        start_export(tx, who("hosp3_officer"), saved, nobody)
    assert refused.value.message == "没有符合条件的申报材料，请修改查询条件后再导出。"
