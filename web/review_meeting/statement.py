"""回避说明: what an expert says before a dossier opens (J13)."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput
from engine.review_meeting.conflicts.recusing import declare_recusal, state_no_interest
from engine.review_meeting.scoring.dossiers import my_dossiers
from engine.review_meeting.scoring.opened import place_in_dossier
from engine.review_meeting.scoring.parts import WORDS
from web.deps import POSTED, Form, Key, code_book, command, query
from web.pages import flash, page, redirect
from web.review_meeting.scoring_words import dossier_url, mine_url, title_of

router = APIRouter()

Errors = Mapping[str, list[str]]


@router.post("/my-meetings/{key}/dossiers/{declaration}/statement")
def state(request: Request, key: Key, declaration: Key, form: Form = POSTED) -> Response:
    """The expert withdraws, or has nothing to do with it, before it opens."""
    withdraws = form.get("do") == "recuse"
    try:
        with command(request) as (tx, actor):
            place_in_dossier(tx, actor, key, declaration)
            if withdraws:
                declare_recusal(tx, actor, key, declaration, str(form.get("reason", "")))
            else:
                state_no_interest(tx, actor, key, [declaration], str(form.get("explanation", "")))
    except InvalidInput as error:
        with query(request) as (tx, actor):
            return draw_statement(request, tx, actor, key, declaration, errors=error.fields, status=422)
    if withdraws:
        flash(request, "已申请回避，这份材料将另行分配。")
        return redirect(request, mine_url(key))
    return redirect(request, dossier_url(key, declaration, part=form.get("part")))


def draw_statement(
    request: Request,
    tx: Transaction,
    actor: Actor,
    key: int,
    declaration: int,
    *,
    errors: Errors | None = None,
    status: int = 200,
) -> Response:
    """回避说明: what the facts say is told, except where it would tell whose dossier it is."""
    seat, row, part = place_in_dossier(tx, actor, key, declaration)
    mine = next(iter(my_dossiers(tx, actor, key, part, only=[declaration])), None)
    masked = bool(seat.meeting["masked"])
    typed = getattr(request.state, "form", {})
    book = code_book(request, tx, seat.meeting["year"])
    asked = mine.recusal if mine is not None else None
    return page(
        request,
        "review_meeting/statement.html",
        status=status,
        key=key,
        declaration=declaration,
        meeting=seat.meeting,
        number=row["declaration_no"],
        part=part,
        part_words=WORDS[part],
        masked=masked,
        mine=mine,
        title=title_of(book, mine.title_name) if mine else "",
        asked=asked is not None and asked.state == "asked",
        evidence=[] if masked or asked is None else asked.evidence,
        reason=typed.get("reason", ""),
        explanation=typed.get("explanation", ""),
        errors=errors or {},
        address=f"{dossier_url(key, declaration)}/statement",
        back=mine_url(key, part=part),
    )
