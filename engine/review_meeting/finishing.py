"""The ends: scoring is over when the chair has confirmed every dossier; a closed meeting lets its dossiers go."""

from collections.abc import Mapping

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import Refused
from engine.flow.contexts import JobContext, TaskContext
from engine.review_meeting.dossiers import count_stages
from engine.review_meeting.tables import DossierStage, meeting_dossier


def check_scoring(tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]) -> Mapping[str, object]:
    """The hook of 打分完成. Raises `Refused` while a dossier is not confirmed by the chair (M16)."""
    counts = count_stages(tx, task.case_key)
    open_still = sum(count for stage, count in counts.items() if stage is not DossierStage.CHAIR_CONFIRMED)
    if open_still:
        raise Refused(f"还有 {open_still} 份材料没有经主任确认，打分还没有完成；请在会议进度中查看是哪些。")
    return values


def close_meeting(tx: Transaction, context: JobContext) -> None:
    """The inline job `close_review_meeting`: the results are handled, the dossiers are held by no meeting any more."""
    held = meeting_dossier.c.meeting == context.case_key
    tx.execute(sa.update(meeting_dossier).where(held).values(live=False))
