"""Whether what stands in several sections fits together: periods, years of appraisal and study, works, examinations.

A rule that keeps from submitting is an error; what is unusual but may be right is a warning.
"""

from collections.abc import Iterator
from typing import Any

from engine.clock import local
from engine.db import Transaction
from engine.declaration.dossier import Values, has_title, rows, section
from engine.declaration.dossier_problem import DossierProblem, Severity
from engine.declaration.policies import (
    EXAM_AND_REVIEW,
    EducationPolicy,
    education_policy,
    exam_requirement,
    representative_limit,
)
from engine.reference import CodeBook

#: sections whose rows may be marked as representative
WORKS = ("honour", "award", "project", "patent", "other_achievement", "paper", "book")
#: grades of a year that does not count
FAILED_GRADES = frozenset({"unqualified", "incompetent"})
WORKING_AGE = 16


def consistency_problems(tx: Transaction, year: int, values: Values, book: CodeBook) -> Iterator[DossierProblem]:
    """Every such rule, section by section."""
    yield from _title_against_birth(values)
    yield from _title_against_work(values)
    yield from _began_to_work(values)
    yield from _exam(tx, year, values, book)
    yield from _appraisals(values, local(tx.now).year)
    yield from _practice_within_employment(values)
    yield from _hours(education_policy(tx, year, values), year, values)
    yield from _representative(representative_limit(tx, year, values), values)
    yield from _named_twice(values)
    yield from _periods_since_title(values)


def _title_against_birth(values: Values) -> Iterator[DossierProblem]:
    obtained, born = _title_obtained(values), _text(section(values, "basic_info"), "birth_date")
    if obtained and born and obtained <= born:
        path = "present_position.current_title_obtained_on"
        yield DossierProblem("present_position", path, "“现职称取得时间”早于出生日期，请核对")


def _title_against_work(values: Values) -> Iterator[DossierProblem]:
    obtained, first = _title_obtained(values), _first_employment(values)
    if obtained and first and obtained[:7] < first:
        message = f"“现职称取得时间”（{obtained}）早于第一段工作经历（{first}），请核对工作经历是否填全"
        yield DossierProblem("employment", "employment", message, "warning")


def _began_to_work(values: Values) -> Iterator[DossierProblem]:
    path = "overview_supplement.began_work_on"
    began = _text(section(values, "overview_supplement"), "began_work_on")
    first, born = _first_employment(values), _text(section(values, "basic_info"), "birth_date")
    if began and born and int(began[:4]) - int(born[:4]) < WORKING_AGE:
        yield DossierProblem("overview_supplement", path, f"“参加工作时间”时不满 {WORKING_AGE} 周岁，请核对")
    elif began and first and began[:7] > first:
        message = f"“参加工作时间”（{began}）晚于第一段工作经历（{first}），请核对"
        yield DossierProblem("overview_supplement", path, message, "warning")


def _exam(tx: Transaction, year: int, values: Values, book: CodeBook) -> Iterator[DossierProblem]:
    """考评结合: a certificate or score for the very series and level that is declared (P14)."""
    needed = exam_requirement(tx, year, values)
    if needed.mode != EXAM_AND_REVIEW:
        return
    setup = section(values, "setup")
    wanted = (setup.get("title_series"), setup.get("title_level"))
    held = rows(values, "exam_certificate")
    if not held:
        yield DossierProblem("exam_certificate", "exam_certificate", needed.reason)
    elif not any((row.get("title_series"), row.get("target_title_level")) == wanted for row in held):
        level = book.label("title_level", setup.get("title_level"))
        series = book.label("title_series", setup.get("title_series"))
        message = f"所填考试合格证书中没有{series}{level}的，请核对“系列”和“对应待晋升职称等级”"
        yield DossierProblem("exam_certificate", "exam_certificate[0].target_title_level", message)


def _appraisals(values: Values, this_year: int) -> Iterator[DossierProblem]:
    """One appraisal for each whole year since the present title (P16)."""
    held = rows(values, "annual_appraisal")
    for number, row in enumerate(held):
        if row.get("grade") in FAILED_GRADES:
            message = f"第 {number + 1} 行：{row.get('year')} 年度考核不合格，该年度不计算任职年限"
            yield DossierProblem("annual_appraisal", f"annual_appraisal[{number}].grade", message, "warning")
    obtained = _title_obtained(values)
    if obtained:
        there = {row.get("year") for row in held}
        missing = [str(year) for year in range(int(obtained[:4]) + 1, this_year) if str(year) not in there]
        if missing:
            message = f"缺少 {'、'.join(missing)} 年度的考核，请补充；确实没有考核的，请向单位说明"
            yield DossierProblem("annual_appraisal", "annual_appraisal", message, "warning")


