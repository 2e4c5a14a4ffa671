"""经办人 ↔ 单位领导: another role for somebody of the staff, who keeps the account (U4)."""

from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.errors import NotAllowed, Refused
from engine.flow.tasks import give_back_tasks
from engine.organisation.accounts import governed
from engine.organisation.events import record
from engine.organisation.roles import GRANTS, ROLES, STAFF_ROLES, Role
from engine.organisation.tables import delegation, membership


def role_to_change(tx: Transaction, actor: Actor, account_id: int) -> Role | None:
    """The staff role of that account which the actor may change; None for the own account, where it has none or several, and
    where it has it in another unit than the actor's."""
    held = _held(tx, account_id)
    if account_id == actor.account or len(held) != 1 or not _may_grant(actor, held[0].unit):
        return None
    return Role(held[0].role)


def change_staff_role(tx: Transaction, actor: Actor, account_id: int, role: Role) -> int:
    """Give an officer the leader's role instead, or the other way round, in the same unit; how many tasks went back.

    At once, also where the person is signed in: what it had claimed in the old role goes back to the group, delegations of the old
    role, given and received, end. Noted on the account. The same role again changes nothing. Raises `NotAllowed` for the own account
    and for a role or unit the actor may not grant, `Refused` where it is not clear which role to take, `NotFound`.
    """
    authorize(actor, Permission.ACCOUNTS_MANAGE)
    login = governed(tx, actor, account_id)
    if account_id == actor.account:
        raise NotAllowed("不能修改自己的角色，请由其他管理员办理。")
    if role not in STAFF_ROLES & GRANTS.get(actor.role, frozenset()):
        raise NotAllowed(f"您不能授予“{ROLES[role].label}”角色，请由其上级单位办理。")
    held = _held(tx, account_id)
    if len(held) != 1:
        raise Refused("该账号不是经办人或单位领导，或者兼有几个角色，不能在此修改角色。")
    old = held[0]
    if not _may_grant(actor, old.unit):
        raise NotAllowed("经办人和单位领导的角色由本单位管理员修改。")
    if old.role == role:
        return 0
    tx.execute(sa.update(membership).where(membership.c.id == old.id).values(role=role.value))
    reason = f"{ROLES[Role(old.role)].label}改为{ROLES[role].label}，退回本单位同岗位人员"
    given = give_back_tasks(tx, actor, login, f"{old.role}@{old.unit}", reason)
    _end_delegations(tx, account_id, old)
    detail = {"from": old.role, "to": role.value, "tasks": given}
    record(tx, actor, "account:role_changed", unit=old.unit, account=account_id, detail=detail)
    return given


def _held(tx: Transaction, account_id: int) -> list[sa.Row[Any]]:
    m = membership.c
    staff = sorted(role.value for role in STAFF_ROLES)
    return list(tx.rows(sa.select(m.id, m.role, m.unit).where(m.account == account_id, m.role.in_(staff))))


def _may_grant(actor: Actor, unit_id: int) -> bool:
    """As accounts are opened: by the unit's own administrator, and by the system's."""
    granted = GRANTS.get(actor.role, frozenset()) >= STAFF_ROLES
    return granted and (unit_id == actor.unit or actor.role == Role.SYSTEM_ADMIN)


def _end_delegations(tx: Transaction, account_id: int, old: sa.Row[Any]) -> None:
    d = delegation.c
    concerned = sa.or_(d.account == account_id, d.delegate == account_id)
    open_ones = sa.and_(concerned, d.role == old.role, d.unit == old.unit, d.revoked_at.is_(None))
    tx.execute(sa.update(delegation).where(open_ones).values(revoked_at=tx.now))
