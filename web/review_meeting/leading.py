"""`/review-meetings/{key}/leaders`: 指定组长 (M11), by whoever presides."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput, Refused
from engine.review_meeting.dossiers import count_groups
from engine.review_meeting.experts import experts_of
from engine.review_meeting.inviting import may_know_experts
from engine.review_meeting.leading import STEP, choose_leaders
from engine.review_meeting.meetings import desk_of, groups_of, is_in_meeting, meeting_of
from engine.review_meeting.tables import Invitation
from web.deps import POSTED, Form, Key, command, query
from web.pages import flash, redirect
from web.review_meeting.frame import BASE, Errors, address_of, complete_step, draw, number_in, said_at

router = APIRouter()

ADDRESS = BASE + "/{key}/leaders"


@router.get(ADDRESS)
def show_leaders(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        return _draw(request, tx, actor, key)


@router.post(ADDRESS)
def appoint(request: Request, key: Key, form: Form = POSTED) -> Response:
    """A leader for each group, and the step is done."""
    names = [name for name in form if name.startswith("leader[") and name[7:-1].isdecimal() and len(name) < 27]
    chosen = {int(name[7:-1]): number_in(form, name) for name in names}
    try:
        with command(request) as (tx, actor):
            leaders = {group: leader for group, leader in chosen.items() if leader is not None}
            choose_leaders(tx, actor, key, leaders)
            complete_step(tx, actor, key, STEP, {"outcome": "confirm"})
    except (InvalidInput, Refused) as error:
        errors, status = said_at(error, "leaders")
        with query(request) as (tx, actor):
            return _draw(request, tx, actor, key, errors, chosen, status)
    flash(request, "组长已指定，由各组长分配主副审。")
    return redirect(request, address_of(key))


def _draw(
    request: Request,
    tx: Transaction,
    actor: Actor,
    key: int,
    errors: Errors | None = None,
    chosen: dict[int, int | None] | None = None,
    status: int = 200,
) -> Response:
    meeting, desk = meeting_of(tx, actor, key), desk_of(tx, actor, key)
    may_know_experts(tx, actor, meeting, is_in_meeting(tx, actor, key))
    coming = [row for row in experts_of(tx, key) if row["invited"] is not Invitation.DECLINED]
    counts = count_groups(tx, key)
    return draw(
        request,
        tx,
        actor,
        key,
        "leaders.html",
        "leaders",
        errors=errors,
        status=status,
        meeting=meeting,
        desk=desk,
        task=desk.task_of(STEP),
        groups=[
            {
                **group,
                "dossiers": counts.get(group["id"], 0),
                "chosen": (chosen or {}).get(group["id"]) or group["leader"] or "",
                "members": [
                    (row["expert"], f"{row['name']}（{row['workplace']}）")
                    for row in coming
                    if row["group"] == group["id"]
                ],
            }
            for group in groups_of(tx, key)
        ],
    )
