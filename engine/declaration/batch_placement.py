"""批量预分配 (U19): many declarations placed with the committee proposed for each, row by row by the worker."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.declaration.batch_review import MOST_TICKED, TAKE_BACK, review_items
from engine.declaration.desks import Desk, desk_of
from engine.declaration.dossier import section
from engine.declaration.lists import review_scope
from engine.errors import InvalidInput, Refused, StaleTask
from engine.flow.batches import BatchKind, start_batch
from engine.flow.completion import complete_task
from engine.flow.tables import task, variable
from engine.flow.variables import read_variables

KIND = "declaration_placement"
PROPOSAL = "committee_proposal"
NOT_PROPOSED = "系统没有建议的评委会，请打开后选择评委会，或者办理委托评审。"

Item = Mapping[str, Any]


def start_batch_placement(
    tx: Transaction,
    actor: Actor,
    *,
    task_keys: Sequence[int] | None = None,
    filters: Mapping[str, str] | None = None,
    year: int,
    command_key: str | None = None,
) -> int:
    """Place these, or all of 预分配评委会 that fit the filters, with the committees proposed; the batch's key.

    Raises `InvalidInput` where nothing is chosen.
    """
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    if task_keys is None:
        task_keys = review_scope(tx, actor, year=year, filters={**(filters or {}), "desk": Desk.PLACEMENT})
    elif len(task_keys) > MOST_TICKED:
        raise InvalidInput(f"一次最多勾选 {MOST_TICKED:,} 份，更多请用查询条件选择全部结果。")
    items = review_items(tx, actor, task_keys)
    title = f"批量预分配评委会 {len(items):,} 份申报材料"
    return start_batch(tx, actor, kind=KIND, items=items, title=title, command_key=command_key)


def place_row(tx: Transaction, actor: Actor, params: Item, item: Item) -> Mapping[str, Any]:
    """Place one as proposed. Raises `Refused` where nothing is proposed, `StaleTask` where it waits no longer."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    form_id = tx.value(sa.select(task.c.form_id).where(task.c.key == item["task_key"]))
    if form_id is None or desk_of(form_id) is not Desk.PLACEMENT:
        raise StaleTask("这份材料已经不在待预分配之中，请刷新后查看。")
    proposal = section(read_variables(tx, item["case_key"], frozenset({PROPOSAL})), PROPOSAL)
    if proposal.get("committee") is None:
        raise Refused(NOT_PROPOSED)
    values = {"outcome": "assign", "committee": str(proposal["committee"]), "opinion": ""}
    complete_task(tx, actor, item["task_key"], values)
    return {"committee": proposal["name"]}


def proposals_of(tx: Transaction, cases: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """What was proposed for each of these declarations, in one statement; the caller has made sure that they may be seen."""
    v = variable.c
    wanted = sa.select(v.case_key, v.value).where(v.case_key.in_(cases), v.scope_key == v.case_key, v.name == PROPOSAL)
    return {row.case_key: row.value or {} for row in tx.rows(wanted)} if cases else {}


BATCH_PLACEMENT = BatchKind("批量预分配评委会", place_row, undo=TAKE_BACK)
