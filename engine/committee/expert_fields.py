"""What is written of an expert who comes into a pool (K3), and what must hold of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa

from engine.clock import local
from engine.committee.composition import parameters_of
from engine.committee.tables import committee
from engine.committee.terms import years_later
from engine.db import Transaction
from engine.organisation.enrolments import identity_problems
from engine.reference import CodeBook, Option
from engine.reference.check_digits import check_mobile, tidy_code


@dataclass(frozen=True, slots=True)
class NewExpert:
    """单个新增. `specialty` is one the committee reviews, `title_level` the expert's own; the term is in the pool of this committee."""

    name: str = ""
    identity_type: str = "01"
    identity_number: str = ""
    phone: str = ""
    workplace: str = ""
    specialty: str = ""
    title_level: str = ""
    term_from: date | None = None
    term_until: date | None = None

    def tidy(self) -> "NewExpert":
        return replace(
            self,
            name=self.name.strip(),
            identity_number=tidy_code(self.identity_number),
            phone=tidy_code(self.phone),
            workplace=self.workplace.strip(),
        )


@dataclass(frozen=True, slots=True)
class Rules:
    """What a row is judged by: read once for a whole workbook. `specialties` are those the committee reviews."""

    series: str
    specialties: Mapping[str, str]
    levels: Mapping[str, str]
    identity_types: Mapping[str, str]
    term_years: int
    today: date


def rules_for(tx: Transaction, book: CodeBook, committee_id: int) -> Rules:
    """The choices and limits for the pool of a committee; the caller has made sure that there is one."""
    c = committee.c
    row = tx.row(sa.select(c.series, c.specialties, c.region).where(c.id == committee_id))
    assert row is not None
    offered = {option.value: option.label for option in book.options("specialty", {"parent": row.series})}
    chosen = {value: label for value, label in offered.items() if not row.specialties or value in row.specialties}
    return Rules(
        series=row.series,
        specialties=chosen,
        levels=_labels(book.options("title_level", {})),
        identity_types=_labels(book.options("identity_type", {})),
        term_years=parameters_of(tx, row.region).term_years,
        today=local(tx.now).date(),
    )


def _labels(options: list[Option]) -> dict[str, str]:
    return {option.value: option.label for option in options}


def problems_of(fields: NewExpert, rules: Rules) -> dict[str, list[str]]:
    """A sentence per field that is wrong by itself; `fields` are tidy."""
    known = fields.identity_type in rules.identity_types
    found = identity_problems(fields.name, fields.identity_type, fields.identity_number, known=known)
    if problem := check_mobile(fields.phone):
        found["phone"] = [f"手机号码{problem}"]
    if not 1 <= len(fields.workplace) <= 100:
        found["workplace"] = ["请填写工作单位全称，最多 100 个字符"]
    if fields.specialty not in rules.specialties:
        found["specialty"] = ["请选择评委会评审范围内的专业"]
    if fields.title_level not in rules.levels:
        found["title_level"] = ["请选择现职称等级"]
    return {**found, **term_problems(fields.term_from, fields.term_until, rules.term_years, today=rules.today)}


def term_problems(
    begin: date | None, end: date | None, years: int, *, today: date | None = None
) -> dict[str, list[str]]:
    """What is wrong with a term in a pool: it has a beginning and an end, is not too long (J04), and not over on `today`."""
    if begin is None or end is None:
        missing = {"term_from": ("聘期起", begin), "term_until": ("聘期止", end)}
        return {name: [f"请填写{label}"] for name, (label, day) in missing.items() if day is None}
    if end < begin:
        return {"term_until": ["聘期止应不早于聘期起"]}
    if end >= years_later(begin, years):
        return {"term_until": [f"专家每届任期最长 {years} 年；最迟填 {years_later(begin, years, -1)}"]}
    if today is not None and end < today:
        return {"term_until": ["聘期止已经过去，请填写今天以后的日期"]}
    return {}
