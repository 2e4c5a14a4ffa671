"""Reads what the conflict finder compares: many experts and many declarations, a few statements each."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import unit_ancestor
from engine.committee.tables import committee, expert
from engine.db import Transaction
from engine.declaration.claims import SECTIONS
from engine.declaration.tables import claim, declaration
from engine.flow.tables import variable
from engine.organisation.tables import unit
from engine.review_meeting.conflicts.facts import WORKS, DossierFacts, ExpertFacts, Schooling, Ties, year_in
from engine.review_meeting.tables import meeting_dossier, review_meeting

#: variables are read for so many cases at once
AT_ONCE = 400
NAMES = ("education", "employment", *WORKS)

e, d, v, u, line = expert.c, declaration.c, variable.c, unit.c, unit_ancestor.c


def expert_facts(tx: Transaction, experts: Collection[int]) -> list[ExpertFacts]:
    """What the pool knows of these experts."""
    columns = (e.id, e.name, e.person, e.workplace, e.workplace_unit, e.schools, e.declared_relations)
    rows = tx.rows(sa.select(*columns).where(e.id.in_(sorted(experts))).order_by(e.id))
    return [
        ExpertFacts(
            row.id,
            row.name,
            row.person,
            row.workplace or "",
            row.workplace_unit,
            tuple(_schools(row.schools)),
            row.declared_relations or "",
        )
        for row in rows
    ]


def _schools(kept: Any) -> Iterable[Schooling]:
    for one in kept or ():
        if isinstance(one, Mapping) and one.get("school"):
            yield Schooling(str(one["school"]).strip(), year_in(one.get("from")), year_in(one.get("until")))


def dossier_facts(tx: Transaction, declarations: Sequence[int]) -> list[DossierFacts]:
    """What these declarations say, in the order of their keys."""
    found: list[DossierFacts] = []
    keys = sorted(set(declarations))
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        values: dict[int, dict[str, Any]] = {}
        wanted = sa.and_(v.case_key.in_(some), v.scope_key == v.case_key, v.name.in_(NAMES))
        for row in tx.rows(sa.select(v.case_key, v.name, v.value).where(wanted)):
            values.setdefault(row.case_key, {})[row.name] = row.value
        columns = (d.case_key, d.declaration_no, d.name, d.person, d.unit, d.unit_name)
        for row in tx.rows(sa.select(*columns).where(d.case_key.in_(some)).order_by(d.case_key)):
            told = (row.case_key, row.declaration_no, row.name, row.person, row.unit, row.unit_name)
            found.append(DossierFacts(*told, values.get(row.case_key, {})))
    return found


def ties_between(
    tx: Transaction, year: int, experts: Sequence[ExpertFacts], dossiers: Sequence[DossierFacts], convening: int
) -> Ties:
    """How their units lie to one another, the works both have declared, and where both were reviewed the year before `year`;
    `convening` is the unit that called the meeting."""
    above = tx.rows(sa.select(line.ancestor).where(line.unit == convening))
    return Ties(
        _distances(tx, experts, dossiers),
        _shared_works(tx, experts, dossiers),
        frozenset(row.ancestor for row in above) | {convening},
        _rivals(tx, year - 1, experts, dossiers),
    )


def _distances(
    tx: Transaction, experts: Sequence[ExpertFacts], dossiers: Sequence[DossierFacts]
) -> dict[tuple[int, int], int]:
    """Levels between units of which one lies in the other. The top unit is above everybody and ties nobody."""
    mine = sorted({one.unit for one in experts if one.unit is not None})
    theirs = sorted({one.unit for one in dossiers})
    if not mine or not theirs:
        return {}
    top = tx.value(sa.select(u.id).where(u.parent.is_(None)).limit(1))
    found: dict[tuple[int, int], int] = {}
    for upper, lower, swapped in ((mine, theirs, False), (theirs, mine, True)):
        rows = tx.rows(
            sa.select(line.ancestor, line.unit, line.distance).where(line.ancestor.in_(upper), line.unit.in_(lower))
        )
        for row in rows:
            if row.ancestor != top or row.distance == 0:
                found[(row.unit, row.ancestor) if swapped else (row.ancestor, row.unit)] = row.distance
    return found


def _shared_works(
    tx: Transaction, experts: Sequence[ExpertFacts], dossiers: Sequence[DossierFacts]
) -> dict[tuple[int, int], list[str]]:
    """Works that an expert has declared, now or in another year, and that stand in one of these declarations."""
    persons = sorted({one.person for one in experts if one.person is not None})
    own, other = claim.alias("own"), claim.alias("other")
    found: dict[tuple[int, int], list[str]] = {}
    keys = sorted(one.declaration for one in dossiers)
    if not persons:
        return found
    same = sa.select(own.c.person, other.c.case_key, other.c.section, other.c.row).where(
        own.c.work == other.c.work, own.c.person.in_(persons), own.c.person != other.c.person
    )
    for start in range(0, len(keys), AT_ONCE):
        for row in tx.rows(same.where(other.c.case_key.in_(keys[start : start + AT_ONCE]))):
            words = f"{SECTIONS[row.section][0]}第 {row.row + 1} 行"
            found.setdefault((row.person, row.case_key), []).append(words)
    return found


def _rivals(
    tx: Transaction, year: int, experts: Sequence[ExpertFacts], dossiers: Sequence[DossierFacts]
) -> dict[tuple[int, int], str]:
    """The committees before which both an expert and an applicant stood in that year."""
    mine = _reviewed(tx, year, {one.person for one in experts if one.person is not None})
    if not mine:
        return {}
    places = {committee for committees in mine.values() for committee in committees}
    theirs = _reviewed(tx, year, {one.person for one in dossiers if one.person is not None}, places)
    return {
        (person, one.declaration): "、".join(committees[key] for key in sorted(both))
        for one in dossiers
        for person, committees in mine.items()
        if person != one.person and (both := committees.keys() & theirs.get(one.person or 0, {}).keys())
    }


def _reviewed(
    tx: Transaction, year: int, persons: Collection[int], committees: Collection[int] | None = None
) -> dict[int, dict[int, str]]:
    """By person, the committees, or those of these, whose meetings of that year reviewed them, with their names."""
    x, m, c = meeting_dossier.c, review_meeting.c, committee.c
    query = (
        sa.select(d.person, x.committee, c.name)
        .join(meeting_dossier, x.declaration == d.case_key)
        .join(review_meeting, m.case_key == x.meeting)
        .join(committee, c.id == x.committee)
        .where(m.year == year)
    )
    if committees is not None:
        query = query.where(x.committee.in_(sorted(committees)))
    found: dict[int, dict[int, str]] = {}
    keys = sorted(persons)
    for start in range(0, len(keys), AT_ONCE):
        for row in tx.rows(query.where(d.person.in_(keys[start : start + AT_ONCE]))):
            found.setdefault(row.person, {})[row.committee] = row.name
    return found
