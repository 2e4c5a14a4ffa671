"""复查 (J20, W10): who failed asks within the term that the declaration's own diagram sets; who was not recommended, or found not
eligible, within as many working days after the declaration ended, and the superior of who said so checks it (Q33). The way is
`processes/result/reexamination.bpmn`, which tells the declaration by messages as long as there is one that hears."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.clock import ZONE, local
from engine.db import Transaction
from engine.declaration.tables import declaration
from engine.errors import NotFound, Refused
from engine.flow.tables import case, timer
from engine.flow.variables import read_variables
from engine.organisation import unit_chain
from engine.reference import CodeLists
from engine.result.aftercare.requests import open_request
from engine.review_meeting.tables import review_meeting

PROCESS = "reexamination"
#: the event of the declaration's diagram that ends the term
TERM_OVER = "reexamination_term_over"
FAILED = "评审未通过"
#: declarations a unit has ended, and what is said of them
STOPPED: Mapping[str, str] = {"不予推荐": "未予推荐", "不符合条件": "认定不符合申报条件"}
#: working days, as many as the declaration's diagram gives who failed
TERM_DAYS = 15
#: what a 复查 has come to that was answered
ANSWERED = ("维持原结果", "重新评审", "不予受理")
OVER = "现在不能申请复查：评审未通过、不予推荐和不符合条件的，收到结果后十五个工作日内可以申请一次。"
d, m = declaration.c, review_meeting.c


@dataclass(frozen=True, slots=True)
class Term:
    """What a declarant may ask about, and until when. `meeting` is none where no meeting had it; `about` says what is asked about."""

    declaration: int
    declaration_no: str
    person: int
    year: int
    ask_by: datetime
    meeting: int | None
    meeting_name: str
    about: str
    unit: int


def reexamination_term(tx: Transaction, actor: Actor, case_key: int) -> Term:
    """The term of one's own declaration. Raises `NotFound` for others', `Refused` where nothing can be asked (any more)."""
    authorize(actor, Permission.DECLARATIONS_DECLARE)
    row = tx.row(sa.select(declaration).where(d.case_key == case_key, d.person == actor.person))
    if row is None or actor.person is None:
        raise NotFound
    if row.status in STOPPED:
        return _term_after_the_end(tx, row)
    ends = tx.value(sa.select(timer.c.due_at).where(timer.c.case_key == case_key, timer.c.element_id == TERM_OVER))
    if ends is None or ends <= tx.now:
        raise Refused(OVER)
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
        about=f"{result['meeting_name']}评审未通过",
        unit=int(unit),
    )


def may_ask(tx: Transaction, actor: Actor, case_key: int, status: str) -> bool:
    """Whether there is anything to ask about in one's own declaration of that status."""
    if status not in {FAILED, *STOPPED}:
        return False
    try:
        reexamination_term(tx, actor, case_key)
    except Refused:
        return False
    return True


def asked_before(tx: Transaction, actor: Actor, case_key: int) -> Sequence[sa.Row[Any]]:
    """What was asked about one's own declaration so far, the latest first: key, business_key, status, started_at. Raises `NotFound`."""
    own = sa.and_(d.case_key == case_key, d.person == actor.person)
    number = tx.value(sa.select(d.declaration_no).where(own)) if actor.person is not None else None
    if number is None:
        raise NotFound
    columns = (case.c.key, case.c.business_key, case.c.status, case.c.started_at)
    return tx.rows(sa.select(*columns).where(_of(number)).order_by(case.c.key.desc()))


def _of(declaration_no: str) -> sa.ColumnElement[bool]:
    return sa.and_(case.c.process_id == PROCESS, case.c.business_key.startswith(f"{declaration_no}-FC-"))


def _term_after_the_end(tx: Transaction, row: sa.Row[Any]) -> Term:
    """The term of a declaration that a unit has ended. Raises `Refused` where it is over, or was asked already."""
    calendar = tx.service(CodeLists).calendar(tx)
    last = calendar.add_working_days(local(row.finished_at).date(), TERM_DAYS)
    ends = datetime.combine(last, time(18), ZONE)
    answered = tx.value(sa.select(case.c.key).where(_of(row.declaration_no), case.c.status.in_(ANSWERED)).limit(1))
    if ends <= tx.now or answered is not None:
        raise Refused(OVER)
    review = read_variables(tx, row.case_key, frozenset({"last_review"}))["last_review"]
    line = unit_chain(tx, int(review["unit"]))
    return Term(
        declaration=row.case_key,
        declaration_no=row.declaration_no,
        person=row.person,
        year=row.year,
        ask_by=ends,
        meeting=None,
        meeting_name="",
        about=f"{review['unit_name']}{STOPPED[row.status]}",
        unit=line[min(1, len(line) - 1)].id,
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
            "about": term.about,
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
