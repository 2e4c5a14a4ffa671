"""Pages of review meetings: called and set up by the office, led by the chair, worked in by the experts."""

from collections.abc import Callable, Mapping

#: forms whose tasks have a page of their own here: form id → address from the keys of a task and its case
PAGES: Mapping[str, Callable[[int, int], str]] = {
    "meeting_set_up_groups": lambda task, case: f"/review-meetings/{case}/groups",
    "meeting_approve_plan": lambda task, case: f"/review-meetings/{case}/plan",
    "meeting_appoint_chair": lambda task, case: f"/review-meetings/{case}/chair",
    "meeting_group_dossiers": lambda task, case: f"/review-meetings/{case}/dossiers",
    "meeting_hold_defence": lambda task, case: f"/review-meetings/{case}/defence",
    "meeting_set_standard": lambda task, case: f"/review-meetings/{case}/standard",
    "meeting_confirm_standard": lambda task, case: f"/review-meetings/{case}/standard",
    "meeting_appoint_leaders": lambda task, case: f"/review-meetings/{case}/leaders",
}
