"""A complete, plainly fictional dossier for a story of the demo province: every required input, every required paper."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.declaration.demo_works import experience_values, works_values
from engine.reference import CodeBook

#: gives the descriptor of an uploaded file of that name
Upload = Callable[[str], Mapping[str, Any]]

SCHOOLS = {"doctor": "示范大学", "master": "示范大学", "bachelor": "示范师范学院"}
#: (education level, degree, schooling length, years between the month of beginning and of end)
COURSES = {
    "bachelor": [("21", "4", "4", 4)],
    "master": [("21", "4", "4", 4), ("14", "3", "3", 3)],
    "doctor": [("21", "4", "4", 4), ("14", "3", "3", 3), ("11", "2", "3", 3)],
}
SUMMARY = "任现职以来，认真履行岗位职责，承担本专业主要业务工作，参与培养青年骨干，年度考核均为合格以上。（示例）"
#: series whose associate senior level is reviewed after an examination
EXAMINED = frozenset({"accounting", "economics", "statistics", "audit"})
#: routes that rest on a document of their own
PROVED = frozenset({"transferred_official", "one_step", "skilled_talent"})
CONDITIONAL = {
    "green_channel": "green_channel_filing",
    "exceptional": "exception_register",
}


def setup_values(book: CodeBook, story: Mapping[str, str]) -> dict[str, Any]:
    """个人申报设置 of a story."""
    specialty = book.find("specialty", story["specialty"])
    title = book.find("title_name", story["title_name"])
    assert specialty is not None
    assert title is not None
    series = book.find("title_series", specialty.parent)
    assert series is not None
    return {
        "title_category": series.parent,
        "title_series": series.value,
        "specialty": specialty.value,
        "title_name": title.value,
        "title_level": title.extra["title_level"],
        "declaration_route": story["declaration_route"],
        "review_mode": "review",
    }


def dossier_values(book: CodeBook, story: Mapping[str, str], born: int, upload: Upload) -> dict[str, Any]:
    """Every section, for somebody born in that year; the settings only where their route takes a proof."""
    setup = setup_values(book, story)
    titled, last = bool(story["current_title_name"]), book.year - 1
    return {
        "basic_info": _basic_info(upload),
        "present_position": _present_position(book, story, setup, born),
        "base_material": _materials(book, story, setup, upload),
        "education": _education(story, born, upload),
        "employment": _employment(book, story, born),
        **({"qualification_certificate": _certificate(upload)} if titled else {}),
        **(
            {"setup": {**setup, "route_proof": [upload("申报方式依据材料.pdf")]}}
            if setup["declaration_route"] in PROVED
            else {}
        ),
        **_examined(setup, last, upload),
        **experience_values(int(obtained_on(born)[:4]) if titled else None, last, upload),
        **works_values(born, last, upload),
        "overview_supplement": _supplement(story, setup, born, last),
    }


def _basic_info(upload: Upload) -> dict[str, Any]:
    return {
        "ethnicity": "01",
        "political_status": "13",
        "employer_phone": "0311-00000000",
        "photo": [upload("照片.jpg")],
        "work_summary": SUMMARY,
        "work_summary_attachment": [upload("工作总结.pdf")],
        "social_insurance_proof": [upload("社保缴费证明.pdf")],
        "social_insurance_months": 96,
        "insured_status": "insured",
    }


def _present_position(book: CodeBook, story: Mapping[str, str], setup: Mapping[str, Any], born: int) -> dict[str, Any]:
    position: dict[str, Any] = {
        "archive_holder": "示范人才服务中心（示例）",
        "employer_type": "public_institution",
        "employer_hr_phone": "0311-00000001",
        "specialty_years": 8,
        "current_specialty": story["current_specialty"] or story["specialty"],
        "has_title": "yes" if story["current_title_name"] else "no",
    }
    if setup["title_series"] == "school_teacher":
        position["school_location_class"] = "town"
    title = book.find("title_name", story["current_title_name"])
    if title is None:
        return position
    series = book.find("title_series", title.parent)
    assert series is not None
    return position | {
        "current_title_category": series.parent,
        "current_title_series": series.value,
        "current_title_specialty": story["current_specialty"],
        "current_title_name": title.value,
        "current_title_level": title.extra["title_level"],
        "current_title_obtained_on": obtained_on(born),
        "current_title_obtained_by": story["obtained_by"],
        "current_title_origin": "province",
    }


def obtained_on(born: int) -> str:
    """When somebody of a story obtained the present title."""
    return f"{born + 31}-12-20"


def _certificate(upload: Upload) -> dict[str, Any]:
    return {
        "approval_document_no": "示职改〔示例〕1号",
        "management_no": "SL-0000-0001",
        "certificate": [upload("任职资格证书.pdf")],
    }


def _examined(setup: Mapping[str, Any], last: int, upload: Upload) -> dict[str, Any]:
    """The certificate of the examination, where the story's series takes one."""
    if setup["title_series"] not in EXAMINED or setup["title_level"] != "associate_senior":
        return {}
    names = ("title_category", "title_series", "specialty", "title_name")
    row = {name: setup[name] for name in names} | {
        "target_title_level": setup["title_level"],
        "obtained_on": f"{last}-09-20",
        "exam_year": str(last),
        "exam_score": "合格",
        "score_valid_until": f"{last + 5}-12-31",
        "score_sheet": [upload("考试成绩单.pdf")],
    }
    return {"exam_certificate": [row]}


