"""What the organisation hangs into the flow; `engine.bootstrap` calls it."""

from engine.flow.registry import Registry
from engine.organisation.people_import import KINDS
from engine.organisation.transfers import notify_transfer, transfer_enrolment


def register_organisation(registry: Registry) -> None:
    """The inline jobs of the transfer, the batches that make accounts."""
    registry.add_inline("notify_transfer", notify_transfer)
    registry.add_inline("transfer_enrolment", transfer_enrolment)
    for kind, how in KINDS.items():
        registry.add_batch(kind, how)
