"""Who calls `/v2`, and the transaction their call runs in."""

import base64
import binascii
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request

from engine.access import Actor, Permission, authorize
from engine.db import Database, Transaction
from engine.organisation import actor_of_token
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
    """The account behind the token; raises `Unauthorized`, or `NotAllowed` where it may not use the API."""
    with database_of(request).read() as tx:
        actor = actor_of_token(tx, token_of(request))
    if actor is None:
        raise Unauthorized
    authorize(actor, Permission.API_USE)
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
