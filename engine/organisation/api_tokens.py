"""Bearer tokens of `/v2`: issued once, kept as hashes, revoked one by one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.access import SYSTEM, Actor, Permission, authorize
from engine.db import Transaction
from engine.errors import InvalidInput, NotFound, Refused
from engine.organisation.events import record
from engine.organisation.sessions import normal_login
from engine.organisation.tables import State, account, api_token
from engine.organisation.tokens import hash_token, new_token

#: days a token may be asked to last, on pages
TERMS = (30, 90, 180, 365)
#: an account has no more than so many at a time
MOST_TOKENS = 10
#: the time of the last use is written again after so long, not at every call
USE_NOTED = timedelta(minutes=5)
NAME_LENGTH = 50
T = api_token.c


@dataclass(frozen=True, slots=True)
class TokenFields:
    """What is asked for: what the token is for, the days it lasts, what it may."""

    name: str
    days: int
    scopes: frozenset[Permission]

    def problems(self, allowed: Collection[Permission]) -> dict[str, list[str]]:
        """Sentences by field."""
        problems: dict[str, list[str]] = {}
        if not 1 <= len(self.name.strip()) <= NAME_LENGTH:
            problems["name"] = [f"请填写令牌的用途，最多 {NAME_LENGTH} 个字符"]
        if not self.scopes or not self.scopes <= set(allowed):
            problems["scopes"] = ["请至少选择一项权限"]
        if self.days not in TERMS:
            problems["days"] = ["请选择有效期"]
        return problems


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token as its owner and the administrator see it; `id` is its hash."""

    id: str
    name: str
    scopes: Sequence[str]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    expired: bool


def issue_token(
    tx: Transaction,
    login: str,
    *,
    days: int = 365,
    scopes: Collection[Permission] = tuple(Permission),
    name: str = "",
    by: Actor = SYSTEM,
) -> str:
    """A new token of that account, good for `days` and for those of the scopes that its role has; it is shown only now.

    The account's record says who issued it. Raises `NotFound` for an account that does not exist or is closed.
    """
    found = tx.value(
        sa.select(account.c.id).where(account.c.login == normal_login(login), account.c.state == State.ACTIVE)
    )
    if found is None:
        raise NotFound(f"没有可用的账号 {login}。")
    token = new_token()
    tx.insert(
        api_token,
        token_hash=hash_token(token),
        account=found,
        scopes=sorted(scope.value for scope in scopes),
        created_at=tx.now,
        expires_at=tx.now + timedelta(days=days),
        name=name.strip() or None,
    )
    record(tx, by, "account:token_issued", account=found, detail={"name": name.strip(), "days": days})
    return token


def issue_checked(
    tx: Transaction, actor: Actor, login: str, fields: TokenFields, allowed: Collection[Permission]
) -> str:
    """A token as a page asks for it: within `allowed`, always with the right to call at all.

    The caller has authorised. Raises `InvalidInput` by field, and `Refused` beyond ten tokens of one account.
    """
    if problems := fields.problems(allowed):
        raise InvalidInput(fields=problems)
    held = sa.select(sa.func.count()).select_from(api_token.join(account, account.c.id == T.account))
    if tx.value(held.where(account.c.login == login)) >= MOST_TOKENS:
        raise Refused(f"一个账号最多有 {MOST_TOKENS} 个令牌，请先吊销不再使用的。")
    scopes = fields.scopes | {Permission.API_USE}
    return issue_token(tx, login, days=fields.days, scopes=scopes, name=fields.name, by=actor)


def issue_own_token(tx: Transaction, actor: Actor, fields: TokenFields) -> str:
    """A token of the actor's own account; what it may is a part of what the actor may. Raises as `issue_checked`, `NotAllowed`."""
    authorize(actor, Permission.API_USE)
    return issue_checked(tx, actor, actor.login, fields, actor.permissions)


def own_tokens(tx: Transaction, actor: Actor) -> list[TokenView]:
    """The actor's tokens, the newest first."""
    authorize(actor, Permission.API_USE)
    return tokens_of(tx, actor.account)


def revoke_own_token(tx: Transaction, actor: Actor, token_id: str) -> None:
    """End a token of one's own. Raises `NotFound` for one that is not."""
    revoke_token_of(tx, actor, actor.account, token_id)


def tokens_of(tx: Transaction, account_id: int) -> list[TokenView]:
    """The tokens of an account, expired ones too, the newest first. The caller has authorised."""
    rows = tx.rows(sa.select(api_token).where(T.account == account_id).order_by(T.created_at.desc(), T.token_hash))
    return [
        TokenView(
            row.token_hash,
            row.name or "",
            row.scopes,
            row.created_at,
            row.expires_at,
            row.used_at,
            row.expires_at <= tx.now,
        )
        for row in rows
    ]


def revoke_token_of(tx: Transaction, actor: Actor, account_id: int, token_id: str) -> None:
    """End one token of that account, and note it there. The caller has authorised. Raises `NotFound`."""
    this = sa.and_(T.account == account_id, T.token_hash == token_id)
    row = tx.row(sa.select(T.name).where(this))
    if row is None:
        raise NotFound("没有这个令牌，可能已吊销。")
    tx.execute(sa.delete(api_token).where(this))
    record(tx, actor, "account:token_revoked", account=account_id, detail={"name": row.name or ""})


def revoke_token(tx: Transaction, token: str) -> None:
    """End a token that one has in hand. Raises `NotFound` where there is none like it."""
    owner = tx.value(sa.select(T.account).where(T.token_hash == hash_token(token)))
    if owner is None:
        raise NotFound
    revoke_token_of(tx, SYSTEM, owner, hash_token(token))


def note_use(tx: Transaction, token: str) -> None:
    """Note that the token is in use."""
    tx.execute(sa.update(api_token).where(T.token_hash == hash_token(token)).values(used_at=tx.now))


def is_use_due(used_at: datetime | None, now: datetime) -> bool:
    """True when the time of the last use should be written again."""
    return used_at is None or now - used_at >= USE_NOTED
