"""服务账号: accounts of programs. They have no password and no unit of their own, and act by tokens only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.errors import InvalidInput, NotFound, Refused
from engine.organisation.accounts import LOGIN_LENGTH, add_role, insert_account
from engine.organisation.api_tokens import TokenFields, TokenView, issue_checked, revoke_token_of, tokens_of
from engine.organisation.events import record
from engine.organisation.roles import ROLES, Role
from engine.organisation.sessions import normal_login
from engine.organisation.staff import Event, events_of
from engine.organisation.tables import AccountKind, State, account, api_token, organisation_event, unit

#: what a token of a service account may be given
SERVICE_SCOPES = ROLES[Role.SERVICE].permissions


@dataclass(frozen=True, slots=True)
class Service:
    """A line of the list. `tokens` are those that are valid now, `used_at` about when one of them was used last."""

    id: int
    login: str
    name: str
    state: State
    tokens: int
    used_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ServiceDetails:
    """An account with its tokens and with what was done to it, the latest first."""

    service: Service
    tokens: Sequence[TokenView]
    events: Sequence[Event]


def list_services(tx: Transaction, actor: Actor) -> list[Service]:
    """Every service account, the newest first: one statement. Raises `NotAllowed`."""
    authorize(actor, Permission.SERVICES_MANAGE)
    return [_service(row) for row in tx.rows(_wanted(tx).order_by(account.c.id.desc()))]


def service_details(tx: Transaction, actor: Actor, account_id: int) -> ServiceDetails:
    """One of them. Raises `NotFound`, `NotAllowed`."""
    row = _find(tx, actor, account_id)
    events = events_of(tx, organisation_event.c.account == account_id)
    return ServiceDetails(_service(row), tokens_of(tx, account_id), events)


def create_service(tx: Transaction, actor: Actor, *, login: str, title: str, fields: TokenFields) -> tuple[int, str]:
    """Open a service account called `title` with its first token; its id, and the token, which is shown only now.

    It acts for the unit of who opens it and sees what lies below that, which is everything at the top. Raises `InvalidInput` by
    field, `NotAllowed`.
    """
    authorize(actor, Permission.SERVICES_MANAGE)
    login, title = normal_login(login), title.strip()
    problems = fields.problems(SERVICE_SCOPES)
    if not 2 <= len(login) <= LOGIN_LENGTH:
        problems["login"] = [f"账号应为 2 至 {LOGIN_LENGTH} 个字符"]
    if not 1 <= len(title) <= 50:
        problems["title"] = ["请填写名称，最多 50 个字符"]
    if problems:
        raise InvalidInput(fields=problems)
    key = insert_account(
        tx, login=login, name=title, kind=AccountKind.SERVICE, password_hash=None, by=actor.login, must_change=False
    )
    add_role(tx, key, Role.SERVICE, actor.unit or _top(tx))
    record(tx, actor, "account:created", account=key, detail={"role": Role.SERVICE.value})
    return key, issue_checked(tx, actor, login, fields, SERVICE_SCOPES)


def issue_service_token(tx: Transaction, actor: Actor, account_id: int, fields: TokenFields) -> str:
    """One more token of a service account, shown only now. Raises `InvalidInput` by field, `Refused`, `NotFound`, `NotAllowed`."""
    row = _find(tx, actor, account_id)
    if row.state != State.ACTIVE:
        raise Refused("该账号已停用，请先启用再签发令牌。")
    return issue_checked(tx, actor, row.login, fields, SERVICE_SCOPES)


def revoke_service_token(tx: Transaction, actor: Actor, account_id: int, token_id: str) -> None:
    """End one of its tokens: calls with it are refused from now on. Raises `NotFound`, `NotAllowed`."""
    _find(tx, actor, account_id)
    revoke_token_of(tx, actor, account_id, token_id)


def _top(tx: Transaction) -> int:
    """Where the role hangs of an account that nobody of a unit opens."""
    return int(tx.value(sa.select(sa.func.min(unit.c.id)).where(unit.c.parent.is_(None))))


def _wanted(tx: Transaction) -> sa.Select[tuple[object, ...]]:
    t = api_token.c
    held = api_token.alias("held").c
    valid = sa.select(sa.func.count()).where(t.account == account.c.id, t.expires_at > tx.now)
    used = sa.select(sa.func.max(held.used_at)).where(held.account == account.c.id)
    return sa.select(
        account,
        valid.correlate(account).scalar_subquery().label("tokens"),
        used.correlate(account).scalar_subquery().label("used_at"),
    ).where(account.c.kind == AccountKind.SERVICE)


def _find(tx: Transaction, actor: Actor, account_id: int) -> sa.Row[tuple[object, ...]]:
    authorize(actor, Permission.SERVICES_MANAGE)
    row = tx.row(_wanted(tx).where(account.c.id == account_id))
    if row is None:
        raise NotFound
    return row


def _service(row: sa.Row[tuple[object, ...]]) -> Service:
    return Service(row.id, row.login, row.name, row.state, row.tokens, row.used_at, row.created_at)
