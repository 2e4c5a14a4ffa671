"""One line per declarant, for the sheets that list many: what 一览表 and 公示表 print of each."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.dossier import has_title, marked, rows, section
from engine.declaration.tables import declaration
from engine.flow.tables import variable
from engine.flow.visibility import is_visible
from engine.reference import CodeBook, CodeLists

#: the sections these sheets read
READ = (
    *("basic_info", "present_position", "education", "overview_supplement", "annual_appraisal"),
    *("project", "award", "patent", "honour", "paper", "book"),
)
#: lists of achievements: what they are called, their unit of counting, the field that names one
WORKS = (
    ("paper", "论文", "篇", "title"),
    ("book", "论著", "部", "title"),
    ("project", "项目", "项", "name"),
    ("award", "获奖", "项", "achievement"),
    ("patent", "专利", "项", "name"),
    ("honour", "荣誉", "项", "name"),
)
#: so many works are named, the representative ones first
NAMED = 3
#: a sheet of more people is none that is read
MOST = 2000
#: keys asked for at once
AT_ONCE = 1000


def records_of(tx: Transaction, actor: Actor, case_keys: Sequence[int]) -> list[dict[str, Any]]:
    """What the sheets know of these declarations, in this order, without those the actor does not see, those that were not
    handed in and those that ended without result."""
    d = declaration.c
    handed_in = sa.and_(d.submitted_at.is_not(None), d.live)
    wanted = sa.select(declaration).where(d.case_key.in_(case_keys[:MOST]), handed_in, is_visible(d.case_key, actor))
    held = {row.case_key: dict(row._mapping) for row in tx.rows(wanted)}
    values = _values(tx, sorted(held))
    lists = tx.service(CodeLists)
    found = [(held[key], values.get(key, {})) for key in case_keys if key in held]
    return [_record(lists.book(tx, row["year"]), row, dossier) for row, dossier in found]


def names_of(tx: Transaction, actor: Actor, case_keys: Sequence[int]) -> list[dict[str, Any]]:
    """Name and number of these declarations, in this order, without those the actor does not see."""
    d = declaration.c
    held: dict[int, dict[str, Any]] = {}
    for start in range(0, len(case_keys), AT_ONCE):
        piece = case_keys[start : start + AT_ONCE]
        wanted = sa.select(d.case_key, d.name, d.declaration_no)
        for row in tx.rows(wanted.where(d.case_key.in_(piece), is_visible(d.case_key, actor))):
            held[row.case_key] = dict(row._mapping)
    return [held[key] for key in case_keys if key in held]


def _values(tx: Transaction, case_keys: Sequence[int]) -> dict[int, dict[str, Any]]:
    v = variable.c
    found: dict[int, dict[str, Any]] = {}
    if case_keys:
        query = sa.select(v.case_key, v.name, v.value)
        for row in tx.rows(query.where(v.case_key.in_(case_keys), v.scope_key == v.case_key, v.name.in_(READ))):
            found.setdefault(row.case_key, {})[row.name] = row.value
    return found


def _record(book: CodeBook, row: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    basic, supplement = section(values, "basic_info"), section(values, "overview_supplement")
    education = rows(values, "education")
    return {
        "number": row["declaration_no"],
        "name": row["name"],
        "unit_name": row["unit_name"],
        "sex": book.label("sex", basic.get("sex")),
        "born": _month(basic.get("birth_date")),
        "began_work": _month(supplement.get("began_work_on")),
        "health": _text(supplement.get("health")),
        "first_education": _education(book, marked(education, "is_first")),
        "highest_education": _education(book, marked(education, "is_highest")),
        "post": _text(supplement.get("administrative_post")),
        **_present(book, values),
        "series": book.label("title_series", row["title_series"]),
        "specialty": book.label("specialty", row["specialty"]),
        "title": book.label("title_name", row["title_name"]),
        "level": book.label("title_level", row["title_level"]),
        "route": book.label("declaration_route", row["declaration_route"]),
        "practice": _period(supplement.get("practice_period")),
        "grassroots": _period(supplement.get("grassroots_years")),
        "appraisals": _appraisals(book, rows(values, "annual_appraisal")),
        "works": _works(values),
        "exception": _text(supplement.get("exception_grounds")),
        "recruited": book.label("yes_no", supplement.get("recruited_talent")),
        "score": _text(supplement.get("quantified_score")),
        "score_rank": _text(supplement.get("score_rank")),
        "rank": _text(supplement.get("recommendation_rank")),
        "total": _text(supplement.get("recommended_total")),
    }


def _present(book: CodeBook, values: Mapping[str, Any]) -> dict[str, str]:
    position = section(values, "present_position")
    if not has_title(values):
        return {"current_title": "无", "current_title_on": ""}
    return {
        "current_title": book.label("title_name", position.get("current_title_name")),
        "current_title_on": _month(position.get("current_title_obtained_on")),
    }


def _education(book: CodeBook, row: Mapping[str, Any]) -> str:
    if not row:
        return ""
    parts = (
        _month(row.get("ended_on")),
        _text(row.get("school")),
        book.label("major", row.get("major")),
        book.label("education_level", row.get("education_level")),
        book.label("degree", row.get("degree")),
    )
    return " ".join(part for part in parts if part)


def _period(value: Any) -> str:
    """2001.07至2026.10，满25年"""
    held = value if isinstance(value, Mapping) else {}
    begin, end, years = _month(held.get("from")), _month(held.get("to")), held.get("years")
    span = f"{begin}至{end}" if begin or end else ""
    return "，".join(filter(None, (span, f"满{_text(years)}年" if years is not None else "")))


def _appraisals(book: CodeBook, found: Sequence[Mapping[str, Any]]) -> str:
    """合格 2021–2023，优秀 2024: years one after the other with the same grade stand together."""
    graded = ((str(row.get("year") or ""), str(row.get("grade") or "")) for row in found)
    held = sorted((int(year), grade) for year, grade in graded if year.isdecimal())
    runs: list[tuple[str, int, int]] = []
    for year, grade in held:
        if runs and runs[-1][0] == grade and runs[-1][2] == year - 1:
            runs[-1] = (grade, runs[-1][1], year)
        else:
            runs.append((grade, year, year))
    spans = ((grade, f"{first}" if first == last else f"{first}–{last}") for grade, first, last in runs)
    return "，".join(f"{book.label('appraisal_grade', grade)} {span}" for grade, span in spans)


def _works(values: Mapping[str, Any]) -> str:
    """论文 5 篇：《…》、《…》；项目 2 项：《…》"""
    return "；".join(_counted(values, *kind) for kind in WORKS if rows(values, kind[0]))


def _counted(values: Mapping[str, Any], name: str, label: str, measure: str, title: str) -> str:
    found = rows(values, name)
    best = sorted(found, key=lambda row: row.get("representative") is not True)[:NAMED]
    named = "".join(f"《{row[title]}》" for row in best if row.get(title))
    return f"{label} {len(found)} {measure}" + (f"：{named}" if named else "")


def _month(text: Any) -> str:
    """1976.03, as tables of people are used to it."""
    return str(text)[:7].replace("-", ".") if text else ""


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def numbered(records: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The records with their place on the sheet."""
    return ({"place": str(place), **record} for place, record in enumerate(records, start=1))
