"""Writing down who reads a dossier from outside its chain: pages say what they showed, once they may show it."""

from starlette.requests import Request

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.looks import Looked, is_outside, record_look
from web.deps import database_of


def note_look(request: Request, tx: Transaction, actor: Actor, case_key: int | None, what: Looked) -> bool:
    """Record the look where the actor stands outside, before anything is shown; in a transaction of its own, since pages only read.

    Whether the actor does: the person's numbers are masked then.
    """
    if case_key is None or not is_outside(tx, actor, case_key):
        return False
    with database_of(request).transaction() as own:
        record_look(own, actor, case_key, what)
    return True
