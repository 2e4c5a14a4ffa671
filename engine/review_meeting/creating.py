"""新增评审会议 (M1): who may call one, with which committees, and what is changed of it afterwards."""

from collections.abc import Sequence
from datetime import datetime
from secrets import randbelow, token_hex
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.clock import local
from engine.committee.tables import CommitteeState, committee
from engine.db import Transaction
from engine.db.locks import lock_name
from engine.errors import InvalidInput, NotAllowed, Refused, StaleTask
from engine.flow.cases import find_process, set_title
from engine.flow.repeats import first_result, keep_result
from engine.flow.starting import begin_case
from engine.organisation import unit_chain
from engine.organisation.tables import State, account, membership, unit
from engine.review_meeting.fields import MeetingFields, field_problems, tidy_fields
from engine.review_meeting.lots import commitment_of
from engine.review_meeting.meetings import Meeting, groups_of, meeting_of
from engine.review_meeting.tables import BallotMode, meeting_committee, meeting_staff, review_meeting

PROCESS = "review_meeting"
OFFICER, TOP_ADMIN = "case_officer", "title_office_admin"
#: until here what was typed when the meeting was called may be changed
EARLY = frozenset({"草拟", "方案待审", "方案已审"})
MIXED = "所选评委会属于不同系列，一次会议只评审一个系列；请分别召开"
CHANGED = "有同事刚刚修改过这次会议，请核对页面上最新的内容后再保存。"

m, mc, c = review_meeting.c, meeting_committee.c, committee.c


def calling_unit(tx: Transaction, actor: Actor) -> int:
    """The unit the actor calls meetings for. Raises `NotAllowed` where it has no 评委会组建权 (Q5)."""
    authorize(actor, Permission.MEETINGS_MANAGE)
    forms = actor.unit is not None and tx.value(
        sa.select(unit.c.may_form_committee).where(unit.c.id == actor.unit, unit.c.state == State.ACTIVE)
    )
    if not forms or actor.unit is None:
        raise NotAllowed("本单位没有评委会组建权，不能召开评审会议；需要时请联系上级单位授予。")
    return actor.unit


def may_call(tx: Transaction, actor: Actor) -> bool:
    """Whether the actor's unit calls meetings, and the actor for it."""
    try:
        calling_unit(tx, actor)
    except NotAllowed:
        return False
    return True


def committees_to_call(tx: Transaction, unit_id: int) -> Sequence[sa.Row[Any]]:
    """The committees the unit forms that are in use, by code; the page shows until when each filing holds."""
    query = sa.select(c.id, c.code, c.name, c.series, c.valid_from, c.valid_until)
    return tx.rows(query.where(c.forming_unit == unit_id, c.state == CommitteeState.ACTIVE).order_by(c.code))


def staff_to_call(tx: Transaction, unit_id: int) -> Sequence[sa.Row[Any]]:
    """The unit's accounts that may help in a meeting, by name."""
    roles = (OFFICER, "unit_leader", "unit_admin")
    held = sa.select(membership.c.account).where(membership.c.unit == unit_id, membership.c.role.in_(roles))
    a = account.c
    return tx.rows(
        sa.select(a.id, a.login, a.name).where(a.id.in_(held), a.state == State.ACTIVE).order_by(a.name, a.id)
    )


def create_meeting(tx: Transaction, actor: Actor, fields: MeetingFields, *, command_key: str | None = None) -> int:
    """Call a meeting; the key of its case.

    The case of `review_meeting` starts, the secret of the draw is made and its commitment kept (J17). Raises `InvalidInput`
    by field: a filing that does not hold until the end of the meeting (J05), committees of more than one series (J14).
    """
    own = calling_unit(tx, actor)
    if (before := first_result(tx, actor, command_key)) is not None:
        return int(before["case_key"])
    fields = tidy_fields(fields)
    chosen = _checked(tx, own, fields)
    series = chosen[0].series
    year = local(_known(fields.starts_at)).year
    meeting_no = _next_no(tx, year)
    chain = unit_chain(tx, own)
    key = begin_case(
        tx,
        actor,
        find_process(tx, PROCESS, None, None),
        {
            "meeting_no": meeting_no,
            "unit": own,
            "unit_name": chain[0].name,
            "series": series,
            "committees": [row.id for row in chosen],
            "plan_approvers": plan_approvers([one.id for one in chain]),
        },
        parties=[],
        interactive=True,
        business_key=meeting_no,
        unit_id=own,
        year=year,
        title=fields.name,
        tags=None,
    ).key
    secret = token_hex(32)
    tx.insert(
        review_meeting,
        case_key=key,
        meeting_no=meeting_no,
        year=year,
        unit=own,
        series=series,
        status="草拟",
        ballot_mode=BallotMode.SECRET,
        chair=None,
        presiding=None,
        seed_commitment=commitment_of(secret),
        draw_seed=secret,
        sign_in_code=f"{randbelow(1_000_000):06d}",
        finished_at=None,
        version=1,
        created_at=tx.now,
        created_by=actor.login,
        **_columns(fields),
    )
    for row in chosen:
        tx.insert(meeting_committee, meeting=key, committee=row.id, members=0)
    _call_staff(tx, key, own, fields.staff)
    keep_result(tx, actor, command_key, {"case_key": key})
    return key


