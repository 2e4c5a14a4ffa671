"""At most one running case of a process carries a business key, where the caller asks for that."""

import sqlalchemy as sa

from engine.db import Transaction
from engine.db.locks import lock_name
from engine.errors import Refused
from engine.flow.tables import CaseState, case


def claim_business_key(tx: Transaction, process_id: str, business_key: str) -> None:
    """Call before `start_case` in the same transaction. Raises `Refused` where a running case has the key already.

    Two that ask at once wait for each other.
    """
    lock_name(tx, "business_key", process_id, business_key)
    running = (
        sa.select(case.c.key)
        .where(
            case.c.business_key == business_key,
            case.c.process_id == process_id,
            case.c.state.in_([CaseState.ACTIVE, CaseState.SUSPENDED]),
            case.c.parent_case_key.is_(None),
        )
        .limit(1)
    )
    if tx.value(running) is not None:
        raise Refused(f"业务编号 {business_key} 已有正在办理的流程，请更换编号或等它结束。")
