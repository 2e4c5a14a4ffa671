"""What the applicant does: start, fill section by section, submit, withdraw, discard, and what is refused with which words."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.clock import FixedClock
from engine.db import Database
from engine.declaration.detail import filling_of, my_declarations
from engine.declaration.filling import save_section, submit_declaration
from engine.declaration.integrity_records import record_integrity
from engine.declaration.starting import start_declaration
from engine.declaration.tables import declaration
from engine.declaration.years import YearPlan, set_year_plan, year_plan
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused
from engine.flow.drafts import DraftConflict
from engine.flow.timers import run_due_timers
from engine.notification import notices_of
from engine.organisation.integrity import RecordKind
from tests.declaration.story import Story

Who = Callable[..., Actor]
Values = dict[str, Any]


#: sections that may stay empty (P12–P19 say for whom)
OPTIONAL = (
    "exam_in_lieu_certificate",
    "exam_certificate",
    "other_certificate",
    "society_role",
    "annual_appraisal",
    "practice_record",
    "special_practice_record",
    "continuing_education",
    "honour",
    "award",
    "expert_title",
    "project",
    "patent",
    "other_achievement",
    "paper",
    "book",
)


def with_fields(**fields: Any) -> Callable[[Values], Values]:
    return lambda section: {**section, **fields}


def problems_of(story: Story, **changes: Any) -> dict[str, list[str]]:
    """What is said of a dossier with these changes when it is submitted; nothing where it goes through."""
    story.start()
    story.fill(**changes)
    try:
        story.submit()
    except InvalidInput as refused:
        return refused.fields
    return {}


# --- 立即申报 ---------------------------------------------------------------------------------------------------------


@pytest.mark.catalogue("P1", "P4", "Q41", "A10")
def test_a_started_declaration_has_a_number_of_the_year_and_what_the_account_knows(story: Story) -> None:
    story.start()
    detail = story.detail()
    assert detail.row["declaration_no"].startswith("2026-")
    assert (detail.row["year"], detail.row["unit_name"]) == (2026, "示范医科大学第三附属医院（示例）")
    known = detail.values["basic_info"]
    assert (known["name"], known["identity_type"], known["birth_date"]) == ("测试申报人", "01", "1985-03-10")
    assert known["identity_number"] == story.applicant.login
    assert detail.sentence == "草稿，尚未提交，请在12月31日 (周四)前提交。"
    assert [step.label for step in detail.steps][0::5] == ["填报", "评委会审查"]


@pytest.mark.catalogue("P1")
def test_every_setting_is_required(story: Story, database: Database) -> None:
    with pytest.raises(InvalidInput) as refused, database.transaction() as tx:
        start_declaration(tx, story.applicant, values={"setup": {}})
    assert [path.removeprefix("setup.") for path in refused.value.fields] == [
        "title_category", "title_series", "specialty", "title_name", "title_level", "declaration_route", "review_mode",
    ]  # fmt: skip


@pytest.mark.catalogue("P1")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title_series", "engineering"),
        ("specialty", "engineering-01"),
        ("title_name", "nurse-senior"),
        ("title_level", "basic"),
    ],
)
def test_each_setting_has_to_fit_the_one_above_it(story: Story, field: str, value: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        story.start(**{field: value})
    assert f"setup.{field}" in refused.value.fields


@pytest.mark.catalogue("P4")
def test_a_doubled_click_starts_one_declaration(story: Story, database: Database) -> None:
    keys = []
    for _ in range(2):
        with database.transaction() as tx:
            keys.append(start_declaration(tx, story.applicant, values={"setup": story.setup}, command_key="click"))
    assert keys[0] == keys[1]


@pytest.mark.catalogue("A10")
def test_one_declaration_a_year(story: Story) -> None:
    story.start()
    number = story.detail().row["declaration_no"]
    with pytest.raises(Refused) as refused:
        story.start()
    assert (
        refused.value.message
        == f"您 2026 年度已有一份申报（{number}），请继续办理；选错了的，可在提交前废弃后重新申报。"
    )


@pytest.mark.parametrize(("keys", "different"), [((None, None), 1), (("click", "click"), 1)])
def test_of_two_starts_at_the_same_instant_one_wins(
    story: Story, database: Database, keys: tuple[str | None, str | None], different: int
) -> None:
    barrier = Barrier(2)

    def start(key: str | None) -> int | str:
        barrier.wait()
        try:
            with database.transaction() as tx:
                return start_declaration(tx, story.applicant, values={"setup": story.setup}, command_key=key)
        except Refused as refused:
            return refused.message[:16]

    with ThreadPoolExecutor(2) as pool:
        answers = set(pool.map(start, keys))
    started = {answer for answer in answers if isinstance(answer, int)}
    assert len(started) == different
    assert answers - started == (set() if keys[0] else {"您 2026 年度已有一份申报（"})


def test_the_database_itself_keeps_a_second_live_declaration_out(story: Story, database: Database) -> None:
    story.start()
    row = dict(story.detail().row)
    row |= {"case_key": row["case_key"] + 10**9, "declaration_no": "2026-999999"}
    with pytest.raises(sa.exc.IntegrityError), database.transaction() as tx:
        tx.execute(sa.insert(declaration).values(**row))


def test_somebody_without_this_year_s_account_is_sent_to_the_unit(
    story: Story, database: Database, clock: FixedClock
) -> None:
    clock.move_to(datetime(2027, 3, 1, tzinfo=UTC))
    with pytest.raises(Refused) as refused:
        story.start()
    assert refused.value.message == "您还没有 2027 年度的申报账户，请联系所在单位经办人建立后再申报。"


def test_who_is_no_applicant_cannot_declare(story: Story, database: Database, who: Who) -> None:
    with pytest.raises(NotAllowed), database.transaction() as tx:
        start_declaration(tx, who("hosp3_officer"), values={"setup": story.setup})


@pytest.mark.catalogue("A10")
def test_the_year_opens_and_closes_by_its_plan(story: Story, database: Database, clock: FixedClock, who: Who) -> None:
    with database.read() as tx:
        before = year_plan(tx, 2026)
    plan = YearPlan(
        2026,
        opens_at=datetime(2026, 6, 2, tzinfo=UTC),
        closes_at=datetime(2026, 9, 1, tzinfo=UTC),
        reminder_at=datetime(2026, 8, 28, tzinfo=UTC),
        cutoff_on=date(2026, 12, 31),
    )
    office = who("office_admin", "title_office_admin")
    with database.transaction() as tx:
        set_year_plan(tx, office, plan)
    try:
        with pytest.raises(Refused) as early:
            story.start()
        clock.move_to(datetime(2026, 9, 1, tzinfo=UTC))
        with pytest.raises(Refused) as late:
            story.start()
        clock.move_to(datetime(2026, 6, 3, tzinfo=UTC))
        story.start()
        assert story.detail().sentence == "草稿，尚未提交，请在9月1日 (周二)前提交。"
    finally:
        with database.transaction() as tx:
            set_year_plan(tx, office, before)
    assert early.value.message == "2026 年度申报尚未开始，请在 6月2日以后申报。"
    assert late.value.message == "2026 年度申报已截止，请关注下一年度的申报通知。"


@pytest.mark.catalogue("P24", "A10")
def test_a_moved_closing_time_holds_for_drafts_and_for_what_is_withdrawn_later(
    database: Database, clock: FixedClock, who: Who
) -> None:
    draft, withdrawn = Story(database), Story(database).submitted()
    draft.start()
    office = who("office_admin", "title_office_admin")
    with database.read() as tx:
        before = year_plan(tx, 2026)
    later = replace(
        before, closes_at=before.closes_at + timedelta(days=20), reminder_at=before.reminder_at + timedelta(days=20)
    )
    with database.transaction() as tx:
        set_year_plan(tx, office, later)
    try:
        withdrawn.withdraw()
        clock.move_to(before.closes_at + timedelta(days=1))
        run_due_timers(database)
        assert (draft.status, withdrawn.status) == ("草稿", "已撤回")
        assert draft.detail().sentence == "草稿，尚未提交，请在1月20日 (周三)前提交。"
        clock.move_to(later.closes_at)
        run_due_timers(database)
        assert (draft.status, withdrawn.status) == ("已放弃", "已放弃")
        assert draft.detail().sentence == "未在规定时间内提交，视为放弃申报。"
    finally:
        clock.move_to(datetime(2026, 6, 1, 2, tzinfo=UTC))
        with database.transaction() as tx:
            set_year_plan(tx, office, before)


@pytest.mark.catalogue("J16")
def test_a_person_on_record_for_cheating_is_refused_until_the_record_ends(
    story: Story, database: Database, clock: FixedClock, who: Who
) -> None:
    with database.transaction() as tx:
        record_integrity(
            tx,
            who("office_admin", "title_office_admin"),
            person=story.applicant.person or 0,
            kind=RecordKind.INTEGRITY,
            reason="论文造假",
            until=date(2026, 6, 30),
        )
    with pytest.raises(Refused) as refused:
        story.start()
    assert refused.value.message == (
        "您有未到期的诚信记录（论文造假），2026-06-30之前（含当日）不能申报。如有异议，请联系职改办。"
    )
    clock.move_to(datetime(2026, 7, 1, tzinfo=UTC))
    story.start()


@pytest.mark.catalogue("J15")
def test_a_punishment_bars_for_its_period_even_when_it_comes_after_the_start(
    story: Story, database: Database, who: Who
) -> None:
    story.start()
    story.fill()
    with database.transaction() as tx:
        record_integrity(
            tx,
            who("office_admin", "title_office_admin"),
            person=story.applicant.person or 0,
            kind=RecordKind.PUNISHMENT,
            reason="记过",
            until=date(2027, 1, 1),
        )
    with pytest.raises(InvalidInput) as refused:
        story.submit()
    assert refused.value.fields == {
        "present_position.employer_type": ["您受到记过及以上处分，影响期至2027-01-01，期满后可以申报。"]
    }


def test_only_the_title_office_bars_a_person(story: Story, database: Database, who: Who) -> None:
    with pytest.raises(NotAllowed), database.transaction() as tx:
        record_integrity(
            tx,
            who("hosp3_officer"),
            person=story.applicant.person or 0,
            kind=RecordKind.INTEGRITY,
            reason="x",
            until=date(2027, 1, 1),
        )


# --- 填写 ------------------------------------------------------------------------------------------------------------


@pytest.mark.catalogue("P21", "Q30")
def test_a_section_is_kept_however_incomplete_and_found_again(story: Story, database: Database) -> None:
    story.start()
    with database.transaction() as tx:
        key = story.task_key(tx)
        first = save_section(tx, story.applicant, key, "basic_info", {"work_summary": "未写完"})
        second = save_section(tx, story.applicant, key, "basic_info", {"work_summary": "写完了"}, version=first)
    with database.read() as tx:
        filling = filling_of(tx, story.applicant, story.case_key)
    assert filling.values["basic_info"]["work_summary"] == "写完了"
    assert filling.draft_versions == {"basic_info": second}
    assert story.detail().values["basic_info"].get("work_summary") is None


@pytest.mark.catalogue("P21")
def test_a_section_saved_elsewhere_is_not_written_over(story: Story, database: Database) -> None:
    story.start()
    with database.transaction() as tx:
        save_section(tx, story.applicant, story.task_key(tx), "basic_info", {"work_summary": "甲"})
    with pytest.raises(DraftConflict) as conflict, database.transaction() as tx:
        save_section(tx, story.applicant, story.task_key(tx), "basic_info", {"work_summary": "乙"})
    assert (conflict.value.fields, conflict.value.saved.value["work_summary"]) == (["work_summary"], "甲")


def test_nobody_else_fills_it_in(story: Story, database: Database, who: Who) -> None:
    story.start()
    officer = who("hosp3_officer")
    with pytest.raises(NotAllowed), database.transaction() as tx:
        save_section(tx, officer, story.task_key(tx), "basic_info", {"work_summary": "代填"})
    with pytest.raises(NotFound), database.read() as tx:
        filling_of(tx, officer, story.case_key)


@pytest.mark.catalogue("P5")
def test_the_side_list_counts_what_is_missing_in_each_section(story: Story, database: Database) -> None:
    story.start()
    with database.read() as tx:
        filling = filling_of(tx, story.applicant, story.case_key)
    assert {section.path: section.text for section in filling.sections} == {
        "basic_info": "缺 4 项",
        "present_position": "未填",
        "base_material": "未填",
        "setup": "完整",
        "education": "未填",
        "employment": "未填",
        "overview_supplement": "未填",
        **dict.fromkeys(OPTIONAL, "选填"),
    }
    assert not filling.complete
    story.fill()
    with database.read() as tx:
        filling = filling_of(tx, story.applicant, story.case_key)
    assert ({section.text for section in filling.sections}, filling.complete) == ({"完整", "选填"}, True)


@pytest.mark.catalogue("P8")
def test_the_materials_this_declaration_needs_are_starred(story: Story, database: Database) -> None:
    story.start()
    with database.read() as tx:
        filling = filling_of(tx, story.applicant, story.case_key)
    assert filling.context["required_materials"] == ["truth_pledge", "ethics_appraisal", "medical_ethics_form"]


# --- 提交 ------------------------------------------------------------------------------------------------------------


@pytest.mark.catalogue("P22")
def test_an_empty_dossier_is_not_submitted_and_every_gap_is_named_at_once(story: Story) -> None:
    story.start()
    with pytest.raises(InvalidInput) as refused:
        story.submit()
    fields = refused.value.fields
    assert fields["basic_info.ethnicity"] == ["请选择“民族”"]
    assert fields["basic_info.work_summary_attachment"] == ["请上传“工作总结附件”"]
    assert fields["education"] == ["“学习经历”至少填写 1 行，现在是 0 行"]
    assert story.status == "草稿"


@pytest.mark.catalogue("P22")
def test_a_submitted_dossier_lies_with_the_officer_and_its_files_with_the_case(
    story: Story, database: Database
) -> None:
    from engine.document import attachments_of_case

    story.submitted()
    detail = story.detail()
    assert (detail.row["status"], detail.row["submitted_at"]) == ("待经办人审核", datetime(2026, 6, 1, 2, tzinfo=UTC))
    assert (detail.row["highest_education"], detail.row["first_education"], detail.row["major"]) == (
        "14",
        "21",
        "100201K",
    )
    assert detail.row["current_title_level"] == "associate_senior"
    with database.read() as tx:
        names = {held.name for held in attachments_of_case(tx, story.case_key)}
    assert {"照片.jpg", "学历证书.pdf", "医德医风考核表.pdf"} <= names


@pytest.mark.catalogue("Q41")
def test_identity_sent_by_the_applicant_is_passed_over(story: Story, database: Database) -> None:
    story.start()
    story.fill(
        basic_info=with_fields(name="另一人", identity_number="990000200001011234", sex="9", birth_date="2000-01-01")
    )
    with database.transaction() as tx:
        values = {"basic_info": {"name": "又一人", "birth_date": "1999-09-09"}}
        submit_declaration(tx, story.applicant, story.task_key(tx), values)
    known = story.detail().values["basic_info"]
    assert (known["name"], known["identity_number"]) == ("测试申报人", story.applicant.login)
    assert (known["birth_date"], known["sex"]) == ("1985-03-10", "1" if int(story.applicant.login[16]) % 2 else "2")


def test_a_file_of_somebody_else_is_passed_over(story: Story, database: Database) -> None:
    other = Story(database)
    with database.transaction() as tx:
        foreign = other.upload(tx)
    fields = problems_of(story, basic_info=with_fields(work_summary_attachment=[foreign]))
    assert fields == {"basic_info.work_summary_attachment": ["请上传“工作总结附件”"]}


@pytest.mark.catalogue("P6")
@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("work_summary", "字" * 401, "“工作总结摘要”最多 400 个字，现在是 401 个字"),
        ("mobile_number", "12345", "“手机号码”应为 11 位手机号码"),
        (
            "employer_phone",
            "0311-1234567890",
            "“现工作单位联系电话”应为 5 至 12 位数字（横线和空格不计），如 0311-12345678",
        ),
        ("ethnicity", "99x", "“民族”的选项已不可选，请重新选择"),
        ("political_status", None, "请选择“政治面貌”"),
    ],
)
def test_the_limits_of_the_basic_information(story: Story, field: str, value: Any, said: str) -> None:
    assert problems_of(story, basic_info=with_fields(**{field: value})) == {f"basic_info.{field}": [said]}


@pytest.mark.catalogue("P7")
def test_the_present_title_is_asked_only_of_who_has_one(story: Story) -> None:
    names = ["category", "series", "specialty", "name", "level"]
    empty = {f"current_title_{name}": None for name in [*names, "obtained_on"]}
    fields = problems_of(story, present_position=with_fields(**empty))
    assert list(fields) == [f"present_position.current_title_{name}" for name in [*names, "obtained_on"]]


@pytest.mark.catalogue("P7", "Q39")
def test_a_doctor_without_a_title_may_declare_the_middle_level_and_leaves_the_title_block_closed(
    database: Database,
) -> None:
    doctor = {
        "title_name": "physician-intermediate",
        "education": "doctor",
        "current_title_name": "",
        "obtained_by": "",
    }
    story = Story(database, **doctor).submitted()
    detail = story.detail()
    assert "current_title_name" not in detail.values["present_position"]
    assert (detail.row["current_title_name"], detail.row["status"]) == ("", "待经办人审核")


@pytest.mark.catalogue("Q39")
def test_a_bachelor_without_a_title_may_not(database: Database) -> None:
    story = Story(
        database, title_name="physician-intermediate", education="bachelor", current_title_name="", obtained_by=""
    )
    assert problems_of(story) == {
        "setup.title_level": [
            "尚无职称的，按最高学历不能直接申报中级：博士可申报中级及以下，硕士、本科、专科可申报初级，中专可申报员级。"
        ]
    }


@pytest.mark.catalogue("P7")
@pytest.mark.parametrize("given", [None, "town"])
def test_where_the_school_lies_is_asked_of_school_teachers_only(database: Database, given: str | None) -> None:
    teacher = {
        "specialty": "school_teacher-03",
        "title_name": "school_teacher-intermediate",
        "current_title_name": "school_teacher-assistant",
        "current_specialty": "school_teacher-03",
    }
    story = Story(database, "school1_officer", **teacher)
    fields = problems_of(story, present_position=with_fields(school_location_class=given))
    said = {"present_position.school_location_class": ["请选择“中小学教师系列工作单位所在地类别”"]}
    assert fields == ({} if given else said)


@pytest.mark.catalogue("P7")
def test_where_a_hospital_s_school_lies_is_dropped(story: Story) -> None:
    story.submitted(present_position=with_fields(school_location_class="town"))
    assert "school_location_class" not in story.detail().values["present_position"]


@pytest.mark.catalogue("J15")
@pytest.mark.parametrize("employer", ["government", "civil_service_unit"])
def test_civil_servants_do_not_declare(story: Story, employer: str) -> None:
    assert problems_of(story, present_position=with_fields(employer_type=employer)) == {
        "present_position.employer_type": [
            "公务员及参照公务员法管理的工作人员不能申报职称；已调任其他单位的，请填写现工作单位类型后再申报。"
        ]
    }


@pytest.mark.catalogue("J15", "P8")
def test_who_has_reached_retirement_needs_its_deferral(database: Database) -> None:
    story = Story(database, born="19600101")
    fields = problems_of(story)
    assert fields["base_material.deferred_retirement_form"] == [
        "请上传“专业技术人员延长退休年龄审批表”（已到法定退休年龄，须经批准延长退休）"
    ]
    assert list(fields) == ["present_position.employer_type", "base_material.deferred_retirement_form"]
    with database.transaction() as tx:
        approval = {"deferred_retirement_form": [story.upload(tx, "延长退休年龄审批表.pdf")]}
        key = story.task_key(tx)
        held = filling_of(tx, story.applicant, story.case_key)
        version = held.draft_versions["base_material"]
        save_section(
            tx, story.applicant, key, "base_material", {**held.values["base_material"], **approval}, version=version
        )
    story.submit()
    assert story.status == "待经办人审核"


@pytest.mark.catalogue("P8")
@pytest.mark.parametrize(
    "material", ["truth_pledge", "ethics_appraisal", "medical_ethics_form", "current_review_record"]
)
def test_a_required_material_is_asked_for_with_its_reason(story: Story, material: str) -> None:
    fields = problems_of(story, base_material=with_fields(**{material: []}))
    assert list(fields) == [f"base_material.{material}"]
    assert fields[f"base_material.{material}"][0].startswith("请上传“")


@pytest.mark.catalogue("P2", "P8")
@pytest.mark.parametrize(
    ("route", "material"), [("green_channel", "green_channel_filing"), ("exceptional", "exception_register")]
)
def test_a_route_asks_for_its_paper(database: Database, route: str, material: str) -> None:
    fields = problems_of(Story(database, declaration_route=route), base_material=with_fields(**{material: None}))
    assert list(fields) == [f"base_material.{material}"]


@pytest.mark.catalogue("P9", "Q13")
def test_a_route_changed_while_filling_is_checked_again(story: Story) -> None:
    fields = problems_of(story, setup=with_fields(declaration_route="series_transfer"))
    assert fields == {"setup.title_level": ["转评只能申报与现职称同级的职称：现职称为高级(副高)，不能申报高级(正高)。"]}


@pytest.mark.catalogue("P10")
@pytest.mark.parametrize(
    ("change", "path", "said"),
    [
        (
            lambda rows: [{**row, "is_first": "no"} for row in rows],
            "education",
            "须有且只有一条学习经历为第一学历，现在有 0 条",
        ),
        (
            lambda rows: [{**row, "is_highest": "yes"} for row in rows],
            "education",
            "须有且只有一条学习经历为最高学历，现在有 2 条",
        ),
        (
            lambda rows: [{**row, "is_highest": "yes" if row["is_first"] == "yes" else "no"} for row in rows],
            "education[0].is_highest",
            "第 1 行：标为最高学历的应是层次最高的学历，请核对“是否最高学历”",
        ),
        (
            lambda rows: [{**rows[0], "ended_on": "2001-01"}, rows[1]],
            "education[0].ended_on",
            "第 1 行：结束时间不能早于开始时间",
        ),
        (
            lambda rows: [rows[0], {**rows[1], "school": "校" * 201}],
            "education[1].school",
            "第 2 行“毕业院校”最多 200 个字，现在是 201 个字",
        ),
        (lambda rows: [rows[0], {**rows[1], "diploma": []}], "education[1].diploma", "第 2 行：请上传“学历证书”"),
    ],
)
def test_the_rules_of_the_education(story: Story, change: Callable[[Any], Any], path: str, said: str) -> None:
    assert problems_of(story, education=change) == {path: [said]}


@pytest.mark.catalogue("P10")
def test_overlapping_studies_are_pointed_out_and_do_not_stop_it(story: Story, database: Database) -> None:
    story.start()
    story.fill(education=lambda rows: [rows[0], {**rows[1], "started_on": rows[0]["started_on"]}])
    with database.read() as tx:
        problems = filling_of(tx, story.applicant, story.case_key).problems
    assert [(problem.severity, problem.path) for problem in problems] == [("warning", "education[1].started_on")]
    story.submit()


@pytest.mark.catalogue("P11")
@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("ended_on", "1990-01", "第 1 行：结束日期不能早于开始日期"),
        ("employer", "单" * 101, "第 1 行“工作单位”最多 100 个字，现在是 101 个字"),
        ("post", "职" * 101, "第 1 行“专业技术职务”最多 100 个字，现在是 101 个字"),
        ("witness", "证" * 37, "第 1 行“证明人”最多 36 个字，现在是 37 个字"),
        ("description", "", "第 1 行：请填写“工作经历”"),
    ],
)
def test_the_rules_of_the_employment(story: Story, field: str, value: str, said: str) -> None:
    fields = problems_of(story, employment=lambda rows: [{**rows[0], field: value}])
    assert fields == {f"employment[0].{field}": [said]}


# --- 撤回, 废弃, 截止 -------------------------------------------------------------------------------------------------


@pytest.mark.catalogue("P23")
def test_it_is_withdrawn_until_the_officer_has_decided_and_refused_a_minute_later(story: Story) -> None:
    story.submitted()
    assert [action.name for action in story.detail().actions] == ["撤回"]
    story.withdraw()
    assert story.detail().sentence == "已撤回，尚未重新提交，请在12月31日 (周四)前提交。"
    assert story.detail().values["employment"][0]["witness"] == "证示人"
    story.submit()
    story.review()
    assert story.detail().actions == []
    with pytest.raises(Refused) as refused:
        story.withdraw()
    assert refused.value.message == "单位经办人已经审核，不能撤回；需要修改的，请联系审核单位退回修改。"


@pytest.mark.catalogue("P23")
def test_after_submitting_nothing_can_be_edited(story: Story, database: Database) -> None:
    story.submitted()
    with pytest.raises(NotFound), database.read() as tx:
        filling_of(tx, story.applicant, story.case_key)
    with pytest.raises(NotAllowed), database.transaction() as tx:
        save_section(tx, story.applicant, story.task_key(tx), "basic_info", {"work_summary": "改"})


@pytest.mark.catalogue("P25")
def test_a_discarded_declaration_stays_readable_and_another_may_be_started(story: Story, database: Database) -> None:
    first = story.start()
    story.discard()
    second = story.start()
    with database.read() as tx:
        mine = my_declarations(tx, story.applicant)
    assert [(one.row["case_key"], one.row["status"]) for one in mine] == [(second, "草稿"), (first, "已废弃")]
    assert mine[1].sentence == "已废弃，内容仍可查看，本年度可以重新申报。"


@pytest.mark.catalogue("P25")
def test_a_declaration_under_review_is_not_discarded(story: Story) -> None:
    story.submitted()
    with pytest.raises(Refused) as refused:
        story.discard()
    assert refused.value.message == "只有草稿和退回修改的申报可以废弃；已提交的，请先撤回。"


def test_only_the_applicant_withdraws_and_discards(story: Story, database: Database, who: Who) -> None:
    from engine.declaration.filling import withdraw_declaration

    story.submitted()
    with pytest.raises(Refused), database.transaction() as tx:
        withdraw_declaration(tx, who("hosp3_officer"), story.case_key)
    assert story.status == "待经办人审核"


@pytest.mark.catalogue("P24")
def test_a_correction_that_comes_too_late_is_refused_and_counts_as_given_up(
    story: Story, database: Database, clock: FixedClock
) -> None:
    story.submitted()
    story.review("return_for_revision", "请补充")
    clock.advance(timedelta(days=14, hours=8, minutes=2))
    with pytest.raises(Refused) as refused:
        story.submit()
    assert refused.value.message == "“修改申报材料”的办理时限已过（到期前提醒、修改期限届满），没有提交成功。"


@pytest.mark.catalogue("P24")
def test_the_reminder_comes_two_working_days_before_the_term_and_its_end_is_told(
    story: Story, database: Database, clock: FixedClock
) -> None:
    story.submitted()
    story.review("return_for_revision", "请补充")
    told = []
    for day in (9, 10, 15):
        clock.move_to(datetime(2026, 6, 1, 2, tzinfo=UTC) + timedelta(days=day))
        run_due_timers(database)
        with database.read() as tx:
            told.append(notices_of(tx, story.applicant)[0].subject)
    assert told == ["申报材料被退回修改", "请尽快修改申报材料", "申报材料逾期未修改"]
    assert (story.status, story.detail().row["live"]) == ("已放弃", False)