def _practice_within_employment(values: Values) -> Iterator[DossierProblem]:
    first = _first_employment(values)
    for name in ("practice_record", "special_practice_record"):
        for number, row in enumerate(rows(values, name)):
            started = _text(row, "started_on")
            if first and started and started[:7] < first:
                message = f"第 {number + 1} 行：起始时间（{started}）早于第一段工作经历（{first}），请核对"
                yield DossierProblem(name, f"{name}[{number}].started_on", message, "warning")


def _hours(policy: EducationPolicy, year: int, values: Values) -> Iterator[DossierProblem]:
    """Hours of continuing education against the table of the year (J26, W12)."""
    if policy.policy == "off":
        return
    severity: Severity = "error" if policy.policy == "block" else "warning"
    held = rows(values, "continuing_education")
    there = {row.get("year") for row in held}
    for due in range(year - policy.years, year):
        if str(due) not in there:
            message = f"缺少 {due} 年度的继续教育学时，应不少于 {policy.hours} 学时"
            yield DossierProblem("continuing_education", "continuing_education", message, severity)
    for number, row in enumerate(held):
        public, professional = _number(row, "public_hours"), _number(row, "professional_hours")
        place, total = f"continuing_education[{number}]", public + professional
        words = f"第 {number + 1} 行：{row.get('year')} 年度"
        if total < policy.hours:
            message = f"{words}继续教育共 {total:g} 学时，少于规定的 {policy.hours} 学时"
            yield DossierProblem("continuing_education", f"{place}.public_hours", message, severity)
        elif professional < policy.professional_hours:
            message = f"{words}专业科目 {professional:g} 学时，少于规定的 {policy.professional_hours} 学时"
            yield DossierProblem("continuing_education", f"{place}.professional_hours", message, severity)


def _representative(limit: int, values: Values) -> Iterator[DossierProblem]:
    """No more works marked than the table allows (W11)."""
    marked = [
        (name, number)
        for name in WORKS
        for number, row in enumerate(rows(values, name))
        if row.get("representative") is True
    ]
    for name, number in marked[limit:]:
        message = f"代表作（代表性成果）最多 {limit} 项，现在标了 {len(marked)} 项，请取消第 {number + 1} 行的标记"
        yield DossierProblem(name, f"{name}[{number}].representative", message)


#: what tells one work from another, by section
IDENTITIES = {
    "paper": ("title", "issn"),
    "book": ("isbn",),
    "patent": ("patent_no",),
    "project": ("name", "project_no"),
}
WORDS = {"paper": "论文", "book": "论著", "patent": "专利", "project": "项目"}


def _named_twice(values: Values) -> Iterator[DossierProblem]:
    """The same work on two rows."""
    for name, keys in IDENTITIES.items():
        seen: dict[tuple[str, ...], int] = {}
        for number, row in enumerate(rows(values, name)):
            told = tuple("".join(str(row.get(key) or "").split()).lower() for key in keys)
            if not any(told):
                continue
            if told in seen:
                message = f"第 {number + 1} 行与第 {seen[told] + 1} 行是同一{WORDS[name]}，请删除一行"
                yield DossierProblem(name, f"{name}[{number}].{keys[0]}", message)
            else:
                seen[told] = number


def _periods_since_title(values: Values) -> Iterator[DossierProblem]:
    """Years of practice and at the grass roots count from the present title (manual, note 3 of 一览表补充信息)."""
    obtained = _title_obtained(values)
    supplement = section(values, "overview_supplement")
    named = {"practice_period": "从事专业技术工作年限", "grassroots_years": "获现职后基层工作年限"}
    for name, label in named.items():
        began = _text(section(supplement, name), "from")
        if obtained and began and began < obtained[:7]:
            message = f"“{label}”从取得现职称（{obtained[:7]}）起算，请修改“自”"
            yield DossierProblem("overview_supplement", f"overview_supplement.{name}.from", message)


def _title_obtained(values: Values) -> str:
    return _text(section(values, "present_position"), "current_title_obtained_on") if has_title(values) else ""


def _first_employment(values: Values) -> str:
    return min((text for row in rows(values, "employment") if (text := _text(row, "started_on"))), default="")


def _text(values: Values, name: str) -> str:
    found: Any = values.get(name)
    return found if isinstance(found, str) and found[:4].isdigit() else ""


def _number(values: Values, name: str) -> float:
    found: Any = values.get(name)
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else 0.0
