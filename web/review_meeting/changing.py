"""`/review-meetings/{key}/assignment/{declaration}`: another reviewer for one dossier whose review has begun (M12)."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput, Refused
from engine.review_meeting.assignment.reading import Assignment, Line, assignment_of, groups_to_assign
from engine.review_meeting.scoring.reassigning import change_reviewers
from web.deps import POSTED, Form, Key, command, query
from web.pages import flash, page, redirect
from web.review_meeting.scoring_words import assignment_url, key_in, stage_badge

router = APIRouter()


@router.get("/review-meetings/{key}/assignment/{declaration}")
def ask_change(request: Request, key: Key, declaration: Key) -> Response:
    """更换评委: another first or second reviewer for one dossier, with a reason."""
    with query(request) as (tx, actor):
        return _draw_change(request, tx, actor, key, declaration)


@router.post("/review-meetings/{key}/assignment/{declaration}")
def change(request: Request, key: Key, declaration: Key, form: Form = POSTED) -> Response:
    try:
        with command(request) as (tx, actor):
            change_reviewers(
                tx,
                actor,
                key,
                declaration,
                primary=key_in(form.get("primary")) or 0,
                secondary=key_in(form.get("secondary")) or 0,
                reason=str(form.get("reason", "")),
            )
    except InvalidInput as error:
        with query(request) as (tx, actor):
            return _draw_change(request, tx, actor, key, declaration, error.fields, status=422)
    flash(request, "已更换，新的评委可以接着办理。")
    with query(request) as (tx, actor):
        group = next(
            (one["id"] for one in groups_to_assign(tx, actor, key) if _line(tx, actor, key, one["id"], declaration)),
            None,
        )
    return redirect(request, assignment_url(key, group=group))


def _line(tx: Transaction, actor: Actor, key: int, group: int, declaration: int) -> tuple[Assignment, Line] | None:
    held = assignment_of(tx, actor, key, group)
    line = next((one for one in held.lines if one.declaration == declaration), None)
    return None if line is None else (held, line)


def _draw_change(
    request: Request,
    tx: Transaction,
    actor: Actor,
    key: int,
    declaration: int,
    errors: Mapping[str, list[str]] | None = None,
    *,
    status: int = 200,
) -> Response:
    found = next(
        (one for group in groups_to_assign(tx, actor, key) if (one := _line(tx, actor, key, group["id"], declaration))),
        None,
    )
    if found is None:
        raise Refused("这份材料不在您的分组，不能更换评委。")
    held, line = found
    barred = {who for one, who in held.barred if one == declaration}
    typed = getattr(request.state, "form", {})
    words, kind = stage_badge(line.stage)
    return page(
        request,
        "review_meeting/change_reviewers.html",
        status=status,
        key=key,
        held=held,
        line=line,
        stage=words,
        stage_kind=kind,
        choices=[
            (one.expert, f"{one.name}（须回避）" if one.expert in barred else f"{one.name}（已有 {one.load} 份）")
            for one in held.members
            if not one.is_leader
        ],
        primary=key_in(typed.get("primary")) or line.primary,
        secondary=key_in(typed.get("secondary")) or line.secondary,
        reason=typed.get("reason", ""),
        errors=errors or {},
        back=assignment_url(key, group=held.group["id"]),
    )
