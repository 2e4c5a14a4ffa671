"""Every section of the dossier: what it asks for, what it refuses, what it only remarks on (P6–P20, §1.11)."""

from collections.abc import Callable
from typing import Any

import pytest

from engine.db import Database
from engine.declaration.detail import filling_of
from engine.declaration.dossier_problem import DossierProblem
from engine.declaration.filling import save_section
from engine.errors import InvalidInput
from engine.flow.drafts import list_drafts
from engine.flow.tables import variable
from tests.declaration.story import Story

Rows = list[dict[str, Any]]
Change = Callable[[Any], Any]

ISSN = "第 1 行“刊号(ISSN)”"
ACCOUNTANT = {
    "specialty": "accounting-01",
    "title_name": "accounting-associate_senior",
    "major": "120203K",
    "education": "bachelor",
    "current_title_name": "accounting-intermediate",
    "current_specialty": "accounting-01",
    "obtained_by": "exam",
}


@pytest.fixture(scope="module")
def database_url(sqlite_url: str) -> str:
    """What a section asks for does not depend on the database."""
    return sqlite_url


def first(**fields: Any) -> Change:
    """The first row with these fields changed."""
    return lambda rows: [{**rows[0], **fields}, *rows[1:]]


def fields(**changed: Any) -> Change:
    return lambda section: {**section, **changed}


def filled_with(story: Story, **changes: Any) -> Story:
    story.start()
    story.fill(**{name: change for name, change in changes.items() if callable(change)})
    for name, value in changes.items():
        if not callable(value):
            save(story, name, value)
    return story


def save(story: Story, name: str, value: Any) -> None:
    with story.database.transaction() as tx:
        key = story.task_key(tx)
        held = list_drafts(tx, key).get(name)
        save_section(tx, story.applicant, key, name, value, version=held.version if held else 0)


def refusals(story: Story, **changes: Any) -> dict[str, list[str]]:
    """What is said of a dossier with these changes when it is submitted; nothing where it goes through."""
    filled_with(story, **changes)
    try:
        story.submit()
    except InvalidInput as refused:
        return refused.fields
    return {}


def problems(story: Story) -> list[DossierProblem]:
    with story.database.read() as tx:
        return list(filling_of(tx, story.applicant, story.case_key).problems)


def warnings(story: Story, section: str) -> list[str]:
    return [one.message for one in problems(story) if one.section == section and one.severity == "warning"]


def proof(story: Story, name: str = "证明材料.pdf") -> list[Any]:
    with story.database.transaction() as tx:
        return [dict(story.upload(tx, name))]


# --- 必填项 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("section", "required"),
    [
        pytest.param("other_certificate", "name issuer obtained_on certificate", marks=pytest.mark.catalogue("P15")),
        pytest.param("society_role", "name post started_on", marks=pytest.mark.catalogue("P15")),
        pytest.param("annual_appraisal", "grade sheet", marks=pytest.mark.catalogue("P16")),
        pytest.param("practice_record", "started_on ended_on content", marks=pytest.mark.catalogue("P17", "Q14")),
        pytest.param(
            "special_practice_record", "started_on kind ended_on content", marks=pytest.mark.catalogue("P17", "Q14")
        ),
        pytest.param(
            "continuing_education", "year public_hours professional_hours", marks=pytest.mark.catalogue("W12")
        ),
        pytest.param("honour", "name level issuer obtained_on proof", marks=pytest.mark.catalogue("P18", "Q15")),
        pytest.param(
            "award",
            "name achievement level grade issuer obtained_on rank member_count proof",
            marks=pytest.mark.catalogue("P18", "Q15"),
        ),
        pytest.param("expert_title", "name level issuer obtained_on proof", marks=pytest.mark.catalogue("P18")),
        pytest.param(
            "project",
            "name level source started_on state role rank member_count duty approval_proof",
            marks=pytest.mark.catalogue("P18", "W11"),
        ),
        pytest.param(
            "patent",
            "name kind patent_no granted_on holder rank member_count proof",
            marks=pytest.mark.catalogue("P18", "W11"),
        ),
        pytest.param("other_achievement", "name kind finished_on role proof", marks=pytest.mark.catalogue("P18")),
        pytest.param(
            "paper",
            "title periodical issn sponsor published_on author_rank periodical_rank front_cover contents text",
            marks=pytest.mark.catalogue("P19", "W11"),
        ),
        pytest.param(
            "book",
            "title publisher isbn published_on contribution front_cover back_cover",
            marks=pytest.mark.catalogue("P19", "W11"),
        ),
        pytest.param(
            "exam_in_lieu_certificate",
            "title_category title_series specialty title_name title_level obtained_on certificate",
            marks=pytest.mark.catalogue("P13"),
        ),
        pytest.param(
            "exam_certificate",
            "title_category title_series specialty title_name target_title_level obtained_on exam_year"
            " score_valid_until certificate",
            marks=pytest.mark.catalogue("P14"),
        ),
    ],
)
def test_a_row_that_was_begun_has_to_be_completed_and_an_empty_section_is_passed_over(
    story: Story, section: str, required: str
) -> None:
    begun = {"certificate_no": "1", "note": "一", "valid_until": "2030-01", "ended_on": "2025-01", "exam_score": "1"}
    begun |= {"back_cover": proof(story), "word_count": 1, "use": "一", "recognised_by": "一", "management_no": "1"}
    begun |= {"project_no": "1", "workload_proof": proof(story), "representative": True, "year": "2020"}
    given = refusals(story, **{section: [{name: value for name, value in begun.items() if name not in required}]})
    assert list(given) == [f"{section}[0].{name}" for name in required.split()]
    save(story, section, [])
    story.submit()
    assert story.status == "待经办人审核"


