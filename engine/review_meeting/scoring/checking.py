"""Are stages and scores in step with the reviews? For `zhiping check`."""

from collections.abc import Iterator
from decimal import Decimal

import sqlalchemy as sa

from engine.db import Transaction
from engine.flow.check import Violation
from engine.flow.tables import CaseState, case, task, variable
from engine.review_meeting.scoring.projection import STAGES
from engine.review_meeting.scoring.tables import dossier_score
from engine.review_meeting.tables import DossierStage, meeting_dossier

d, s, t, v = meeting_dossier.c, dossier_score.c, task.c, variable.c
SCORED = (DossierStage.SCORED, DossierStage.SECONDARY_CONFIRMED, DossierStage.LEADER_CONFIRMED)


def check_reviews(tx: Transaction) -> Iterator[Violation]:
    """A violation for each dossier whose stage is not that of its review, and each score that is not its sheet's."""
    here = sa.and_(t.case_key == d.review_case, t.element_id.in_(STAGES))
    standing = (
        sa.select(d.review_case, d.declaration_no, d.stage, case.c.state, t.element_id)
        .join(case, case.c.key == d.review_case)
        .join(task, here, isouter=True)
    )
    for row in tx.rows(standing):
        true = DossierStage.CHAIR_CONFIRMED if row.state is CaseState.COMPLETED else STAGES.get(row.element_id or "")
        if true is not None and row.stage is not true:
            yield Violation("review_stage", row.review_case, f"参评材料 {row.declaration_no} 的进度与其评审流程不符。")
    sheet = sa.and_(v.case_key == d.review_case, v.scope_key == v.case_key, v.name == "sheet")
    scored = (
        sa.select(d.review_case, d.declaration_no, d.score, s.total, v.value)
        .join(dossier_score, sa.and_(s.meeting == d.meeting, s.declaration == d.declaration))
        .join(variable, sheet)
        .where(d.stage.in_(SCORED))
    )
    for row in tx.rows(scored):
        total = Decimal(str((row.value or {}).get("total", 0)))
        if not row.score == row.total == total:
            yield Violation("review_score", row.review_case, f"参评材料 {row.declaration_no} 的得分与评分表不符。")
