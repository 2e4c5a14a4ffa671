"""单位评委库 (K3): the experts of the pools one keeps, with load, term and whatever keeps them away; one of them whole; the workbook."""

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
from engine.document.workbooks import Column, write_workbook
from engine.errors import NotFound
from engine.organisation.integrity import IntegrityRecord, RecordKind, blocked_among, integrity_record
from engine.organisation.tables import account
from engine.reference import CodeBook

MOST_COUNTED = 10_000
MOST_EXPORTED = 20_000
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


@dataclass(frozen=True, slots=True)
class PoolFilter:
    """What the list is narrowed to; `outside` is 是 or 否 as yes and no, `ending` asks for terms that end within 90 days or have."""

    committee: int | None = None
    text: str = ""
    specialty: str = ""
    title_level: str = ""
    state: str = ""
    outside: str = ""
    ending: bool = False
    left: bool = False


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
    rows = tx.rows(query.order_by(committee.c.code, e.name, e.id).limit(size).offset((max(1, page) - 1) * size))
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


# --- the workbook -----------------------------------------------------------------------------------------------------

COLUMNS = (
    Column("committee_name", "评委会", width=40),
    Column("name", "姓名"),
    Column("identity_number", "证件号码", width=22),
    Column("phone", "手机号码", width=16),
    Column("workplace", "工作单位", width=36),
    Column("title", "现职称", width=20),
    Column("level", "现职称等级", width=16),
    Column("specialties", "可评专业", width=40),
    Column("outside", "外单位"),
    Column("term_from", "聘期起", width=14),
    Column("term_until", "聘期止", width=14),
    Column("term", "任期状态"),
    Column("state", "入库状态"),
    Column("load", "本年度评审份数"),
    Column("meetings", "本年度会议数"),
    Column("barred", "诚信记录", width=30),
)


def export_pool(tx: Transaction, actor: Actor, book: CodeBook, wanted: PoolFilter) -> bytes:
    """The list as a workbook, all pages of it up to 20,000 lines. Raises as `list_pool` does."""
    rows = tx.rows(_query(tx, actor, wanted).order_by(committee.c.code, e.name, e.id).limit(MOST_EXPORTED))
    return write_workbook(COLUMNS, (_exported(line, book) for line in _lines(tx, rows)), title="评委库")


def _exported(line: PoolLine, book: CodeBook) -> dict[str, Any]:
    row = line.row
    return {
        **row,
        "title": book.label("title_name", row["title_name"]) if row["title_name"] else "",
        "level": book.label("title_level", row["title_level"]),
        "specialties": "、".join(book.label("specialty", value) for value in row["specialties"]),
        "outside": bool(row["outside"]),
        "term": line.term,
        "state": line.state,
        "load": line.load,
        "meetings": len(line.sittings),
        "barred": f"{line.barred.reason}（至 {line.barred.until}）" if line.barred else "",
    }