@pytest.mark.catalogue("P20")
def test_the_overview_asks_for_five_things_and_leaves_the_ranking_to_the_unit(story: Story) -> None:
    given = refusals(story, overview_supplement=lambda _: {})
    assert list(given) == [
        f"overview_supplement.{name}" for name in ("began_work_on", "health", "administrative_post", "recruited_talent")
    ]


# --- 长度、编号、位次、日期 ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("section", "change", "path", "said"),
    [
        pytest.param(
            "paper",
            {"issn": "1000-0001"},
            "paper[0].issn",
            f"{ISSN}校验位不正确，请核对第 8 位",
            marks=pytest.mark.catalogue("P19"),
        ),
        pytest.param(
            "paper",
            {"title": "题" * 101},
            "paper[0].title",
            "第 1 行“论文名称”最多 100 个字，现在是 101 个字",
            marks=pytest.mark.catalogue("P19"),
        ),
        pytest.param(
            "paper",
            {"periodical_rank": "international"},
            "paper[0].index_proof",
            "第 1 行：请上传“检索证明”",
            marks=pytest.mark.catalogue("P19", "W11"),
        ),
        pytest.param(
            "award",
            {"rank": 6},
            "award[0].rank",
            "第 1 行“个人位次”不能大于“总人数”（5）",
            marks=pytest.mark.catalogue("W11"),
        ),
        pytest.param(
            "project",
            {"ended_on": None},
            "project[0].ended_on",
            "第 1 行：请选择“结束时间”",
            marks=pytest.mark.catalogue("P18"),
        ),
        pytest.param(
            "project",
            {"closing_proof": []},
            "project[0].closing_proof",
            "第 1 行：请上传“结题材料”",
            marks=pytest.mark.catalogue("P18", "W11"),
        ),
        pytest.param(
            "practice_record",
            {"ended_on": "2020-01-01"},
            "practice_record[0].ended_on",
            "第 1 行“截止时间”不能早于“起始时间”",
            marks=pytest.mark.catalogue("P17"),
        ),
        pytest.param(
            "practice_record",
            {"content": "字" * 501},
            "practice_record[0].content",
            "第 1 行“经历内容”最多 500 个字，现在是 501 个字",
            marks=pytest.mark.catalogue("P17"),
        ),
        pytest.param(
            "annual_appraisal",
            {"year": "21"},
            "annual_appraisal[0].year",
            "第 1 行“考核年度”不是有效的日期或时间，应形如 2026",
            marks=pytest.mark.catalogue("P16"),
        ),
        pytest.param(
            "overview_supplement",
            {"health": "健" * 21},
            "overview_supplement.health",
            "“身体状况”最多 20 个字，现在是 21 个字",
            marks=pytest.mark.catalogue("P20"),
        ),
        pytest.param(
            "overview_supplement",
            {"score_rank": 4, "recommended_total": 3},
            "overview_supplement.score_rank",
            "“得分排序”不能大于“单位共推荐”（3）",
            marks=pytest.mark.catalogue("P20"),
        ),
        pytest.param(
            "overview_supplement",
            {"recommendation_rank": 4, "recommended_total": 3},
            "overview_supplement.recommendation_rank",
            "“推荐排序”不能大于“单位共推荐”（3）",
            marks=pytest.mark.catalogue("P20"),
        ),
        pytest.param(
            "qualification_certificate",
            {"management_no": "1" * 37},
            "qualification_certificate.management_no",
            "“管理号”最多 36 个字，现在是 37 个字",
            marks=pytest.mark.catalogue("P12"),
        ),
        pytest.param(
            "qualification_certificate",
            {"certificate": []},
            "qualification_certificate.certificate",
            "请上传“证书”",
            marks=pytest.mark.catalogue("P12"),
        ),
    ],
)
def test_each_limit_is_held_and_says_what_to_do(
    story: Story, section: str, change: dict[str, Any], path: str, said: str
) -> None:
    one = fields(**change) if section in ("overview_supplement", "qualification_certificate") else first(**change)
    assert refusals(story, **{section: one}) == {path: [said]}


