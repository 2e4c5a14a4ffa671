"""Changing the code lists: every change holds for a year and those after it, and leaves the years before as they were."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.clock import local
from engine.db import Transaction
from engine.errors import InvalidInput, NotFound, Refused
from engine.reference.changes import record_change
from engine.reference.code_tables import CodeTable, code_table
from engine.reference.dependents import dependents_of
from engine.reference.lists import announce_change, version_of
from engine.reference.tables import ChangeKind, code

#: how far ahead a year may be prepared
AHEAD = 2
_VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class CodeFields:
    """What an administrator fills in of a value. `value` is what is stored and never changes; `extra` are the attributes of
    the list. An empty `parent` is the top."""

    value: str
    label: str
    parent: str = ""
    rank: int | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


def add_code(tx: Transaction, actor: Actor, name: str, year: int, fields: CodeFields) -> None:
    """Add a value at the end of its list, from that year on. Raises `InvalidInput` by field, `Refused` for past years."""
    held = open_version(tx, actor, name, year)
    fields = tidy(fields)
    problems = check_fields(name, fields, Known(tx, year))
    if wrong := check_value(fields.value):
        problems["value"] = wrong
    elif any(row.value == fields.value for row in held):
        problems["value"] = [f"代码 {fields.value} 已经有了，请换一个"]
    if problems:
        raise InvalidInput(fields=problems)
    write_version(tx, name, year, held)
    place = max((row.position for row in held), default=-1) + 1
    tx.execute(sa.insert(code).values(list=name, year=year, position=place, active=True, **columns_of_fields(fields)))
    record_change(
        tx, actor, ChangeKind.ADDED, name=name, year=year, value=fields.value, after=columns_of_fields(fields)
    )
    announce_change(tx)


def edit_code(tx: Transaction, actor: Actor, name: str, year: int, fields: CodeFields) -> None:
    """Change label, parent, rank and attributes of a value from that year on. Raises `InvalidInput` by field."""
    held = open_version(tx, actor, name, year)
    before = _find(held, fields.value)
    fields = tidy(fields)
    problems = check_fields(name, fields, Known(tx, year))
    if (
        not problems
        and code_table(name).parent == name
        and is_below({row.value: row.parent for row in held}, fields.parent, fields.value)
    ):
        problems["parent"] = ["上级不能是它自己或它的下级"]
    if problems:
        raise InvalidInput(fields=problems)
    write_version(tx, name, year, held)
    update_code(tx, name, year, fields.value, **columns_of_fields(fields))
    record_change(
        tx,
        actor,
        ChangeKind.EDITED,
        name=name,
        year=year,
        value=fields.value,
        before=as_plain(before),
        after=columns_of_fields(fields),
    )
    announce_change(tx)


def move_code(tx: Transaction, actor: Actor, name: str, year: int, value: str, *, down: bool) -> None:
    """Change places with the neighbour of the same parent, in the order shown; at an end nothing happens."""
    held = open_version(tx, actor, name, year)
    moving = _find(held, value)
    siblings = [row for row in held if row.parent == moving.parent]
    to = siblings.index(moving) + (1 if down else -1)
    if not 0 <= to < len(siblings):
        return
    write_version(tx, name, year, held)
    other = siblings[to]
    update_code(tx, name, year, value, position=other.position)
    update_code(tx, name, year, other.value, position=moving.position)
    record_change(tx, actor, ChangeKind.MOVED, name=name, year=year, value=value, after={"position": to + 1})
    announce_change(tx)


def set_code_active(tx: Transaction, actor: Actor, name: str, year: int, value: str, *, active: bool) -> None:
    """Stop offering a value from that year on, or offer it again. What was filled in with it stays readable.

    Later years that have a version of their own follow. What depends on the value is for the caller to show first
    (`dependents_of`); it forbids nothing.
    """
    held = open_version(tx, actor, name, year)
    before = _find(held, value)
    if before.active == active:
        return
    write_version(tx, name, year, held)
    later = sa.and_(code.c.list == name, code.c.year >= year, code.c.value == value)
    tx.execute(sa.update(code).where(later).values(active=active))
    kind = ChangeKind.ENABLED if active else ChangeKind.DISABLED
    record_change(tx, actor, kind, name=name, year=year, value=value)
    announce_change(tx)


def delete_code(tx: Transaction, actor: Actor, name: str, year: int, value: str) -> None:
    """Take a value out of the list from that year on. Raises `Refused` where something uses it, naming what."""
    held = open_version(tx, actor, name, year)
    before = _find(held, value)
    using = [one for one in dependents_of(tx, name, year, value) if one.holds]
    if using:
        words = "；".join(f"{one.words} {one.count} 个" for one in using)
        raise Refused(f"“{before.label}”不能删除：{words}。请改为停用，已填写的内容仍可查看。")
    write_version(tx, name, year, held)
    tx.execute(sa.delete(code).where(code.c.list == name, code.c.year >= year, code.c.value == value))
    record_change(tx, actor, ChangeKind.DELETED, name=name, year=year, value=value, before=as_plain(before))
    announce_change(tx)


def copy_list(tx: Transaction, actor: Actor, name: str, year: int) -> int:
    """Give `year` a version of its own, copied from what counts there now; how many values it has.

    Raises `Refused` where it has one already.
    """
    held = open_version(tx, actor, name, year)
    if held[0].year == year:
        raise Refused(f"{year} 年度已有自己的版本，请直接修改。")
    write_version(tx, name, year, held)
    record_change(tx, actor, ChangeKind.COPIED, name=name, year=year, after={"from": held[0].year})
    announce_change(tx)
    return len(held)


def check_open_year(tx: Transaction, year: int) -> None:
    """Raise `Refused` for a year that is over, or too far ahead."""
    present = local(tx.now).year
    if year < present:
        raise Refused(f"{year} 年度的代码表只能查看：已填报的材料要按当年的内容显示。请在 {present} 年度修改。")
    if year > present + AHEAD:
        raise Refused(f"只能提前维护到 {present + AHEAD} 年度。")


def open_version(tx: Transaction, actor: Actor, name: str, year: int) -> list[sa.Row[Any]]:
    """The values of the version that counts for `year`, in their order, for somebody who may change them."""
    authorize(actor, Permission.CODES_MANAGE)
    version = version_of(tx, name, year)
    if version is None:
        raise NotFound("没有这个代码表。")
    check_open_year(tx, year)
    wanted = sa.select(code).where(code.c.list == name, code.c.year == version)
    return list(tx.rows(wanted.order_by(code.c.position, code.c.value)))


def write_version(tx: Transaction, name: str, year: int, held: Sequence[sa.Row[Any]]) -> None:
    """A year that stands on an earlier one gets rows of its own before they change; the earlier year keeps its own."""
    if held[0].year != year:
        tx.execute(sa.insert(code), [{**row._mapping, "year": year} for row in held])


def _find(held: Sequence[sa.Row[Any]], value: str) -> sa.Row[Any]:
    for row in held:
        if row.value == value:
            return row
    raise NotFound("代码表中没有这个取值，可能刚被删除。")


def update_code(tx: Transaction, name: str, year: int, code_value: str, **columns: Any) -> None:
    where = sa.and_(code.c.list == name, code.c.year == year, code.c.value == code_value)
    tx.execute(sa.update(code).where(where).values(**columns))


def tidy(fields: CodeFields) -> CodeFields:
    extra = {name: text.strip() for name, text in fields.extra.items() if text.strip()}
    return CodeFields(fields.value.strip(), fields.label.strip(), fields.parent.strip(), fields.rank, extra)


def columns_of_fields(fields: CodeFields) -> dict[str, Any]:
    return {**asdict(fields), "parent": fields.parent or None, "extra": dict(fields.extra)}


def as_plain(row: sa.Row[Any]) -> dict[str, Any]:
    names = ("value", "label", "parent", "rank")
    return {**{name: row._mapping[name] for name in names}, "extra": row.extra or {}}


class Known:
    """The values of the lists that stand for a year, each list read once."""

    def __init__(self, tx: Transaction, year: int) -> None:
        self._tx, self._year = tx, year
        self._values: dict[str, set[str]] = {}

    def of(self, name: str) -> set[str]:
        if name not in self._values:
            version = version_of(self._tx, name, self._year)
            wanted = sa.select(code.c.value).where(code.c.list == name, code.c.year == version)
            self._values[name] = set(self._tx.execute(wanted).scalars())
        return self._values[name]


def check_fields(name: str, fields: CodeFields, known: Known) -> dict[str, list[str]]:
    """What is wrong with everything but the value itself."""
    table, problems = code_table(name), dict[str, list[str]]()
    if not 1 <= len(fields.label) <= 200:
        problems["label"] = ["请填写名称，最多 200 个字"]
    if table.parent is None and fields.parent:
        problems["parent"] = ["这个代码表没有上级"]
    elif table.parent not in {None, name} and not fields.parent:
        problems["parent"] = [f"请选择所属的{code_table(table.parent or '').label}"]
    elif fields.parent and fields.parent not in known.of(table.parent or ""):
        problems["parent"] = [f"“{code_table(table.parent or '').label}”中没有 {fields.parent}"]
    if table.ranked and not (fields.rank is not None and 1 <= fields.rank <= 99):
        problems["rank"] = ["请填写 1 至 99 的次序，1 为最高"]
    problems.update(_attribute_problems(table, fields, known))
    return problems


def check_value(value: str) -> list[str]:
    """What is wrong with a new code."""
    return [] if _VALUE.fullmatch(value) else ["代码由 1 至 64 位字母、数字、点、横线组成，以字母或数字开头"]


def _attribute_problems(table: CodeTable, fields: CodeFields, known: Known) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    for name, text in fields.extra.items():
        source = table.sources.get(name)
        if len(text) > 500:
            problems[name] = ["最多 500 个字"]
        elif source is not None and text not in known.of(source):
            problems[name] = [f"“{code_table(source).label}”中没有 {text}"]
    for name in table.sources:
        if not fields.extra.get(name):
            problems[name] = [f"请选择{table.attributes[name]}"]
    return problems


def is_below(above: Mapping[str, str | None], parent: str, value: str) -> bool:
    """Whether `parent` is `value` or lies below it, or lies in a circle already; `above` are the parents by value."""
    passed = {value}
    at: str | None = parent
    while at:
        if at in passed:
            return True
        passed.add(at)
        at = above.get(at)
    return False
