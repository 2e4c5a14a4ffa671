"""The pages of assigning, recusal and scoring in the order in which addresses are matched, and the tasks done on them."""

from collections.abc import Callable, Mapping

from web.review_meeting import (
    assigning,
    calibration,
    changing,
    dossier_files,
    my_dossiers,
    offline_scores,
    recusal,
    scoring,
    statement,
)

ROUTERS = tuple(
    noun.router
    for noun in (
        calibration,
        offline_scores,
        dossier_files,
        statement,
        scoring,
        my_dossiers,
        recusal,
        assigning,
        changing,
    )
)

#: form id → address from the keys of a task and its case
PAGES: Mapping[str, Callable[[int, int], str]] = {
    "meeting_assign_reviewers": lambda task, case: f"/review-meetings/{case}/assignment",
    "score_sheet": lambda task, case: f"/dossier-reviews/{case}",
    "score_confirmation": lambda task, case: f"/dossier-reviews/{case}",
}
