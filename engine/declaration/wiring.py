"""What the declaration hangs into the flow; `engine.bootstrap` calls it."""

from engine.declaration import batch_placement, list_export
from engine.declaration.batch_review import KINDS
from engine.declaration.correcting import check_filling, extend_correction
from engine.declaration.deciding import check_recommending, check_review, sign
from engine.declaration.dossier import FILLING_FORM, OFFICER_FORM, PROCESS
from engine.declaration.exchange import exporting
from engine.declaration.exchange.succession import inherit_exchange_templates
from engine.declaration.moving import check_transfer, move_declaration
from engine.declaration.notices import notify_applicant, notify_reviewers
from engine.declaration.placing import check_entrustment, check_placement, check_screening
from engine.declaration.preparing import prepare_filling
from engine.declaration.projection import project_declaration
from engine.declaration.proposing import propose_committee
from engine.declaration.recommendation.wiring import register_recommendation
from engine.declaration.sheets.batch import GENERAL_SHEETS, KIND
from engine.declaration.succession import follow_unit
from engine.flow.registry import Registry


def register_declaration(registry: Registry) -> None:
    """Hooks by form id, inline jobs by type, the projector by process id."""
    registry.add_preparation(FILLING_FORM, prepare_filling)
    registry.add_hook(FILLING_FORM, check_filling)
    registry.add_hook(OFFICER_FORM, check_recommending)
    registry.add_hook("declaration_recommendation", check_recommending)
    for form_id in ("declaration_officer_check", "declaration_leader_review", "declaration_superior_review"):
        registry.add_hook(form_id, check_review)
    for form_id in ("declaration_special_approval", "declaration_title_confirmation"):
        registry.add_hook(form_id, sign)
    registry.add_hook("declaration_entrustment_acceptance", sign)
    registry.add_hook("declaration_committee_placement", check_placement)
    registry.add_hook("declaration_entrustment", check_entrustment)
    registry.add_hook("declaration_committee_screening", check_screening)
    registry.add_inline("notify_applicant", notify_applicant, tells=True)
    registry.add_inline("notify_reviewers", notify_reviewers, tells=True)
    registry.add_inline("extend_correction", extend_correction)
    registry.add_inline("propose_committee", propose_committee)
    registry.add_inline("move_declaration", move_declaration)
    for form_id in ("transfer_consent", "transfer_acceptance", "transfer_decision"):
        registry.add_hook(form_id, check_transfer)
    registry.add_projector(PROCESS, project_declaration)
    for kind, how in {**KINDS, KIND: GENERAL_SHEETS, exporting.KIND: exporting.EXCHANGE_EXPORT}.items():
        registry.add_batch(kind, how)
    registry.add_batch(batch_placement.KIND, batch_placement.BATCH_PLACEMENT)
    registry.add_batch(list_export.KIND, list_export.LIST_EXPORT)
    register_recommendation(registry)
    registry.add_follower(PROCESS, follow_unit)
    registry.add_heir("exchange", inherit_exchange_templates)
