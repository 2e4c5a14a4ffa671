"""异议: raised on the public page or at the office, a case of its own, which stops only whom it is about (F1)."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.access import SYSTEM, Actor, Permission, authorize
from engine.db import Transaction
from engine.db.locks import lock_name
from engine.declaration.deciding import sign
from engine.declaration.standing import barred_until
from engine.declaration.stopping import stop_declarations
from engine.declaration.tables import declaration
from engine.document import attach_to_case
from engine.errors import InvalidInput, Refused
from engine.flow.cases import find_process
from engine.flow.contexts import JobContext, ProjectionContext, TaskContext
from engine.flow.repeats import first_result, keep_result
from engine.flow.starting import begin_case
from engine.flow.visibility import require_visible
from engine.organisation import unit_chain
from engine.organisation.integrity import RecordKind, write_record
from engine.organisation.lockout import Subject, count_failure, locked_until
from engine.organisation.tokens import hash_token
from engine.result.granting import grant
from engine.result.publicity import Notice, notice_of
from engine.result.tables import ObjectionSource, ResultState, result_document, result_objection, review_result
from engine.result.telling import APPROVED, OVERTURNED, tell

PROCESS = "result_objection"
d, o, r, k = declaration.c, result_objection.c, review_result.c, result_document.c
#: so many within a quarter of an hour: a whole school may sit behind one address
MOST_FROM_AN_ADDRESS = 5
LIMITS = {"about": 50, "content": 2000, "objector": 50, "contact": 100}
#: a result beyond these went up with the others
BEFORE_FORWARDING = frozenset({ResultState.DECIDED, ResultState.PUBLICISED})


def raise_objection(
    tx: Transaction,
    notice: int,
    given: Mapping[str, str],
    *,
    actor: Actor | None = None,
    address: str = "",
    command_key: str | None = None,
) -> str:
    """Raise an objection to a notice while it may be read; the number it goes by.

    Anybody may, with `actor` None and the `address` of the network they come from: a few within a quarter of an hour. An
    officer who takes one down needs the permission to handle meetings, for a meeting of a unit they see. `given` has `about`,
    `content`, `objector` and `contact`, and `person` (a declaration of the notice) where it was chosen from the list.
    Raises `InvalidInput` by field, `NotFound` where the notice cannot be read any more, `Refused` where there were too many.
    """
    if actor is not None:
        authorize(actor, Permission.MEETINGS_MANAGE)
    who = actor or SYSTEM
    if (before := first_result(tx, who, command_key)) is not None:
        return str(before["objection_no"])
    published = notice_of(tx, notice)
    if actor is not None:
        require_visible(tx, actor, published.row["handling"])
    values = {name: given.get(name, "").strip() for name in LIMITS}
    about = _checked(published, values, given.get("person", ""))
    if actor is None and address:
        _count(tx, address)
    handling, unit = published.row["handling"], published.row["unit"]
    objection_no = _next_no(tx, published.row["year"])
    chain = unit_chain(tx, unit)
    case_key = begin_case(
        tx,
        who,
        find_process(tx, PROCESS, None, None),
        {
            "unit": unit,
            "title_office": chain[-1].id,
            "handling": handling,
            "declaration": about["declaration"] if about else None,
            "about": values["about"] or "公示本身",
            "content": values["content"],
            "objector": values["objector"] or "匿名",
            "objector_contact": values["contact"] or "未留联系方式",
        },
        parties=[],
        interactive=True,
        business_key=objection_no,
        unit_id=unit,
        year=published.row["year"],
        title=f"异议 {objection_no}",
        tags=None,
    ).key
    tx.insert(
        result_objection,
        case_key=case_key,
        objection_no=objection_no,
        notice=notice,
        handling=handling,
        meeting=published.row["meeting"],
        declaration=about["declaration"] if about else None,
        about=values["about"],
        content=values["content"],
        objector=values["objector"],
        contact=values["contact"],
        source=ObjectionSource.PUBLIC if actor is None else ObjectionSource.OFFICE,
        status="待受理",
        raised_at=tx.now,
        settled_at=None,
    )
    keep_result(tx, who, command_key, {"objection_no": objection_no})
    return objection_no


def _count(tx: Transaction, address: str) -> None:
    """Count one more objection of an address. Raises `Refused` where there were too many lately."""
    subject = Subject(hash_token(f"objection:{address}"), MOST_FROM_AN_ADDRESS)
    if locked_until(tx, [subject]) is not None:
        raise Refused("同一网络地址提出的异议过多，请一刻钟以后再提，或者拨打公示上的受理电话。")
    count_failure(tx, subject)


def _next_no(tx: Transaction, year: int) -> str:
    """The next number of an objection in that year: one transaction at a time counts."""
    prefix = f"{year}-YY-"
    lock_name(tx, "objections", prefix)
    last = tx.value(sa.select(sa.func.max(o.objection_no)).where(o.objection_no.startswith(prefix)))
    return f"{prefix}{1 + int(last.removeprefix(prefix) if last else 0):05d}"


def _checked(notice: Notice, values: Mapping[str, str], person: str) -> Mapping[str, Any] | None:
    """Whom it is about, of the people on the notice, by name or as chosen there; nobody where it is about the notice itself."""
    problems = {
        name: [f"最多 {limit} 个字，现有 {len(values[name])} 个"]
        for name, limit in LIMITS.items()
        if len(values[name]) > limit
    }
    if not values["content"]:
        problems["content"] = ["请写明异议的事实和依据"]
    same = [one for one in notice.people if one["name"] == values["about"]]
    chosen = [one for one in same if str(one["declaration"]) == person]
    same = chosen or same
    if values["about"] and not same:
        problems["about"] = ["公示名单中没有这个姓名，请核对；对公示本身有异议的可以不写"]
    elif len(same) > 1:
        problems["about"] = ["名单中有同名的人，请在名单上点该人后面的“提出异议”"]
    if problems:
        raise InvalidInput(fields=problems)
    return same[0] if same else None


def check_verification(
    tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]
) -> Mapping[str, object]:
    """The hook of 核查异议: its files become the case's, the name of who verified goes along."""
    files = values.get("finding_files") or []
    assert isinstance(files, list)
    attach_to_case(tx, actor, [int(file["id"]) for file in files], task.case_key)
    return sign(tx, actor, task, values)


