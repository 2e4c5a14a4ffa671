"""投诉 (J20, W10): named, answered in a set number of working days. The way is `processes/result/complaint.bpmn`.

The case belongs to the title office and is begun by the system: neither its variables nor its journal know who complains, and the unit
that is complained about does not see it. Whoever handles it reads the name by `complaint_of`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import SYSTEM, Actor, Permission, authorize
from engine.clock import local
from engine.db import Transaction
from engine.db.locks import lock_name
from engine.document import attach_to_case
from engine.errors import InvalidInput, NotFound
from engine.flow.cases import find_process
from engine.flow.contexts import JobContext, ProjectionContext
from engine.flow.repeats import first_result, keep_result
from engine.flow.starting import begin_case
from engine.flow.tables import case
from engine.flow.visibility import is_reachable
from engine.organisation import Role, unit_chain
from engine.organisation.tables import State, account, unit
from engine.result.aftercare.tables import ComplaintSource, complaint
from engine.result.aftercare.telling import tell

PROCESS = "complaint"
LIMITS = {"unit_name": 100, "content": 2000, "name": 50, "contact": 100}
q = complaint.c


def raise_complaint(
    tx: Transaction,
    actor: Actor,
    given: Mapping[str, str],
    *,
    files: Sequence[Mapping[str, Any]] = (),
    command_key: str | None = None,
) -> str:
    """Raise a complaint about a unit; the number it goes by.

    The name is the account's own. An officer of the title office takes one down for somebody with `name` and `contact` (needs
    `results:approve`). `given` has `unit_name`, `content`, `contact` and, where it is taken down, `name`; `files` are the actor's own.
    Raises `InvalidInput` by field.
    """
    if (before := first_result(tx, actor, command_key)) is not None:
        return str(before["complaint_no"])
    taken_down = bool(given.get("name", "").strip())
    if taken_down:
        authorize(actor, Permission.RESULTS_APPROVE)
    values = {name: given.get(name, "").strip() for name in LIMITS}
    about = _checked(tx, values)
    year = local(tx.now).year
    number = _next_no(tx, year)
    chain = unit_chain(tx, about)
    name = values["name"] if taken_down else actor.name
    case_key = begin_case(
        tx,
        SYSTEM,
        find_process(tx, PROCESS, None, None),
        {
            "request_no": number,
            "complained_unit": about,
            "complained_unit_name": chain[0].name,
            "title_office": chain[-1].id,
            "handling_choices": [{"value": str(one.id), "label": one.name} for one in chain[1:]],
            "content": values["content"],
        },
        parties=[],
        interactive=True,
        business_key=number,
        unit_id=chain[-1].id,
        year=year,
        title=f"投诉 {number}",
        tags=None,
    ).key
    attach_to_case(tx, actor, [int(one["id"]) for one in files], case_key)
    tx.insert(
        complaint,
        case_key=case_key,
        complaint_no=number,
        account=None if taken_down else actor.account,
        name=name,
        contact=values["contact"],
        unit=about,
        unit_name=chain[0].name,
        content=values["content"],
        files=[dict(one) for one in files],
        source=ComplaintSource.OFFICE if taken_down else ComplaintSource.OWN,
        status="待受理",
        answer="",
        raised_at=tx.now,
        answered_at=None,
    )
    keep_result(tx, actor, command_key, {"complaint_no": number})
    return number


def _checked(tx: Transaction, values: Mapping[str, str]) -> int:
    """The unit complained about."""
    problems = {
        name: [f"最多 {limit} 个字，现有 {len(values[name])} 个"]
        for name, limit in LIMITS.items()
        if len(values[name]) > limit
    }
    if not values["content"]:
        problems["content"] = ["请写明投诉的事实和依据"]
    if not values["contact"]:
        problems["contact"] = ["请填写联系方式，用来核实情况、告知结论；只有办理人员能看到"]
    u = unit.c
    named = sa.select(u.id, u.parent).where(u.name == values["unit_name"], u.state == State.ACTIVE).limit(2)
    found = tx.rows(named) if values["unit_name"] else []
    if len(found) != 1:
        said = "有多个同名单位，请向省职改办说明是哪一个" if found else "没有找到该单位，请填写单位全称"
        problems.setdefault("unit_name", [said if values["unit_name"] else "请填写被投诉的单位"])
    elif found[0].parent is None:
        problems["unit_name"] = ["省职改办不能受理对自身的投诉，请向其主管部门的纪检监察机构提出"]
    if problems:
        raise InvalidInput(fields=problems)
    return int(found[0].id)


def _next_no(tx: Transaction, year: int) -> str:
    """The next number of that year: one transaction at a time counts."""
    prefix = f"{year}-TS-"
    lock_name(tx, "complaints", prefix)
    last = tx.value(sa.select(sa.func.max(q.complaint_no)).where(q.complaint_no.startswith(prefix)))
    return f"{prefix}{1 + int(last.removeprefix(prefix) if last else 0):05d}"


def my_complaints(tx: Transaction, actor: Actor, *, limit: int = 100) -> Sequence[Mapping[str, Any]]:
    """What the actor has complained about, the newest first: where it stands and what was answered."""
    rows = tx.rows(sa.select(complaint).where(q.account == actor.account).order_by(q.case_key.desc()).limit(limit))
    return [dict(row._mapping) for row in rows]


def complaint_of(tx: Transaction, actor: Actor, case_key: int) -> Mapping[str, Any]:
    """A complaint with its name, for officers of the title office and whoever has or had a task in it. Raises `NotFound` for all others,
    who watches everything among them: to watch is not to handle."""
    handles = actor.may(Permission.TASKS_WORK) and actor.role in (Role.CASE_OFFICER, Role.UNIT_LEADER)
    reached = is_reachable(case.c.key, actor)
    row = tx.row(sa.select(complaint).join(case, case.c.key == q.case_key).where(q.case_key == case_key, reached))
    if row is None or not handles:
        raise NotFound
    return dict(row._mapping)


def project_complaint(tx: Transaction, context: ProjectionContext) -> None:
    """The projector of `complaint`: the status follows the case."""
    if context.case["row_version"] > 1:
        tx.writes.update(complaint, {"case_key": context.case["key"]}, {"status": context.case["status"]})


def answer_complaint(tx: Transaction, context: JobContext) -> None:
    """The inline job of that name: the answer is kept for who complained, and told by what the headers say."""
    row = tx.row(sa.select(q.account).where(q.case_key == context.case_key))
    if row is None:
        return
    answer = str(context.variables.get("answer") or "")
    tx.execute(
        sa.update(complaint).where(q.case_key == context.case_key).values(answer=answer[:1000], answered_at=tx.now)
    )
    login = tx.value(sa.select(account.c.login).where(account.c.id == row.account))
    if login is not None:
        tell(tx, {login}, context.headers, context.variables, case_key=None, url="/complaints/mine")
