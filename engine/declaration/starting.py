"""立即申报: from the settings of P1 to a case with its chain of units (P1–P4)."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.access import Actor, Permission, authorize
from engine.clock import local
from engine.db import Transaction
from engine.declaration.decisions import check_eligibility
from engine.declaration.dossier import (
    PROCESS,
    SETUP_FORM,
    Values,
    first_basic_info,
    section,
)
from engine.declaration.facts import eligibility_facts
from engine.declaration.forms import latest_form
from engine.declaration.held_titles import held_title_values
from engine.declaration.hooks import book_of
from engine.declaration.standing import Standing, standing_of
from engine.declaration.succession import chain_of
from engine.declaration.tables import declaration
from engine.declaration.years import YearPlan, current_year, next_number, plan_variables, year_plan
from engine.errors import InvalidInput, NotAllowed, Refused
from engine.flow.cases import find_process
from engine.flow.repeats import first_result, keep_result
from engine.flow.starting import begin_case
from engine.form import as_fields
from engine.organisation import Enrolment, Identity, enrolment_of, identity_of
from engine.organisation.tables import unit as unit_table


def start_declaration(
    tx: Transaction, actor: Actor, *, values: Mapping[str, Any], command_key: str | None = None
) -> int:
    """Start the actor's declaration of this year and open the filling task; returns the case's key.

    The settings are checked by their form and, as far as the facts are known yet, by the table of eligibility. What was
    declared in an earlier year is taken over by choice (`carrying`), a title held by a certificate of ours at once (W15).
    The superior units are noted as they are now.
    Raises `InvalidInput` by field, `Refused` with a sentence where the year is closed, the person is not enrolled or
    barred, or already has a declaration this year. A repeated `command_key` gives the first case again.
    """
    authorize(actor, Permission.DECLARATIONS_DECLARE)
    if actor.person is None:
        raise NotAllowed
    if (before := first_result(tx, actor, command_key)) is not None:
        return int(before["case_key"])
    year = current_year(tx)
    plan, identity, enrolment = ready_to_start(tx, actor)
    standing = standing_of(tx, identity, year)
    setup = checked_setup(tx, year, values, enrolment.unit_name)
    check_start(tx, year, {"setup": setup}, standing)
    variables = {
        "basic_info": first_basic_info(identity),
        **held_title_values(tx, identity.person, year),
        "setup": setup,
        "standing": standing,
        **plan_variables(plan),
        **_unit_variables(tx, enrolment.unit),
        "applicant": actor.login,
        "person": identity.person,
        "declaration_no": (number := next_number(tx, year)),
    }
    try:
        with tx.savepoint():
            case_key = begin_case(
                tx,
                actor,
                find_process(tx, PROCESS, None, None),
                variables,
                parties=[f"person:{identity.person}", f"account:{actor.login}"],
                interactive=True,
                business_key=number,
                unit_id=enrolment.unit,
                year=year,
                title=_title(tx, year, identity, setup),
                tags=None,
            ).key
            keep_result(tx, actor, command_key, {"case_key": case_key})
            tx.flush()
    except IntegrityError:
        # somebody was faster: the same click a second time, or another page
        if (before := first_result(tx, actor, command_key)) is not None:
            return int(before["case_key"])
        _refuse_second(tx, identity.person, year)
        raise
    return case_key


def ready_to_start(tx: Transaction, actor: Actor) -> tuple[YearPlan, Identity, Enrolment]:
    """What a declaration of this year begins with. Raises `Refused` with a sentence where the year is closed, the person
    is not enrolled, or already has a declaration; `NotAllowed` for accounts that are no person's."""
    authorize(actor, Permission.DECLARATIONS_DECLARE)
    if actor.person is None:
        raise NotAllowed
    year = current_year(tx)
    plan = _open_plan(tx, year)
    identity, enrolment = _enrolled(tx, actor.person, year)
    _refuse_second(tx, actor.person, year)
    return plan, identity, enrolment


def refusal_to_start(tx: Transaction, actor: Actor) -> str:
    """Why the actor cannot start a declaration now, whatever they would choose; nothing where they can."""
    try:
        plan, identity, _ = ready_to_start(tx, actor)
        check_start(tx, plan.year, {}, standing_of(tx, identity, plan.year))
    except Refused as refusal:
        return refusal.message
    return ""


def checked_setup(tx: Transaction, year: int, values: Mapping[str, Any], unit_name: str) -> dict[str, Any]:
    """个人申报设置 as its form leaves it. Raises `InvalidInput` by field."""
    form = latest_form(tx, SETUP_FORM)
    base = {"setup": {"unit_name": unit_name}}
    given = form.merge(values, base)
    problems = form.validate(given, options=book_of(tx, year))
    if problems:
        raise InvalidInput(fields=as_fields(problems))
    return {**section(form.clean(given), "setup"), "unit_name": unit_name}


def check_start(tx: Transaction, year: int, values: Values, standing: Standing) -> None:
    """Raise what eligibility already says against it. The level is judged once the present title is known, on submission."""
    eligible = check_eligibility(tx, year, {**eligibility_facts(values, standing), "retirement_deferred": True})
    if not eligible.holds:
        raise Refused(eligible.message)


def _open_plan(tx: Transaction, year: int) -> YearPlan:
    plan = year_plan(tx, year)
    if tx.now < plan.opens_at:
        day = local(plan.opens_at)
        raise Refused(f"{year} 年度申报尚未开始，请在 {day.month}月{day.day}日以后申报。")
    if tx.now >= plan.closes_at:
        raise Refused(f"{year} 年度申报已截止，请关注下一年度的申报通知。")
    return plan


def _enrolled(tx: Transaction, person: int, year: int) -> tuple[Identity, Enrolment]:
    identity, enrolment = identity_of(tx, person), enrolment_of(tx, person, year)
    if identity is None or enrolment is None:
        raise Refused(f"您还没有 {year} 年度的申报账户，请联系所在单位经办人建立后再申报。")
    return identity, enrolment


def _refuse_second(tx: Transaction, person: int, year: int) -> None:
    held = declaration.c
    number = tx.value(
        sa.select(held.declaration_no).where(held.person == person, held.year == year, held.live.is_(True))
    )
    if number is not None:
        raise Refused(f"您 {year} 年度已有一份申报（{number}），请继续办理；选错了的，可在提交前废弃后重新申报。")


def _unit_variables(tx: Transaction, unit: int) -> dict[str, Any]:
    """The units the declaration will climb, the own one first, as they stand now."""
    return {
        "chain": chain_of(tx, unit),
        "region": tx.value(sa.select(unit_table.c.region).where(unit_table.c.id == unit)),
    }


def _title(tx: Transaction, year: int, identity: Identity, setup: Values) -> str:
    """How the case reads in an inbox: 赵示一 · 主任医师 (高级(正高))."""
    book = book_of(tx, year)
    name = book.label("title_name", setup.get("title_name"))
    return f"{identity.name} · {name}（{book.label('title_level', setup.get('title_level'))}）"