def project_objection(tx: Transaction, context: ProjectionContext) -> None:
    """The projector of `result_objection`: status and end follow the case."""
    if context.case["row_version"] == 1:
        return
    columns = {"status": context.case["status"], "settled_at": context.case["ended_at"]}
    tx.writes.update(result_objection, {"case_key": context.case["key"]}, columns)


def withhold_result(tx: Transaction, context: JobContext) -> None:
    """The inline job `withhold_result`: whom it is about stays behind until it is settled."""
    _set(tx, context, BEFORE_FORWARDING, ResultState.WITHHELD)


def release_result(tx: Transaction, context: JobContext) -> Mapping[str, object]:
    """The inline job `release_result`: nothing is wrong. `late` says that the others went up without this one."""
    if _about(context) is None:
        return {"late": False}
    gone = sa.select(sa.func.count()).select_from(review_result)
    others = r.state.in_({ResultState.FORWARDED, ResultState.APPROVED, ResultState.GRANTED})
    late = bool(tx.value(gone.where(r.handling == context.variables["handling"], others)))
    if not late:
        _set(tx, context, {ResultState.WITHHELD}, ResultState.PUBLICISED)
    return {"late": late}


def overturn_result(tx: Transaction, context: JobContext) -> None:
    """The inline job `overturn_result`: the result falls; the declaration hears why."""
    reason = context.variables["objection_decision"]["opinion"]
    numbers = _set(tx, context, set(ResultState), ResultState.OVERTURNED, remark=reason)
    tell(tx, context, OVERTURNED, ((number, {"reason": reason}) for number in numbers))


def record_cheating(tx: Transaction, context: JobContext) -> None:
    """The inline job `record_cheating` (J16): whom it is about declares nothing for `years` (a header); what else of theirs is under
    way is stopped, while the declaration itself ends by its result."""
    about = _about(context)
    person = None if about is None else tx.value(sa.select(d.person).where(d.case_key == about))
    if person is None:
        return
    actor = context.actor or SYSTEM
    until = barred_until(tx, int(context.headers["years"]))
    reason = f"弄虚作假被取消评审结果：{context.variables['objection_decision']['opinion']}"[:200]
    source = f"评审结果异议 {context.business_key}"
    write_record(tx, actor, person=person, kind=RecordKind.INTEGRITY, reason=reason, until=until, source=source)
    stop_declarations(
        tx, actor, person=person, reason=reason, until=until, source=source, from_case=context.case_key, but=about
    )


def settle_late_result(tx: Transaction, context: JobContext) -> None:
    """The inline job `settle_late_result`: confirmed alone, granted at once where the document is out already; or refused."""
    decision, handling = context.variables["late_approval"], int(context.variables["handling"])
    if decision["outcome"] == "refuse":
        numbers = _set(tx, context, {ResultState.WITHHELD}, ResultState.REFUSED, remark=decision["opinion"])
        tell(tx, context, OVERTURNED, ((number, {"reason": decision["opinion"]}) for number in numbers))
        return
    numbers = _set(tx, context, {ResultState.WITHHELD}, ResultState.APPROVED)
    tell(tx, context, APPROVED, ((number, {}) for number in numbers))
    document = tx.row(sa.select(result_document).where(k.handling == handling))
    if document is not None:
        only = sa.and_(r.handling == handling, r.declaration == _about(context), r.state == ResultState.APPROVED)
        grant(tx, context, handling, dict(document._mapping), only)


def _about(context: JobContext) -> int | None:
    found = context.variables.get("declaration")
    return None if found is None else int(found)


def _set(
    tx: Transaction, context: JobContext, before: Any, after: ResultState, *, remark: str | None = None
) -> list[str]:
    """Bring the one result an objection is about from one of `before` to `after`; its declaration's number, if it changed."""
    about = _about(context)
    if about is None:
        return []
    mine = sa.and_(
        r.handling == context.variables["handling"], r.declaration == about, r.passed.is_(True), r.state.in_(before)
    )
    numbers = [row.declaration_no for row in tx.rows(sa.select(r.declaration_no).where(mine))]
    changed: dict[str, Any] = {"state": after} | ({} if remark is None else {"remark": remark})
    tx.execute(sa.update(review_result).where(mine).values(changed))
    return numbers
