"""委托办理: somebody else of the unit does one's inbox during an absence (Q6, U7), between two days and until it is taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.clock import local
from engine.db import Transaction
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.notification import Recipient, notify
from engine.organisation.events import record
from engine.organisation.queries import holders_of
from engine.organisation.roles import rights_of
from engine.organisation.tables import State, account, delegation, membership, unit

#: nobody is away for longer; a vacancy is a matter for the administrator
LONGEST = timedelta(days=92)


@dataclass(frozen=True, slots=True)
class Delegation:
    """One of the actor's own. `others_name` is who stands in, or in a list of those received who is away."""

    id: int
    others_name: str
    role_label: str
    unit_name: str
    starts_on: date
    ends_on: date
    reason: str
    state: str


def may_delegate(actor: Actor) -> bool:
    """Whether the actor has an inbox that can be handed over: that of a role in a unit."""
    rights = rights_of(actor.role)
    return rights is not None and rights.of_unit and actor.may(Permission.TASKS_WORK)


def possible_delegates(tx: Transaction, actor: Actor) -> list[tuple[str, str]]:
    """Login and name of the colleagues who may do the role: those who have it in the same unit."""
    if actor.unit is None or not may_delegate(actor):
        return []
    return [(login, name) for login, name in holders_of(tx, actor.role, actor.unit) if login != actor.login]


def delegate_inbox(
    tx: Transaction, actor: Actor, *, to: str, starts_on: date | None, ends_on: date | None, reason: str
) -> int:
    """Let a colleague do the actor's tasks in the present role from one day to another, both included; returns its id.

    The colleague is told. Raises `InvalidInput` by field, `NotAllowed` for a role without an inbox of a unit.
    """
    authorize(actor, Permission.TASKS_WORK)
    if not may_delegate(actor):
        raise NotAllowed
    today, reason = local(tx.now).date(), reason.strip()
    chosen = dict(possible_delegates(tx, actor)).get(to)
    problems: dict[str, list[str]] = {}
    if chosen is None:
        problems["to"] = ["请选择本单位的一位同岗位人员"]
    if starts_on is None or starts_on < today:
        problems["starts_on"] = ["请填写开始日期，不早于今天"]
    if ends_on is None or (starts_on is not None and not starts_on <= ends_on <= starts_on + LONGEST):
        problems["ends_on"] = [f"请填写结束日期，不早于开始日期，最长 {LONGEST.days} 天"]
    if not 1 <= len(reason) <= 200:
        problems["reason"] = ["请填写事由，最多 200 个字符"]
    if problems:
        raise InvalidInput(fields=problems)
    assert starts_on is not None
    assert ends_on is not None
    delegate = int(tx.value(sa.select(account.c.id).where(account.c.login == to)))
    key = tx.next_key()
    tx.insert(
        delegation,
        id=key,
        account=actor.account,
        delegate=delegate,
        role=actor.role,
        unit=actor.unit,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason,
        created_at=tx.now,
    )
    detail = {"to": to, "from": starts_on.isoformat(), "until": ends_on.isoformat(), "reason": reason}
    record(tx, actor, "account:delegated", unit=actor.unit, account=actor.account, detail=detail)
    words = {"name": actor.name, "first": _words(starts_on), "last": _words(ends_on), "reason": reason}
    notify(tx, Recipient(delegate), "delegation_received", words, url="/inbox")
    return key


def _words(day: date) -> str:
    return f"{day.month}月{day.day}日"


def revoke_delegation(tx: Transaction, actor: Actor, delegation_id: int) -> None:
    """Take one's delegation back: it ends now. Raises `NotFound` for one that is not the actor's, or was taken back before."""
    mine = sa.and_(delegation.c.id == delegation_id, delegation.c.account == actor.account)
    done = tx.execute(sa.update(delegation).where(mine, delegation.c.revoked_at.is_(None)).values(revoked_at=tx.now))
    if not done.rowcount:
        raise NotFound
    record(tx, actor, "account:delegation_revoked", unit=actor.unit, account=actor.account)


def delegations_of(tx: Transaction, actor: Actor, *, received: bool = False, limit: int = 20) -> Sequence[Delegation]:
    """What the actor handed over, or was handed, the latest first."""
    d = delegation.c
    mine, other = (d.delegate, d.account) if received else (d.account, d.delegate)
    rows = tx.rows(
        sa.select(delegation, account.c.name, unit.c.name.label("unit_name"))
        .join(account, account.c.id == other)
        .join(unit, unit.c.id == d.unit)
        .where(mine == actor.account)
        .order_by(d.id.desc())
        .limit(limit)
    )
    today = local(tx.now).date()
    return [
        Delegation(
            row.id,
            row.name,
            rights.label if (rights := rights_of(row.role)) else row.role,
            row.unit_name,
            row.starts_on,
            row.ends_on,
            row.reason,
            _state(row, today),
        )
        for row in rows
    ]


def _state(row: sa.Row[tuple[object, ...]], today: date) -> str:
    if row.revoked_at is not None:
        return "revoked"
    if row.ends_on < today:
        return "over"
    return "waiting" if row.starts_on > today else "active"


_giver, _held = account.alias("giver"), membership.alias("held")


def handed_over() -> sa.ScalarSelect[str]:
    """For the statement that finds an actor: the ids of those it stands in for on `:today`, in the unit and role it acts in now,
    with commas between. Who is away must still have the role and may not be disabled."""
    d = delegation.c
    today = sa.bindparam("today", type_=sa.Date)
    return (
        sa.select(sa.func.aggregate_strings(sa.cast(_giver.c.id, sa.String), ","))
        .select_from(
            delegation.join(_giver, _giver.c.id == d.account).join(
                _held, sa.and_(_held.c.account == d.account, _held.c.role == d.role, _held.c.unit == d.unit)
            )
        )
        .where(
            d.delegate == account.c.id,
            d.ends_on >= today,
            d.starts_on <= today,
            d.revoked_at.is_(None),
            d.role == membership.c.role,
            d.unit == membership.c.unit,
            _giver.c.state == State.ACTIVE,
        )
        .correlate(account, membership)
        .scalar_subquery()
    )


def people_away(tx: Transaction, ids: str | None) -> dict[str, str]:
    """The names by login of what `handed_over` found; asks only where it found somebody."""
    if not ids:
        return {}
    wanted = sa.select(account.c.login, account.c.name).where(account.c.id.in_([int(key) for key in ids.split(",")]))
    return {row.login: row.name for row in tx.rows(wanted)}
