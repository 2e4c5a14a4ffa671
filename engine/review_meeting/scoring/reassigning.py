"""更换评委: other reviewers for one dossier after its review has begun, with a reason, by the message `reviewer_changed`.

Whoever's work falls away is asked for it again by the new one; what the others did before that step stays.
"""

from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused
from engine.flow.actions import perform_action
from engine.flow.variables import read_variables
from engine.review_meeting.assignment.reading import pair_problem, read_assignment
from engine.review_meeting.scoring.routing import seat_table
from engine.review_meeting.seats import keeps_meeting, seat_of
from engine.review_meeting.tables import DossierStage, meeting_dossier, meeting_group

NOW, LATER = "reviewer_changed", "later_reviewer_changed"
LONGEST_REASON = 500
#: the step whose person is asked for, in order, with the variable that holds the login
STEPS = (("scoring", "primary"), ("secondary", "secondary"), ("leader", "leader"), ("chair", "presiding"))
AT = {
    DossierStage.ASSIGNED: 0,
    DossierStage.SCORED: 1,
    DossierStage.SECONDARY_CONFIRMED: 2,
    DossierStage.LEADER_CONFIRMED: 3,
}

d, g = meeting_dossier.c, meeting_group.c


def change_reviewers(
    tx: Transaction,
    actor: Actor,
    meeting: int,
    declaration: int,
    *,
    primary: int,
    secondary: int,
    reason: str,
) -> None:
    """Give a dossier other reviewers; leader and chair are worked out anew beside them, since one of them may keep out now.

    For the leader of the group, whoever presides and the office. Raises `InvalidInput` by field, `Refused` where the review is
    over or has not begun.
    """
    row = tx.row(sa.select(meeting_dossier).where(d.meeting == meeting, d.declaration == declaration))
    if row is None:
        raise NotFound
    _authorise(tx, actor, meeting, row.group)
    if row.review_case is None:
        raise Refused("这份材料还没有开始评审，请在分配页直接修改。")
    if row.stage is DossierStage.CHAIR_CONFIRMED:
        raise Refused("这份材料已经主任确认，不能再更换评委。")
    group = tx.row(sa.select(meeting_group).where(g.id == row.group))
    if group is None:
        raise NotFound
    _check(tx, meeting, dict(group._mapping), declaration, primary, secondary, reason)
    table, held = seat_table(tx, meeting), read_variables(tx, row.review_case)
    people = {
        "primary": table.login(primary),
        "secondary": table.login(secondary),
        "leader": table.login(table.leader_of(declaration, row.group)),
        "presiding": table.login(table.presiding_of(declaration)),
    }
    changed = [at for at, (_, name) in enumerate(STEPS) if held.get(name) != people[name]]
    if not changed:
        raise InvalidInput(fields={"primary": ["主审、副审都没有变化，无需更换"]})
    first, is_later = min(changed), min(changed) > AT[row.stage]
    values: dict[str, Any] = {**people, "resume_at": STEPS[first][0], "change_reason": reason.strip()}
    tx.execute(
        sa.update(meeting_dossier)
        .where(d.meeting == meeting, d.declaration == declaration)
        .values(primary_expert=primary, secondary_expert=secondary)
    )
    perform_action(tx, actor, row.review_case, LATER if is_later else NOW, values)


def _authorise(tx: Transaction, actor: Actor, meeting: int, group: int | None) -> None:
    seat = seat_of(tx, actor, meeting)
    if keeps_meeting(tx, actor, meeting):
        return
    if seat is None:
        raise NotFound
    if not seat.is_chair and group not in seat.leads:
        raise NotAllowed("评委由组长、主任或者评审办公室更换。")


def _check(
    tx: Transaction, meeting: int, group: dict[str, Any], declaration: int, primary: int, secondary: int, reason: str
) -> None:
    problems: dict[str, list[str]] = {}
    if not reason.strip():
        problems["reason"] = ["请写明更换的理由"]
    elif len(reason) > LONGEST_REASON:
        problems["reason"] = [f"理由最多 {LONGEST_REASON} 个字，现有 {len(reason)} 个"]
    held = read_assignment(tx, meeting, group)
    members = {one.expert: one for one in held.members}
    wrong = pair_problem(declaration, primary, secondary, group["leader"], held.barred, members)
    if wrong:
        problems["primary"] = [wrong]
    if problems:
        raise InvalidInput(fields=problems)
