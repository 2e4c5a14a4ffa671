"""备案: a committee is filed for three years at most, reminded of it, filed again, or becomes a past committee (J05, K2).

The way is `processes/committee/committee_term.bpmn`; here is how it begins, what it is told, and what its inline jobs do.
"""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from engine.access import SYSTEM, Actor
from engine.clock import local
from engine.committee.tables import CommitteeState, committee, committee_filing
from engine.db import Transaction
from engine.flow.cases import find_process
from engine.flow.contexts import JobContext
from engine.flow.direct import add_message
from engine.flow.starting import begin_case
from engine.flow.tables import CaseState, case
from engine.notification import Recipient, notify
from engine.organisation.queries import holders_of
from engine.organisation.roles import Role
from engine.organisation.tables import State, account

PROCESS = "committee_term"
REFILED = "committee_refiled"
#: who of the forming unit hears of it, besides the committee's own account
TOLD = (Role.CASE_OFFICER, Role.UNIT_ADMIN, Role.TITLE_OFFICE_ADMIN)
#: how long a new filing waits for the case it belongs to
KEPT = timedelta(days=7)

c = committee.c


def record_filing(tx: Transaction, actor: Actor, committee_id: int) -> None:
    """Keep the filing a committee has now, and let its term run: from the beginning, or on with the new dates.

    Does nothing where neither the number, the dates nor the members of the last filing have changed.
    """
    row = tx.row(sa.select(committee).where(c.id == committee_id))
    assert row is not None
    f = committee_filing.c
    present = {name: getattr(row, name) for name in ("filing_no", "valid_from", "valid_until", "members")}
    last = tx.row(sa.select(committee_filing).where(f.committee == committee_id).order_by(f.id.desc()).limit(1))
    if last is not None and all(getattr(last, name) == value for name, value in present.items()):
        return
    tx.insert(
        committee_filing,
        id=tx.next_key(),
        committee=committee_id,
        **present,
        recorded_at=tx.now,
        recorded_by=actor.login,
    )
    if last is None or (last.valid_from, last.valid_until) != (row.valid_from, row.valid_until):
        _let_run(tx, actor, row)


def watch_filings(tx: Transaction) -> int:
    """Let the terms run of all committees that no case watches yet, as those of an earlier release; how many there were."""
    unwatched = sa.select(c.id).where(c.term_case.is_(None), c.state == CommitteeState.ACTIVE).order_by(c.code)
    keys = [row.id for row in tx.rows(unwatched)]
    for key in keys:
        record_filing(tx, SYSTEM, key)
    return len(keys)


def _let_run(tx: Transaction, actor: Actor, row: sa.Row[Any]) -> None:
    """A filing that has run out already begins no term: it is a past committee from the first day."""
    dates = {"valid_from": row.valid_from.isoformat(), "valid_until": row.valid_until.isoformat()}
    this = c.id == row.id
    if row.valid_until < local(tx.now).date():
        tx.execute(sa.update(committee).where(this).values(state=CommitteeState.EXPIRED))
        return
    if row.state == CommitteeState.EXPIRED:
        tx.execute(sa.update(committee).where(this).values(state=CommitteeState.ACTIVE))
    if row.term_case is not None and _runs(tx, row.term_case):
        told = {**dates, "filing_no": row.filing_no}
        add_message(tx, actor, REFILED, row.code, told, expires_at=tx.now + KEPT)
        return
    key = begin_case(
        tx,
        actor,
        find_process(tx, PROCESS, None, None),
        {
            **dates,
            "committee": row.id,
            "committee_code": row.code,
            "committee_name": row.name,
            "filing_no": row.filing_no,
            "unit": row.forming_unit,
        },
        parties=[],
        interactive=True,
        business_key=row.code,
        unit_id=row.forming_unit,
        year=local(tx.now).year,
        title=f"{row.name}备案期",
        tags=None,
    ).key
    tx.execute(sa.update(committee).where(this).values(term_case=key))


def _runs(tx: Transaction, case_key: int) -> bool:
    return tx.value(sa.select(case.c.state).where(case.c.key == case_key)) in (CaseState.ACTIVE, CaseState.SUSPENDED)


def expire_committee(tx: Transaction, context: JobContext) -> None:
    """The inline job of that name: the committee is a past one, unless it was filed again meanwhile."""
    today = local(tx.now).date()
    this = sa.and_(c.id == context.variables["committee"], c.valid_until < today)
    tx.execute(sa.update(committee).where(this).values(state=CommitteeState.EXPIRED))


def notify_committee(tx: Transaction, context: JobContext) -> None:
    """The inline job of that name: the filing runs out soon. Told to the forming unit and to the account of the pool."""
    variables = context.variables
    until = date.fromisoformat(variables["valid_until"])
    logins = {login for role in TOLD for login, _ in holders_of(tx, role, variables["unit"])}
    a = account.c
    own = sa.select(c.account).where(c.id == variables["committee"]).scalar_subquery()
    who = sa.select(a.id, a.email, a.mobile).where(
        sa.or_(a.login.in_(sorted(logins)), a.id == own), a.state == State.ACTIVE
    )
    words = f"“{variables['committee_name']}”的备案有效期至 {until}，请在期满前重新备案；期满未重新备案的，不能再召开评审会议。"
    for row in tx.rows(who.order_by(a.id)):
        recipient = Recipient(row.id, row.email or "", row.mobile or "")
        data = {"subject": "评委会备案即将到期", "text": words}
        notify(tx, recipient, "committee_told", data, case_key=context.case_key)