@pytest.mark.catalogue("P19", "W11")
def test_a_book_needs_a_sound_number_and_both_covers(story: Story) -> None:
    book = {
        "title": "示范论著（示例）",
        "publisher": "示范出版社（示例）",
        "isbn": "978-7-04-000000-0",
        "published_on": "2025-01",
        "contribution": "editor",
        "front_cover": proof(story),
    }
    given = refusals(story, book=[book])
    assert given == {
        "book[0].isbn": ["第 1 行“书号(ISBN)”校验位不正确，请核对第 13 位"],
        "book[0].back_cover": ["第 1 行：请上传“封底”"],
    }


@pytest.mark.catalogue("J27", "W13")
def test_what_was_done_after_the_cut_off_does_not_count(story: Story, database: Database) -> None:
    story.start()
    with database.transaction() as tx:
        tx.execute(
            variable.update()
            .where(variable.c.case_key == story.case_key, variable.c.name == "cutoff_on")
            .values(value="2024-12-31")
        )
    story.fill()
    with pytest.raises(InvalidInput) as refused:
        story.submit()
    late = "晚于本年度计算业绩的截止日（2024-12-31），不计入本年度，请核对日期或删除这一行"
    assert refused.value.fields["paper[0].published_on"] == [f"第 1 行“发表年月”{late}"]


# --- 前后一致 ----------------------------------------------------------------------------------------------------------


@pytest.mark.catalogue("P12", "P7")
def test_the_certificate_is_filled_from_the_present_title_and_cannot_differ(story: Story) -> None:
    other = {"title_name": "nurse-senior", "title_level": "senior", "obtained_on": "1999-01-01"}
    filled_with(story, qualification_certificate=fields(**other)).submit()
    held, present = (story.detail().values[name] for name in ("qualification_certificate", "present_position"))
    names = ("category", "series", "specialty", "name", "level")
    shown = [held["specialty" if name == "specialty" else f"title_{name}"] for name in names]
    assert shown == [present[f"current_title_{name}"] for name in names]
    assert held["obtained_on"] == present["current_title_obtained_on"]


@pytest.mark.catalogue("P12")
def test_without_a_title_there_is_no_certificate_to_fill_in(database: Database) -> None:
    story = Story(
        database, title_name="physician-intermediate", education="doctor", current_title_name="", obtained_by=""
    )
    story.submitted()
    assert "qualification_certificate" not in story.detail().values


@pytest.mark.catalogue("P14", "Q12")
def test_a_specialty_with_an_examination_needs_its_certificate_for_the_level_declared(database: Database) -> None:
    story = Story(database, **ACCOUNTANT)
    assert refusals(story, exam_certificate=lambda _: []) == {
        "exam_certificate": ["高级会计师实行考评结合，请填写考试合格证书或成绩单。"]
    }
    held = {
        "title_name": "accounting-intermediate",
        "target_title_level": "intermediate",
        "specialty": "accounting-01",
        "title_category": "finance",
        "title_series": "accounting",
        "obtained_on": "2025-09-20",
        "exam_year": "2025",
        "score_valid_until": "2026-05-31",
        "score_sheet": proof(story),
    }
    save(story, "exam_certificate", [held])
    with pytest.raises(InvalidInput) as refused:
        story.submit()
    expired = "第 1 行：考试成绩的有效期（2026-05-31）已过，不能用于本年度申报"
    assert refused.value.fields == {"exam_certificate[0].score_valid_until": [expired]}
    save(story, "exam_certificate", [{**held, "score_valid_until": "2030-12-31"}])
    with pytest.raises(InvalidInput) as refused:
        story.submit()
    wrong = "所填考试合格证书中没有会计人员高级(副高)的，请核对“系列”和“对应待晋升职称等级”"
    assert refused.value.fields == {"exam_certificate[0].target_title_level": [wrong]}


