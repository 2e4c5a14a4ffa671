"""Keeps a meeting's row in step with its case: the status, and when it ended."""

from engine.db import Transaction
from engine.flow.contexts import JobContext, ProjectionContext
from engine.review_meeting.tables import review_meeting


def project_meeting(tx: Transaction, context: ProjectionContext) -> None:
    """The projector of the process `review_meeting`. `create_meeting` writes the row after the first command."""
    case = context.case
    if case["row_version"] == 1:
        return
    values = {"status": case["status"], "finished_at": case["ended_at"]}
    tx.writes.update(review_meeting, {"case_key": case["key"]}, values)


def register_meeting(tx: Transaction, context: JobContext) -> dict[str, int]:
    """The inline job `register_meeting`: from here on the case knows its own key."""
    return {"meeting": context.case_key}
