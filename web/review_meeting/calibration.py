"""`/my-meetings/{key}/calibration`: how the first reviewers score side by side, for leader, chair and office. It changes nothing (Q26)."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.review_meeting.assignment.reading import groups_to_assign
from engine.review_meeting.scoring.calibration import calibration_of
from engine.review_meeting.seats import meeting_row, seat_of
from web.deps import Key, query
from web.pages import page
from web.review_meeting.scoring_words import dossier_url, key_in

router = APIRouter()

#: scores listed at once, those furthest from their reviewer's mean first
MOST = 100


@router.get("/my-meetings/{key}/calibration")
def show_calibration(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        group = key_in(request.query_params.get("group"))
        groups = groups_to_assign(tx, actor, key)
        seen = calibration_of(tx, actor, key, group)
        meeting, seat = meeting_row(tx, key), seat_of(tx, actor, key)
    return page(
        request,
        "review_meeting/calibration.html",
        key=key,
        meeting=meeting,
        seen=seen,
        back=f"/my-meetings/{key}" if seat is not None else f"/review-meetings/{key}",
        groups=[
            {"label": "全部", "url": f"/my-meetings/{key}/calibration", "current": group is None},
            *({"label": one["name"], "url": f"?group={one['id']}", "current": one["id"] == group} for one in groups),
        ],
        scores=[
            {"key": one.declaration, "one": one, "url": dossier_url(key, one.declaration) if seat is not None else ""}
            for one in seen.scores[:MOST]
        ],
        more=max(0, len(seen.scores) - MOST),
        outliers=sum(one.outlier for one in seen.scores),
    )
