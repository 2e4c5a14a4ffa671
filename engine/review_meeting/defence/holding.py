"""Who came to defend; what has to be noted before the stage ends and before a dossier is scored."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput, Refused
from engine.flow.contexts import TaskContext
from engine.flow.variables import read_variables
from engine.review_meeting.defence.schedule import holding_meeting
from engine.review_meeting.defence.tables import defence_note
from engine.review_meeting.tables import meeting_dossier

#: an item of the score is the defence's where its name says so
ITEM_WORDS = ("答辩", "讲课", "面试")
BEFORE = "该申报人还没有答辩，请在登记到场或者缺席以后提交打分；已填写的内容可以暂存。"
n, d = defence_note.c, meeting_dossier.c


def note_defences(tx: Transaction, actor: Actor, meeting: int, declarations: Collection[int], *, came: bool) -> int:
    """Note that these defended, or were called and did not come; how many. A later note takes the place of an earlier one.

    Raises `InvalidInput` where none is chosen, `Refused` outside the stage.
    """
    holding_meeting(tx, actor, meeting)
    known = sa.select(d.declaration).where(d.meeting == meeting, d.declaration.in_(sorted(declarations)))
    keys = [row.declaration for row in tx.rows(known)]
    if not keys:
        raise InvalidInput(fields={"declaration": ["请勾选申报人"]})
    tx.execute(sa.delete(defence_note).where(n.meeting == meeting, n.declaration.in_(keys)))
    for key in keys:
        row = {"meeting": meeting, "declaration": key, "came": came, "noted_by": actor.login, "noted_at": tx.now}
        tx.insert(defence_note, **row)
    return len(keys)


def check_defences(tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]) -> Mapping[str, object]:
    """The hook of 组织答辩: of every dossier it is noted whether its declarant came. Raises `InvalidInput`."""
    noted = sa.select(n.declaration).where(n.meeting == task.case_key)
    left = sa.select(sa.func.count()).select_from(meeting_dossier)
    missing = tx.value(left.where(d.meeting == task.case_key, d.declaration.not_in(noted)))
    if missing:
        raise InvalidInput(fields={"defence_note": [f"还有 {missing} 人没有登记到场或者缺席，请登记后再结束"]})
    return values


def is_defended(tx: Transaction, meeting: int) -> bool:
    """Whether the plan of the meeting asks for defences."""
    plan = read_variables(tx, meeting, frozenset({"plan"})).get("plan")
    return isinstance(plan, Mapping) and plan.get("defence") == "yes"


def refuse_before_defence(tx: Transaction, meeting: int, declaration: int) -> None:
    """Raise `Refused` for a dossier whose defence is still to come: what was said there is an item of its score."""
    noted = sa.select(n.declaration).where(n.meeting == meeting, n.declaration == declaration)
    if tx.value(noted) is None and is_defended(tx, meeting):
        raise Refused(BEFORE)


def item_problems(tx: Transaction, meeting: int, standards: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """What is wrong with the standards of a meeting with defences: each has to score them in an item of its own."""
    if not is_defended(tx, meeting):
        return {}
    without = [
        str(one["name"])
        for one in standards
        if not any(word in item["name"] for item in one["items"] for word in ITEM_WORDS)
    ]
    said = f"评审方案要组织答辩，请在标准“{without[0]}”中加一个名称含“答辩”或“讲课”的评分项目" if without else ""
    return {"name": [said]} if without else {}
