"""Printed sheets: 通用表 with all that was handed in, its code, watermark, copies and paper; 一览表 and 公示表; archives."""

import io
import zipfile
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.db import Database
from engine.declaration.forms import latest_form
from engine.declaration.lists import Asked, Tab
from engine.declaration.sheets import (
    Folding,
    Sheet,
    declaration_code,
    export_all_general_sheets,
    export_general_sheets,
    general_sheet,
    general_sheet_of,
    overview_sheet,
    publicity_of_unit,
    verify_sheet,
)
from engine.document import FileStore, find_attachment
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.flow.batch_running import run_batch
from engine.flow.batch_tables import batch, batch_item
from engine.flow.batches import batch_of, batch_rows
from engine.form import Form
from tests.declaration.story import Story
from tests.support.pdf import A3, A4, plain, read_pdf

Who = Callable[..., Actor]


@pytest.fixture(scope="module")
def database_url(sqlite_url: str) -> str:
    """What is printed does not depend on the database."""
    return sqlite_url


def sheet_of(story: Story, reader: Actor | None = None) -> Sheet:
    with story.database.read() as tx:
        return general_sheet_of(tx, reader or story.applicant, story.case_key)


def test_a_sheet_holds_who_declares_what_and_every_section(story: Story, who: Who) -> None:
    story.submitted()
    sheet = sheet_of(story, who("hosp3_officer"))
    printed = read_pdf(sheet.pdf())
    row = story.detail().row
    assert set(printed.sizes) == {A4}
    wanted = [
        "专业技术职务任职资格评审表",
        row["declaration_no"],
        row["name"],
        row["identity_number"],
        row["unit_name"],
    ]
    for text in (*wanted, "主任医师", "心血管内科", "学习经历", "示范大学", "工作经历", "任现职以来年度考核", "专利"):
        assert plain(text) in printed.text
    labels = [section["label"] for part in sheet.data["parts"] for section in part["sections"]]
    form_sections = [section.label for section in story_form(story).sections]
    assert [label for label in form_sections if label not in labels] == ["申报信息"]  # stands in the first table


def story_form(story: Story) -> Form:
    with story.database.read() as tx:
        return latest_form(tx, "declaration_filling")


@pytest.mark.catalogue("W5")
def test_the_watermark_says_how_far_the_declaration_is(story: Story) -> None:
    story.start()
    story.fill()
    assert (sheet_of(story).data["watermark"], sheet_of(story).data["code"]) == ("草稿", "")
    story.submit()
    sheet = sheet_of(story)
    assert sheet.data["watermark"] == "供签字盖章"
    assert read_pdf(sheet.pdf()).text.count("供签字盖章") == len(read_pdf(sheet.pdf()).pages)


@pytest.mark.catalogue("W5")
def test_the_code_equals_the_data_until_the_dossier_changes(story: Story, who: Who) -> None:
    story.submitted()
    officer = who("hosp3_officer")
    number, code = story.detail().row["declaration_no"], sheet_of(story).data["code"]
    assert plain(f"核对码{code}") in read_pdf(sheet_of(story).pdf()).text

    def verdict(given: str) -> str:
        with story.database.read() as tx:
            return verify_sheet(tx, officer, number, given).verdict

    assert [verdict(code), verdict(code.lower().replace("-", " ")), verdict("0000-0000-0000")] == [
        "一致",
        "一致",
        "不一致",
    ]
    story.review("return_for_revision", "请补充")
    story.fill(basic_info=lambda held: {**held, "work_summary": "另一份总结"})
    assert verdict(code) == "一致"  # what is typed and not handed in changes nothing
    story.submit()
    assert [verdict(code), verdict(sheet_of(story).data["code"])] == ["不一致", "一致"]


