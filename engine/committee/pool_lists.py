"""单位评委库 (K3): the experts of the pools one keeps, with load, term and whatever keeps them away; one of them whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.clock import local
from engine.committee.keeping import find_pool, require_pools
from engine.committee.load import Sitting, Sittings
from engine.committee.pool import is_outside
from engine.committee.tables import ExpertState, MemberState, committee, expert, holds, pool_member
from engine.db import Transaction
from engine.errors import NotFound
from engine.organisation.integrity import IntegrityRecord, RecordKind, blocked_among, integrity_record
from engine.organisation.tables import account

MOST_COUNTED = 10_000
#: so many days before its end a term is called ending
ENDING = timedelta(days=90)
STATE_LABELS: Mapping[ExpertState, str] = {
    ExpertState.CREATED: "待通知",
    ExpertState.COMPLETING: "待完善信息",
    ExpertState.PENDING: "待审核",
    ExpertState.RETURNED: "退回修改",
    ExpertState.IN_POOL: "在库",
    ExpertState.REFUSED: "未入库",
    ExpertState.DISABLED: "已移出",
}
e, m = expert.c, pool_member.c
SORTS: Mapping[str, sa.ColumnElement[Any]] = {"name": e.name, "until": m.term_until, "workplace": e.workplace}


@dataclass(frozen=True, slots=True)
class PoolFilter:
    """What the list is narrowed to; `outside` is 是 or 否 as yes and no, `ending` asks for terms that end within 90 days or have;
    `sort` is one of `SORTS`, a hyphen before it turns the order round."""

    committee: int | None = None
    text: str = ""
    specialty: str = ""
    title_level: str = ""
    state: str = ""
    outside: str = ""
    ending: bool = False
    left: bool = False
    sort: str = ""


@dataclass(frozen=True, slots=True)
class PoolLine:
    """An expert in one pool. `row` has the columns of `expert` and `pool_member`, `committee_name` and `outside` besides."""

    row: Mapping[str, Any]
    sittings: Sequence[Sitting]
    barred: IntegrityRecord | None
    term: str

    @property
    def load(self) -> int:
        return sum(sitting.dossiers for sitting in self.sittings)

    @property
    def state(self) -> str:
        return STATE_LABELS[self.row["state"]]


def list_pool(
    tx: Transaction, actor: Actor, wanted: PoolFilter, *, page: int = 1, size: int = 20
) -> tuple[Sequence[PoolLine], int]:
    """The experts of the pools the actor keeps, by committee and name, and how many; six statements however many rows.

    Raises `NotAllowed`, and `NotFound` for a pool of others.
    """
    query = _query(tx, actor, wanted)
    total = int(tx.value(sa.select(sa.func.count()).select_from(query.limit(MOST_COUNTED).subquery())))
    by = SORTS.get(wanted.sort.removeprefix("-"))
    order = () if by is None else (by.desc() if wanted.sort.startswith("-") else by,)
    rows = tx.rows(query.order_by(*order, committee.c.code, e.name, e.id).limit(size).offset((max(1, page) - 1) * size))
    return _lines(tx, rows), total


def _lines(tx: Transaction, rows: Sequence[sa.Row[Any]]) -> list[PoolLine]:
    today = local(tx.now).date()
    sittings = tx.service(Sittings).of(tx, {row.id for row in rows}, today.year)
    barred = blocked_among(tx, {row.person for row in rows}, today, RecordKind.EXPERT)
    return [
        PoolLine(dict(row._mapping), sittings.get(row.id, ()), barred.get(row.person), _term(row, today))
        for row in rows
    ]


def _term(row: sa.Row[Any], today: date) -> str:
    if row.member is MemberState.LEFT:
        return "已退出"
    if row.term_until < today:
        return "任期已满"
    if row.term_from > today:
        return "未到任"
    return "即将到期" if row.term_until <= today + ENDING else "任期内"


def _query(tx: Transaction, actor: Actor, wanted: PoolFilter) -> sa.Select[Any]:
    pools = [pool.id for pool in require_pools(tx, actor)]
    if wanted.committee is not None:
        pools = [find_pool(tx, actor, wanted.committee).id]
    columns = (m.committee, m.term_from, m.term_until, m.state.label("member"), m.added_at)
    query = (
        sa.select(
            *[column for column in e if column.name not in ("profile", "bank_card")],
            *columns,
            committee.c.name.label("committee_name"),
            committee.c.code.label("committee_code"),
            is_outside().label("outside"),
        )
        .select_from(pool_member.join(expert, e.id == m.expert).join(committee, committee.c.id == m.committee))
        .where(m.committee.in_(pools), m.state == (MemberState.LEFT if wanted.left else MemberState.ACTIVE))
    )
    return _narrowed(query, wanted, local(tx.now).date())


def _narrowed(query: sa.Select[Any], wanted: PoolFilter, today: date) -> sa.Select[Any]:
    if wanted.text:
        query = query.where(
            sa.or_(
                e.name.contains(wanted.text, autoescape=True),
                e.workplace.contains(wanted.text, autoescape=True),
                e.identity_number == wanted.text,
            )
        )
    if wanted.specialty:
        query = query.where(sa.or_(e.specialty == wanted.specialty, holds(e.specialties, wanted.specialty)))
    if wanted.title_level:
        query = query.where(e.title_level == wanted.title_level)
    if wanted.state:
        query = query.where(e.state == wanted.state)
    if wanted.outside in ("yes", "no"):
        query = query.where(is_outside() if wanted.outside == "yes" else ~is_outside())
    if wanted.ending:
        query = query.where(m.term_until <= today + ENDING)
    return query


@dataclass(frozen=True, slots=True)
class PoolDetail:
    """An expert of a pool one keeps, whole: `row` as in the list with the login, every meeting, every integrity record."""

    line: PoolLine
    login: str
    profile: Mapping[str, Any]
    sittings: Sequence[Sitting]
    records: Sequence[sa.Row[Any]]


def pool_detail(tx: Transaction, actor: Actor, committee_id: int, expert_id: int) -> PoolDetail:
    """One expert in one pool. Raises `NotFound` for a pool of others and for who is not in it."""
    found = None
    for left in (False, True):
        wanted = PoolFilter(committee=committee_id, left=left)
        found = found or tx.row(_query(tx, actor, wanted).where(e.id == expert_id))
    if found is None:
        raise NotFound
    [line] = _lines(tx, [found])
    held = tx.row(
        sa.select(e.profile, account.c.login).join(account, account.c.id == e.account).where(e.id == expert_id)
    )
    assert held is not None
    r = integrity_record.c
    records = sa.select(integrity_record).where(r.person == found.person, r.kind == RecordKind.EXPERT)
    return PoolDetail(
        line=line,
        login=held.login,
        profile=held.profile or {},
        sittings=tx.service(Sittings).of(tx, [expert_id]).get(expert_id, ()),
        records=tx.rows(records.order_by(r.id.desc())),
    )
