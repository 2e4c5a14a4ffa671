"""《河北省职称申报评审系统填报说明》 (P4) and the papers one downloads to fill in (P8): pages that print as A4 sheets."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor, Permission
from engine.db import Transaction
from engine.declaration.years import YearPlan, current_year, year_plan
from engine.errors import NotFound
from engine.organisation import Identity, enrolment_of, identity_of
from web.deps import code_book, query
from web.pages import page

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper to print and sign: its lines to assess, and who signs. `file` is the template that draws it."""

    title: str
    file: str


PAPERS = {
    "ethics_appraisal": Paper("职业道德评价表", "declaration/paper_ethics.html"),
    "truth_pledge": Paper("申报材料真实性承诺书", "declaration/paper_pledge.html"),
}


@router.get("/declaration/filling-guide")
def show_guide(request: Request) -> Response:
    with query(request) as (tx, actor):
        year = current_year(tx)
        book = code_book(request, tx, year)
        plan: YearPlan = year_plan(tx, year)
        return page(
            request,
            "declaration/guide.html",
            year=year,
            plan=plan,
            routes=[(code.label, code.extra.get("definition", "")) for code in book.codes("declaration_route")],
            materials=book.codes("base_material"),
            papers=PAPERS,
            declares=actor.may(Permission.DECLARATIONS_DECLARE),
        )


@router.get("/declaration/templates/{kind}")
def show_paper(request: Request, kind: str) -> Response:
    """An empty paper, with what the account says of the applicant already on it."""
    paper = PAPERS.get(kind)
    if paper is None:
        raise NotFound
    with query(request) as (tx, actor):
        identity, unit_name = _who(tx, actor)
        return page(
            request, paper.file, title=paper.title, year=current_year(tx), identity=identity, unit_name=unit_name
        )


def _who(tx: Transaction, actor: Actor) -> tuple[Identity | None, str]:
    if actor.person is None:
        return None, ""
    enrolment = enrolment_of(tx, actor.person, current_year(tx))
    return identity_of(tx, actor.person), enrolment.unit_name if enrolment else ""
