"""授权单位评委会管理 (K1): registering committees, changing what is said of them, finding them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.access import Actor, Permission, authorize, in_scope
from engine.clock import local
from engine.committee.accounts import follow_committee, open_account, reset_committee_password
from engine.committee.composition import check_composition
from engine.committee.fields import CommitteeFields, facts_of, problems_by_rule, problems_of, tidy_fields
from engine.committee.filing import record_filing
from engine.committee.tables import CommitteeState, committee, committee_filing, holds
from engine.db import Transaction
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused
from engine.organisation.events import record
from engine.organisation.tables import State, unit
from engine.reference import CodeBook

C = committee.c
TAKEN = "这个评委会代码已经有了，请换一个"
NO_RIGHT = "所选单位没有评委会组建权，请先由上级授予，或另选组建单位"


@dataclass(frozen=True, slots=True)
class Committee:
    """A registered committee with the name of its forming unit. `standing` is 有效, 未生效, 已到期 or 已停用."""

    id: int
    fields: CommitteeFields
    forming_unit_name: str
    state: CommitteeState
    standing: str


def create_committee(
    tx: Transaction, actor: Actor, book: CodeBook, fields: CommitteeFields, *, password_hash: str | None = None
) -> int:
    """Register a committee with the account of its pool and its first filing; returns its id.

    The account signs in with the committee's code (R6); without a password it waits for one to be set. Only units with 评委会创建权
    do so, for a forming unit of their subtree that has 评委会组建权 (Q5). Raises `InvalidInput`
    with a sentence per field: the odd number (J03), the three years (J05), the least number (J01, J02, J23), one series
    alone (J14).
    """
    require_right(tx, actor)
    fields = _checked(tx, actor, book, fields)
    key = tx.next_key()
    row = {**_columns(fields), "id": key, "state": CommitteeState.ACTIVE}
    _write(tx, sa.insert(committee).values(**row, created_at=tx.now, created_by=actor.login))
    open_account(tx, actor, key, password_hash)
    record_filing(tx, actor, key)
    record(tx, actor, "committee:created", unit=fields.forming_unit, detail={"committee": key})
    return key


def edit_committee(tx: Transaction, actor: Actor, book: CodeBook, key: int, fields: CommitteeFields) -> None:
    """Change what is said of a committee; other dates or another number are a new filing (重新备案). Raises `InvalidInput` by field,
    `NotFound` where it is not the actor's."""
    require_right(tx, actor)
    find_committee(tx, actor, key)
    fields = _checked(tx, actor, book, fields)
    _write(tx, sa.update(committee).where(C.id == key).values(**_columns(fields)))
    follow_committee(tx, key)
    record_filing(tx, actor, key)
    record(tx, actor, "committee:edited", unit=fields.forming_unit, detail={"committee": key})


def set_committee_state(tx: Transaction, actor: Actor, key: int, state: CommitteeState) -> None:
    """Take a committee out of use or put it back: no new declaration is placed with one that is disabled."""
    require_right(tx, actor)
    found = find_committee(tx, actor, key)
    if found.state is CommitteeState.EXPIRED:
        raise Refused("该评委会备案已到期，请先编辑备案文号和有效期，重新备案后再使用。")
    tx.execute(sa.update(committee).where(C.id == key).values(state=state))
    record(tx, actor, f"committee:{state.value}", unit=found.fields.forming_unit, detail={"committee": key})


def reset_password(tx: Transaction, actor: Actor, key: int, password_hash: str) -> str:
    """重置评委会密码 (K1); the login it is for. Raises `NotFound` where the committee is not the actor's, `NotAllowed`."""
    require_right(tx, actor)
    find_committee(tx, actor, key)
    return reset_committee_password(tx, actor, key, password_hash)


def filings_of(tx: Transaction, actor: Actor, key: int) -> Sequence[sa.Row[Any]]:
    """Every filing the committee ever had, the latest first. Raises `NotFound`."""
    find_committee(tx, actor, key)
    f = committee_filing.c
    return tx.rows(sa.select(committee_filing).where(f.committee == key).order_by(f.id.desc()))


