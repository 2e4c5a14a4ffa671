"""The variables of a case, read by the statement that locks it: one journey to the database instead of two.

Only where they are few and short; a case that holds more is asked for the names a command needs.
"""

from functools import cache
from typing import Any

import orjson
import sqlalchemy as sa

from engine.flow.tables import case, variable

MOST = 100
CHARACTERS = 64 * 1024

Stored = tuple[int, str, Any]


@cache
def carried(*, sqlite: bool) -> sa.ScalarSelect[Any]:
    """All variables of the `case` of the enclosing statement as one JSON text; null where they are too many or too long."""
    v = variable.c
    held = sa.select(v.scope_key, v.name, v.value).where(v.case_key == case.c.key).limit(MOST + 1).correlate(case)
    some = held.subquery("some")
    columns = (some.c.scope_key, some.c.name, sa.type_coerce(some.c.value, sa.Text))
    collected = (
        sa.func.json_group_array(sa.func.json_array(*columns))
        if sqlite
        else sa.cast(sa.func.json_agg(sa.func.json_build_array(*columns)), sa.Text)
    )
    length = sa.func.coalesce(sa.func.sum(sa.func.length(sa.type_coerce(some.c.value, sa.Text))), 0)
    fits = sa.and_(sa.func.count() <= MOST, length <= CHARACTERS)
    return sa.select(sa.case((fits, sa.func.coalesce(collected, "[]")))).select_from(some).scalar_subquery()


def unpack(text: str | None) -> list[Stored] | None:
    """Scope, name and value of each; None where they were not read."""
    if text is None:
        return None
    return [(scope, name, None if value is None else orjson.loads(value)) for scope, name, value in orjson.loads(text)]
