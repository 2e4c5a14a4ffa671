"""From a cookie or a token to the one who acts, in one statement: asked at every request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission
from engine.clock import local
from engine.db import Transaction
from engine.flow.batch_tables import BatchState, batch
from engine.notification.tables import notification
from engine.organisation.delegations import handed_over, people_away
from engine.organisation.roles import Role, rights_of
from engine.organisation.tables import (
    AccountKind,
    Density,
    State,
    Theme,
    account,
    api_token,
    membership,
    session,
    unit,
)
from engine.organisation.tokens import hash_token


@dataclass(frozen=True, slots=True)
class Session:
    """What a page knows of the sign-in besides the actor. `roles` is how many roles the account has to switch between, `unread`
    how many lines of its bell are new, `batches` how many of its batches the worker has not ended; `chosen` whether it ever
    chose one."""

    token_hash: str
    account: int
    membership: int | None
    csrf: str
    seen_at: datetime
    expires_at: datetime
    must_change: bool
    kind: AccountKind
    density: Density
    theme: Theme
    role_label: str
    unit_name: str
    roles: int
    unread: int
    batches: int
    chosen: bool

    @property
    def office_name(self) -> str:
        """How the manual's workspace names a unit at its upper right (A7)."""
        office = "职称改革领导小组办公室"
        return self.unit_name if not self.unit_name or office in self.unit_name else self.unit_name + office


_roles = (
    sa.select(sa.func.count())
    .where(membership.c.account == account.c.id)
    .correlate(account)
    .scalar_subquery()
    .label("roles")
)
_unread = (
    sa.select(sa.func.count())
    .where(notification.c.account == account.c.id, notification.c.read_at.is_(None))
    .correlate(account)
    .scalar_subquery()
    .label("unread")
)
_running = (
    sa.select(sa.func.count())
    .where(batch.c.account == account.c.id, batch.c.state.in_((BatchState.WAITING, BatchState.RUNNING)))
    .correlate(account)
    .scalar_subquery()
    .label("batches")
)
_who = (
    account.c.id.label("account"),
    account.c.login,
    account.c.name,
    account.c.person,
    account.c.kind,
    membership.c.role,
    membership.c.unit,
    unit.c.name.label("unit_name"),
    unit.c.parent,
    unit.c.state.label("unit_state"),
    unit.c.may_form_committee,
)
_by_session = (
    sa.select(
        *_who,
        account.c.must_change,
        account.c.density,
        account.c.theme,
        session.c.membership,
        account.c.last_role,
        session.c.csrf,
        session.c.seen_at,
        session.c.expires_at,
        _roles,
        _unread,
        _running,
        handed_over().label("stands_in"),
    )
    .select_from(
        session.join(account, account.c.id == session.c.account)
        .outerjoin(membership, membership.c.id == session.c.membership)
        .outerjoin(unit, unit.c.id == membership.c.unit)
    )
    .where(
        session.c.token_hash == sa.bindparam("token_hash"),
        session.c.expires_at > sa.bindparam("now", type_=session.c.expires_at.type),
        account.c.state == State.ACTIVE,
    )
)
_membership = membership.alias("only")
_first = (
    sa.select(sa.func.min(_membership.c.id))
    .where(_membership.c.account == account.c.id)
    .correlate(account)
    .scalar_subquery()
)
_by_token = (
    sa.select(*_who, api_token.c.scopes, api_token.c.used_at)
    .select_from(
        api_token.join(account, account.c.id == api_token.c.account)
        .outerjoin(
            membership,
            sa.and_(
                membership.c.account == account.c.id, membership.c.id == sa.func.coalesce(account.c.last_role, _first)
            ),
        )
        .outerjoin(unit, unit.c.id == membership.c.unit)
    )
    .where(
        api_token.c.token_hash == sa.bindparam("token_hash"),
        api_token.c.expires_at > sa.bindparam("now", type_=api_token.c.expires_at.type),
        account.c.state == State.ACTIVE,
    )
)
_by_role = (
    sa.select(*_who, handed_over().label("stands_in"))
    .select_from(
        account.join(membership, membership.c.account == account.c.id).outerjoin(unit, unit.c.id == membership.c.unit)
    )
    .where(account.c.state == State.ACTIVE)
)


