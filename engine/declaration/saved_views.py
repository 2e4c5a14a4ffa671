"""Lists kept under a name: filters, order and columns as the query of the list's address. They follow the account; shared ones are
read by everybody who reviews in the same unit (U8, U23)."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.declaration.list_filters import FILTERS, LINKED
from engine.declaration.tables import saved_view
from engine.errors import InvalidInput, NotFound, Refused
from engine.organisation.tables import account

MOST = 50
LONGEST_NAME = 20
LONGEST_QUERY = 2000
#: what of an address is kept: no place in the list, nothing that was just done
KEPT = frozenset({*FILTERS, "tab", "scope", "desk", "sort", "columns", "size", *LINKED})

v = saved_view.c


@dataclass(frozen=True, slots=True)
class SavedView:
    """A kept list. `by` is who shares it, empty where it is the reader's own."""

    id: int
    name: str
    query: str
    shared: bool
    by: str = ""


def saved_views(tx: Transaction, actor: Actor) -> Sequence[SavedView]:
    """The actor's own by name, then those colleagues of the unit share."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    shared = sa.and_(v.shared.is_(True), v.unit == actor.unit) if actor.unit is not None else sa.false()
    query = sa.select(saved_view, account.c.name.label("by")).join(account, account.c.id == v.account)
    rows = tx.rows(query.where(sa.or_(v.account == actor.account, shared)).order_by(v.name, v.id))
    found = [
        SavedView(row.id, row.name, row.query, row.shared, "" if row.account == actor.account else row.by)
        for row in rows
    ]
    return sorted(found, key=lambda view: bool(view.by))


def save_view(tx: Transaction, actor: Actor, *, name: str, query: str, shared: bool = False) -> int:
    """Keep a list under a name; one of the actor's own of that name is replaced. The view's id.

    Raises `InvalidInput` by field, `Refused` beyond fifty.
    """
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    name = name.strip()
    if not name:
        raise InvalidInput(fields={"name": ["请填写查询的名称"]})
    if len(name) > LONGEST_NAME:
        raise InvalidInput(fields={"name": [f"名称最多 {LONGEST_NAME} 个字，现有 {len(name)} 个"]})
    kept = kept_query(query)
    if len(kept) > LONGEST_QUERY:
        raise InvalidInput(fields={"name": ["查询条件过长，不能保存"]})
    values = {"query": kept, "shared": shared, "unit": actor.unit}
    mine = v.account == actor.account
    same = tx.value(sa.select(v.id).where(mine, v.name == name))
    if same is not None:
        tx.execute(sa.update(saved_view).where(v.id == same).values(**values))
        return int(same)
    if (tx.value(sa.select(sa.func.count()).where(mine)) or 0) >= MOST:
        raise Refused(f"最多保存 {MOST} 个常用查询，请先删除不用的。")
    key = tx.next_key()
    row = {"id": key, "account": actor.account, "name": name, "created_at": tx.now, **values}
    try:
        with tx.savepoint():
            tx.execute(sa.insert(saved_view).values(**row))
    except IntegrityError:  # the same name sent twice at once
        tx.execute(sa.update(saved_view).where(mine, v.name == name).values(**values))
    return key


def remove_view(tx: Transaction, actor: Actor, view_id: int) -> None:
    """Drop one of the actor's own. Raises `NotFound`."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    if not tx.execute(sa.delete(saved_view).where(v.id == view_id, v.account == actor.account)).rowcount:
        raise NotFound


def kept_query(query: str) -> str:
    """What of a list's address belongs to the list itself."""
    return urlencode([(name, text) for name, text in parse_qsl(query.removeprefix("?")) if name in KEPT and text])
