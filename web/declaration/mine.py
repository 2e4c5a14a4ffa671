"""`/declaration`: 我的申报 – where this year's stands and what to do next, the years before, what one was told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor, Permission, authorize
from engine.bulletin.announcements import visible_announcements
from engine.db import Transaction
from engine.declaration.detail import (
    DeclarationDetail,
    Filling,
    MyDeclaration,
    declaration_detail,
    filling_of,
    my_declarations,
)
from engine.declaration.filling import DISCARD, WITHDRAW
from engine.declaration.starting import refusal_to_start
from engine.declaration.years import current_year
from engine.errors import NotFound
from engine.flow.registry import registry_of
from engine.notification import notices_of
from engine.result.aftercare.reexamination import may_ask
from engine.result.certificates import my_certificates
from engine.result.opinions import opinions_for
from web.declaration.returned import Returned, returned_filling
from web.declaration.sections import SideList, fill_url, side_list
from web.declaration.words import Titles, status_kind, titles_of
from web.deps import code_book, query, year_of
from web.due import Due, due_in
from web.pages import page
from web.plan_banner import year_plan_banner

router = APIRouter()

#: so many of what one was told stand beside it
NOTICES = 5
#: and so many announcements
ANNOUNCED = 3


@dataclass(frozen=True, slots=True)
class Current:
    """This year's declaration as its owner meets it. `filling` is there while it can be changed."""

    row: Mapping[str, Any]
    titles: Titles
    sentence: str
    kind: str
    steps: Sequence[Mapping[str, Any]]
    due: Due | None
    side: SideList | None
    missing: int
    fill_url: str
    returned: Returned | None
    may_withdraw: bool
    may_discard: bool
    may_ask: bool
    opinions: Sequence[str]

    @property
    def handed_in(self) -> bool:
        """Whether the year's dates do not matter to its owner any more: nothing is left to be filled in or started again."""
        return bool(self.row["submitted_at"] and self.row["live"]) and not (self.fill_url or self.may_withdraw)


@dataclass(frozen=True, slots=True)
class Past:
    """A line of the declarations before."""

    row: Mapping[str, Any]
    titles: Titles
    sentence: str
    kind: str


@router.get("/declaration")
def show_mine(request: Request) -> Response:
    with query(request) as (tx, actor):
        authorize(actor, Permission.DECLARATIONS_DECLARE)
        mine, year = my_declarations(tx, actor), year_of(request)
        first = next((one for one in mine if one.row["year"] == year), None)
        current = _current(request, tx, actor, first.row["case_key"]) if first else None
        refusal = refusal_to_start(tx, actor) if year == current_year(tx) else ""
        return page(
            request,
            "declaration/mine.html",
            year=year,
            this_year=year == current_year(tx),
            current=current,
            past=[_past(request, tx, one) for one in mine if one is not first],
            certificates=[_certificate(request, tx, one) for one in my_certificates(tx, actor)],
            refusal=refusal,
            may_start=year == current_year(tx) and not refusal,
            notices=notices_of(tx, actor, limit=NOTICES),
            announcements=visible_announcements(tx, actor, size=ANNOUNCED)[0],
            plan=year_plan_banner(tx, actor, year)
            if year == current_year(tx) and (current is None or not current.handed_in)
            else None,
        )


def _certificate(request: Request, tx: Transaction, row: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    book = code_book(request, tx, row["year"])
    return row, f"{book.label('title_name', row['title_name'])}（{book.label('title_level', row['title_level'])}）"


def _current(request: Request, tx: Transaction, actor: Actor, case_key: int) -> Current:
    detail = declaration_detail(tx, actor, case_key)
    filling = _filling(tx, actor, case_key)
    actions = {action.action for action in detail.actions}
    row, task = detail.row, next((one.row for one in detail.tasks), None)
    return Current(
        row=row,
        titles=titles_of(code_book(request, tx, row["year"]), row),
        sentence=detail.sentence,
        kind=status_kind(row["status"]),
        steps=steps_of(detail),
        due=due_in(task["due_at"], tx.now, registry_of(tx).calendar) if task else None,
        side=side_list(filling, "") if filling else None,
        missing=sum(one.severity == "error" for one in filling.problems) if filling else 0,
        fill_url=fill_url(filling) if filling else "",
        returned=returned_filling(tx, filling) if filling else None,
        may_withdraw=WITHDRAW in actions,
        may_discard=DISCARD in actions,
        may_ask=may_ask(tx, actor, case_key, row["status"]),
        opinions=opinions_for(tx, actor, case_key),
    )


def steps_of(detail: DeclarationDetail) -> list[dict[str, str]]:
    """The large steps as `ui.steps` draws them."""
    return [{"label": step.label, "state": "" if step.state == "ahead" else step.state} for step in detail.steps]


def _filling(tx: Transaction, actor: Actor, case_key: int) -> Filling | None:
    try:
        return filling_of(tx, actor, case_key)
    except NotFound:
        return None


def _past(request: Request, tx: Transaction, one: MyDeclaration) -> Past:
    return Past(
        one.row,
        titles_of(code_book(request, tx, one.row["year"]), one.row),
        one.sentence,
        status_kind(one.row["status"]),
    )
