"""沿用往年材料: sections of an earlier declaration taken over into this year's, whatever became of the earlier one (W13).

Nothing is taken over by itself: who declares chooses section by section, after seeing what differs. Files are copied, so that the
earlier declaration keeps its own.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.detail import Filling
from engine.declaration.dossier import SECTIONS
from engine.declaration.filling import save_section
from engine.declaration.held_titles import with_held_title
from engine.declaration.hooks import DESCRIPTOR, file_keys
from engine.declaration.tables import declaration
from engine.declaration.years import current_year
from engine.document.copies import copy_attachments
from engine.errors import NotFound
from engine.flow.variables import read_variables

#: what belongs to its declaration: the settings, and papers that are signed anew each year
OWN = frozenset({"setup", "base_material"})
CARRIED = tuple(name for name in SECTIONS if name not in OWN)
#: fields of the other sections that belong to their year, the unit's ranking among them
OF_THE_YEAR = frozenset({"work_summary", "work_summary_attachment", "social_insurance_proof"}) | {
    *("quantified_score", "score_rank", "recommendation_rank", "recommended_total"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """An earlier declaration of the same person."""

    case_key: int
    year: int
    declaration_no: str
    title_name: str
    status: str


def carry_sources(tx: Transaction, actor: Actor, case_key: int) -> list[Source]:
    """The other declarations of the actor's person, the newest first; also those that failed or were given up."""
    d = declaration.c
    wanted = sa.select(d.case_key, d.year, d.declaration_no, d.title_name, d.status).where(
        d.person == actor.person, d.case_key != case_key
    )
    return [Source(**row._mapping) for row in tx.rows(wanted.order_by(d.year.desc(), d.case_key.desc()))]


def has_earlier(tx: Transaction, actor: Actor, case_key: int) -> bool:
    """Whether there is an earlier declaration to take anything from."""
    d = declaration.c
    wanted = sa.select(d.case_key).where(d.person == actor.person, d.case_key != case_key).limit(1)
    return actor.person is not None and tx.value(wanted) is not None


def carried_values(tx: Transaction, actor: Actor, source: int) -> dict[str, Any]:
    """The sections of an earlier declaration without what belongs to its year, and with the title held now.

    Raises `NotFound` for anybody else's."""
    d = declaration.c
    if actor.person is None or tx.value(sa.select(d.person).where(d.case_key == source)) != actor.person:
        raise NotFound
    variables = read_variables(tx, source, frozenset(CARRIED))
    lasting = {name: _lasting(variables[name]) for name in CARRIED if variables.get(name)}
    return with_held_title(tx, actor.person, current_year(tx), lasting)


def _lasting(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: held for name, held in value.items() if name not in OF_THE_YEAR}
    return value


def carry_over(tx: Transaction, actor: Actor, filling: Filling, source: int, sections: Collection[str]) -> list[str]:
    """Put these sections of the earlier declaration in the place of what is typed; the names of those that were taken over.

    What the account or a register says stays as it is. Raises `NotFound` for a declaration that is not the actor's.
    """
    values = {name: value for name, value in carried_values(tx, actor, source).items() if name in sections}
    copies = copy_attachments(tx, actor, file_keys(list(values.values())))
    tx.flush()
    for name, value in values.items():
        version = filling.draft_versions.get(name, 0)
        save_section(tx, actor, filling.task.row["key"], name, _with_copies(value, copies), version=version)
    return list(values)


def _with_copies(value: Any, copies: Mapping[str, Mapping[str, Any]]) -> Any:
    """The value with the copies of its files; a file that is not there any more is left out."""
    if isinstance(value, list):
        kept = [_with_copies(one, copies) for one in value]
        return [one for one in kept if one is not None]
    if not isinstance(value, Mapping):
        return value
    if value.keys() == DESCRIPTOR:
        # inputs that take files are given ids, and describe them themselves
        copy = copies.get(str(value["id"]))
        return None if copy is None else copy["id"]
    return {name: _with_copies(held, copies) for name, held in value.items()}
