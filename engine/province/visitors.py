"""One person of each role who has something to do, for whoever wants to see the province."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.committee.tables import expert, expert_vetting
from engine.db import Transaction
from engine.declaration.tables import declaration
from engine.organisation.tables import account
from engine.review_meeting.balloting.tables import ballot_roll

OFFICE = ("admin", "officer", "leader")


def visitors_of(tx: Transaction) -> Mapping[str, str]:
    """Logins by who they are. A department and a unit are the first of the copied ones."""
    found: dict[str, Any] = {f"title office, {one}": f"office_{one}" for one in OFFICE}
    found |= {f"department, {one}": f"d001_{one}" for one in OFFICE}
    found |= {f"unit, {one}": f"u001001_{one}" for one in OFFICE}
    found |= {one: one for one in ("sysadmin", "designer", "auditor")}
    found["committee"] = "pw6001"
    r, d, v = ballot_roll.c, declaration.c, expert_vetting.c
    chair = sa.select(r.login).where(r.cast_at.is_(None)).order_by(r.expert)
    found["expert who votes"] = tx.value(chair.limit(1))
    found["expert who has cast"] = tx.value(
        sa.select(r.login).where(r.cast_at.is_not(None)).order_by(r.expert).limit(1)
    )
    writing = sa.select(account.c.login).join(expert, expert.c.account == account.c.id)
    writing = writing.join(expert_vetting, v.expert == expert.c.id).where(v.open_task.is_(None), v.outcome.is_(None))
    found["expert who writes"] = tx.value(writing.order_by(expert.c.id).limit(1))
    for status in ("草稿", "待领导审核", "已发证"):
        waiting = sa.select(d.applicant).where(d.status == status).order_by(d.case_key.desc())
        found[f"applicant, {status}"] = tx.value(waiting.limit(1))
    return {role: str(login) for role, login in found.items() if login is not None}
