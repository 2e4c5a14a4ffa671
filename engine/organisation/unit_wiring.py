"""What the tree of units hangs into the flow; `engine.bootstrap` calls it."""

from engine.flow.contexts import BatchKind
from engine.flow.registry import Registry
from engine.organisation.succession import inherit_contact, inherit_delegations
from engine.organisation.unit_following import following
from engine.organisation.unit_import import UNIT_IMPORT, import_item
from engine.organisation.unit_moves import HANDOVER, hand_over_item


def register_units(registry: Registry) -> None:
    """The kinds of batches over units; how transfers of people, delegations and whom to ask follow them."""
    registry.add_batch(HANDOVER, BatchKind("在办材料随机构调整", hand_over_item))
    registry.add_batch(UNIT_IMPORT, BatchKind("批量导入机构", import_item))
    registry.add_follower("applicant_transfer", following("from_unit", "to_unit", "requesting_unit", "superior_unit"))
    registry.add_heir("delegation", inherit_delegations)
    registry.add_heir("contact", inherit_contact)
