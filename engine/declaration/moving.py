"""A declaration that goes over to another unit with its person, or whose person is called otherwise (Q36, Q41).

Only what the applicant still has in hand moves: a draft, or one that was returned.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.committee.pool import is_expert
from engine.db import Transaction
from engine.declaration.deciding import RANKING
from engine.declaration.dossier import identity_fields, section
from engine.declaration.drafts import amend_draft
from engine.declaration.succession import chain_of
from engine.declaration.tables import declaration
from engine.errors import Refused
from engine.flow.contexts import JobContext, TaskContext
from engine.flow.moving import move_case
from engine.flow.tables import task
from engine.flow.variables import read_variables
from engine.organisation import identity_of
from engine.organisation.applicants import find_applicant, reissue_account
from engine.organisation.enrolments import person_of
from engine.organisation.tables import unit
from engine.organisation.transfers import start_transfer

#: where the applicant has the declaration in hand, before anybody reviews it or after it was returned
IN_HAND = ("fill_declaration", "correct_declaration")
#: outcomes of the transfer's forms that let the person go over
AGREED = frozenset({"consent", "accept"})
#: the section in which a unit's ranks stand
SUPPLEMENT = "overview_supplement"


def request_transfer(tx: Transaction, actor: Actor, enrolment_id: int, *, to_unit: int, reason: str) -> int:
    """Ask for a person to go over to another unit with what was typed (Q36); returns the key of the case.

    Raises what `start_transfer` raises, and `Refused` with what to do first where the declaration is under review.
    """
    key = start_transfer(tx, actor, enrolment_id, to_unit=to_unit, reason=reason)
    person, year = person_of(tx, enrolment_id)
    refuse_unless_in_hand(tx, person, year)
    return key


def refuse_unless_in_hand(tx: Transaction, person: int, year: int) -> int | None:
    """The case of the person's declaration of that year, None where there is none. Raises `Refused` where it is under review or
    was decided on."""
    d = declaration.c
    row = tx.row(
        sa.select(d.case_key, d.declaration_no, d.status, d.finished_at).where(
            d.person == person, d.year == year, d.live.is_(True)
        )
    )
    if row is None:
        return None
    if row.finished_at is not None:
        raise Refused(f"该人员本年度的申报（{row.declaration_no}）已经办结，不能再转接；请在下一年度由新单位建立账户。")
    in_hand = sa.select(task.c.key).where(task.c.case_key == row.case_key, task.c.element_id.in_(IN_HAND))
    if tx.value(in_hand.limit(1)) is None:
        raise Refused(
            f"该人员的申报材料（{row.declaration_no}）已经上报，目前为“{row.status}”，不能转接；"
            "请先由本人撤回，或者等待审核单位退回后再办理。"
        )
    return int(row.case_key)


def check_transfer(tx: Transaction, actor: Actor, form: TaskContext, values: dict[str, object]) -> Mapping[str, object]:
    """The hook of the transfer's forms: who agrees does so while the declaration is in the applicant's hand."""
    if form.outcome in AGREED:
        refuse_unless_in_hand(tx, form.variables["person"], form.variables["enrolment_year"])
    return values


def move_declaration(tx: Transaction, context: JobContext) -> None:
    """The inline job of that name: what was typed goes along to the unit the person now belongs to.

    Where the old unit ranked the person among its own stays behind: the new unit ranks anew.
    """
    variables = context.variables
    case_key = refuse_unless_in_hand(tx, variables["person"], variables["enrolment_year"])
    if case_key is None:
        return
    assert context.actor is not None
    new, name = variables["to_unit"], variables["to_unit_name"]
    chain = chain_of(tx, new)
    known = read_variables(tx, case_key, frozenset({"setup", SUPPLEMENT}))
    region = tx.value(sa.select(unit.c.region).where(unit.c.id == new))
    setup = {"unit_name": name}
    changed = {
        "setup": {**section(known, "setup"), **setup},
        "chain": chain,
        "region": region,
        # the new unit reviews from the beginning, wherever the old one's superiors returned it
        "review_position": None,
    }
    if supplement := section(known, SUPPLEMENT):
        changed[SUPPLEMENT] = {name: value for name, value in supplement.items() if name not in RANKING}
    reason = f"{variables['from_unit_name']} → {variables['to_unit_name']}"
    move_case(tx, context.actor, case_key, variables=changed, reason=reason, unit_id=new)
    amend_draft(tx, case_key, "setup", setup)
    amend_draft(tx, case_key, SUPPLEMENT, dict.fromkeys(RANKING))
    columns = {
        "unit": new,
        "unit_name": name,
        "region": region,
        "governing_unit": chain[1]["unit"] if len(chain) > 1 else None,
    }
    tx.execute(sa.update(declaration).where(declaration.c.case_key == case_key).values(columns))


def correct_identity(
    tx: Transaction,
    actor: Actor,
    enrolment_id: int,
    *,
    name: str,
    identity_type: str,
    identity_number: str,
    reason: str,
    password_hash: str,
) -> None:
    """Correct a person's name or number until the first 上报 (Q41): the account is issued again and the draft follows.

    Raises `Refused` once a declaration of the person was submitted, or where the person is an expert; and what
    `reissue_account` raises.
    """
    found = find_applicant(tx, actor, enrolment_id)
    if is_expert(tx, found.person):
        raise Refused("该人员是评审专家，姓名和证件号码不能在这里更正；确有错误的，请报职称管理部门核实。")
    d = declaration.c
    submitted = sa.select(d.declaration_no).where(d.person == found.person, d.submitted_at.is_not(None)).limit(1)
    if (number := tx.value(submitted)) is not None:
        raise Refused(
            f"该人员已上报过申报材料（{number}），姓名和证件号码不能再更正；确有错误的，请报上级职称管理部门核实。"
        )
    made = reissue_account(
        tx,
        actor,
        enrolment_id,
        name=name,
        identity_type=identity_type,
        identity_number=identity_number,
        reason=reason,
        password_hash=password_hash,
    )
    case_key = refuse_unless_in_hand(tx, found.person, found.year)
    identity = identity_of(tx, found.person)
    if case_key is None or identity is None:
        return
    known = read_variables(tx, case_key, frozenset({"basic_info"}))
    fields = identity_fields(identity)
    row = tx.row(sa.select(task.c.title).where(task.c.case_key == case_key).limit(1))
    assert row is not None
    changed: dict[str, Any] = {"basic_info": {**section(known, "basic_info"), **fields}, "applicant": made.login}
    move_case(
        tx,
        actor,
        case_key,
        variables=changed,
        reason=f"{found.name} {found.identity_number} → {made.name} {made.identity_number}。{reason.strip()}",
        title=row.title.replace(found.name, made.name, 1),
        logins={made.old_login: made.login},
    )
    amend_draft(tx, case_key, "basic_info", fields)
    columns = {"applicant": made.login, "name": made.name, "identity_number": made.identity_number}
    tx.execute(sa.update(declaration).where(declaration.c.case_key == case_key).values(columns))