def _materials(book: CodeBook, story: Mapping[str, str], setup: Mapping[str, Any], upload: Upload) -> dict[str, Any]:
    wanted = ["truth_pledge", "ethics_appraisal", "ranking_sheet", "publicity_proof"]
    series = book.find("title_series", setup["title_series"])
    if series is not None and series.extra["series"] == "卫生技术人员":
        wanted.append("medical_ethics_form")
    if story["declaration_route"] in CONDITIONAL:
        wanted.append(CONDITIONAL[story["declaration_route"]])
    if story["obtained_by"] == "review":
        wanted.append("current_review_record")
    if story["obtained_by"] == "exam":
        wanted.append("exam_pass_register")
    return {kind: [upload(f"{book.label('base_material', kind)}.pdf")] for kind in wanted}


def _education(story: Mapping[str, str], born: int, upload: Upload) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    year = born + 18
    courses = COURSES[story["education"]]
    for number, (level, degree, length, years) in enumerate(courses):
        rows.append(
            {
                "started_on": f"{year}-09",
                "ended_on": f"{year + years}-06",
                "school": SCHOOLS[story["education"]],
                "major": story["major"],
                "schooling_length": length,
                "education_level": level,
                "degree": degree,
                "years_of_study": str(years),
                "is_first": "yes" if number == 0 else "no",
                "is_highest": "yes" if number == len(courses) - 1 else "no",
                "diploma": [upload("学历证书.pdf")],
                "degree_certificate": [upload("学位证书.pdf")],
            }
        )
        year += years
    return rows


def _employment(book: CodeBook, story: Mapping[str, str], born: int) -> list[dict[str, Any]]:
    began = born + 18 + sum(years for *_, years in COURSES[story["education"]])
    return [
        {
            "started_on": f"{began}-07",
            "ended_on": f"{book.year - 1}-12",
            "employer": "示范单位（示例）",
            "post": book.label("title_name", story["current_title_name"]) or "无",
            "witness": "证示人",
            "description": "从事本专业技术工作。（示例）",
        }
    ]


def _supplement(story: Mapping[str, str], setup: Mapping[str, Any], born: int, last: int) -> dict[str, Any]:
    titled = bool(story["current_title_name"])
    began = born + 18 + sum(years for *_, years in COURSES[story["education"]])
    period = {"from": obtained_on(born)[:7] if titled else f"{began}-07", "to": f"{last}-12"}
    supplement: dict[str, Any] = {
        "began_work_on": f"{began}-07-15",
        "health": "健康",
        "administrative_post": "无",
        "recruited_talent": "no",
        "practice_period": period,
        # the manual's order: who has the unit's ranking already brings it along
        "quantified_score": 88.5,
        "score_rank": 1,
        "recommendation_rank": 1,
        "recommended_total": 2,
    }
    if titled and setup["title_category"] in ("teaching", "health"):
        supplement["grassroots_years"] = {"from": period["from"], "to": f"{last}-06"}
    if story["declaration_route"] == "exceptional":
        supplement["exception_grounds"] = "符合破格条件第（一）条：获省部级奖励。（示例）"
    return supplement
