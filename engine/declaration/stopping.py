"""办理中的申报因失信终止 (J16): who is found to have cheated does not go on; the element `applicant_barred` of the diagram hears it."""

from datetime import date, timedelta

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.tables import declaration
from engine.flow.direct import add_message
from engine.flow.tables import CaseState, case

BARRED = "declaration_barred"
#: a declaration that is suspended hears it when it goes on
PATIENCE = timedelta(days=365)
d, c = declaration.c, case.c


def stop_declarations(
    tx: Transaction,
    actor: Actor,
    *,
    person: int,
    reason: str,
    until: date,
    source: str,
    from_case: int | None = None,
    but: int | None = None,
) -> int:
    """Tell every declaration of the person that is under way that they are barred up to and including `until`; how many.

    Not the one whose case is `but`: it is told something else.

    The messages are rows of this transaction; each is delivered in one of its own. The caller has written the record.
    """
    running = sa.and_(d.person == person, c.state.in_((CaseState.ACTIVE, CaseState.SUSPENDED)))
    query = sa.select(d.declaration_no).join(case, c.key == d.case_key).where(running).order_by(d.case_key)
    if but is not None:
        query = query.where(d.case_key != but)
    numbers = [row.declaration_no for row in tx.rows(query)]
    told = {"reason": reason, "until": until.isoformat(), "source": source}
    for number in numbers:
        add_message(tx, actor, BARRED, number, told, expires_at=tx.now + PATIENCE, from_case=from_case)
    return len(numbers)
