"""批量审核 of experts (K6), and asking many new experts for their profile: row by row by the worker, each through the one door."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.committee.tables import expert, expert_vetting
from engine.committee.vetting import start_vetting
from engine.committee.vetting_lists import VettingFilter, waiting_vettings
from engine.db import Transaction
from engine.errors import InvalidInput
from engine.flow.batches import start_batch
from engine.flow.completion import complete_task
from engine.flow.contexts import BatchKind

VETTING, ASKING = "expert_vetting", "expert_asking"
OUTCOMES: Mapping[str, str] = {"approve": "同意入库", "return_for_revision": "退回修改", "refuse": "不同意入库"}
LONGEST_OPINION = 1000
MOST_TICKED = 1000
MOST = 10_000

Item = Mapping[str, Any]


def start_batch_vetting(
    tx: Transaction,
    actor: Actor,
    *,
    outcome: str,
    opinion: str = "",
    task_keys: Sequence[int] | None = None,
    wanted: VettingFilter | None = None,
    command_key: str | None = None,
) -> int:
    """Decide on many experts with one opinion: those of `task_keys`, or all that wait and fit the filter; the batch's key.

    Raises `InvalidInput` by field, `NotAllowed`.
    """
    authorize(actor, Permission.EXPERTS_VET)
    opinion = opinion.strip()
    if outcome not in OUTCOMES:
        raise InvalidInput(fields={"outcome": ["请选择审核结果"]})
    if outcome != "approve" and not opinion:
        raise InvalidInput(fields={"opinion": ["退回修改和不同意入库的，请写明理由"]})
    if len(opinion) > LONGEST_OPINION:
        raise InvalidInput(fields={"opinion": [f"审核意见最多 {LONGEST_OPINION:,} 个字，现有 {len(opinion):,} 个"]})
    if task_keys is None:
        task_keys = waiting_vettings(tx, actor, wanted or VettingFilter(), MOST)
    elif len(task_keys) > MOST_TICKED:
        raise InvalidInput(f"一次最多勾选 {MOST_TICKED:,} 人，更多请用查询条件选择全部结果。")
    items = _items(tx, actor, task_keys)
    title = f"批量审核 {len(items):,} 名专家：{OUTCOMES[outcome]}"
    params = {"outcome": outcome, "opinion": opinion}
    return start_batch(tx, actor, kind=VETTING, items=items, params=params, title=title, command_key=command_key)


def _items(tx: Transaction, actor: Actor, task_keys: Sequence[int]) -> list[dict[str, Any]]:
    v, e = expert_vetting.c, expert.c
    wanted = (
        sa.select(v.open_task, v.case_key, e.name, e.workplace)
        .join(expert, e.id == v.expert)
        .where(v.open_task.in_(sorted(set(task_keys))), v.unit == actor.unit)
        .order_by(v.case_key)
    )
    return [
        {"task": row.open_task, "title": f"{row.name}　{row.workplace}", "url": f"/expert-vettings/{row.case_key}"}
        for row in tx.rows(wanted)
    ]


def vet_one(tx: Transaction, actor: Actor, params: Mapping[str, Any], item: Item) -> Mapping[str, Any]:
    """One row: the task is completed as if it had been done alone."""
    values = {"outcome": params["outcome"], "opinion": params["opinion"] or None}
    complete_task(tx, actor, item["task"], values, outcome=params["outcome"])
    return {}


def start_asking(tx: Transaction, actor: Actor, experts: Mapping[int, str], *, unit: int, title: str) -> int:
    """Ask new experts for their profiles, which the officers of that unit will vet; the batch's key. The caller has authorised."""
    items = [{"expert": key, "title": name} for key, name in sorted(experts.items())]
    return start_batch(tx, actor, kind=ASKING, items=items, params={"unit": unit}, title=title)


def ask_one(tx: Transaction, actor: Actor, params: Mapping[str, Any], item: Item) -> Mapping[str, Any]:
    """One row: the expert's case begins, unless it has begun already."""
    authorize(actor, Permission.EXPERTS_MANAGE)
    return {"case_key": start_vetting(tx, actor, item["expert"], params["unit"])}


KINDS: Mapping[str, BatchKind] = {
    VETTING: BatchKind("批量审核专家", vet_one),
    ASKING: BatchKind("请专家完善信息", ask_one),
}
