"""Who calls `/v2`, and the transaction their call runs in."""

import base64
import binascii
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request

from engine.access import Actor, Permission, authorize
from engine.db import Database, Transaction
from engine.organisation.actors import caller_of_token
from engine.organisation.api_tokens import is_use_due, note_use
from web.api.problems import Unauthorized


def database_of(request: Request) -> Database:
    database = request.app.state.app.database
    assert isinstance(database, Database)
    return database


def token_of(request: Request) -> str:
    """The token of a Bearer header, or the password of HTTP Basic; the name there is not looked at."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and given.strip():
        return given.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(given, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            raise Unauthorized from None
    raise Unauthorized


def actor_of(request: Request) -> Actor:
    """The account behind the token; raises `Unauthorized`, or `NotAllowed` where it may not use the API. Notes the use now and then."""
    token = token_of(request)
    with database_of(request).read() as tx:
        found, now = caller_of_token(tx, token), tx.now
    if found is None:
        raise Unauthorized
    actor, used_at = found
    authorize(actor, Permission.API_USE)
    if is_use_due(used_at, now):
        with database_of(request).transaction() as own:
            note_use(own, token)
    return actor


@contextmanager
def command(request: Request) -> Iterator[tuple[Transaction, Actor]]:
    """A transaction that is committed when the block ends, before the answer goes out."""
    actor = actor_of(request)
    with database_of(request).transaction() as tx:
        yield tx, actor


@contextmanager
def query(request: Request) -> Iterator[tuple[Transaction, Actor]]:
    actor = actor_of(request)
    with database_of(request).read() as tx:
        yield tx, actor