def actor_of(tx: Transaction, token: str) -> tuple[Actor, Session] | None:
    """Who is signed in with that cookie; nothing where it is unknown or expired, or the account disabled."""
    token_hash = hash_token(token)
    row = tx.row(_by_session, {"token_hash": token_hash, "now": tx.now, "today": local(tx.now).date()})
    if row is None:
        return None
    rights = rights_of(row.role)
    details = Session(
        token_hash=token_hash,
        account=row.account,
        membership=row.membership,
        csrf=row.csrf,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
        must_change=row.must_change,
        kind=row.kind,
        density=row.density,
        theme=row.theme,
        role_label=rights.label if rights else "",
        unit_name=row.unit_name or "",
        roles=row.roles,
        unread=row.unread,
        batches=row.batches,
        chosen=row.last_role is not None,
    )
    return make_actor(row, away=people_away(tx, row.stands_in)), details


def actor_of_token(tx: Transaction, token: str) -> Actor | None:
    """Whom a bearer token of `/v2` stands for, in the role used last, with no more than the token's scopes."""
    found = caller_of_token(tx, token)
    return None if found is None else found[0]


def caller_of_token(tx: Transaction, token: str) -> tuple[Actor, datetime | None] | None:
    """As `actor_of_token`, and when the token's last use was noted."""
    row = tx.row(_by_token, {"token_hash": hash_token(token), "now": tx.now})
    return None if row is None else (make_actor(row, frozenset(row.scopes)), row.used_at)


def actor_in_role(tx: Transaction, account_id: int, role: str, unit_id: int | None) -> Actor | None:
    """Who acts later in somebody's name, with the rights of now; nothing where the account is disabled or lost that role."""
    m = membership.c
    held = _by_role.where(account.c.id == account_id, m.role == role, m.unit.is_not_distinct_from(unit_id))
    row = tx.row(held, {"today": local(tx.now).date()})
    return None if row is None else make_actor(row, away=people_away(tx, row.stands_in))


def make_actor(row: Any, scopes: frozenset[str] | None = None, away: Mapping[str, str] | None = None) -> Actor:
    """The actor of a row with account, login, name, person, role, unit, the unit's `parent` and its `unit_state`.

    `away` are the names by login of those whose tasks it does for now.
    Nobody acts for a unit that is disabled or was dissolved, nor for a committee it forms: such a role gives nothing.
    Who acts for the top unit sees everything, as the auditor and the administrators of the system do. Applicants and experts see no
    case for their unit's sake. A group stands with its unit and alone: a diagram may offer a task to a role anywhere.
    """
    rights = rights_of(row.role)
    if rights and (rights.of_unit or row.role == Role.COMMITTEE) and row.unit_state != State.ACTIVE:
        return Actor(account=row.account, login=row.login, name=row.name, person=row.person)
    granted = rights.permissions if rights else frozenset()
    if rights and row.parent is None:
        granted |= rights.at_top
    if rights and row.may_form_committee:
        granted |= rights.forming
    if scopes is not None:
        granted &= {permission for permission in Permission if permission in scopes}
    for_unit = bool(rights and rights.of_unit)
    groups = {f"user:{row.login}"}
    principals = {f"account:{row.login}"}
    if rights:
        groups |= {row.role, f"{row.role}@{row.unit}"}
    if row.person is not None:
        principals.add(f"person:{row.person}")
    if for_unit:
        principals.add(f"unit:{row.unit}")
    return Actor(
        account=row.account,
        login=row.login,
        name=row.name,
        person=row.person,
        role=row.role or "",
        unit=row.unit,
        permissions=granted,
        groups=frozenset(groups),
        principals=frozenset(principals),
        units=frozenset({row.unit}) if for_unit else frozenset(),
        everywhere=bool(rights and (rights.everywhere or (for_unit and row.parent is None))),
        on_behalf_of=frozenset(away or ()),
        names_away=dict(away or {}),
    )
