"""会议分组 (M3): groups of one committee each, with at least three seats (J09, Q24), of one series (J14)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.decisions import decide
from engine.errors import InvalidInput, NotFound, Refused, StaleTask
from engine.flow.contexts import TaskContext
from engine.review_meeting.creating import editable_meeting
from engine.review_meeting.meetings import Meeting, committees_of, desk_of, groups_of, meeting_of
from engine.review_meeting.tables import meeting_dossier, meeting_expert, meeting_group

#: while one of these waits, groups may be changed
OPEN_STEPS = ("set_up_groups", "write_plan")
LONGEST_NAME = 50
MOST_SEATS = 999
LATE = "分组已经随评审方案提交，现在不能修改；需要调整的，在评审方案页选择“返回调整分组”。"
CHANGED = "有同事刚刚修改或删除了这个分组，您的修改没有保存；请核对页面上最新的内容后再试。"

g = meeting_group.c


@dataclass(frozen=True, slots=True)
class GroupRule:
    """What the table `meeting_group` says of a group: whether it holds, and the sentence."""

    ok: bool
    sentence: str


def group_rule(tx: Transaction, year: int, *, seats: int, series: int, experts: int | None = None) -> GroupRule:
    """Ask the table `meeting_group`: `seats` of a group, how many `series` the meeting has, the `experts` in it where they are
    placed already."""
    answer = decide(tx, "meeting_group", year, {"seats": seats, "series": series, "experts": experts})
    return GroupRule(bool(answer["ok"]), str(answer["sentence"]))


def add_group(
    tx: Transaction, actor: Actor, meeting: int, *, name: str, committee: int | None, seats: int | None
) -> int:
    """Make a group; its id. Raises `InvalidInput` by field, `Refused` once the plan is on its way."""
    held = _editable(tx, actor, meeting)
    values = _checked(tx, held, name, committee, seats)
    key = tx.next_key()
    _write(tx, sa.insert(meeting_group).values(id=key, meeting=meeting, leader=None, version=1, **values))
    return key


def edit_group(
    tx: Transaction,
    actor: Actor,
    meeting: int,
    group: int,
    *,
    name: str,
    committee: int | None,
    seats: int | None,
    version: int,
) -> None:
    """Change a group as it was at `version`. Raises `StaleTask` where a colleague was faster, so that nothing is lost."""
    held = _editable(tx, actor, meeting)
    values = _checked(tx, held, name, committee, seats)
    this = sa.and_(g.id == group, g.meeting == meeting, g.version == version)
    if not _write(tx, sa.update(meeting_group).where(this).values(version=version + 1, **values)):
        raise StaleTask(CHANGED)


def remove_group(tx: Transaction, actor: Actor, meeting: int, group: int, *, version: int) -> None:
    """Delete a group; its experts are in none then. Raises `StaleTask` where a colleague was faster."""
    _editable(tx, actor, meeting)
    this = sa.and_(g.id == group, g.meeting == meeting, g.version == version)
    if not tx.execute(sa.delete(meeting_group).where(this)).rowcount:
        raise StaleTask(CHANGED)
    for table in (meeting_expert, meeting_dossier):
        inside = sa.and_(table.c.meeting == meeting, table.c.group == group)
        tx.execute(sa.update(table).where(inside).values(group=None))


def check_groups(tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]) -> Mapping[str, object]:
    """The hook of 会议分组: every committee has groups, each of them holds by the table `meeting_group` (J09, J14).

    What the meeting's committees are by now becomes its variables. Raises `InvalidInput` by group.
    """
    committees = committees_of(tx, task.case_key)
    groups = groups_of(tx, task.case_key)
    held = meeting_of(tx, actor, task.case_key)
    problems: dict[str, list[str]] = {}
    for one in committees:
        if not any(group["committee"] == one["id"] for group in groups):
            problems[f"committee[{one['id']}]"] = [f"“{one['name']}”还没有分组"]
    series = len({one["series"] for one in committees})
    for group in groups:
        rule = group_rule(tx, held.year, seats=group["seats"], series=series)
        if not rule.ok:
            problems[f"seats[{group['id']}]"] = [f"“{group['name']}”：{rule.sentence}"]
    if problems:
        raise InvalidInput("分组还不完整，请补充后再确认。", problems)
    return {
        **values,
        "series": held.series,
        "committees": [one["id"] for one in committees],
        "ballots": [{"committee": one["id"], "committee_name": one["name"]} for one in committees],
    }


def group_in(tx: Transaction, meeting: int, group: int) -> Mapping[str, Any]:
    """A group of the meeting. Raises `NotFound`."""
    row = tx.row(sa.select(meeting_group).where(g.id == group, g.meeting == meeting))
    if row is None:
        raise NotFound("这次会议没有这个分组，请刷新后查看。")
    return dict(row._mapping)


def _editable(tx: Transaction, actor: Actor, meeting: int) -> Meeting:
    held = editable_meeting(tx, actor, meeting)
    desk = desk_of(tx, actor, meeting)
    if not any(one.row["element_id"] in OPEN_STEPS for one in desk.tasks):
        raise Refused(LATE)
    return held


def _checked(tx: Transaction, held: Meeting, name: str, committee: int | None, seats: int | None) -> dict[str, Any]:
    problems: dict[str, list[str]] = {}
    name = name.strip()
    if not name:
        problems["name"] = ["请填写分组名"]
    elif len(name) > LONGEST_NAME:
        problems["name"] = [f"分组名最多 {LONGEST_NAME} 个字"]
    if committee not in held.committee_ids:
        problems["committee"] = ["请选择这个组所属的评委会"]
    if seats is None or not 1 <= seats <= MOST_SEATS:
        problems["seats"] = ["人数应是正整数"]
    else:
        rule = group_rule(tx, held.year, seats=seats, series=1)
        if not rule.ok:
            problems["seats"] = [rule.sentence]
    if problems:
        raise InvalidInput(fields=problems)
    return {"name": name, "committee": committee, "seats": seats}


def _write(tx: Transaction, statement: sa.Insert | sa.Update) -> int:
    try:
        with tx.savepoint():
            return tx.execute(statement).rowcount
    except IntegrityError:
        raise InvalidInput(fields={"name": ["这次会议已经有这个分组名，请换一个"]}) from None
