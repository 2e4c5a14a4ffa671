"""报盘模板管理 (U21): the maps of one's unit, and those of the units above it to be used."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.access import Actor, Permission, authorize, unit_ancestor
from engine.db import Transaction
from engine.declaration.exchange.certificate_sources import CERTIFICATE_SOURCES
from engine.declaration.exchange.importing import IMPORT_SOURCES, REQUIRED
from engine.declaration.exchange.sources import sources_of
from engine.declaration.exchange.tables import Direction, exchange_template
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.organisation.events import record
from engine.organisation.tables import unit

T = exchange_template.c
#: the place of a column that was given none
LAST = 1000
TAKEN = "本单位已有同名的报盘模板，请换一个名称"


@dataclass(frozen=True, slots=True)
class TemplateView:
    """A map as pages show it. `own` is whether the actor's unit keeps it, and so may change it."""

    row: Mapping[str, Any]
    unit_name: str
    own: bool

    @property
    def columns(self) -> Sequence[Mapping[str, Any]]:
        return list(self.row["columns"])


def list_templates(tx: Transaction, actor: Actor, direction: Direction | None = None) -> list[TemplateView]:
    """The maps the actor may use: its own unit's first, then those of the units above."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    wanted = _usable(actor).order_by(unit_ancestor.c.distance, T.name)
    if direction is not None:
        wanted = wanted.where(T.direction == direction)
    return [_view(row, actor) for row in tx.rows(wanted)]


def find_template(tx: Transaction, actor: Actor, key: int) -> TemplateView:
    """A map of the actor's unit or of one above it. Raises `NotFound`."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    row = tx.row(_usable(actor).where(T.id == key))
    if row is None:
        raise NotFound
    return _view(row, actor)


def save_template(tx: Transaction, actor: Actor, values: Mapping[str, Any], key: int | None = None) -> int:
    """Keep a map of the actor's unit, a new one where `key` is None; its id.

    `values` are what the form `declaration_exchange_template` leaves. Raises `InvalidInput` by field, `NotFound` and
    `NotAllowed` for the maps of others.
    """
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    if actor.unit is None:
        raise NotAllowed
    columns = _checked(tx, values)
    row: dict[str, Any] = {
        name: str(values.get(name) or "").strip() for name in ("name", "receiver", "direction", "remark")
    }
    row |= {"columns": columns, "changed_at": tx.now, "changed_by": actor.login}
    if key is None:
        key = tx.next_key()
        _write(tx, sa.insert(exchange_template).values(id=key, unit=actor.unit, **row))
    else:
        _own(tx, actor, key)
        _write(tx, sa.update(exchange_template).where(T.id == key).values(**row))
    record(tx, actor, "exchange_template:saved", unit=actor.unit, detail={"template": key, "name": row["name"]})
    return key


def delete_template(tx: Transaction, actor: Actor, key: int) -> str:
    """Take a map of the actor's unit away; its name. Raises `NotFound`, `NotAllowed`."""
    found = _own(tx, actor, key)
    tx.execute(sa.delete(exchange_template).where(T.id == key))
    name = str(found.row["name"])
    record(tx, actor, "exchange_template:deleted", unit=actor.unit, detail={"template": key, "name": name})
    return name


def _checked(tx: Transaction, values: Mapping[str, Any]) -> list[dict[str, str]]:
    importing = values.get("direction") == Direction.IMPORT
    known = _known(tx, str(values.get("direction")))
    given = list(values.get("columns") or [])
    columns, problems = [], dict[str, list[str]]()
    titles = [str(one.get("title") or "").strip() for one in given]
    for number, one in enumerate(given):
        source, place = str(one.get("source") or ""), f"columns[{number}]"
        if titles.count(titles[number]) > 1:
            problems[f"{place}.title"] = [f"列标题“{titles[number]}”重复，请改成不同的标题"]
        if source and source not in known:
            problems[f"{place}.source"] = ["请在列出的内容中选择"]
        if not source and importing:
            problems[f"{place}.source"] = ["请选择这一列对应的内容"]
        columns.append(
            {
                "title": titles[number],
                "source": source,
                "format": str(one.get("format") or "label"),
                "text": "" if source else str(one.get("text") or ""),
            }
        )
    chosen = {one["source"] for one in columns}
    missing = [label for name, label in IMPORT_SOURCES.items() if name in REQUIRED and name not in chosen]
    if importing and missing:
        problems["columns"] = [f"导入申报人还缺少这些内容的列：{'、'.join(missing)}"]
    if problems:
        raise InvalidInput(fields=problems)
    places = [one.get("position") or LAST for one in given]
    return [columns[at] for at in sorted(range(len(columns)), key=places.__getitem__)]


def _known(tx: Transaction, direction: str) -> Collection[str]:
    """The names of what a column may hold."""
    if direction == Direction.EXPORT:
        return sources_of(tx)
    return CERTIFICATE_SOURCES if direction == Direction.CERTIFICATES else IMPORT_SOURCES


def _own(tx: Transaction, actor: Actor, key: int) -> TemplateView:
    found = find_template(tx, actor, key)
    if not found.own:
        raise NotAllowed("这是上级单位的报盘模板，可以使用，不能修改；需要时可复制为本单位的模板。")
    return found


def _usable(actor: Actor) -> sa.Select[Any]:
    joined = sa.select(exchange_template, unit.c.name.label("unit_name")).join(unit, unit.c.id == T.unit)
    return joined.join(unit_ancestor, unit_ancestor.c.ancestor == T.unit).where(unit_ancestor.c.unit == actor.unit)


def _view(row: sa.Row[Any], actor: Actor) -> TemplateView:
    held = dict(row._mapping)
    return TemplateView(held, held.pop("unit_name"), row.unit == actor.unit)


def _write(tx: Transaction, statement: sa.Insert | sa.Update) -> None:
    try:
        with tx.savepoint():
            tx.execute(statement)
    except IntegrityError:
        raise InvalidInput(fields={"name": [TAKEN]}) from None