def find_committee(tx: Transaction, actor: Actor, key: int) -> Committee:
    """One committee whose forming unit lies in the actor's subtree. Raises `NotFound`."""
    authorize(actor, Permission.COMMITTEES_MANAGE)
    row = tx.row(_wanted(actor).where(C.id == key))
    if row is None:
        raise NotFound
    return _committee(tx, row)


def list_committees(
    tx: Transaction,
    actor: Actor,
    *,
    text: str = "",
    series: str = "",
    level: str = "",
    standing: str = "",
    past: bool = False,
    page: int = 1,
    size: int = 20,
) -> tuple[Sequence[Committee], int]:
    """The committees of the actor's subtree by code, and how many there are. `text` is part of code or name; `past` asks for those
    whose filing has run out (K2), otherwise they are left out unless `standing` asks for them."""
    authorize(actor, Permission.COMMITTEES_MANAGE)
    today = local(tx.now).date()
    wanted = _wanted(actor)
    if not standing:
        over = _stands("已到期", today)
        wanted = wanted.where(over if past else ~over)
    if text:
        wanted = wanted.where(
            sa.or_(C.name.contains(text, autoescape=True), C.code.startswith(text.upper(), autoescape=True))
        )
    if series:
        wanted = wanted.where(C.series == series)
    if level:
        wanted = wanted.where(holds(C.levels, level))
    if standing:
        wanted = wanted.where(_stands(standing, today))
    total = int(tx.value(sa.select(sa.func.count()).select_from(wanted.subquery())))
    rows = tx.rows(wanted.order_by(C.code).limit(size).offset((max(1, page) - 1) * size))
    return [_committee(tx, row) for row in rows], total


def forming_units(tx: Transaction, actor: Actor) -> Mapping[int, str]:
    """The units of the actor's subtree that may form committees, by id."""
    wanted = sa.select(unit.c.id, unit.c.name).where(
        in_scope(actor, unit.c.id), unit.c.may_form_committee.is_(True), unit.c.state == State.ACTIVE
    )
    return {row.id: row.name for row in tx.rows(wanted.order_by(unit.c.id))}


def has_right(tx: Transaction, actor: Actor) -> bool:
    """Whether the actor registers committees: the permission, for a unit that has 评委会创建权."""
    if not actor.may(Permission.COMMITTEES_MANAGE) or actor.unit is None:
        return False
    return bool(tx.value(sa.select(unit.c.may_create_committee).where(unit.c.id == actor.unit)))


def require_right(tx: Transaction, actor: Actor) -> None:
    """Raise `NotAllowed` with a sentence unless `has_right`."""
    authorize(actor, Permission.COMMITTEES_MANAGE)
    if not has_right(tx, actor):
        raise NotAllowed("本单位没有评委会创建权，需要新增评委会的，请联系上级单位。")


def _checked(tx: Transaction, actor: Actor, book: CodeBook, fields: CommitteeFields) -> CommitteeFields:
    fields = tidy_fields(fields)
    broken = problems_by_rule(check_composition(tx, facts_of(fields, book)))
    problems = {**broken, **problems_of(fields, book)}
    if fields.forming_unit is None:
        problems["forming_unit"] = ["请选择组建单位"]
    elif fields.forming_unit not in forming_units(tx, actor):
        problems["forming_unit"] = [NO_RIGHT]
    if problems:
        raise InvalidInput(fields=problems)
    return fields


def _write(tx: Transaction, statement: sa.Insert | sa.Update) -> None:
    try:
        with tx.savepoint():
            tx.execute(statement)
    except IntegrityError:
        raise InvalidInput(fields={"code": [TAKEN]}) from None


def _columns(fields: CommitteeFields) -> dict[str, Any]:
    return {**asdict(fields), "specialties": list(fields.specialties), "levels": list(fields.levels)}


def _wanted(actor: Actor) -> sa.Select[Any]:
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
