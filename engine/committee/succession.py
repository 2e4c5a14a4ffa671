"""What becomes of a unit's committees and of experts who work there when it is merged into another."""

import sqlalchemy as sa

from engine.committee.tables import committee, expert, expert_vetting
from engine.db import Transaction
from engine.errors import Refused
from engine.organisation.tables import unit


def inherit_committees(tx: Transaction, old: int, new: int) -> None:
    """The heir of the committees: they are the receiving unit's to form, its officers vet what waits, and experts of the old unit
    work at the new one. Raises `Refused` where it may form none (Q5)."""
    tx.execute(sa.update(expert).where(expert.c.workplace_unit == old).values(workplace_unit=new))
    formed = committee.c.forming_unit == old
    if tx.row(sa.select(committee.c.id).where(formed).limit(1)) is None:
        return
    receiving = tx.row(sa.select(unit.c.name, unit.c.may_form_committee).where(unit.c.id == new))
    if receiving is None or not receiving.may_form_committee:
        raise Refused("该机构组建了评委会，接收机构没有评委会组建权；请先授予组建权，或者另选接收机构。")
    tx.execute(sa.update(committee).where(formed).values(forming_unit=new))
    tx.execute(sa.update(expert_vetting).where(expert_vetting.c.unit == old).values(unit=new))
