"""审核批注: what a reviewer pins to single fields or files of a dossier. They lie with the open task like everything typed there;
when it is sent back they go along as the variable `review_remarks`, and are listed in the opinion."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.declaration.dossier import section
from engine.errors import InvalidInput
from engine.flow.contexts import TaskContext
from engine.flow.drafts import Draft, list_drafts, save_draft

#: the draft and the variable
REMARKS = "review_remarks"
#: outcomes that send a dossier back to somebody who has to know what to correct
BACK = frozenset({"return_for_revision", "return_to_subordinate"})
#: said where nothing but remarks was written
SEE_REMARKS = "请按下列批注修改。"
LONGEST = 500
MOST = 100


@dataclass(frozen=True, slots=True)
class Remark:
    """`path` is the input, row or section it is about (`education[0].school`), `label` what people call that."""

    path: str
    label: str
    text: str


def pinned(drafts: Mapping[str, Draft]) -> list[Remark]:
    """What was pinned so far, among the drafts of a task."""
    held = drafts.get(REMARKS)
    return [Remark(one["path"], one["label"], one["text"]) for one in held.value] if held else []


def put_remark(tx: Transaction, actor: Actor, task_key: int, *, path: str, label: str, text: str) -> None:
    """Pin a remark to a place, in place of the one that is there; an empty text takes it away.

    Raises `InvalidInput` by field; what `save_draft` raises for a task that is not the actor's.
    """
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    text = text.strip()
    if len(text) > LONGEST:
        raise InvalidInput(fields={"text": [f"批注最多 {LONGEST} 个字，现有 {len(text)} 个"]})
    held = list_drafts(tx, task_key).get(REMARKS)
    before: Sequence[Mapping[str, Any]] = held.value if held else []
    new = [asdict(Remark(path, label, text))] if text else []
    if not any(one["path"] == path for one in before):
        kept = [*before, *new]
    else:
        kept = [now for one in before for now in (new if one["path"] == path else [one])]
    if len(kept) > MOST:
        raise InvalidInput(fields={"text": [f"一份材料最多写 {MOST} 条批注，其余请写在审核意见里"]})
    save_draft(tx, actor, task_key, REMARKS, kept, held.version if held else 0)


def with_remarks(tx: Transaction, actor: Actor, task: TaskContext, values: Mapping[str, object]) -> dict[str, object]:
    """The values of a decision with its remarks, where it sends back; those of an earlier return are replaced."""
    if task.outcome not in BACK:
        return dict(values)
    unit = section(task.variables, "last_review")
    found = pinned(list_drafts(tx, task.key))
    about = {"by_role": actor.role, "unit": task.variables.get("review_unit_name") or unit.get("unit_name") or ""}
    rows = [{**asdict(one), **about, "at": tx.now.isoformat()} for one in found]
    return {**values, REMARKS: rows, "opinion": told(str(values.get("opinion") or ""), found)}


def told(opinion: str, remarks: Sequence[Remark]) -> str:
    """The opinion with the remarks numbered below it."""
    if not remarks:
        return opinion
    lines = [f"{number}. {one.label}：{one.text}" for number, one in enumerate(remarks, 1)]
    return "\n".join([opinion.strip() or SEE_REMARKS, *lines])
