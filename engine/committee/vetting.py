"""What the case of `expert_vetting` does besides its diagram: how one begins, its read model, its inline jobs, its hooks (K5, K6)."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.clock import local
from engine.committee.profile_columns import PROFILE_SECTIONS, columns_of
from engine.committee.tables import ExpertState, expert, expert_vetting
from engine.committee.workplaces import units_by_name
from engine.db import Transaction
from engine.document import attach_to_case
from engine.document.mentioned import file_keys
from engine.errors import NotFound
from engine.flow.cases import find_process
from engine.flow.contexts import JobContext, ProjectionContext, TaskContext
from engine.flow.starting import begin_case
from engine.flow.tables import CaseState
from engine.notification import Recipient, notify
from engine.organisation.queries import unit_names
from engine.organisation.tables import account

PROCESS = "expert_vetting"
PROFILE_FORM, VETTING_FORM = "expert_profile", "expert_vetting"
REMOVED = "expert_removed"
PROFILE_URL = "/expert/profile"
#: the state an expert is in while one of these waits
STATE_AT: Mapping[str, ExpertState] = {
    "complete_profile": ExpertState.COMPLETING,
    "revise_profile": ExpertState.RETURNED,
    "vet_expert": ExpertState.PENDING,
}
#: the state an expert is in once the case has ended with one of these
STATE_AFTER: Mapping[str, ExpertState] = {
    "在库": ExpertState.IN_POOL,
    "未入库": ExpertState.REFUSED,
    "已移出": ExpertState.DISABLED,
}
#: what an expert is told: a heading and a sentence
TOLD: Mapping[str, tuple[str, str]] = {
    "invited": ("请完善专家信息", "您已被{unit}列入评委专家库，请登录系统在“个人信息”中完善信息并提交审批。"),
    "reminder": (
        "请尽快完善专家信息",
        "您的专家信息还没有提交，请登录系统在“个人信息”中完善后提交审批，由{unit}审核入库。",
    ),
    "returned": ("专家信息被退回修改", "您提交的专家信息被{unit}退回修改，请按意见修改后重新提交。意见：{opinion}"),
    "registered": ("专家信息已审核通过", "您的专家信息已由{unit}审核通过，现已入库。"),
    "refused": ("专家信息审核结果", "您的专家信息经{unit}审核，未同意入库。理由：{opinion}"),
}

#: the columns of a line that say how it was decided last
DECISION = ("outcome", "opinion", "decided_by", "decided_at")

e = expert.c


def start_vetting(tx: Transaction, actor: Actor, expert_id: int, unit_id: int) -> int | None:
    """Ask an expert for the profile, to be vetted by the officers of that unit; the case's key.

    An expert who was in a pool before sees what was approved then. None where a case is under way or nothing has to be asked.
    """
    row = _lock(tx, expert_id)
    if row.state in (ExpertState.COMPLETING, ExpertState.RETURNED, ExpertState.PENDING, ExpertState.IN_POOL):
        return None
    return _begin(tx, actor, row, unit_id)


def start_update(tx: Transaction, actor: Actor, expert_id: int, unit_id: int) -> int:
    """Let an expert in the pool write the profile anew; until it is approved the pool keeps what it has. The case's key."""
    return _begin(tx, actor, _lock(tx, expert_id), unit_id, update=True)


def _lock(tx: Transaction, expert_id: int) -> sa.Row[Any]:
    row = tx.row(sa.select(expert).where(e.id == expert_id).with_for_update())
    if row is None:
        raise NotFound
    return row


def _begin(tx: Transaction, actor: Actor, row: sa.Row[Any], unit_id: int, *, update: bool = False) -> int:
    login = tx.value(sa.select(account.c.login).where(account.c.id == row.account))
    year = local(tx.now).year
    return begin_case(
        tx,
        actor,
        find_process(tx, PROCESS, None, None),
        {
            **first_sections(row),
            "expert": login,
            "expert_id": row.id,
            "expert_no": number_of(row.id),
            "person": row.person,
            "unit": unit_id,
            "update": update,
        },
        parties=[f"person:{row.person}", f"account:{login}"],
        interactive=True,
        business_key=number_of(row.id),
        unit_id=unit_id,
        year=year,
        title=f"{row.name} · {row.workplace}",
        tags=None,
    ).key


def number_of(expert_id: int) -> str:
    """The business key of an expert's cases; it says nothing about the person."""
    return f"ZJ-{expert_id}"


