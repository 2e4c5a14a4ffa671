"""批量审核 and 撤回办理 (U14, Q33, Q37): one decision for many declarations, and taking decisions back, row by row by the worker.

Each row passes the flow's one door as if it had been decided alone, so hooks, deadlines and versions hold for it; it names why it was
refused and the others go on.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.declaration.dossier import OFFICER_FORM
from engine.declaration.lists import review_scope
from engine.declaration.tables import declaration
from engine.errors import InvalidInput, NotFound, Refused
from engine.flow.batches import start_batch
from engine.flow.completion import complete_task
from engine.flow.contexts import BatchKind
from engine.flow.modification import may_reopen, reopen_task
from engine.flow.registry import registry_of
from engine.flow.tables import TaskState, task, task_done
from engine.flow.visibility import is_visible
from engine.notification import Recipient, notify
from engine.organisation.tables import account

REVIEW = "declaration_review"
TAKE_BACK = "declaration_take_back"

APPROVE = "approve"
RETURN = "return_for_revision"
OUTCOMES: Mapping[str, str] = {APPROVE: "通过", RETURN: "退回修改"}
#: reviews that ask for nothing but a decision, an opinion and what is the same for many; every other step is done one by one
BATCH_FORMS = frozenset(
    {
        "declaration_officer_review",
        "declaration_officer_check",
        "declaration_leader_review",
        "declaration_superior_review",
        "declaration_committee_screening",
    }
)
#: filled in once for all (manual L248), where the form of the step has them
SHARED = ("recommendation_notice", "panel_opinion")

LONGEST_OPINION = 1000
LONGEST_REASON = 500
MOST_TICKED = 1000
#: rows looked up at once
AT_ONCE = 5000

_FOUND = "tasks of the chunk"
Item = Mapping[str, Any]


def start_batch_review(
    tx: Transaction,
    actor: Actor,
    *,
    outcome: str,
    opinion: str = "",
    shared: Mapping[str, str] | None = None,
    task_keys: Sequence[int] | None = None,
    filters: Mapping[str, str] | None = None,
    year: int,
    command_key: str | None = None,
) -> int:
    """Decide on many reviews with one opinion: those of `task_keys`, or all of 未审核 that fit the filters; the batch's key.

    `outcome` is `approve` or `return_for_revision` (审核不通过 is the latter for all, Q33), which needs an opinion (at most 1,000
    characters). `shared` holds 推荐和公示情况 and 推荐小组意见. Raises `InvalidInput` by field, `NotAllowed`.
    """
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    opinion = opinion.strip()
    if outcome not in OUTCOMES:
        raise InvalidInput(fields={"outcome": ["请选择通过或审核不通过"]})
    if outcome == RETURN and not opinion:
        raise InvalidInput(fields={"opinion": ["审核不通过须填写审核意见，写明需要修改之处"]})
    _refuse_long("opinion", "审核意见", opinion, LONGEST_OPINION)
    if task_keys is None:
        task_keys = review_scope(tx, actor, year=year, filters=filters or {})
    elif len(task_keys) > MOST_TICKED:
        raise InvalidInput(f"一次最多勾选 {MOST_TICKED:,} 份，更多请用查询条件选择全部结果。")
    items = review_items(tx, actor, task_keys)
    params = {"outcome": outcome, "opinion": opinion, **{name: text.strip() for name, text in (shared or {}).items()}}
    title = f"批量{OUTCOMES[outcome]} {len(items):,} 份申报材料"
    return start_batch(tx, actor, kind=REVIEW, items=items, params=params, title=title, command_key=command_key)


def start_batch_take_back(
    tx: Transaction, actor: Actor, *, task_keys: Sequence[int], reason: str, command_key: str | None = None
) -> int:
    """Take back many of one's own decisions (撤回办理, Q37); the batch's key. Raises `InvalidInput` without a reason."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    reason = _checked_reason(reason)
    items = review_items(tx, actor, task_keys[:MOST_TICKED])
    title = f"撤回办理 {len(items):,} 份申报材料"
    return start_batch(
        tx, actor, kind=TAKE_BACK, items=items, params={"reason": reason}, title=title, command_key=command_key
    )


def review_items(tx: Transaction, actor: Actor, task_keys: Sequence[int]) -> list[dict[str, Any]]:
    """The rows of a batch over these tasks, open or done, in the order of their cases; those the actor does not see are left out."""
    cases: dict[int, int] = {}
    for start in range(0, len(task_keys), AT_ONCE):
        wanted = sorted(set(task_keys[start : start + AT_ONCE]))
        for table in (task, task_done):
            rows = tx.rows(sa.select(table.c.key, table.c.case_key).where(table.c.key.in_(wanted)))
            cases |= {row.key: row.case_key for row in rows}
    about = _declarations(tx, actor, sorted(set(cases.values())))
    in_order = sorted((case_key, key) for key, case_key in cases.items())
    return [_item(key, about[case_key]) for case_key, key in in_order if case_key in about]


