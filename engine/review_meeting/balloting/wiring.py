"""What the ballot hangs into the flow."""

from engine.flow.registry import Registry
from engine.review_meeting.balloting import counting
from engine.review_meeting.balloting.confirming import check_confirmation
from engine.review_meeting.balloting.counting import check_count, compare_counts
from engine.review_meeting.balloting.opening import close_round, open_round, take_roll, void_round
from engine.review_meeting.balloting.tallying import tally_round


def register_ballot(registry: Registry) -> None:
    """Hooks by form id, inline jobs and the job of the count by type."""
    registry.add_inline("take_roll", take_roll)
    registry.add_inline("open_round", open_round)
    registry.add_inline("close_round", close_round)
    registry.add_inline("void_round", void_round)
    registry.add_inline("compare_counts", compare_counts)
    registry.add_job("tally_round", tally_round)
    registry.add_hook(counting.FORM, check_count)
    registry.add_hook("confirm_tally", check_confirmation)
