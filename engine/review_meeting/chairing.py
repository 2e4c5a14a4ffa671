"""指定评审会议主任 (M6), and handing the chair over to a deputy (Q3)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from engine.access import SYSTEM, Actor
from engine.db import Transaction
from engine.errors import InvalidInput, Refused
from engine.flow.contexts import JobContext, TaskContext
from engine.flow.direct import add_message
from engine.flow.queries import case_tasks
from engine.flow.reassigning import reassign_tasks
from engine.flow.tables import CaseState, case
from engine.review_meeting.creating import editable_meeting
from engine.review_meeting.inviting import tell_experts
from engine.review_meeting.meetings import Meeting, committees_of
from engine.review_meeting.tables import (
    DossierStage,
    ExpertPost,
    Invitation,
    meeting_dossier,
    meeting_expert,
    review_meeting,
)

#: as many may stand in
MOST_DEPUTIES = 2
STEP = "appoint_chair"
#: a review that is suspended hears who presides when it goes on
PATIENCE = timedelta(days=365)

x, m, d = meeting_expert.c, review_meeting.c, meeting_dossier.c


def choose_chair(tx: Transaction, actor: Actor, meeting: int, chair: int | None, deputies: Collection[int]) -> None:
    """Note the chair and up to two deputies, all of them experts who come. Raises `InvalidInput` by field, `Refused` later on."""
    editable_meeting(tx, actor, meeting)
    if not any(one.row["element_id"] == STEP for one in case_tasks(tx, actor, meeting)):
        raise Refused("现在不能指定主任；会议中需要换人主持的，请用“更换主持人”。")
    wanted = {one for one in deputies if one != chair}
    coming = {row.expert for row in tx.rows(sa.select(x.expert).where(x.meeting == meeting, _comes))}
    problems: dict[str, list[str]] = {}
    if chair is None:
        problems["chair"] = ["请选择一名主任"]
    elif chair not in coming:
        problems["chair"] = ["主任应是参加会议的评委"]
    if len(wanted) > MOST_DEPUTIES:
        problems["deputies"] = [f"副主任最多 {MOST_DEPUTIES} 名，现选了 {len(wanted)} 名"]
    elif not wanted <= coming:
        problems["deputies"] = ["副主任应是参加会议的评委"]
    if problems:
        raise InvalidInput(fields=problems)
    here = x.meeting == meeting
    tx.execute(sa.update(meeting_expert).where(here).values(post=ExpertPost.MEMBER))
    tx.execute(sa.update(meeting_expert).where(here, x.expert == chair).values(post=ExpertPost.CHAIR))
    tx.execute(sa.update(meeting_expert).where(here, x.expert.in_(sorted(wanted))).values(post=ExpertPost.VICE_CHAIR))
    tx.execute(sa.update(review_meeting).where(m.case_key == meeting).values(chair=chair, presiding=chair))


def check_chair(tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]) -> Mapping[str, object]:
    """The hook of 指定评审会议主任: there is a chair; whoever presides becomes a variable. Raises `InvalidInput`."""
    board = board_of(tx, task.case_key)
    chair = next((row for row in board if row["post"] is ExpertPost.CHAIR), None)
    if chair is None:
        raise InvalidInput(fields={"chair": ["请选择一名主任"]})
    return {**values, **_presiding(board, chair)}


def board_of(tx: Transaction, meeting: int) -> list[Mapping[str, Any]]:
    """The chair and the deputies of a meeting, the chair first."""
    query = sa.select(meeting_expert).where(x.meeting == meeting, x.post != ExpertPost.MEMBER, _comes)
    rows = [dict(row._mapping) for row in tx.rows(query.order_by(x.expert))]
    return sorted(rows, key=lambda row: row["post"] is not ExpertPost.CHAIR)


def change_presiding(tx: Transaction, context: JobContext) -> Mapping[str, object]:
    """The inline job `change_presiding`: what waits for the one who presided waits for the successor, here, in the ballots and
    in the reviews of the dossiers (Q3).

    Raises `InvalidInput` where the successor is neither chair nor deputy.
    """
    board = board_of(tx, context.case_key)
    successor = str(context.variables.get("successor") or "")
    old = str(context.variables.get("presiding") or "")
    chosen = next((row for row in board if row["login"] == successor and successor != old), None)
    if chosen is None:
        raise InvalidInput(fields={"successor": ["只能由主任或副主任主持，请重新选择"]})
    tx.execute(sa.update(review_meeting).where(m.case_key == context.case_key).values(presiding=chosen["expert"]))
    reassign_tasks(tx, context.case_key, old, successor)
    _tell_cases(tx, context, successor)
    meeting = tx.row(sa.select(review_meeting).where(m.case_key == context.case_key))
    if meeting is not None:
        held = Meeting(dict(meeting._mapping), committees_of(tx, context.case_key))
        text = f"评审会议“{held.name}”现在由您主持，主任的事项已转到您的待办。"
        tell_experts(tx, held, [successor], "请主持评审会议", text)
    return _presiding(board, chosen)


def _tell_cases(tx: Transaction, context: JobContext, presiding: str) -> None:
    """A message `presiding_changed` to each review and each ballot that runs, each heard in a transaction of its own."""
    number = str(context.business_key)
    reviews = sa.select(d.declaration_no).where(
        d.meeting == context.case_key, d.review_case.is_not(None), d.stage != DossierStage.CHAIR_CONFIRMED
    )
    keys = [f"{number}/{row.declaration_no}" for row in tx.rows(reviews.order_by(d.declaration_no))]
    running = sa.select(case.c.key).where(case.c.parent_case_key == context.case_key, case.c.state == CaseState.ACTIVE)
    if tx.row(running.limit(1)) is not None:
        keys += [f"{number}/{one['code']}" for one in committees_of(tx, context.case_key)]
    for key in keys:
        add_message(
            tx,
            context.actor or SYSTEM,
            "presiding_changed",
            key,
            {"presiding": presiding},
            expires_at=tx.now + PATIENCE,
            from_case=context.case_key,
        )


def _presiding(board: Sequence[Mapping[str, Any]], chosen: Mapping[str, Any]) -> dict[str, object]:
    others = [row for row in board if row["expert"] != chosen["expert"]]
    return {
        "presiding": chosen["login"],
        "presiding_name": chosen["name"],
        "deputies": [{"value": row["login"], "label": row["name"]} for row in others],
    }


_comes = x.invited != Invitation.DECLINED
