"""常用意见: phrases an account keeps for its opinions (U11). Everybody sees and edits only their own."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.declaration.tables import stock_phrase
from engine.errors import InvalidInput, NotFound, Refused

LONGEST = 1000
MOST = 100


@dataclass(frozen=True, slots=True)
class StockPhrase:
    id: int
    text: str


def stock_phrases(tx: Transaction, actor: Actor) -> Sequence[StockPhrase]:
    """The actor's phrases in the actor's order."""
    own = sa.select(stock_phrase.c.id, stock_phrase.c.text).where(stock_phrase.c.account == actor.account)
    rows = tx.rows(own.order_by(stock_phrase.c.position, stock_phrase.c.id))
    return [StockPhrase(row.id, row.text) for row in rows]


def add_stock_phrase(tx: Transaction, actor: Actor, *, text: str) -> int:
    """Put a phrase at the end; returns its id. Raises `Refused` beyond a hundred."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    text = _checked(text)
    own = stock_phrase.c.account == actor.account
    held = tx.row(sa.select(sa.func.count().label("n"), sa.func.max(stock_phrase.c.position).label("last")).where(own))
    assert held is not None
    if held.n >= MOST:
        raise Refused(f"常用意见最多保存 {MOST} 条，请先删除不用的。")
    key = tx.next_key()
    tx.insert(stock_phrase, id=key, account=actor.account, position=(held.last or 0) + 1, text=text)
    return key


def edit_stock_phrase(tx: Transaction, actor: Actor, phrase_id: int, *, text: str) -> None:
    """Change the text of one of the actor's phrases."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    changed = tx.execute(sa.update(stock_phrase).where(_own(actor, phrase_id)).values(text=_checked(text)))
    if not changed.rowcount:
        raise NotFound


def move_stock_phrase(tx: Transaction, actor: Actor, phrase_id: int, *, to: int) -> None:
    """Put one of the actor's phrases at place `to`, counted from 0; the others close up."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    order = [phrase.id for phrase in stock_phrases(tx, actor)]
    if phrase_id not in order:
        raise NotFound
    order.remove(phrase_id)
    order.insert(max(0, to), phrase_id)
    for position, key in enumerate(order, 1):
        tx.execute(sa.update(stock_phrase).where(stock_phrase.c.id == key).values(position=position))


def remove_stock_phrase(tx: Transaction, actor: Actor, phrase_id: int) -> None:
    """Delete one of the actor's phrases."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    if not tx.execute(sa.delete(stock_phrase).where(_own(actor, phrase_id))).rowcount:
        raise NotFound


def _own(actor: Actor, phrase_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(stock_phrase.c.id == phrase_id, stock_phrase.c.account == actor.account)


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise InvalidInput(fields={"text": ["请填写常用意见"]})
    if len(text) > LONGEST:
        raise InvalidInput(fields={"text": [f"常用意见最多 {LONGEST} 个字，现有 {len(text)} 个"]})
    return text
