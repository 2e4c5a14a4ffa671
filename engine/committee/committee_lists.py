"""授权单位评委会管理, 历史评委会 (K1, K2): one committee as it is registered, the list with its filters, the workbook."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize, in_scope
from engine.clock import local
from engine.committee.fields import CommitteeFields
from engine.committee.tables import CommitteeKind, CommitteeState, committee, committee_filing, holds
from engine.db import Transaction
from engine.document.workbooks import Column, write_workbook
from engine.errors import NotFound
from engine.organisation.tables import unit
from engine.reference import CodeBook

C = committee.c
MOST_EXPORTED = 20_000
KIND_LABELS = {CommitteeKind.SERIES: "按系列", CommitteeKind.SPECIALTY: "按专业"}
#: what a list may be ordered by; a hyphen before it turns the order round
SORTS: Mapping[str, sa.ColumnElement[Any]] = {
    "code": C.code,
    "name": C.name,
    "members": C.members,
    "until": C.valid_until,
}


@dataclass(frozen=True, slots=True)
class Committee:
    """A registered committee with the name of its forming unit. `standing` is 有效, 未生效, 已到期 or 已停用."""

    id: int
    fields: CommitteeFields
    forming_unit_name: str
    state: CommitteeState
    standing: str

    @property
    def mark(self) -> str:
        """What a page was made from: another one where somebody has changed the committee since."""
        return hashlib.sha256(repr(astuple(self.fields)).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class CommitteeFilter:
    """What the list is narrowed to. `text` is part of code or name; `past` asks for those whose filing has run out (K2), otherwise
    they are left out unless `standing` asks for them; `sort` is one of `SORTS`, by code where there is none."""

    text: str = ""
    series: str = ""
    level: str = ""
    standing: str = ""
    forming_unit: int | None = None
    region: str = ""
    past: bool = False
    sort: str = ""


def find_committee(tx: Transaction, actor: Actor, key: int) -> Committee:
    """One committee whose forming unit lies in the actor's subtree. Raises `NotFound`."""
    authorize(actor, Permission.COMMITTEES_MANAGE)
    row = tx.row(_visible(actor).where(C.id == key))
    if row is None:
        raise NotFound
    return _committee(tx, row)


def filings_of(tx: Transaction, actor: Actor, key: int) -> Sequence[sa.Row[Any]]:
    """Every filing the committee ever had, the latest first. Raises `NotFound`."""
    find_committee(tx, actor, key)
    f = committee_filing.c
    return tx.rows(sa.select(committee_filing).where(f.committee == key).order_by(f.id.desc()))


def list_committees(
    tx: Transaction, actor: Actor, wanted: CommitteeFilter | None = None, *, page: int = 1, size: int = 20
) -> tuple[Sequence[Committee], int]:
    """The committees of the actor's subtree, and how many there are."""
    query = _query(tx, actor, wanted or CommitteeFilter())
    total = int(tx.value(sa.select(sa.func.count()).select_from(query.order_by(None).subquery())))
    rows = tx.rows(query.limit(size).offset((max(1, page) - 1) * size))
    return [_committee(tx, row) for row in rows], total


def units_listed(tx: Transaction, actor: Actor) -> Mapping[int, str]:
    """The units of the actor's subtree that have formed committees, for the filter; by id."""
    authorize(actor, Permission.COMMITTEES_MANAGE)
    formed = sa.select(unit.c.id, unit.c.name).where(
        in_scope(actor, unit.c.id), sa.exists().where(C.forming_unit == unit.c.id)
    )
    return {row.id: row.name for row in tx.rows(formed.order_by(unit.c.id))}


# --- the workbook -----------------------------------------------------------------------------------------------------

COLUMNS = (
    Column("code", "评委会代码", width=14),
    Column("name", "评委会名称", width=44),
    Column("unit", "组建单位", width=36),
    Column("series", "评审系列", width=22),
    Column("kind", "组建方式"),
    Column("levels", "评审等级", width=28),
    Column("specialties", "评审专业", width=40),
    Column("region", "评审区域", width=16),
    Column("members", "评委人数"),
    Column("filing_no", "备案文号", width=24),
    Column("valid_from", "有效期起", width=14),
    Column("valid_until", "有效期止", width=14),
    Column("contact_person", "联系人"),
    Column("contact_phone", "联系电话", width=16),
    Column("standing", "状态"),
)


