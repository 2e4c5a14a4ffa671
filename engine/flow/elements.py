"""Element instances found by their key alone."""

import sqlalchemy as sa

from engine.db import Transaction
from engine.errors import NotFound
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
