"""The forms of the declaration against the manual's fields: labels, stars, limits."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from engine.clock import FixedClock
from engine.form import Form, read_form
from engine.form.scope import Scope
from engine.reference import Code, CodeBook
from engine.reference.seeds import seed_rows

FOLDER = Path(__file__).parents[2] / "forms" / "declaration"
CLOCK = FixedClock(datetime(2026, 6, 1, 2, tzinfo=UTC))


@pytest.fixture(scope="module")
def book() -> CodeBook:
    columns = ("list", "value", "label", "parent", "rank", "active", "extra")
    return CodeBook(
        2026, (Code(**{name: row[name] for name in columns}) for rows in seed_rows().values() for row in rows)
    )


def form(name: str) -> Form:
    return read_form((FOLDER / f"{name}.form").read_bytes())


FILLING = form("filling")

#: label, required, limit as the manual prints them; a star that depends on another answer is None
FIELDS: dict[str, list[tuple[str, bool | None, int | None]]] = {
    "basic_info": [
        ("姓名", True, None),
        ("证件类型", True, None),
        ("证件号码", True, None),
        ("性别", True, None),
        ("民族", True, None),
        ("出生日期", True, None),
        ("政治面貌", True, None),
        ("手机号码", True, None),
        ("现工作单位联系电话", False, 12),
        ("照片", False, None),
        ("工作总结摘要", True, 400),
        ("工作总结附件", True, None),
        ("社保缴费证明", False, None),
        ("社保缴费单位", False, 100),
        ("社保缴费月份数", False, None),
        ("本次参保日期", False, None),
        ("参保状态", False, None),
    ],
    "present_position": [
        ("现档案存放单位", True, 50),
        ("现工作单位类型", True, None),
        ("现工作单位人事部门电话", True, 12),
        ("现从事专业年限", True, None),
        ("现从事专业", True, None),
        ("是否有职称", True, None),
        ("现职称类别", True, None),
        ("现职称系列", True, None),
        ("现职称专业", True, None),
        ("现职称名称", True, None),
        ("现职称等级", True, None),
        ("现职称取得时间", True, None),
        ("现职称取得方式", False, None),
        ("中小学教师系列工作单位所在地类别", True, None),
    ],
    "base_material": [
        ("申报材料真实性承诺书", None, None),
        ("职业道德评价表", None, None),
        ("申报晋升人员量化评分推荐排名表", None, None),
        ("申报单位推荐公示证明", None, None),
        ("专业技术人员基层服务鉴定表", None, None),
        ("绿色通道备案表", None, None),
        ("医德医风考核表", None, None),
        ("现任《专业技术职务任职资格评审表》", None, None),
        ("现任《资格考试合格人员登记表》", None, None),
        ("引进高层次人才申报晋升高级专业技术职务任职资格登记表", None, None),
        ("专业技术人员拟破格申报晋升高级专业技术职务任职资格登记表", None, None),
        ("专业技术人员延长退休年龄审批表", None, None),
        ("继续教育证书", None, None),
        ("新冠肺炎疫情防控一线人员信息确认表", None, None),
        ("其他申报材料", None, None),
    ],
    "setup": [
        ("申报单位", False, None),
        ("申报类别", True, None),
        ("申报系列", True, None),
        ("申报专业", True, None),
        ("申报职称", True, None),
        ("申报职称等级", True, None),
        ("申报方式", True, None),
        ("评审方式", True, None),
    ],
    "education": [
        ("开始时间", True, None),
        ("结束时间", True, None),
        ("毕业院校", True, 200),
        ("所学专业", True, None),
        ("学制", True, None),
        ("学历", True, None),
        ("学位", True, None),
        ("学习年限", True, None),
        ("是否第一学历", True, None),
        ("是否最高学历", True, None),
        ("学历证书", True, None),
        ("学位证书", False, None),
        ("学信网证明", False, None),
    ],
    "employment": [
        ("开始日期", True, None),
        ("结束日期", True, None),
        ("工作单位", True, 100),
        ("专业技术职务", True, 100),
        ("证明人", True, 36),
        ("工作经历", True, None),
    ],
    "qualification_certificate": [
        ("类别", False, None),
        ("系列", False, None),
        ("专业", False, None),
        ("职称", False, None),
        ("职称等级", False, None),
        ("取得时间", False, None),
        ("批文号", False, 36),
        ("管理号", False, 36),
        ("证书", True, None),
    ],
    "exam_in_lieu_certificate": [
        ("对应类别", True, None),
        ("对应系列", True, None),
        ("对应专业", True, None),
        ("对应职称", True, None),
        ("对应等级", True, None),
        ("批文号", False, 36),
        ("管理号", False, 36),
        ("取得时间", True, None),
        ("证书", True, None),
    ],
    "exam_certificate": [
        ("类别", True, None),
        ("系列", True, None),
        ("专业", True, None),
        ("对应职称", True, None),
        ("对应待晋升职称等级", True, None),
        ("批文号", False, 36),
        ("管理号", False, 36),
        ("证书取得时间", True, None),
        ("考试年度", True, None),
        ("考试成绩", False, 20),
        ("成绩有效期", True, None),
        ("证书", None, None),
        ("成绩单", False, None),
    ],
    "other_certificate": [
        ("证书名称", True, 100),
        ("证书编号", False, 50),
        ("发证单位", True, 100),
        ("取得时间", True, None),
        ("有效期至", False, None),
        ("证书", True, None),
    ],
    "society_role": [
        ("团体名称", True, 100),
        ("职务", True, 50),
        ("开始时间", True, None),
        ("结束时间", False, None),
        ("证明材料", False, None),
    ],
    "annual_appraisal": [
        ("考核年度", True, None),
        ("考核档次", True, None),
        ("年度考核表", True, None),
    ],
    "practice_record": [
        ("起始时间（考核年度）", True, None),
        ("截止时间", True, None),
        ("经历内容", True, 500),
        ("备注", False, 500),
    ],
    "special_practice_record": [
        ("起始时间（考核年度）", True, None),
        ("经历类别", True, None),
        ("截止时间", True, None),
        ("经历内容", True, 500),
        ("备注", False, 500),
    ],
    "continuing_education": [
        ("年度", True, None),
        ("公需科目学时", True, None),
        ("专业科目学时", True, None),
        ("合计学时", False, None),
        ("证书编号", False, 50),
        ("证明材料", False, None),
    ],
    "honour": [
        ("荣誉名称", True, 100),
        ("荣誉级别", True, None),
        ("授予单位", True, 100),
        ("授予时间", True, None),
        ("证书编号", False, 50),
        ("证明材料", True, None),
        ("是否代表性成果", False, None),
        ("备注", False, 500),
    ],
    "award": [
        ("奖项名称", True, 100),
        ("获奖成果名称", True, 200),
        ("奖项级别", True, None),
        ("获奖等级", True, None),
        ("授奖单位", True, 100),
        ("获奖时间", True, None),
        ("个人位次", True, None),
        ("总人数", True, None),
        ("证书编号", False, 50),
        ("证明材料", True, None),
        ("是否代表性成果", False, None),
        ("备注", False, 500),
    ],
    "expert_title": [
        ("称号名称", True, 100),
        ("称号级别", True, None),
        ("授予单位", True, 100),
        ("取得时间", True, None),
        ("有效期至", False, None),
        ("证明材料", True, None),
        ("备注", False, 500),
    ],
    "project": [
        ("项目名称", True, 200),
        ("项目编号", False, 50),
        ("项目级别", True, None),
        ("项目来源", True, 100),
        ("开始时间", True, None),
        ("结束时间", None, None),
        ("项目状态", True, None),
        ("经费(万元)", False, None),
        ("本人角色", True, None),
        ("个人位次", True, None),
        ("总人数", True, None),
        ("本人承担内容", True, 500),
        ("立项材料", True, None),
        ("结题材料", None, None),
        ("是否代表性成果", False, None),
    ],
    "patent": [
        ("专利名称", True, 200),
        ("专利类型", True, None),
        ("专利号", True, 50),
        ("授权时间", True, None),
        ("专利权人", True, 200),
        ("个人位次", True, None),
        ("总人数", True, None),
        ("转化情况", False, 500),
        ("证明材料", True, None),
        ("是否代表性成果", False, None),
    ],
    "other_achievement": [
        ("业绩名称", True, 100),
        ("业绩类型", True, None),
        ("完成时间", True, None),
        ("本人作用", True, 500),
        ("认定单位", False, 100),
        ("证明材料", True, None),
        ("是否代表性成果", False, None),
    ],
    "paper": [
        ("论文名称", True, 100),
        ("刊物名称", True, 100),
        ("刊号(ISSN)", True, 36),
        ("主办单位", True, 100),
        ("发表年月", True, None),
        ("个人排名", True, None),
        ("字数(千字)", False, None),
        ("刊物排名", True, None),
        ("检索验证地址", False, 300),
        ("是否代表作", False, None),
        ("备注", False, 500),
        ("封面", True, None),
        ("目录", True, None),
        ("正文", True, None),
        ("封底", False, None),
        ("检索证明", None, None),
        ("查重报告", False, None),
    ],
    "book": [
        ("论著名称", True, 100),
        ("出版社名称", True, 100),
        ("书号(ISBN)", True, 36),
        ("出版年月", True, None),
        ("参与程度", True, None),
        ("完成字数(千字)", False, None),
        ("是否代表作", False, None),
        ("备注", False, 500),
        ("工作量证明", False, None),
        ("封面", True, None),
        ("封底", True, None),
    ],
    "overview_supplement": [
        ("参加工作时间", True, None),
        ("身体状况", True, 20),
        ("行政职务", True, 20),
        ("是否引进", True, None),
        ("现专业技术职务任职资格", False, None),
        ("申报评审专业技术职务任职资格", False, None),
        ("得分", False, None),
        ("得分排序", False, None),
        ("推荐排序", False, None),
        ("单位共推荐", False, None),
        ("自", False, None),
        ("至", False, None),
        ("满", False, None),
        ("自", False, None),
        ("至", False, None),
        ("满", False, None),
        ("破格条件", None, 200),
    ],
}
#: what we ask besides, by the rule that asks it: W4, J28, the documents of a route (P2), what CHSI verified (J21)
OURS = {
    "basic_info": {"payer_note", "payer_proof"},
    "present_position": {"current_title_origin", "current_title_origin_proof"},
    "setup": {"route_proof"},
    "education": {"verified"},
}


@pytest.mark.catalogue(
    "P6", "P7", "P8", "P9", "P10", "P11", "P12", "P13", "P14", "P15", "P16", "P17", "P18", "P19", "P20"
)
@pytest.mark.catalogue("Q14", "Q15", "W12")
@pytest.mark.parametrize("section", FIELDS)
def test_a_section_has_the_manual_s_fields(section: str) -> None:
    scope = Scope({}, {})
    found = [
        (
            field.label.render(scope),
            None if field.required.expression else field.required.holds(scope),
            field.max_length.value(scope),
        )
        for field in FILLING.fields.values()
        if field.section == section and field.key not in OURS.get(section, ())
    ]
    assert found == FIELDS[section]


@pytest.mark.catalogue("P5")
def test_the_sections_stand_under_the_manual_s_headings() -> None:
    assert [(section.chapter, section.label) for section in FILLING.sections] == [
        ("基础信息", "个人基本信息"),
        ("基础信息", "申报人现状"),
        ("基础信息", "申报基础材料"),
        ("申报信息", "申报信息"),
        ("学习资历", "学习经历"),
        ("学习资历", "工作经历"),
        ("学习资历", "现专业技术职务任职资格证书"),
        ("学习资历", "以考代评专业考试合格证书"),
        ("学习资历", "考评结合专业考试合格证书（成绩单）"),
        ("学习资历", "其他证书"),
        ("学习资历", "学术团体和社会兼职"),
        ("专业技术工作经历", "任现职以来年度考核"),
        ("专业技术工作经历", "专业技术工作经验"),
        ("专业技术工作经历", "特殊专业技术工作经验"),
        ("专业技术工作经历", "继续教育学时"),
        ("业绩成果", "荣誉"),
        ("业绩成果", "获奖"),
        ("业绩成果", "专家称号"),
        ("业绩成果", "项目(课题)"),
        ("业绩成果", "专利"),
        ("业绩成果", "其他业绩"),
        ("论文论著", "论文"),
        ("论文论著", "论著"),
        ("补充信息", "一览表补充信息"),
    ]


@pytest.mark.catalogue("P6")
@pytest.mark.parametrize(
    ("size", "kind", "said"),
    [
        (500 * 1024, "image/jpeg", []),
        (500 * 1024 + 1, "image/jpeg", ["“照片”单个文件不能超过 500 KB，请更换文件“照片.jpg”"]),
        (1000, "application/pdf", ["“照片”应为图片，请更换文件“照片.jpg”"]),
    ],
)
def test_a_photo_is_a_picture_of_at_most_500_k(book: CodeBook, size: int, kind: str, said: list[str]) -> None:
    photo = {"id": "1", "name": "照片.jpg", "size": size, "type": kind}
    problems = FILLING.validate({"basic_info": {"photo": [photo]}}, options=book, clock=CLOCK, partial=True)
    assert [problem.message for problem in problems] == said


@pytest.mark.catalogue("Q41")
def test_sex_and_birth_are_open_only_where_the_document_does_not_tell_them(book: CodeBook) -> None:
    def locked(identity_type: str) -> list[str]:
        view = FILLING.prepare({"basic_info": {"identity_type": identity_type}}, options=book, clock=CLOCK)
        basic = view.sections[0].node
        return [node.name.removeprefix("basic_info.") for node in basic.children if node.readonly]

    assert locked("01") == ["name", "identity_type", "identity_number", "sex", "birth_date"]
    assert locked("08") == ["name", "identity_type", "identity_number"]


@pytest.mark.catalogue("P2", "P3")
def test_the_routes_and_modes_are_the_manual_s(book: CodeBook) -> None:
    assert [option.label for option in book.options("declaration_route", {})] == [
        "正常申报",
        "机关分流人员申报",
        "一步到位",
        "绿色通道",
        "破格申报",
        "转评",
        "高技能人才申报",
    ]
    assert [option.label for option in book.options("review_mode", {})] == ["评审", "社会化评审"]


@pytest.mark.catalogue("P2")
def test_the_chosen_route_is_explained_beside_the_field(book: CodeBook) -> None:
    setup = form("setup")
    for code in book.codes("declaration_route"):
        field = setup.fields["setup.declaration_route"]
        hint = field.hint.render(Scope({"setup": {"declaration_route": code.value}}, {}))
        assert hint == code.extra["definition"]


@pytest.mark.catalogue("P1")
def test_the_settings_choose_each_other_down_to_the_level(book: CodeBook) -> None:
    chosen: dict[str, Any] = {}
    for field, value in (
        ("title_category", "teaching"),
        ("title_series", "university_teacher"),
        ("specialty", "university_teacher-02"),
        ("title_name", "university_teacher-senior"),
        ("title_level", "senior"),
    ):
        view = form("setup").prepare({"setup": chosen}, options=book, clock=CLOCK)
        offered = {node.name: [option.value for option in node.options] for node in view.sections[0].node.children}
        assert value in offered[f"setup.{field}"]
        chosen = {**chosen, field: value}
    view = form("setup").prepare({"setup": chosen}, options=book, clock=CLOCK)
    levels = next(node.options for node in view.sections[0].node.children if node.name == "setup.title_level")
    assert [option.label for option in levels] == ["高级(正高)"]


@pytest.mark.catalogue("U12", "Q33")
@pytest.mark.parametrize(
    ("name", "buttons"),
    [
        ("officer_review", ["通过", "退回修改", "不予推荐"]),
        ("leader_review", ["通过", "退回修改", "不予推荐"]),
        ("superior_review", ["通过", "退回修改", "退回下级单位", "不符合申报条件"]),
    ],
)
def test_the_buttons_of_a_review(name: str, buttons: list[str]) -> None:
    outcome = form(name).outcome
    assert outcome is not None
    assert [value.label for value in outcome.values] == buttons
    assert [value.requires for value in outcome.values] == [frozenset(), *[{"opinion"}] * (len(buttons) - 1)]