@pytest.mark.catalogue("Q39", "P13")
def test_a_certificate_of_an_examination_in_lieu_counts_as_the_present_title(database: Database) -> None:
    story = Story(database, **ACCOUNTANT | {"current_title_name": "", "obtained_by": ""})
    assert "setup.title_level" in refusals(story)
    certificate = {
        "title_category": "finance",
        "title_series": "accounting",
        "specialty": "accounting-01",
        "title_name": "accounting-intermediate",
        "title_level": "intermediate",
        "obtained_on": "2018-09-01",
        "certificate": proof(story),
    }
    save(story, "exam_in_lieu_certificate", [certificate])
    story.submit()
    assert story.status == "待经办人审核"


@pytest.mark.catalogue("W11")
def test_only_so_many_works_are_representative(story: Story) -> None:
    marked = {"representative": True, "year": "2020"}
    given = refusals(story, paper=lambda rows: [{**rows[0], **marked, "title": f"论文 {n}"} for n in range(5)])
    words = "代表作（代表性成果）最多 5 项，现在标了 6 项，请取消第 5 行的标记"
    assert given == {"paper[4].representative": [words]}


@pytest.mark.parametrize(
    ("section", "same", "words"),
    [("paper", "title", "论文"), ("project", "name", "项目")],
)
@pytest.mark.catalogue("P19")
def test_the_same_work_is_named_once(story: Story, section: str, same: str, words: str) -> None:
    given = refusals(story, **{section: lambda rows: [rows[0], {**rows[0], same: f" {rows[0][same]} "}]})
    assert given == {f"{section}[1].{same}": [f"第 2 行与第 1 行是同一{words}，请删除一行"]}


@pytest.mark.catalogue("P16")
def test_one_appraisal_a_year_and_the_years_that_lack_are_named(story: Story) -> None:
    given = refusals(story, annual_appraisal=lambda rows: [*rows, rows[0]])
    assert given == {"annual_appraisal": ["同一考核年度只能填写一条，请删除重复的年度"]}
    with story.database.transaction() as tx:
        rows = story.dossier(tx)["annual_appraisal"]
    save(story, "annual_appraisal", [{**rows[0], "grade": "unqualified"}, *rows[2:]])
    assert warnings(story, "annual_appraisal") == [
        "第 1 行：2017 年度考核不合格，该年度不计算任职年限",
        "缺少 2018 年度的考核，请补充；确实没有考核的，请向单位说明",
    ]


@pytest.mark.catalogue("J26", "W12")
def test_too_few_hours_of_study_are_told_without_keeping_anybody_from_submitting(story: Story) -> None:
    filled_with(story, continuing_education=first(public_hours=10, professional_hours=50))
    assert warnings(story, "continuing_education") == ["第 1 行：2025 年度继续教育共 60 学时，少于规定的 90 学时"]
    save(story, "continuing_education", [])
    assert warnings(story, "continuing_education") == ["缺少 2025 年度的继续教育学时，应不少于 90 学时"]
    story.submit()
    assert story.status == "待经办人审核"


@pytest.mark.catalogue("W12")
def test_the_hours_of_a_year_are_added_up(story: Story) -> None:
    filled_with(story, continuing_education=first(public_hours=30.5, professional_hours=66, total_hours=1)).submit()
    assert story.detail().values["continuing_education"][0]["total_hours"] == 96.5


@pytest.mark.catalogue("P20")
def test_years_of_practice_are_counted_and_begin_with_the_present_title(story: Story) -> None:
    period = {"from": "2010-01", "to": "2025-12", "years": 99}
    given = refusals(story, overview_supplement=fields(practice_period=period))
    words = "“从事专业技术工作年限”从取得现职称（2016-12）起算，请修改“自”"
    assert given == {"overview_supplement.practice_period.from": [words]}
    with story.database.transaction() as tx:
        supplement = story.dossier(tx)["overview_supplement"]
    save(story, "overview_supplement", {**supplement, "practice_period": {"from": "2016-12", "to": "2025-11"}})
    story.submit()
    assert story.detail().values["overview_supplement"]["practice_period"]["years"] == 9


