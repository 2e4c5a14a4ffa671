"""更换评委: other reviewers for one dossier after its review has begun, with a reason, by the message `reviewer_changed`.

Whoever's work falls away is asked for it again by the new one; what the others did before that step stays.
"""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission
from engine.db import Transaction
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused
from engine.flow.messages import correlate_message
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
    if not _reroute(tx, actor, row, primary, secondary, reason.strip()):
        raise InvalidInput(fields={"primary": ["主审、副审都没有变化，无需更换"]})
    tx.execute(
        sa.update(meeting_dossier)
        .where(d.meeting == meeting, d.declaration == declaration)
        .values(primary_expert=primary, secondary_expert=secondary)
    )


def reroute_review(tx: Transaction, actor: Actor, meeting: int, declaration: int, reason: str) -> bool:
    """Where a leader or a chair keeps out of a dossier from now on, whoever stands in for them takes over; whether that was so.

    Its reviewers stay: others are named by the leader. The caller has authorised.
    """
    row = tx.row(sa.select(meeting_dossier).where(d.meeting == meeting, d.declaration == declaration))
    if row is None or row.review_case is None or row.stage not in AT:
        return False
    return _reroute(tx, actor, row, row.primary_expert, row.secondary_expert, reason)


def _reroute(tx: Transaction, actor: Actor, row: sa.Row[Any], primary: int, secondary: int, reason: str) -> bool:
    """Tell the review who its people are now; false where they are the same as before."""
    table, held = seat_table(tx, row.meeting), read_variables(tx, row.review_case)
    people = {
        "primary": table.login(primary),
        "secondary": table.login(secondary),
        "leader": table.login(table.leader_of(row.declaration, row.group)),
        "presiding": table.login(table.presiding_of(row.declaration)),
    }
    changed = [at for at, (_, name) in enumerate(STEPS) if held.get(name) != people[name]]
    if not changed:
        return False
    first = min(changed)
    values: dict[str, Any] = {**people, "resume_at": STEPS[first][0], "change_reason": reason}
    # the command has asked what the permission asks of strangers
    trusted = replace(actor, permissions=actor.permissions | {Permission.API_MESSAGES})
    correlate_message(tx, trusted, LATER if first > AT[row.stage] else NOW, held["review_no"], values)
    return True


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
