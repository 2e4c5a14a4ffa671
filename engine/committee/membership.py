"""What a pool does with an expert who is in it: another term, out of the pool, barred for a time, a first password again."""

from datetime import date

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.committee.composition import parameters_of
from engine.committee.expert_fields import term_problems
from engine.committee.keeping import KeptPool, find_pool
from engine.committee.tables import ExpertState, MemberState, committee, expert, pool_member
from engine.committee.vetting import REMOVED, number_of, start_vetting
from engine.db import Transaction
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.flow.direct import add_message
from engine.organisation.accounts import end_access
from engine.organisation.events import record
from engine.organisation.integrity import RecordKind, write_record
from engine.organisation.roles import Role
from engine.organisation.tables import account, membership

e, m = expert.c, pool_member.c
UNDER_WAY = frozenset({ExpertState.COMPLETING, ExpertState.RETURNED, ExpertState.PENDING})


def set_term(
    tx: Transaction, actor: Actor, committee_id: int, expert_id: int, begin: date | None, end: date | None
) -> None:
    """Give an expert another term in a pool (续聘), also one who has left it; at most three years (J04).

    Raises `InvalidInput` by field, `NotFound`, `Refused` where the committee is out of use.
    """
    pool, row = _member(tx, actor, committee_id, expert_id)
    region = tx.value(sa.select(committee.c.region).where(committee.c.id == committee_id))
    if problems := term_problems(begin, end, parameters_of(tx, region).term_years):
        raise InvalidInput(fields=problems)
    values = {"term_from": begin, "term_until": end, "state": MemberState.ACTIVE}
    tx.execute(sa.update(pool_member).where(m.committee == committee_id, m.expert == expert_id).values(values))
    if row.state in (ExpertState.DISABLED, ExpertState.REFUSED):
        start_vetting(tx, actor, expert_id, pool.forming_unit)
    _note(tx, actor, pool, row, "expert:term_set", {"until": end.isoformat() if end else None})


def remove_expert(tx: Transaction, actor: Actor, committee_id: int, expert_id: int, *, reason: str) -> None:
    """Take an expert out of a pool (移出). Where it was the only one, a profile that is under way ends with it.

    Meetings the expert is in already are not touched. Raises `InvalidInput` without a reason.
    """
    pool, row = _member(tx, actor, committee_id, expert_id)
    reason = reason.strip()
    if not 1 <= len(reason) <= 200:
        raise InvalidInput(fields={"reason": ["请写明移出的原因，最多 200 个字"]})
    mine = sa.and_(m.committee == committee_id, m.expert == expert_id)
    tx.execute(sa.update(pool_member).where(mine).values(state=MemberState.LEFT))
    others = sa.select(sa.func.count()).where(m.expert == expert_id, m.state == MemberState.ACTIVE)
    if not tx.value(others):
        if row.state in UNDER_WAY:
            add_message(tx, actor, REMOVED, number_of(expert_id), {}, expires_at=tx.now)
        else:
            tx.execute(sa.update(expert).where(e.id == expert_id).values(state=ExpertState.DISABLED))
    _note(tx, actor, pool, row, "expert:removed", {"reason": reason})


def bar_expert(
    tx: Transaction,
    actor: Actor,
    committee_id: int,
    expert_id: int,
    *,
    reason: str,
    until: date | None,
    source: str = "",
) -> int:
    """Bar an expert from every committee of the province up to and including `until` (J16); the record's id.

    Only officers of the forming unit do so: it holds for the pools of others too. It ends by itself. Raises `InvalidInput` by field.
    """
    authorize(actor, Permission.EXPERTS_VET)
    pool, row = _member(tx, actor, committee_id, expert_id)
    if until is None:
        missing = {} if reason.strip() else {"reason": ["请填写原因，最多 200 个字"]}
        raise InvalidInput(fields={**missing, "until": ["请填写截止日期"]})
    key = write_record(
        tx, actor, person=row.person, kind=RecordKind.EXPERT, reason=reason, until=until, source=source or pool.name
    )
    _note(tx, actor, pool, row, "expert:barred", {"until": until.isoformat(), "record": key})
    return key


def reset_expert_password(tx: Transaction, actor: Actor, committee_id: int, expert_id: int, password_hash: str) -> str:
    """Give an expert a first password again; the login. Raises `NotAllowed` for who has other roles, whose keeper does it."""
    pool, row = _member(tx, actor, committee_id, expert_id)
    roles = {held.role for held in tx.rows(sa.select(membership.c.role).where(membership.c.account == row.account))}
    if roles != {Role.EXPERT.value}:
        raise NotAllowed("该专家的账号还有其他角色，请本人用“忘记密码”设置，或由其单位重置。")
    this = account.c.id == row.account
    tx.execute(sa.update(account).where(this).values(password_hash=password_hash, must_change=True))
    end_access(tx, row.account)
    _note(tx, actor, pool, row, "account:password_reset", None)
    return str(tx.value(sa.select(account.c.login).where(this)))


def _member(
    tx: Transaction, actor: Actor, committee_id: int, expert_id: int
) -> tuple[KeptPool, sa.Row[tuple[object, ...]]]:
    pool = find_pool(tx, actor, committee_id, to_change=True)
    joined = sa.select(expert).join(pool_member, m.expert == e.id).where(m.committee == committee_id, e.id == expert_id)
    row = tx.row(joined.with_for_update(of=expert))
    if row is None:
        raise NotFound
    return pool, row


def _note(
    tx: Transaction,
    actor: Actor,
    pool: KeptPool,
    row: sa.Row[tuple[object, ...]],
    event: str,
    detail: dict[str, object] | None,
) -> None:
    about = {"committee": pool.id, "expert": row.id, **(detail or {})}
    record(tx, actor, event, unit=pool.forming_unit, account=row.account, person=row.person, detail=about)
