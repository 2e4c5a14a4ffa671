"""`/ballot-papers/{task}`: an expert's ballot (M19). Ticks live in the page until they are cast; nothing of them is kept here.

The fields of the post are read apart from `request.state.form`, so no error page, no page for signing in again and no log
gets to see them. Every value is one character, and what is cast is one text with a character a dossier: the length of a
request says nothing.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from engine.db import Transaction
from engine.errors import Refused
from engine.review_meeting.balloting.casting import Sheet, cast_ballot, sheet_of
from engine.review_meeting.balloting.lines import dossier_lines
from engine.review_meeting.balloting.papers import new_receipt
from engine.review_meeting.balloting.tables import Choice, RoundKind
from web.deps import Key, code_book, command, database_of, query
from web.pages import CSRF_FIELD, is_htmx, page, piece
from web.review_meeting.ballot import line_of

router = APIRouter()

PATH = "/ballot-papers/{task}"
#: more fields than any round has dossiers
MOST_FIELDS = 20_000
BLANK = "0"
CHOICES: Mapping[str, Choice] = {"1": Choice.YES, "2": Choice.NO, "3": Choice.ABSTAIN}
#: buttons of the page that mark many dossiers at once, for browsers without JavaScript
MARKS = {"pass_selected": "1", "pass_all": "1", "fail_selected": "2"}


@dataclass(frozen=True, slots=True, repr=False)
class Posted:
    """What one sent: nothing of it is shown by accident (`repr`)."""

    step: str
    receipt: str
    paper: str
    marks: Mapping[str, str]
    selected: frozenset[str]


async def posted(request: Request) -> AsyncIterator[Posted]:
    """Read the form without leaving it where others look for what was typed; only the CSRF token stays there."""
    async with request.form(max_fields=MOST_FIELDS) as form:
        request.state.form = FormData([(CSRF_FIELD, str(form.get(CSRF_FIELD, "")))])
        texts = {name: value for name, value in form.multi_items() if isinstance(value, str)}
        yield Posted(
            step=texts.get("step", ""),
            receipt=texts.get("receipt", ""),
            paper=texts.get("paper", ""),
            marks={name[1:]: value for name, value in texts.items() if name[:1] == "v" and value in CHOICES},
            selected=frozenset(str(value) for value in form.getlist("s")),
        )


Sealed = Annotated[Posted, Depends(posted)]


@router.get(PATH)
def show_paper(request: Request, task: Key) -> Response:
    with query(request) as (tx, actor):
        sheet = sheet_of(tx, actor, task)
        if sheet.cast_at is not None or not sheet.is_open:
            return _done(request, sheet)
        return _draw(request, tx, task, sheet, BLANK * len(sheet.places), new_receipt())


@router.post(PATH)
def mark_or_cast(request: Request, task: Key, sent: Sealed) -> Response:
    """Cast, or without JavaScript: mark many, look over everything, go back."""
    if sent.step == "cast":
        return _cast(request, task, sent)
    with query(request) as (tx, actor):
        sheet = sheet_of(tx, actor, task)
        if sheet.cast_at is not None or not sheet.is_open:
            return _done(request, sheet)
        paper = paper_of(sheet, sent)
        draw = _draw_summary if sent.step == "summary" else _draw
        return draw(request, tx, task, sheet, paper, sent.receipt)


def paper_of(sheet: Sheet, sent: Posted) -> str:
    """The marks as one text, a character for each place; 0 where there is none and where the expert is recused."""
    if sent.step == "edit":
        return sent.paper if len(sent.paper) == len(sheet.places) else BLANK * len(sheet.places)
    every = MARKS.get(sent.step) if sent.step == "pass_all" else None
    chosen = MARKS.get(sent.step)
    marks = []
    for place, declaration in enumerate(sheet.places):
        mark = sent.marks.get(str(place), BLANK)
        if chosen and str(place) in sent.selected:
            mark = chosen
        marks.append(BLANK if declaration in sheet.recused else every or mark)
    return "".join(marks)


def _cast(request: Request, task: int, sent: Posted) -> Response:
    arrived_at = database_of(request).clock.now()
    try:
        with command(request) as (tx, actor):
            sheet = sheet_of(tx, actor, task)
            cast_ballot(tx, actor, task, marks_of(sheet, sent.paper), receipt=sent.receipt, arrived_at=arrived_at)
    except Refused:
        with query(request) as (tx, actor):
            late = sheet_of(tx, actor, task)
        if late.cast_at is None and late.is_open:
            raise
        return _done(request, late, sent.receipt, status=200 if late.cast_at else 409)
    with query(request) as (tx, actor):
        return _done(request, sheet_of(tx, actor, task), sent.receipt)


def marks_of(sheet: Sheet, paper: str) -> dict[int, Choice]:
    """The choices of a paper by declaration; what is blank is not among them."""
    return {place: CHOICES[mark] for place, mark in zip(sheet.places, paper, strict=False) if mark in CHOICES}


def _done(request: Request, sheet: Sheet, receipt: str = "", status: int = 200) -> Response:
    context: dict[str, Any] = {"sheet": sheet, "receipt": receipt if sheet.round.kind is RoundKind.SECRET else ""}
    if is_htmx(request):
        return piece(request, "review_meeting/ballot_done.html", "done", **context)
    return page(request, "review_meeting/ballot_done.html", status=status, **context)


def _draw(request: Request, tx: Transaction, task: int, sheet: Sheet, paper: str, receipt: str) -> Response:
    book = code_book(request, tx)
    lines = [line_of(one, book) for one in dossier_lines(tx, sheet.round.key)]
    return page(request, "review_meeting/ballot_paper.html", **_context(task, sheet, paper, receipt), lines=lines)


def _draw_summary(request: Request, tx: Transaction, task: int, sheet: Sheet, paper: str, receipt: str) -> Response:
    lines = dossier_lines(tx, sheet.round.key)
    blank = [one for one in lines if paper[one.place] == BLANK and one.declaration not in sheet.recused]
    counts = {mark: paper.count(mark) for mark in CHOICES}
    context = _context(task, sheet, paper, receipt)
    return page(request, "review_meeting/ballot_summary.html", **context, blank=blank, counts=counts)


def _context(task: int, sheet: Sheet, paper: str, receipt: str) -> dict[str, Any]:
    return {
        "sheet": sheet,
        "address": f"/ballot-papers/{task}",
        "paper": paper,
        "receipt": receipt,
        "total": len(sheet.votable),
        "marked": len(paper) - paper.count(BLANK),
        "secret": sheet.round.kind is RoundKind.SECRET,
    }
