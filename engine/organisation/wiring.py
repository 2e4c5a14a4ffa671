"""What the organisation hangs into the flow; `engine.bootstrap` calls it."""

from engine.flow.registry import Registry
from engine.organisation.transfers import notify_transfer, transfer_enrolment


def register_organisation(registry: Registry) -> None:
    """The inline jobs of the transfer."""
    registry.add_inline("notify_transfer", notify_transfer)
    registry.add_inline("transfer_enrolment", transfer_enrolment)