def export_committees(tx: Transaction, actor: Actor, book: CodeBook, wanted: CommitteeFilter) -> bytes:
    """The list as a workbook, all pages of it up to 20,000 lines. Raises as `list_committees` does."""
    found = [_committee(tx, row) for row in tx.rows(_query(tx, actor, wanted).limit(MOST_EXPORTED))]
    title = "历史评委会" if wanted.past else "评委会"
    return write_workbook(COLUMNS, (_exported(one, book) for one in found), title=title)


def _exported(one: Committee, book: CodeBook) -> dict[str, Any]:
    held = one.fields
    same = ("code", "name", "members", "filing_no", "valid_from", "valid_until", "contact_person", "contact_phone")
    return {
        **{name: getattr(held, name) for name in same},
        "unit": one.forming_unit_name,
        "series": book.label("title_series", held.series),
        "kind": KIND_LABELS[CommitteeKind(held.kind)],
        "levels": "、".join(book.label("title_level", value) for value in held.levels),
        "specialties": "、".join(book.label("specialty", value) for value in held.specialties) or "本系列全部专业",
        "region": book.label("region", held.region),
        "standing": one.standing,
    }


# --- what is asked ----------------------------------------------------------------------------------------------------


def _query(tx: Transaction, actor: Actor, wanted: CommitteeFilter) -> sa.Select[Any]:
    authorize(actor, Permission.COMMITTEES_MANAGE)
    query = _narrowed(_visible(actor), wanted, local(tx.now).date())
    by = SORTS.get(wanted.sort.removeprefix("-"), C.code)
    return query.order_by(by.desc() if wanted.sort.startswith("-") else by, C.code)


def _narrowed(query: sa.Select[Any], wanted: CommitteeFilter, today: date) -> sa.Select[Any]:
    if wanted.standing:
        query = query.where(_stands(wanted.standing, today))
    else:
        over = _stands("已到期", today)
        query = query.where(over if wanted.past else ~over)
    if wanted.text:
        query = query.where(
            sa.or_(
                C.name.contains(wanted.text, autoescape=True),
                C.code.startswith(wanted.text.upper(), autoescape=True),
            )
        )
    if wanted.level:
        query = query.where(holds(C.levels, wanted.level))
    same = {C.series: wanted.series, C.region: wanted.region, C.forming_unit: wanted.forming_unit}
    return query.where(*(column == value for column, value in same.items() if value))


def _visible(actor: Actor) -> sa.Select[Any]:
    joined = sa.select(committee, unit.c.name.label("unit_name")).join(unit, unit.c.id == C.forming_unit)
    return joined.where(in_scope(actor, C.forming_unit))


def _committee(tx: Transaction, row: sa.Row[Any]) -> Committee:
    held = {name: row._mapping[name] for name in CommitteeFields.__slots__}
    fields = CommitteeFields(**held)
    return Committee(row.id, fields, row.unit_name, row.state, _standing(row, local(tx.now).date()))


def _standing(row: sa.Row[Any], today: date) -> str:
    if row.state is CommitteeState.DISABLED:
        return "已停用"
    if today < row.valid_from:
        return "未生效"
    return "有效" if row.state is CommitteeState.ACTIVE and today <= row.valid_until else "已到期"


def _stands(standing: str, today: date) -> sa.ColumnElement[bool]:
    active = C.state == CommitteeState.ACTIVE
    match standing:
        case "有效":
            return sa.and_(active, C.valid_from <= today, C.valid_until >= today)
        case "未生效":
            return sa.and_(active, C.valid_from > today)
        case "已到期":
            return sa.or_(C.state == CommitteeState.EXPIRED, sa.and_(active, C.valid_until < today))
        case "已停用":
            return C.state == CommitteeState.DISABLED
    return sa.true()
