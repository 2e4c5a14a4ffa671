"""`/review-meetings/{key}/draw`: the commitment before the draw, seed and procedure after it, the record to replay (J17).

There are numbers and no names here: whoever sees the meeting may repeat its draw, the auditor too.
"""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from engine.review_meeting.drawing import draw_of, draw_record, draws_of
from engine.review_meeting.lots import replay_draw
from engine.review_meeting.meetings import meeting_of
from engine.review_meeting.planning import is_settled
from web.deps import Key, query
from web.review_meeting.frame import BASE, draw

router = APIRouter()


@router.get(BASE + "/{key}/draw")
def show_draw(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        meeting = meeting_of(tx, actor, key)
        published = is_settled(meeting.status)
        draws = [
            {
                "draw": one,
                "name": meeting.committee_name(one.committee),
                "checks": replay_draw(draw_record(meeting, one)) if published else [],
            }
            for one in draws_of(tx, key)
        ]
        return draw(request, tx, actor, key, "draw.html", "experts", meeting=meeting, draws=draws, published=published)


@router.get(BASE + "/{key}/draw/{committee}.json")
def export_draw(request: Request, key: Key, committee: Key) -> Response:
    """What an auditor needs to repeat the draw with any program for SHA-256."""
    with query(request) as (tx, actor):
        meeting = meeting_of(tx, actor, key)
        record = draw_record(meeting, draw_of(tx, key, committee))
    headers = {"Content-Disposition": f'attachment; filename="draw-{meeting.meeting_no}-{committee}.json"'}
    return JSONResponse(record, headers=headers)
