"""`/ballot-counts/{task}`: a teller enters what the paper ballots say, apart from the other teller (W16)."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput
from engine.review_meeting.balloting.counting import count_sheet, enter_count
from engine.review_meeting.balloting.lines import dossier_lines
from web.deps import POSTED, Form, Key, code_book, command, query
from web.pages import flash, page, redirect
from web.review_meeting.ballot import line_of
from web.review_meeting.frame import Errors, number_in, text_in

router = APIRouter()

PATH = "/ballot-counts/{task}"


@router.get(PATH)
def show_count(request: Request, task: Key) -> Response:
    with query(request) as (tx, actor):
        return _draw(request, tx, actor, task)


@router.post(PATH)
def hand_in_count(request: Request, task: Key, form: Form = POSTED) -> Response:
    try:
        with command(request) as (tx, actor):
            sheet = count_sheet(tx, actor, task)
            ballot = sheet.task["case_key"]
            yes = [number_in(form, f"yes[{place}]") for place in range(len(sheet.places))]
            enter_count(tx, actor, task, returned=number_in(form, "returned"), yes=yes)
    except InvalidInput as error:
        with query(request) as (tx, actor):
            return _draw(request, tx, actor, task, error.fields or {"returned": [error.message]}, form)
    flash(request, "已提交录入；两人录入一致后计票，不一致的须重新录入。")
    return redirect(request, f"/ballots/{ballot}")


def _draw(
    request: Request, tx: Transaction, actor: Actor, task: int, errors: Errors | None = None, form: Form | None = None
) -> Response:
    sheet = count_sheet(tx, actor, task)
    book = code_book(request, tx)
    if form is not None:
        typed = {name: text_in(form, name) for name in form}
    else:
        kept = enumerate(sheet.before or ())
        typed = {f"yes[{place}]": str(agreed) for place, agreed in kept if place not in sheet.differing}
        typed["returned"] = "" if sheet.returned is None or sheet.returned_differs else str(sheet.returned)
    return page(
        request,
        "review_meeting/ballot_count.html",
        status=422 if errors else 200,
        sheet=sheet,
        lines=[line_of(one, book) for one in dossier_lines(tx, sheet.round.key)],
        errors=dict(errors or {}),
        typed=typed,
        address=f"/ballot-counts/{task}",
    )
