"""授权单位评委会管理 (K1): registering committees, changing what is said of them, taking them out of use."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.access import Actor, Permission, authorize, in_scope
from engine.committee.accounts import follow_committee, open_account, reset_committee_password
from engine.committee.committee_lists import find_committee
from engine.committee.composition import check_composition
from engine.committee.fields import CommitteeFields, facts_of, problems_by_rule, problems_of, tidy_fields
from engine.committee.filing import record_filing
from engine.committee.tables import CommitteeState, committee
from engine.db import Transaction
from engine.errors import InvalidInput, NotAllowed, Refused, StaleTask
from engine.organisation.events import record
from engine.organisation.tables import State, unit
from engine.reference import CodeBook

C = committee.c
TAKEN = "这个评委会代码已经有了，请换一个"
CHANGED = "有同事刚刚修改过这个评委会，您的修改没有保存；请核对后再保存，就以本页的内容为准。"
NO_RIGHT = "所选单位没有评委会组建权，请先由上级授予，或另选组建单位"


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


def edit_committee(
    tx: Transaction, actor: Actor, book: CodeBook, key: int, fields: CommitteeFields, *, mark: str | None = None
) -> None:
    """Change what is said of a committee; other dates or another number are a new filing (重新备案). Raises `InvalidInput` by field,
    `NotFound` where it is not the actor's, `StaleTask` where somebody has changed it since the page of `mark` was made."""
    require_right(tx, actor)
    tx.execute(sa.select(C.id).where(C.id == key).with_for_update())
    found = find_committee(tx, actor, key)
    if mark is not None and found.mark != mark:
        raise StaleTask(CHANGED)
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
