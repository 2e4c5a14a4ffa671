"""Element instances found by their key alone."""

import sqlalchemy as sa

from engine.db import Transaction
from engine.errors import NotFound
from engine.flow.registry import registry_of
from engine.flow.tables import case, element_instance


def case_of_element(tx: Transaction, key: int) -> tuple[int, int | None]:
    """The case of an element instance, and that instance; for the key of a case itself the case and None.

    Raises `NotFound` where the key is neither.
    """
    if tx.value(sa.select(case.c.key).where(case.c.key == key)) is not None:
        return key, None
    found = tx.value(sa.select(element_instance.c.case_key).where(element_instance.c.key == key))
    if found is None:
        raise NotFound
    return int(found), key


def element_name(tx: Transaction, definition_key: int, element_id: str) -> str:
    """What people call an element of a definition; empty where it has no name."""
    element = registry_of(tx).library.process(tx, definition_key).process.elements.get(element_id)
    return element.name if element is not None else ""
