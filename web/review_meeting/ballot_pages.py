"""The routes of ballots, and which forms are done at pages of theirs."""

from collections.abc import Callable, Mapping

from web.review_meeting import ballot, ballot_count, ballot_paper, roll, roll_voter

BALLOT_ROUTERS = (roll.router, roll_voter.router, ballot.router, ballot_paper.router, ballot_count.router)
BALLOT_PAGES: Mapping[str, Callable[[int, int], str]] = {
    "secret_ballot": lambda task, case: f"/ballot-papers/{task}",
    "confirm_tally": lambda task, case: f"/ballots/{case}",
    "paper_count": lambda task, case: f"/ballot-counts/{task}",
    "meeting_generate_roll": lambda task, case: f"/review-meetings/{case}/roll",
}
#: forms of these that nobody else may see (M19)
PERSONAL = frozenset({"secret_ballot"})