@pytest.mark.catalogue("P20")
def test_years_at_the_grass_roots_are_asked_of_teachers_and_physicians_only(database: Database) -> None:
    story = Story(database, **ACCOUNTANT)
    asked = {"from": "2017-01", "to": "2018-12"}
    filled_with(story, overview_supplement=fields(grassroots_years=asked)).submit()
    assert "grassroots_years" not in story.detail().values["overview_supplement"]
    physician = Story(database)
    filled_with(physician, overview_supplement=fields(grassroots_years=asked)).submit()
    assert physician.detail().values["overview_supplement"]["grassroots_years"] == {**asked, "years": 2}


@pytest.mark.catalogue("P20")
def test_the_grounds_are_asked_of_the_exceptional_route_and_of_no_other(story: Story, database: Database) -> None:
    filled_with(story, overview_supplement=fields(exception_grounds="写了也没有用")).submit()
    assert "exception_grounds" not in story.detail().values["overview_supplement"]
    exceptional = Story(database, declaration_route="exceptional")
    given = refusals(exceptional, overview_supplement=fields(exception_grounds=""))
    assert given == {"overview_supplement.exception_grounds": ["请填写“破格条件”"]}


@pytest.mark.catalogue("J28")
def test_a_title_from_elsewhere_comes_with_its_proof(story: Story) -> None:
    given = refusals(story, present_position=fields(current_title_origin="military"))
    path = "present_position.current_title_origin_proof"
    assert given == {path: ["请上传“外省、中央单位或军队职称的证明”"]}


@pytest.mark.catalogue("W4")
def test_another_payer_than_the_employer_is_explained_with_proof(story: Story) -> None:
    given = refusals(story, basic_info=fields(social_insurance_payer="示范人力资源公司（示例）"))
    assert list(given) == ["basic_info.payer_note", "basic_info.payer_proof"]


@pytest.mark.catalogue("P2")
@pytest.mark.parametrize("route", ["transferred_official", "one_step", "skilled_talent"])
def test_routes_that_skip_levels_rest_on_a_document(database: Database, route: str) -> None:
    story = Story(database, declaration_route=route)
    given = refusals(story, setup=lambda setup: {**setup, "route_proof": []})
    assert given == {"setup.route_proof": ["请上传“申报方式的依据材料”"]}


@pytest.mark.parametrize(
    ("section", "change", "warned", "said"),
    [
        (
            "overview_supplement",
            {"began_work_on": "2013-01-01"},
            "overview_supplement",
            "“参加工作时间”（2013-01-01）晚于第一段工作经历（2010-07），请核对",
        ),
        (
            "practice_record",
            {"started_on": "2009-01-01"},
            "practice_record",
            "第 1 行：起始时间（2009-01-01）早于第一段工作经历（2010-07），请核对",
        ),
        (
            "employment",
            {"started_on": "2017-01"},
            "employment",
            "“现职称取得时间”（2016-12-20）早于第一段工作经历（2017-01），请核对工作经历是否填全",
        ),
    ],
)
@pytest.mark.catalogue("P11", "P17", "P20")
def test_dates_that_do_not_fit_each_other_are_pointed_out(
    story: Story, section: str, change: dict[str, Any], warned: str, said: str
) -> None:
    one = fields(**change) if section == "overview_supplement" else first(**change)
    filled_with(story, **{section: one})
    assert said in warnings(story, warned)


# --- 改选申报信息 ------------------------------------------------------------------------------------------------------


@pytest.mark.catalogue("Q13", "P9")
def test_another_choice_of_title_names_what_it_made_invalid(story: Story) -> None:
    filled_with(story, base_material=lambda given: {name: f for name, f in given.items() if name != "truth_pledge"})
    with story.database.read() as tx:
        assert filling_of(tx, story.applicant, story.case_key).made_invalid == []
    teaching = {
        "title_category": "teaching",
        "title_series": "school_teacher",
        "specialty": "school_teacher-02",
        "title_name": "school_teacher-senior",
    }
    save(story, "setup", {**story.setup, **teaching})
    with story.database.read() as tx:
        found = filling_of(tx, story.applicant, story.case_key).made_invalid
    assert [(one.section, one.message) for one in found] == [
        ("present_position", "请选择“中小学教师系列工作单位所在地类别”")
    ]
    save(story, "setup", {**story.setup, "declaration_route": "exceptional"})
    with story.database.read() as tx:
        found = filling_of(tx, story.applicant, story.case_key).made_invalid
    assert [one.path for one in found] == ["base_material.exception_register", "overview_supplement.exception_grounds"]
