"""复查 (J20, W10): who failed asks within the term that the declaration's own diagram sets. The way is
`processes/result/reexamination.bpmn`, which tells the declaration by messages."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.clock import local
from engine.db import Transaction
from engine.declaration.tables import declaration
from engine.errors import NotFound, Refused
from engine.flow.tables import timer
from engine.flow.variables import read_variables
from engine.organisation import unit_chain
from engine.result.aftercare.requests import open_request
from engine.review_meeting.tables import review_meeting

PROCESS = "reexamination"
#: the event of the declaration's diagram that ends the term
TERM_OVER = "reexamination_term_over"
d, m = declaration.c, review_meeting.c


@dataclass(frozen=True, slots=True)
class Term:
    """What a declarant may ask about, and until when."""

    declaration: int
    declaration_no: str
    person: int
    year: int
    ask_by: datetime
    meeting: int
    meeting_name: str
    unit: int


def reexamination_term(tx: Transaction, actor: Actor, case_key: int) -> Term:
    """The term of one's own declaration. Raises `NotFound` for others', `Refused` where nothing can be asked (any more)."""
    authorize(actor, Permission.DECLARATIONS_DECLARE)
    row = tx.row(
        sa.select(d.declaration_no, d.person, d.year, d.applicant).where(
            d.case_key == case_key, d.person == actor.person
        )
    )
    if row is None or actor.person is None:
        raise NotFound
    ends = tx.value(sa.select(timer.c.due_at).where(timer.c.case_key == case_key, timer.c.element_id == TERM_OVER))
    if ends is None or ends <= tx.now:
        raise Refused("现在不能申请复查：评审未通过的，收到结果后十五个工作日内可以申请一次。")
    result = read_variables(tx, case_key, frozenset({"review_result"}))["review_result"]
    unit = tx.value(sa.select(m.unit).where(m.case_key == result["meeting"]))
    if unit is None:
        raise NotFound
    return Term(
        declaration=case_key,
        declaration_no=row.declaration_no,
        person=row.person,
        year=row.year,
        ask_by=ends,
        meeting=int(result["meeting"]),
        meeting_name=str(result["meeting_name"]),
        unit=int(unit),
    )


def ask_reexamination(tx: Transaction, actor: Actor, case_key: int) -> int:
    """Begin to ask; the key of the task in which the declarant writes the reasons. Raises as `reexamination_term`, and `Refused`
    where one is under way."""
    term = reexamination_term(tx, actor, case_key)
    ask_by = local(term.ask_by)
    return open_request(
        tx,
        actor,
        PROCESS,
        f"{term.declaration_no}-FC",
        {
            "declaration": term.declaration,
            "declaration_no": term.declaration_no,
            "person": term.person,
            "meeting": term.meeting,
            "meeting_name": term.meeting_name,
            "unit": term.unit,
            "title_office": unit_chain(tx, term.unit)[-1].id,
            "ask_by": ask_by.isoformat(),
            "ask_by_words": f"{ask_by:%Y-%m-%d %H:%M}",
        },
        unit=term.unit,
        year=term.year,
        title=f"{actor.name} 复查 {term.declaration_no}",
        parties=[f"person:{term.person}"],
    )
