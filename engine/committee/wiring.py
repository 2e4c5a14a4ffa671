"""What committees and experts hang into the flow; `engine.bootstrap` calls it."""

from engine.committee.filing import PROCESS as TERM
from engine.committee.filing import expire_committee, notify_committee
from engine.committee.succession import inherit_committees
from engine.committee.vetting import (
    PROCESS,
    PROFILE_FORM,
    VETTING_FORM,
    check_profile,
    check_vetting,
    notify_expert,
    project_vetting,
    register_expert,
)
from engine.committee.vetting_batch import KINDS
from engine.flow.registry import Registry
from engine.organisation.unit_following import following


def register_committee(registry: Registry) -> None:
    """Hooks by form id, inline jobs by type, the projector by process id, the batches; how pools follow a unit that is merged."""
    registry.add_hook(PROFILE_FORM, check_profile)
    registry.add_hook(VETTING_FORM, check_vetting)
    registry.add_inline("register_expert", register_expert)
    registry.add_inline("notify_expert", notify_expert, tells=True)
    registry.add_inline("expire_committee", expire_committee)
    registry.add_inline("notify_committee", notify_committee, tells=True)
    registry.add_projector(PROCESS, project_vetting)
    registry.add_follower(PROCESS, following("unit"))
    registry.add_follower(TERM, following("unit"))
    registry.add_heir("committee", inherit_committees)
    for kind, how in KINDS.items():
        registry.add_batch(kind, how)
