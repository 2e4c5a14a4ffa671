"""Keeps a dossier's row in its meeting, and its score, in step with its review."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.db import Transaction
from engine.flow.contexts import ProjectionContext
from engine.flow.tables import CaseState
from engine.review_meeting.scoring.tables import dossier_score
from engine.review_meeting.tables import DossierStage, meeting_dossier

#: what a dossier has behind it while this step waits
STAGES: Mapping[str, DossierStage] = {
    "score_dossier": DossierStage.ASSIGNED,
    "confirm_by_secondary": DossierStage.SCORED,
    "confirm_by_leader": DossierStage.SECONDARY_CONFIRMED,
    "confirm_by_chair": DossierStage.LEADER_CONFIRMED,
}


def project_review(tx: Transaction, context: ProjectionContext) -> None:
    """The projector of the process `dossier_review`. A score being thought over again is none."""
    case, variables = context.case, context.variables
    if case["state"] in (CaseState.TERMINATED,):
        return
    key = {"meeting": variables["meeting"], "declaration": variables["declaration"]}
    tx.writes.update(meeting_dossier, key, columns_of(context))
    sheet = variables.get("sheet")
    if "sheet" in context.changed and isinstance(sheet, Mapping):
        row = {**key, **score_of(sheet), "scored_at": context.at}
        tx.writes.upsert(dossier_score, row, ("expert", "items", "total", "opinion", "scored_at"))


def columns_of(context: ProjectionContext) -> dict[str, Any]:
    """What the review says of its dossier. A step that staff drew between the others leaves the stage as it was."""
    columns: dict[str, Any] = {"review_case": context.case["key"]}
    stage = stage_of(context)
    if stage is not None:
        sheet = context.variables.get("sheet")
        scored = stage is not DossierStage.ASSIGNED and isinstance(sheet, Mapping)
        columns |= {"stage": stage, "score": Decimal(str(sheet["total"])) if scored and sheet else None}
    return columns


def stage_of(context: ProjectionContext) -> DossierStage | None:
    if context.case["state"] is CaseState.COMPLETED:
        return DossierStage.CHAIR_CONFIRMED
    return next((STAGES[one.element_id] for one in context.tasks() if one.element_id in STAGES), None)


def score_of(sheet: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a score."""
    return {
        "expert": sheet.get("by") or "",
        "items": list(sheet.get("items") or ()),
        "total": Decimal(str(sheet.get("total") or 0)),
        "opinion": sheet.get("opinion") or "",
    }
