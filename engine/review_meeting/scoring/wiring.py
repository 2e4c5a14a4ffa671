"""What assigning and scoring hang into the flow; `engine.review_meeting.wiring` calls it."""

from engine.flow.registry import Registry
from engine.review_meeting.assignment import publishing
from engine.review_meeting.assignment.reading import FORM as ASSIGNMENT_FORM
from engine.review_meeting.scoring import confirming, opening, workbook
from engine.review_meeting.scoring.parts import CONFIRMATION_FORM, SHEET_FORM
from engine.review_meeting.scoring.projection import project_review
from engine.review_meeting.scoring.sheets import check_confirmation, check_sheet


def register_scoring(registry: Registry) -> None:
    """Hooks by form id, the job that begins the reviews, their projector, the batches."""
    registry.add_hook(ASSIGNMENT_FORM, publishing.check_assignment)
    registry.add_hook(SHEET_FORM, check_sheet)
    registry.add_hook(CONFIRMATION_FORM, check_confirmation)
    registry.add_inline("open_dossier_reviews", publishing.open_dossier_reviews)
    registry.add_projector(opening.PROCESS, project_review)
    for kinds in (opening.KINDS, publishing.KINDS, confirming.KINDS, workbook.KINDS):
        for kind, how in kinds.items():
            registry.add_batch(kind, how)