@pytest.mark.catalogue("W5")
def test_what_the_unit_adds_leaves_the_code_of_a_signed_sheet_as_it_is(story: Story) -> None:
    values = {"base_material": {"truth_pledge": [{"id": "1"}]}, "overview_supplement": {"health": "健康"}}
    later = {
        "base_material": {**values["base_material"], "ranking_sheet": [{"id": "2"}]},
        "overview_supplement": {**values["overview_supplement"], "score_rank": 1},
    }
    other = {**values, "overview_supplement": {"health": "良好"}}
    first, second, third = (declaration_code("2026-000001", "990000", held) for held in (values, later, other))
    assert first == second != third
    assert [len(part) for part in first.split("-")] == [4, 4, 4]


@pytest.mark.catalogue("W5")
def test_copies_are_counted_and_a3_sheets_fold_to_a_booklet(story: Story) -> None:
    story.submitted()
    sheet = sheet_of(story)
    pages = len(read_pdf(sheet.pdf()).pages)
    copies = read_pdf(sheet.pdf(copies=2))
    assert (len(copies.pages), set(copies.sizes)) == (2 * pages, {A4})
    assert "第1份共2份" in copies.pages[1]
    assert "第2份共2份" in copies.pages[-1]
    folded = read_pdf(sheet.pdf(folding=Folding.A3))
    assert (len(folded.pages), set(folded.sizes)) == (2 * -(-pages // 4), {A3})
    assert "第2页" in folded.pages[1]  # inside the sheet whose outside is the cover
    assert "专业技术职务任职资格评审表" in folded.pages[0]


def test_opinions_stand_with_the_level_that_gave_them_until_the_dossier_changes(story: Story, who: Who) -> None:
    story.submitted()
    story.review(opinion="材料齐全，同意推荐。", recommendation_notice="已公示五个工作日", panel_opinion="一致同意")
    story.review(opinion="同意上报。")
    boxes = sheet_of(story).data["opinions"]
    assert [(box["title"], box["text"]) for box in boxes] == [
        ("单位推荐意见", "同意上报。"),
        ("主管部门审核意见", ""),
        ("主管部门审核意见", ""),
        ("主管部门审核意见", ""),
    ]
    assert [pair["value"] for pair in sheet_of(story).data["recommendation"]] == ["已公示五个工作日", "一致同意"]
    story.review("return_for_revision", "请补充")
    story.submit()
    assert [box["text"] for box in sheet_of(story).data["opinions"]] == ["", "", "", ""]


def test_long_texts_many_rows_and_nothing_at_all_are_set(story: Story) -> None:
    story.start()
    empty = read_pdf(sheet_of(story).pdf())
    assert "学习经历无" in empty.text
    story.fill(
        education=lambda rows: rows * 10,
        basic_info=lambda held: {**held, "work_summary": "总结𠮷" * 130},
        employment=lambda rows: [{**rows[0], "employer": "长" * 100, "description": "述" * 400}] * 20,
    )
    printed = read_pdf(sheet_of(story).pdf())
    assert printed.text.count("述") == 20 * 400
    assert printed.text.count("[U+20BB7]") == 130
    assert printed.text.count("示范大学") >= 20


@pytest.mark.catalogue("U16", "Q7")
def test_a_stranger_gets_no_sheet(story: Story, database: Database, who: Who) -> None:
    story.submitted()
    for stranger in (who("city_officer"), Story(database, "talent_officer").applicant):
        with database.read() as tx, pytest.raises(NotFound):
            general_sheet(tx, stranger, story.case_key)
        with database.read() as tx, pytest.raises(NotFound):
            overview_sheet(tx, stranger, [story.case_key])
    with database.read() as tx:
        assert verify_sheet(tx, who("city_officer"), story.detail().row["declaration_no"], "x").verdict == "没有找到"
        with pytest.raises(NotAllowed):
            verify_sheet(tx, story.applicant, story.detail().row["declaration_no"], "x")


# --- many -------------------------------------------------------------------------------------------------------------


def archive_of(database: Database, actor: Actor, key: int) -> dict[str, bytes]:
    assert run_batch(database, key)
    with database.read() as tx:
        attachment = batch_of(tx, actor, key).row["attachment"]
        held = find_attachment(tx, actor, attachment, lambda *_: False)
        content = tx.service(FileStore).read(held.sha256)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.catalogue("U16", "Q7")
def test_ticked_declarations_become_one_archive_without_those_of_others(database: Database, who: Who) -> None:
    stories = [Story(database).submitted() for _ in range(2)]
    foreign = Story(database, "talent_officer").submitted()
    officer = who("hosp3_officer")
    with database.transaction() as tx:
        key = export_general_sheets(tx, officer, [one.case_key for one in (*stories, foreign)])
    files = archive_of(database, officer, key)
    rows = [one.detail().row for one in stories]
    assert sorted(files) == sorted(f"通用表-{row['name']}-{row['declaration_no']}.pdf" for row in rows)
    for name, content in files.items():
        assert name.removesuffix(".pdf").rpartition("-")[2] in read_pdf(content).text


@pytest.mark.catalogue("U16", "Q7")
def test_a_whole_query_becomes_one_archive(database: Database, who: Who) -> None:
    story = Story(database).submitted()
    officer, name = who("hosp3_officer"), story.detail().row["identity_number"]
    asked = Asked(2026, Tab.PENDING, filters={"identity_number": name})
    with database.transaction() as tx:
        key = export_all_general_sheets(tx, officer, asked)
    assert len(archive_of(database, officer, key)) == 1


def test_a_declaration_that_moved_out_of_sight_is_named_and_the_others_are_made(database: Database, who: Who) -> None:
    story = Story(database).submitted()
    officer = who("hosp3_officer")
    with database.transaction() as tx:
        key = export_general_sheets(tx, officer, [story.case_key])
        tx.flush()
        item = {"case": 1, "number": 1, "title": "移走", "url": ""}
        tx.insert(batch_item, batch_key=key, seq=1, item=item, state="pending")
        tx.execute(sa.update(batch).where(batch.c.key == key).values(total=2))
    assert len(archive_of(database, officer, key)) == 1
    with database.read() as tx:
        assert [row.state.value for row in batch_rows(tx, officer, key)] == ["done", "refused"]


def test_nobody_ticked_is_said(database: Database, who: Who) -> None:
    with database.transaction() as tx, pytest.raises(InvalidInput):
        export_general_sheets(tx, who("hosp3_officer"), [])


# --- sheets of many declarants ----------------------------------------------------------------------------------------


@pytest.mark.catalogue("W1")
def test_the_publicity_sheet_lists_everybody_the_unit_declares_and_no_personal_data(
    database: Database, who: Who
) -> None:
    stories = [Story(database, "talent_officer").submitted() for _ in range(2)]
    Story(database, "talent_officer").start()
    with database.read() as tx:
        sheet = publicity_of_unit(tx, who("talent_officer"), 2026)
    printed = read_pdf(sheet.pdf())
    rows = [one.detail().row for one in stories]
    assert set(printed.sizes) == {A3}
    listed = [record["name"] for record in sheet.data["records"]]
    assert all(row["name"] in listed for row in rows)
    printed_values = {value for record in sheet.data["records"] for key, value in record.items() if key != "works"}
    assert printed_values.isdisjoint({row["identity_number"] for row in rows} | {"健康", "13000000000"})
    assert "公示时间" in printed.text


@pytest.mark.catalogue("W5")
def test_the_overview_has_a_line_for_each_declarant(story: Story, who: Who) -> None:
    story.submitted()
    draft = Story(story.database)
    draft.start()
    with story.database.read() as tx:
        sheet = overview_sheet(tx, who("hosp3_officer"), [draft.case_key, story.case_key])
    printed = read_pdf(sheet.pdf())
    assert (set(printed.sizes), len(sheet.data["records"])) == ({A3}, 1)
    record = sheet.data["records"][0]
    assert (record["title"], record["current_title"], record["score"]) == ("主任医师", "副主任医师", "88.5")
    assert (record["highest_education"].split()[1], sheet.data["watermark"]) == ("示范大学", "供签字盖章")
