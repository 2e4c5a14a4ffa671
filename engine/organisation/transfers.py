"""转出、转入: a person who changes the unit within the year (Q36, W2). The way is `processes/organisation/applicant_transfer.bpmn`;
here is how one begins, and what its inline jobs do."""

from collections.abc import Mapping

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize, unit_ancestor
from engine.clock import local
from engine.db import Transaction
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused
from engine.flow.cases import find_process
from engine.flow.contexts import JobContext
from engine.flow.starting import begin_case
from engine.flow.tables import CaseState, case
from engine.notification import Recipient, notify
from engine.organisation.enrolments import move_role
from engine.organisation.events import record
from engine.organisation.queries import holders_of, unit_names
from engine.organisation.roles import Role
from engine.organisation.tables import State, account, enrolment, person, unit
from engine.reference.check_digits import tidy_code

PROCESS = "applicant_transfer"
#: who in a unit handles transfers
HANDLERS = (Role.CASE_OFFICER, Role.UNIT_ADMIN)


def find_enrolled(
    tx: Transaction, actor: Actor, *, name: str, identity_type: str, identity_number: str
) -> tuple[int, str]:
    """This year's enrolment of a person whom the actor can name in full, and the unit's name, to ask for a transfer to the actor's
    unit.

    Raises `InvalidInput` where no such person is enrolled this year: name and number have to fit together.
    """
    authorize(actor, Permission.APPLICANTS_MANAGE)
    p, e = person.c, enrolment.c
    row = tx.row(
        sa.select(e.id, unit.c.name)
        .join(enrolment, e.person == p.id)
        .join(unit, unit.c.id == e.unit)
        .where(
            p.identity_type == identity_type,
            p.identity_number == tidy_code(identity_number),
            p.name == name.strip(),
            e.year == local(tx.now).year,
        )
    )
    if row is None:
        said = "没有找到本年度已建立账户的这位人员，请核对姓名和证件号码"
        raise InvalidInput(fields={"identity_number": [said]})
    return row.id, row.name


def start_transfer(tx: Transaction, actor: Actor, enrolment_id: int, *, to_unit: int, reason: str) -> int:
    """Ask for a person to go over to `to_unit`; returns the key of the case.

    The unit that has the person asks the other to take it, the unit that wants the person asks the one that has it. The caller has
    made sure that the declaration may be moved. Raises `InvalidInput` by field, `NotFound`, `NotAllowed` for units that have no
    part in it, `Refused` where a transfer of this person is under way.
    """
    authorize(actor, Permission.APPLICANTS_MANAGE)
    e = enrolment.c
    row = tx.row(
        sa.select(e.id, e.year, e.unit, e.person, person.c.name)
        .join(person, person.c.id == e.person)
        .where(e.id == enrolment_id)
        .with_for_update(of=enrolment)
    )
    if row is None:
        raise NotFound
    if actor.unit not in {row.unit, to_unit}:
        raise NotAllowed
    _check(tx, row, to_unit, reason)
    number = f"{row.year}-ZJ-{row.id}"
    under_way = sa.and_(case.c.process_id == PROCESS, case.c.business_key == number, case.c.state == CaseState.ACTIVE)
    if tx.value(sa.select(case.c.key).where(under_way).limit(1)) is not None:
        raise Refused("该人员已有正在办理的转接，请等待办理结果，或者先撤回原申请。")
    superior = common_superior(tx, row.unit, to_unit)
    names = unit_names(tx, {row.unit, to_unit, superior})
    variables = {
        "transfer_no": number,
        "person": row.person,
        "person_name": row.name,
        "enrolment": row.id,
        "enrolment_year": row.year,
        "from_unit": row.unit,
        "from_unit_name": names[row.unit],
        "to_unit": to_unit,
        "to_unit_name": names[to_unit],
        "superior_unit": superior,
        "superior_unit_name": names[superior],
        "requested_by": "releasing" if actor.unit == row.unit else "taking",
        "requesting_unit": actor.unit,
        "request_reason": reason.strip(),
    }
    return begin_case(
        tx,
        actor,
        find_process(tx, PROCESS, None, None),
        variables,
        parties=[f"unit:{row.unit}", f"unit:{to_unit}", f"person:{row.person}"],
        interactive=True,
        business_key=number,
        unit_id=superior,
        year=row.year,
        title=f"{row.name}：{names[row.unit]} → {names[to_unit]}",
        tags=None,
    ).key


