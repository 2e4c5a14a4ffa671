"""Bearer tokens of `/v2`."""

from collections.abc import Collection
from datetime import timedelta

import sqlalchemy as sa

from engine.access import Permission
from engine.db import Transaction
from engine.errors import NotFound
from engine.organisation.sessions import normal_login
from engine.organisation.tables import State, account, api_token
from engine.organisation.tokens import hash_token, new_token


def issue_token(
    tx: Transaction, login: str, *, days: int = 365, scopes: Collection[Permission] = tuple(Permission)
) -> str:
    """A new token of that account, good for `days` and for those of the scopes that its role has; it is shown only now.

    Raises `NotFound` for an account that does not exist or is closed.
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
    )
    return token


def revoke_token(tx: Transaction, token: str) -> None:
    """End a token. Raises `NotFound` where there is none like it."""
    gone = tx.execute(sa.delete(api_token).where(api_token.c.token_hash == hash_token(token)))
    if not gone.rowcount:
        raise NotFound
