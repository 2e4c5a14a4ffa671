"""What another register knows is not asked for: social security, CHSI, hours of continuing education (J21, J26)."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from engine.access import Actor
from engine.db import Database
from engine.declaration.detail import Filling, filling_of
from engine.declaration.filling import save_section
from engine.declaration.register_files import disconnect_register, import_register, register_states, register_template
from engine.declaration.registers import RegisterKind
from engine.errors import InvalidInput, NotAllowed
from tests.declaration.story import Story

Who = Callable[..., Actor]


@pytest.fixture
def office(who: Who) -> Actor:
    return who("office_admin", "title_office_admin")


@pytest.fixture(autouse=True)
def disconnected(database: Database, office: Actor) -> Iterator[None]:
    """Every test leaves the registers as it found them: not connected."""
    yield
    with database.transaction() as tx:
        for kind in RegisterKind:
            disconnect_register(tx, office, kind)


def take_in(database: Database, office: Actor, kind: str, rows: list[dict[str, Any]]) -> Any:
    with database.transaction() as tx:
        return import_register(
            tx, office, RegisterKind(kind), name="示例.json", data=json.dumps(rows, ensure_ascii=False).encode()
        )


def number_of(story: Story) -> str:
    return story.applicant.login


def filling(story: Story) -> Filling:
    with story.database.read() as tx:
        return filling_of(tx, story.applicant, story.case_key)


def asked(story: Story, section: str) -> list[str]:
    """The inputs of a section that take something."""
    found = filling(story)
    view = found.form.prepare(found.values, found.context)
    node = next(one.node for one in view.sections if one.path == section)
    children = [child for row in node.rows for child in row.children] or list(node.children)
    return [child.name for child in children if child.is_input and not child.readonly]


@pytest.mark.catalogue("J21", "P6")
def test_what_social_security_answers_is_shown_and_neither_asked_nor_taken(
    story: Story, database: Database, office: Actor
) -> None:
    known = {"证件号码": number_of(story), "缴费单位": "示范单位（示例）", "缴费月份数": 150, "参保状态": "参保缴费"}
    take_in(database, office, "social_insurance", [known])
    story.start()
    inputs = asked(story, "basic_info")
    assert not [name for name in inputs if "insur" in name]
    assert filling(story).values["basic_info"]["social_insurance_months"] == 150
    story.fill(basic_info=lambda info: {**info, "social_insurance_payer": "别的单位", "payer_note": "由集团代缴"})
    with database.transaction() as tx:
        held = story.dossier(tx)["basic_info"]
        more = {"payer_note": "由集团公司代缴。", "payer_proof": [story.upload(tx)]}
        save_section(tx, story.applicant, story.task_key(tx), "basic_info", {**held, **more}, version=1)
    story.submit()
    stored = story.detail().values["basic_info"]
    assert (stored["social_insurance_payer"], stored["insured_status"]) == ("示范单位（示例）", "insured")
    assert "social_insurance_proof" not in stored


@pytest.mark.catalogue("J21")
def test_without_a_connection_or_a_record_the_proof_is_asked_for(
    story: Story, database: Database, office: Actor
) -> None:
    story.start()
    wanted = {f"basic_info.{name}" for name in ("social_insurance_proof", "social_insurance_payer")}
    assert wanted <= set(asked(story, "basic_info"))
    stranger = Story(database)
    take_in(database, office, "social_insurance", [{"证件号码": number_of(stranger), "缴费单位": "示范单位"}])
    assert wanted <= set(asked(story, "basic_info"))
    assert filling(story).context["registers"] == {"social_insurance": False}


@pytest.mark.catalogue("J21", "P10")
def test_a_course_that_chsi_knows_needs_no_diploma_and_no_proof(
    story: Story, database: Database, office: Actor
) -> None:
    course = {"证件号码": number_of(story), "毕业院校": "示范大学", "学历": "硕士研究生毕业", "毕业时间": "2010.06"}
    take_in(database, office, "education", [course])
    story.start()
    assert filling(story).values["education"][0]["ended_on"] == "2010-06"
    story.fill(education=lambda rows: [rows[0], {**rows[1], "diploma": []}])
    names = asked(story, "education")
    assert ("education[0].diploma" in names, "education[1].diploma" in names) == (True, False)
    story.submit()
    assert [row.get("verified") for row in story.detail().values["education"]] == [None, True]
    # what the register does not know cannot be declared known
    other = Story(database)
    other.start()
    other.fill(education=lambda rows: [{**rows[0], "verified": True, "diploma": []}, rows[1]])
    with pytest.raises(InvalidInput) as refused:
        other.submit()
    assert list(refused.value.fields) == ["education[0].diploma"]


@pytest.mark.catalogue("J26", "J21", "W12")
def test_hours_of_the_platform_stand_in_place_of_what_is_typed(story: Story, database: Database, office: Actor) -> None:
    rows = [
        {"证件号码": number_of(story), "年度": year, "公需科目学时": 30, "专业科目学时": 64.5}
        for year in ("2024", "2025")
    ]
    take_in(database, office, "continuing_education", rows)
    story.start()
    assert asked(story, "continuing_education") == []
    story.fill()
    story.submit()
    held = story.detail().values["continuing_education"]
    assert [(row["year"], row["total_hours"]) for row in held] == [("2024", 94.5), ("2025", 94.5)]


# --- 导入 ------------------------------------------------------------------------------------------------------------


def test_a_file_replaces_the_register_and_names_the_rows_it_leaves_out(
    story: Story, database: Database, office: Actor
) -> None:
    number = number_of(story)
    report = take_in(
        database,
        office,
        "social_insurance",
        [
            {"证件号码": number, "缴费单位": "甲单位"},
            {"证件号码": "990000198503100000", "缴费单位": "乙单位"},
            {"证件号码": number, "缴费单位": ""},
            {"证件号码": number, "缴费单位": "丙单位", "本次参保日期": "昨天"},
        ],
    )
    assert (report.people, report.rows) == (1, 4)
    assert [fault[:6] for fault in report.faults] == ["第 3 行：", "第 4 行：", "第 5 行："]
    assert report.faults[1:] == [
        "第 4 行：缺少缴费单位",
        "第 5 行：本次参保日期“昨天”不是有效的日期，应形如 2012-07-01",
    ]
    with database.read() as tx:
        state = register_states(tx, office)[0]
    assert (state.label, state.entries, state.name) == ("社会保险", 1, "示例.json")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_csv_in_either_encoding_is_read(story: Story, database: Database, office: Actor, encoding: str) -> None:
    text = f"证件号码,年度,公需科目学时,专业科目学时\n{number_of(story)},2025,30,60\n"
    with database.transaction() as tx:
        found = import_register(
            tx, office, RegisterKind.CONTINUING_EDUCATION, name="学时.csv", data=text.encode(encoding)
        )
    assert (found.people, list(found.faults)) == (1, [])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{}", "JSON 文件应是一个列表，每个人或每条记录一项。"),
        (b"[{]", "文件不是有效的 JSON，请核对后重新上传。"),
        ("年度\n2025\n".encode(), "文件缺少列：证件号码、公需科目学时、专业科目学时。请按模板的列名填写。"),
        (b"", "文件中没有可以导入的行，请核对后重新上传。"),
    ],
)
def test_a_file_that_cannot_be_read_says_so(database: Database, office: Actor, data: bytes, said: str) -> None:
    with pytest.raises(InvalidInput) as refused, database.transaction() as tx:
        import_register(tx, office, RegisterKind.CONTINUING_EDUCATION, name="x", data=data)
    assert refused.value.message == said


def test_the_template_reads_back_and_only_the_title_office_imports(database: Database, who: Who, office: Actor) -> None:
    assert register_template(office, RegisterKind.EDUCATION)[:2] == b"PK"
    with pytest.raises(NotAllowed), database.read() as tx:
        register_states(tx, who("hosp3_officer"))