def _check(tx: Transaction, row: sa.Row[tuple[object, ...]], to_unit: int, reason: str) -> None:
    problems: dict[str, list[str]] = {}
    if row.year != local(tx.now).year:
        raise Refused("只能转接本年度的账户。")
    target = tx.value(sa.select(unit.c.id).where(unit.c.id == to_unit, unit.c.state == State.ACTIVE))
    if target is None:
        problems["to_unit"] = ["没有找到该单位，请核对名称"]
    elif to_unit == row.unit:
        problems["to_unit"] = ["该人员的账户已在该单位，无需转接"]
    if not 1 <= len(reason.strip()) <= 500:
        problems["reason"] = ["请写明理由，最多 500 个字符"]
    if problems:
        raise InvalidInput(fields=problems)


def common_superior(tx: Transaction, one: int, other: int) -> int:
    """The nearest unit that both lie under; one of the two itself where it lies above the other."""
    mine, theirs = unit_ancestor.alias("mine"), unit_ancestor.alias("theirs")
    nearest = (
        sa.select(mine.c.ancestor)
        .join(theirs, theirs.c.ancestor == mine.c.ancestor)
        .where(mine.c.unit == one, theirs.c.unit == other)
        .order_by(mine.c.distance)
        .limit(1)
    )
    return int(tx.value(nearest))


def find_target(tx: Transaction, name: str) -> int:
    """The active unit of exactly that name, to send somebody to. Raises `InvalidInput` where there is none, or several."""
    wanted = sa.select(unit.c.id).where(unit.c.name == name.strip(), unit.c.state == State.ACTIVE).limit(2)
    found = [row.id for row in tx.rows(wanted)]
    if len(found) != 1:
        said = "有多个同名单位，请由转入单位提出" if found else "没有找到该单位，请填写单位全称"
        raise InvalidInput(fields={"to_unit": [said]})
    return int(found[0])


def transfer_enrolment(tx: Transaction, context: JobContext) -> None:
    """The inline job of that name: this year's enrolment and the role of applicant are the new unit's from now on."""
    variables, by = context.variables, context.actor
    mine = enrolment.c.id == variables["enrolment"]
    tx.execute(sa.update(enrolment).where(mine).values(unit=variables["to_unit"], department=None, employer=None))
    held = tx.value(sa.select(account.c.id).where(account.c.person == variables["person"]))
    move_role(tx, held, variables["to_unit"])
    assert by is not None
    detail = {"from": variables["from_unit"], "to": variables["to_unit"], "case": context.case_key}
    record(
        tx,
        by,
        "person:transferred",
        unit=variables["to_unit"],
        account=held,
        person=variables["person"],
        detail=detail,
    )


def notify_transfer(tx: Transaction, context: JobContext) -> None:
    """The inline job of that name; the header `stage` says what is told: `waiting` to the unit that is asked, `done` and `refused` to
    both units and the person."""
    stage, variables = context.headers["stage"], context.variables
    waiting = stage == "waiting"
    asked = variables["to_unit"] if variables["requested_by"] == "releasing" else variables["from_unit"]
    units = [asked] if waiting else [variables["from_unit"], variables["to_unit"]]
    data = {"person": variables["person_name"], "text": _told(stage, variables)}
    template = "transfer_waits" if waiting else "transfer_done"
    for recipient in _recipients(tx, units, None if waiting else variables["person"]):
        notify(tx, recipient, template, data, case_key=context.case_key, url=f"/cases/{context.case_key}")


def _told(stage: str, variables: Mapping[str, object]) -> str:
    about = f"{variables['person_name']}由“{variables['from_unit_name']}”转入“{variables['to_unit_name']}”"
    if stage == "waiting":
        return f"{about}的申请等待贵单位办理。理由：{variables['request_reason']}。"
    if stage == "done":
        return f"{about}已办结，本年度由新单位审核推荐，尚未上报的申报材料一并转移。"
    answers = (variables.get(name) for name in ("decision", "release", "acceptance"))
    opinion = next((answer.get("opinion") for answer in answers if isinstance(answer, Mapping)), "")
    return f"{about}的申请未获同意。理由：{opinion}"


def _recipients(tx: Transaction, units: list[int], person_id: int | None) -> list[Recipient]:
    logins = {login for one in units for role in HANDLERS for login, _ in holders_of(tx, role, one)}
    a = account.c
    person_too = a.person == person_id if person_id is not None else sa.false()
    who = sa.or_(a.login.in_(sorted(logins)), person_too)
    rows = tx.rows(sa.select(a.id, a.email, a.mobile).where(who, a.state == State.ACTIVE).order_by(a.id))
    return [Recipient(row.id, row.email or "", row.mobile or "") for row in rows]