def plan_approvers(units: Sequence[int]) -> list[str]:
    """Who approves the plan (Q17): officers of the superior and of the title office. The top unit has no superior: its other
    officers and its administrator do, and the hook asks for another person. `units` begin with the one that calls."""
    if len(units) == 1:
        return [f"{OFFICER}@{units[0]}", f"{TOP_ADMIN}@{units[0]}"]
    return list(dict.fromkeys(f"{OFFICER}@{one}" for one in (units[1], units[-1])))


def edit_meeting(tx: Transaction, actor: Actor, key: int, fields: MeetingFields, *, version: int) -> None:
    """Change what was typed, until a chair is appointed; the committees only while no group has been made.

    Raises `StaleTask` where a colleague has changed it since `version`, `Refused` later on, `InvalidInput` by field.
    """
    meeting = editable_meeting(tx, actor, key)
    if meeting.status not in EARLY:
        raise Refused("已指定主任，会议信息不能再修改；确需变更的请取消会议后重新召开。")
    fields = tidy_fields(fields)
    chosen = {row.id: row for row in _checked(tx, meeting.unit, fields)}
    if set(chosen) != set(meeting.committee_ids):
        if groups_of(tx, key):
            raise InvalidInput(fields={"committees": ["已经分组，不能再更换评委会；请先删除全部分组"]})
        tx.execute(sa.delete(meeting_committee).where(mc.meeting == key))
        for one in chosen:
            tx.insert(meeting_committee, meeting=key, committee=one, members=0)
    series = next(iter(chosen.values())).series
    changed = tx.execute(
        sa.update(review_meeting)
        .where(m.case_key == key, m.version == version)
        .values(**_columns(fields), series=series, version=version + 1)
    )
    if changed.rowcount == 0:
        raise StaleTask(CHANGED)
    set_title(tx, key, fields.name)
    tx.execute(sa.delete(meeting_staff).where(meeting_staff.c.meeting == key))
    _call_staff(tx, key, meeting.unit, fields.staff)


def editable_meeting(tx: Transaction, actor: Actor, key: int) -> Meeting:
    """The meeting, where the actor sets it up: somebody of the unit that calls it. Raises `NotFound`, `NotAllowed`, `Refused`."""
    authorize(actor, Permission.MEETINGS_MANAGE)
    meeting = meeting_of(tx, actor, key)
    if actor.unit != meeting.unit:
        raise NotAllowed("评审会议由召集单位办理。")
    if not meeting.is_open:
        raise Refused("会议已经结束，只能查看。")
    return meeting


def _checked(tx: Transaction, unit_id: int, fields: MeetingFields) -> list[sa.Row[Any]]:
    problems = field_problems(fields)
    known = {row.id: row for row in committees_to_call(tx, unit_id)}
    chosen = [known[one] for one in fields.committees if one in known]
    if len(chosen) < len(fields.committees):
        problems["committees"] = ["只能选择本单位组建、正在使用的评委会"]
    elif len({row.series for row in chosen}) > 1:
        problems["committees"] = [MIXED]
    elif chosen and fields.starts_at is not None and fields.ends_at is not None and "ends_at" not in problems:
        first, last = local(fields.starts_at).date(), local(fields.ends_at).date()
        over = [row.name for row in chosen if not row.valid_from <= first <= last <= row.valid_until]
        if over:
            problems["committees"] = [f"{'、'.join(over)}的备案在会议期间无效，请先重新备案"]
    helpers = {row.id for row in staff_to_call(tx, unit_id)}
    if not helpers.issuperset(fields.staff):
        problems["staff"] = ["工作人员应是本单位的经办人、领导或管理员"]
    if problems:
        raise InvalidInput(fields=problems)
    return chosen


def _known(at: datetime | None) -> datetime:
    assert at is not None
    return at


def _next_no(tx: Transaction, year: int) -> str:
    lock_name(tx, "review_meeting", str(year))
    last = tx.value(sa.select(sa.func.max(m.meeting_no)).where(m.meeting_no.startswith(f"{year}-PS-")))
    return f"{year}-PS-{int(str(last)[8:]) + 1 if last else 1:04d}"


def _columns(fields: MeetingFields) -> dict[str, Any]:
    return {
        "name": fields.name,
        "starts_at": fields.starts_at,
        "ends_at": fields.ends_at,
        "venue": fields.venue,
        "brief": fields.brief,
        "masked": fields.masked,
    }


def _call_staff(tx: Transaction, key: int, unit_id: int, accounts: Sequence[int]) -> None:
    """Note the staff; they are of the unit, whose cases they see anyway."""
    known = {row.id: row for row in staff_to_call(tx, unit_id)}
    for one in dict.fromkeys(accounts):
        tx.insert(meeting_staff, meeting=key, account=one, name=known[one].name, post="工作人员")
