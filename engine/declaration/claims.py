"""Works claimed before: the same paper, book, patent or project in another declaration.

Each submission leaves a row of `claim` per work. Who declares learns of their own earlier use, and of others only that there
are some; who reviews learns in which year and for what, with the name masked.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa

from engine.db import Transaction
from engine.declaration.dossier import Values, rows
from engine.declaration.dossier_problem import DossierProblem
from engine.declaration.tables import claim, declaration
from engine.flow.contexts import ProjectionContext
from engine.reference import CodeBook

#: what tells a work: the words of its section, the field a remark stands at
SECTIONS: Mapping[str, tuple[str, str]] = {
    "paper": ("论文", "title"),
    "book": ("论著", "title"),
    "patent": ("专利", "name"),
    "project": ("项目", "name"),
}
#: a declaration that stands here has given its works free again, or not claimed them yet
FREE = ("已撤回", "已废弃", "已放弃", "不予推荐", "不符合条件", "评审未通过", "已终止")
#: others that are named for one work
MOST_NAMED = 3
#: earlier uses read for one dossier
MOST = 300


@dataclass(frozen=True, slots=True)
class EarlierUse:
    """A work of this dossier that stands in another declaration. `own` where it is the same person's."""

    section: str
    row: int
    own: bool
    year: int
    title_name: str
    status: str
    name: str


def work_of(name: str, row: Values) -> str:
    """What is the same for the same work, however it is typed; nothing where the row does not tell it yet."""
    if name == "paper":
        told = [_plain(row, "title"), _plain(row, "issn")]
    elif name == "patent":
        told = [_plain(row, "patent_no").removeprefix("zl")]
    elif name == "book":
        told = [_plain(row, "isbn")]
    else:
        told = (
            [_plain(row, "project_no")] if _plain(row, "project_no") else [_plain(row, "name"), _plain(row, "source")]
        )
    if not all(told):
        return ""
    return f"{name}:{blake2b(' '.join(told).encode(), digest_size=12).hexdigest()}"


def _plain(row: Values, name: str) -> str:
    """Letters and digits alone: case, width, spaces and punctuation differ from one typing to the next."""
    text = unicodedata.normalize("NFKC", str(row.get(name) or "")).casefold()
    return "".join(sign for sign in text if sign.isalnum())


def works_in(values: Values) -> dict[tuple[str, int], str]:
    """The works of a dossier by section and number of the row."""
    return {
        (name, number): work
        for name in SECTIONS
        for number, row in enumerate(rows(values, name))
        if (work := work_of(name, row))
    }


def claims_of(context: ProjectionContext) -> dict[tuple[str, int], str]:
    """The works a case claims as it stands: none before it was first submitted."""
    return works_in(context.variables) if context.variables.get("submitted_at") else {}


def project_claims(tx: Transaction, context: ProjectionContext) -> None:
    """Bring the claims of a case in step with what was submitted."""
    if not {"submitted_at", *SECTIONS} & context.changed:
        return
    case, now = context.case, claims_of(context)
    held = {
        (row.section, row.row) for row in tx.rows(sa.select(claim.c.section, claim.c.row).where(_is_of(case["key"])))
    }
    for (name, number), work in now.items():
        row = {"case_key": case["key"], "section": name, "row": number, "work": work}
        person = {"person": context.variables.get("person"), "year": case["year"]}
        tx.writes.upsert(claim, row | person, ("work",))
    for name, number in held - now.keys():
        tx.writes.delete(claim, {"case_key": case["key"], "section": name, "row": number})


def stored_claims(tx: Transaction, case_key: int) -> dict[tuple[str, int], str]:
    """The rows there are for a case."""
    return {(row.section, row.row): row.work for row in tx.rows(sa.select(claim).where(_is_of(case_key)))}


def _is_of(case_key: int) -> sa.ColumnElement[bool]:
    return claim.c.case_key == case_key


def earlier_uses(tx: Transaction, values: Values) -> list[EarlierUse]:
    """Where else the works of this dossier stand, the newest first. `values` are the sections over the case's variables."""
    found = works_in(values)
    if not found:
        return []
    d = declaration.c
    wanted = (
        sa.select(claim.c.work, claim.c.person, claim.c.year, d.title_name, d.status, d.name)
        .join(declaration, d.case_key == claim.c.case_key)
        .where(claim.c.work.in_(sorted(set(found.values()))), d.declaration_no != values.get("declaration_no"))
        .where(d.status.not_in(FREE))
        .order_by(claim.c.year.desc(), claim.c.case_key)
        .limit(MOST)
    )
    places: dict[str, list[tuple[str, int]]] = {}
    for place, work in found.items():
        places.setdefault(work, []).append(place)
    return [
        EarlierUse(name, number, row.person == values.get("person"), row.year, row.title_name, row.status, row.name)
        for row in tx.rows(wanted)
        for name, number in places[row.work]
    ]


def claim_warnings(tx: Transaction, values: Values, book: CodeBook) -> Iterator[DossierProblem]:
    """What the applicant is told: own earlier use by name, that of others without any trace of who they are."""
    uses = earlier_uses(tx, values)
    for name, number in dict.fromkeys((use.section, use.row) for use in uses):
        here = [use for use in uses if (use.section, use.row) == (name, number)]
        own = [use for use in here if use.own]
        words, field = SECTIONS[name]
        place = f"{name}[{number}].{field}"
        if own:
            title = book.label("title_name", own[0].title_name)
            message = f"第 {number + 1} 行：这一{words}已用于您 {own[0].year} 年度申报的{title}（{own[0].status}），请核对是否可以再用"
            yield DossierProblem(name, place, message, "warning")
        elif here:
            message = f"第 {number + 1} 行：另有申报人也填报了这一{words}，请核对署名和个人排名"
            yield DossierProblem(name, place, message, "warning")


def described_uses(uses: Sequence[EarlierUse], book: CodeBook) -> list[str]:
    """What a reviewer reads: 论文第 1 行：2025 年度 赵**申报主任医师（待参评）。"""
    by_place: dict[tuple[str, int], list[EarlierUse]] = {}
    for use in uses:
        by_place.setdefault((use.section, use.row), []).append(use)
    sentences = []
    for (name, number), here in by_place.items():
        told = "、".join(
            f"{use.year} 年度{'本人' if use.own else _masked(use.name)}申报{book.label('title_name', use.title_name)}（{use.status}）"
            for use in here[:MOST_NAMED]
        )
        more = f"等 {len(here)} 份申报" if len(here) > MOST_NAMED else ""
        sentences.append(f"{SECTIONS[name][0]}第 {number + 1} 行：{told}{more}")
    return sentences


def _masked(name: Any) -> str:
    text = str(name or "")
    return f"{text[:1]}{'*' * max(len(text) - 1, 1)}"
