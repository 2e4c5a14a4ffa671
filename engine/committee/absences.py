"""不能参加的时间 of an expert in the pool: said at once, without the profile being vetted again."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.clock import local
from engine.committee.tables import ExpertState, expert, expert_vetting
from engine.db import Transaction
from engine.errors import InvalidInput, NotFound, Refused
from engine.flow.tables import CaseState, case

MOST = 20
e = expert.c


def add_absence(tx: Transaction, actor: Actor, begin: date | None, end: date | None) -> None:
    """Say that one cannot come from `begin` to `end`, both included. Raises `InvalidInput` by field, and as `_lock` does."""
    row = _lock(tx, actor)
    problems: dict[str, list[str]] = {}
    if begin is None:
        problems["from"] = ["请填写开始日期"]
    if end is None:
        problems["to"] = ["请填写结束日期"]
    elif end < (begin or end):
        problems["to"] = ["结束日期不能早于开始日期"]
    elif end < local(tx.now).date():
        problems["to"] = ["这段时间已经过去"]
    if len(row.unavailable) >= MOST:
        problems["from"] = [f"最多 {MOST} 段时间，请先删去已过去的"]
    if problems:
        raise InvalidInput(fields=problems)
    assert begin is not None
    assert end is not None
    span = {"from": begin.isoformat(), "to": end.isoformat()}
    _write(tx, row, sorted([*(one for one in row.unavailable if one != span), span], key=lambda one: one["from"]))


def drop_absence(tx: Transaction, actor: Actor, begin: str, end: str) -> None:
    """Take such a time back; one that is not there is no matter."""
    row = _lock(tx, actor)
    _write(tx, row, [one for one in row.unavailable if one != {"from": begin, "to": end}])


def _lock(tx: Transaction, actor: Actor) -> sa.Row[Any]:
    """The actor's own row. Raises `NotFound` for who is no expert, `Refused` outside the pool and while the profile is written anew:
    then it is said there."""
    authorize(actor, Permission.PROFILE_KEEP)
    row = tx.row(sa.select(expert).where(e.account == actor.account).with_for_update())
    if row is None:
        raise NotFound
    if row.state is not ExpertState.IN_POOL:
        raise Refused("入库以后才能在这里登记；现在请在个人信息的“其他信息”中填写。")
    v = expert_vetting.c
    running = (
        sa.select(v.case_key)
        .join(case, case.c.key == v.case_key)
        .where(v.expert == row.id, case.c.state == CaseState.ACTIVE)
    )
    if tx.row(running.limit(1)) is not None:
        raise Refused("个人信息正在更新，请在“其他信息”中填写；已提交的，可以先撤回。")
    return row


def _write(tx: Transaction, row: sa.Row[Any], spans: list[dict[str, str]]) -> None:
    """In the column that meetings read, and in the profile an update begins with."""
    profile: Mapping[str, Any] = row.profile or {}
    other = {**(profile.get("other_info") or {}), "unavailable": spans}
    values = {"unavailable": spans, "profile": {**profile, "other_info": other}}
    tx.execute(sa.update(expert).where(e.id == row.id).values(values))