def _declarations(tx: Transaction, actor: Actor, case_keys: Sequence[int]) -> dict[int, sa.Row[Any]]:
    """Apart from the tasks: joined, SQLite would try every key on every case."""
    d = declaration.c
    query = sa.select(d.case_key, d.name, d.declaration_no, d.unit_name).where(is_visible(d.case_key, actor))
    return {
        row.case_key: row
        for start in range(0, len(case_keys), AT_ONCE)
        for row in tx.rows(query.where(d.case_key.in_(case_keys[start : start + AT_ONCE])))
    }


def _item(task_key: int, row: sa.Row[Any]) -> dict[str, Any]:
    return {
        "task_key": task_key,
        "case_key": row.case_key,
        "title": f"{row.name} · {row.declaration_no}",
        "note": row.unit_name,
        "url": f"/declarations/{row.case_key}",
    }


# --- a row ------------------------------------------------------------------------------------------------------------


def find_tasks(tx: Transaction, actor: Actor, params: Item, items: Sequence[Item]) -> None:
    """Read which forms the tasks of a chunk have, once for all of it."""
    keys = [item["task_key"] for item in items]
    rows = tx.rows(sa.select(task.c.key, task.c.form_id, task.c.form_key, task.c.name).where(task.c.key.in_(keys)))
    tx.memo[_FOUND] = {row.key: row for row in rows}


def review_row(tx: Transaction, actor: Actor, params: Item, item: Item) -> None:
    """Decide one. Raises what deciding alone would, and `Refused` where the step asks for more than a decision."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    found = tx.memo[_FOUND].get(item["task_key"])
    values = {"opinion": params["opinion"]}
    if found is not None:
        if found.form_id not in BATCH_FORMS:
            raise Refused(f"“{found.name}”需要逐份填写，不能批量办理，请打开后单独办理。")
        keys = registry_of(tx).library.form(tx, found.form_key).keys
        values |= {name: params[name] for name in SHARED if params.get(name) and name in keys}
    complete_task(tx, actor, item["task_key"], {**values, "outcome": params["outcome"]})


def take_back_row(tx: Transaction, actor: Actor, params: Item, item: Item) -> None:
    take_back_review(tx, actor, item["task_key"], reason=params["reason"])


def take_back_review(tx: Transaction, actor: Actor, task_key: int, *, reason: str) -> int:
    """Take back an own decision while nobody has acted on it (Q37): the dossier is open again as it was; the task's key.

    An applicant who had been told of a return is told that it does not stand. Raises `InvalidInput` without a reason, `NotAllowed`
    where somebody else decided, `Refused` with why it is too late.
    """
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    reason = _checked_reason(reason)
    held = tx.row(sa.select(task_done.c.outcome, task_done.c.case_key).where(task_done.c.key == task_key))
    d = declaration.c
    about = held and tx.row(sa.select(d.applicant, d.declaration_no).where(d.case_key == held.case_key))
    if held is None or about is None:
        raise NotFound
    opened = reopen_task(tx, actor, task_key, reason)
    if held.outcome == RETURN:
        _tell_applicant(tx, held.case_key, about.applicant, about.declaration_no)
    return opened


def decision_to_take_back(tx: Transaction, actor: Actor, case_key: int) -> Mapping[str, Any] | None:
    """The actor's last decision in a declaration, where it can still be taken back: its row of `task_done`."""
    if not actor.may(Permission.DECLARATIONS_REVIEW):
        return None
    t = task_done.c
    own = sa.select(task_done).where(t.case_key == case_key, t.ended_by == actor.login, t.state == TaskState.COMPLETED)
    row = tx.row(own.order_by(t.ended_at.desc(), t.key.desc()).limit(1))
    if row is None or not may_reopen(tx, actor, dict(row._mapping)):
        return None
    return dict(row._mapping)


def recommends(tx: Transaction, actor: Actor) -> bool:
    """Whether reviews that take 推荐和公示情况 and 推荐小组意见 wait for the actor: those of the own unit's applicants."""
    t = task.c
    waiting = sa.select(t.key).where(t.candidate.in_(sorted(actor.groups)), t.form_id == OFFICER_FORM)
    return tx.row(waiting.limit(1)) is not None


def _tell_applicant(tx: Transaction, case_key: int, login: str, number: str) -> None:
    a = account.c
    person = tx.row(sa.select(a.id, a.email, a.mobile).where(a.login == login))
    if person is not None:
        text = f"审核单位撤回了对申报材料 {number} 的退回，材料回到审核中，您暂时无需修改。"
        recipient = Recipient(person.id, person.email or "", person.mobile or "")
        data = {"subject": "退回已撤回", "text": text}
        notify(tx, recipient, "plain", data, case_key=case_key, url=f"/declarations/{case_key}")


def _checked_reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise InvalidInput(fields={"reason": ["请写明撤回的原因"]})
    _refuse_long("reason", "撤回的原因", reason, LONGEST_REASON)
    return reason


def _refuse_long(field: str, label: str, text: str, longest: int) -> None:
    if len(text) > longest:
        raise InvalidInput(fields={field: [f"{label}最多 {longest:,} 个字，现有 {len(text):,} 个"]})


KINDS: Mapping[str, BatchKind] = {
    REVIEW: BatchKind("批量审核", review_row, prepare=find_tasks, undo=TAKE_BACK),
    TAKE_BACK: BatchKind("撤回办理", take_back_row),
}
