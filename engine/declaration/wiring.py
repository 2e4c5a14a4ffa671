"""What the declaration hangs into the flow; `engine.bootstrap` calls it."""

from engine.declaration.dossier import FILLING_FORM, OFFICER_FORM, PROCESS
from engine.declaration.hooks import check_dossier, check_forwarding
from engine.declaration.notices import notify_applicant, notify_reviewers
from engine.declaration.projection import project_declaration
from engine.declaration.preparing import prepare_filling
from engine.declaration.records import register_approved_declaration
from engine.declaration.succession import follow_unit
from engine.flow.registry import Registry


def register_declaration(registry: Registry) -> None:
    """Hooks by form id, inline jobs by type, the projector by process id."""
    registry.add_preparation(FILLING_FORM, prepare_filling)
    registry.add_hook(FILLING_FORM, check_dossier)
    registry.add_hook(OFFICER_FORM, check_forwarding)
    registry.add_inline("notify_applicant", notify_applicant)
    registry.add_inline("notify_reviewers", notify_reviewers)
    registry.add_inline("register_approved_declaration", register_approved_declaration)
    registry.add_projector(PROCESS, project_declaration)
    registry.add_follower(PROCESS, follow_unit)
