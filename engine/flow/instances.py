"""Element instances: what was entered and left. Kept for the diagram, the heat map and statistics."""

from dataclasses import dataclass, field
from datetime import datetime

from engine.db import Transaction
from engine.flow.model import Element
from engine.flow.tables import ElementState, element_instance

#: what changes of an instance that is already in the database
LATER = ("state", "left_at", "took")


@dataclass(slots=True)
class Instance:
    """One passage through an element. `scope` is the enclosing instance or the case; `item` the multi-instance index."""

    key: int
    element: Element
    scope: int
    item: int | None
    seq: int
    entered_at: datetime
    state: ElementState = ElementState.ACTIVE
    left_at: datetime | None = None
    took: list[str] = field(default_factory=list)
    #: entered in an earlier command
    stored: bool = False
    #: has another state than the database knows
    changed: bool = False

    @property
    def is_body(self) -> bool:
        """Whether it stands for all items of a multi-instance activity."""
        return self.element.multi is not None and self.item is None

    @property
    def kind(self) -> str:
        return "multi_instance_body" if self.is_body else self.element.kind.value


def store_instance(tx: Transaction, case_key: int, instance: Instance) -> None:
    """Put the instance into the write set, as new or as changed."""
    tx.writes.upsert(
        element_instance,
        {
            "case_key": case_key,
            "key": instance.key,
            "element_id": instance.element.id,
            "kind": instance.kind,
            "scope_key": instance.scope,
            "item_index": instance.item,
            "state": instance.state,
            "entered_at": instance.entered_at,
            "left_at": instance.left_at,
            "seq": instance.seq,
            "took": " ".join(instance.took) or None,
        },
        LATER,
    )