def first_sections(row: sa.Row[Any]) -> dict[str, Any]:
    """What the profile begins with: as it was approved last, over what the pool has written of the expert."""
    held: Mapping[str, Any] = row.profile or {}
    basic = {"sex": row.sex, "mobile_number": row.phone, **held.get("basic_info", {})}
    fixed = {"name": row.name, "identity_type": row.identity_type, "identity_number": row.identity_number}
    work = {
        "employer": row.workplace,
        "title_series": row.title_series,
        "title_level": row.title_level,
        "specialty": row.specialty,
        "specialties": row.specialties,
        "employed": "yes",
        **held.get("work_info", {}),
    }
    return {**held, "basic_info": {**basic, **fixed}, "work_info": work}


def project_vetting(tx: Transaction, context: ProjectionContext) -> None:
    """The projector of the process: the line of the officers' lists; and the expert's state, unless the case only brings a profile
    up to date."""
    case, variables = context.case, context.variables
    values: dict[str, Any] = {"vetting_case": case["key"]}
    state = _state(context)
    if state is not None and variables.get("update") is not True:
        values["state"] = state
    tx.writes.update(expert, {"id": variables["expert_id"]}, values)
    columns = _line(context)
    if case["row_version"] == 1:
        fixed = {
            "case_key": case["key"],
            "expert": variables["expert_id"],
            "is_update": variables.get("update") is True,
        }
        tx.writes.insert(expert_vetting, {**fixed, **dict.fromkeys(DECISION), **columns})
    else:
        tx.writes.update(expert_vetting, {"case_key": case["key"]}, columns)


def _line(context: ProjectionContext) -> dict[str, Any]:
    """What any step may change of the line; a decision stays until the next."""
    waiting = next((task for task in context.tasks() if task.element_id == "vet_expert"), None)
    columns = {
        "unit": context.case["unit_id"],
        "open_task": waiting.key if waiting else None,
        "open_since": waiting.created_at if waiting else None,
    }
    decision = context.variables.get("vetting")
    if "vetting" in context.changed and decision:
        said = (decision["outcome"], decision.get("opinion"), context.actor.login, context.at)
        columns |= dict(zip(DECISION, said, strict=True))
    return columns


def _state(context: ProjectionContext) -> ExpertState | None:
    if context.case["state"] not in (CaseState.ACTIVE, CaseState.SUSPENDED):
        return STATE_AFTER.get(context.case["status"])
    return next((STATE_AT[task.element_id] for task in context.tasks() if task.element_id in STATE_AT), None)


def register_expert(tx: Transaction, context: JobContext) -> None:
    """The inline job of that name: what was approved is what the pool knows from now on."""
    sections = {name: context.variables[name] for name in PROFILE_SECTIONS if name in context.variables}
    columns = columns_of(sections)
    found = units_by_name(tx, {columns["workplace"]})
    columns["workplace_unit"] = found.get(columns["workplace"])
    this = e.id == context.variables["expert_id"]
    tx.execute(sa.update(expert).where(this).values(**columns, profile=sections))


def notify_expert(tx: Transaction, context: JobContext) -> None:
    """The inline job of that name; its header `stage` says what is told. Whoever began an update is not invited to it."""
    variables, stage = context.variables, context.headers["stage"]
    if stage == "invited" and variables.get("update") is True:
        return
    subject, text = TOLD[stage]
    unit_name = unit_names(tx, {variables["unit"]}).get(variables["unit"], "")
    opinion = (variables.get("vetting") or {}).get("opinion") or ""
    a = account.c
    row = tx.row(sa.select(a.id, a.email, a.mobile).where(a.login == variables["expert"]))
    if row is not None:
        recipient = Recipient(row.id, row.email or "", row.mobile or "")
        said = {"subject": subject, "text": text.format(unit=unit_name, opinion=opinion)}
        notify(tx, recipient, "expert_told", said, case_key=context.case_key, url=PROFILE_URL)


def check_profile(tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]) -> Mapping[str, object]:
    """The hook of the profile: its files belong to the case from now on, and 可评专业 holds what the expert works in."""
    attach_to_case(tx, actor, file_keys(values), task.case_key)
    work = values.get("work_info")
    if isinstance(work, dict):
        own, others = work.get("specialty"), work.get("specialties") or []
        values = {**values, "work_info": {**work, "specialties": list(dict.fromkeys([own, *others]))}}
    return values


def check_vetting(tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]) -> Mapping[str, object]:
    """The hook of the vetting: the name of who decides goes with it."""
    return {**values, "decided_by": actor.name}
