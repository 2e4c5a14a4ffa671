"""What the applicant does with a declaration: save a section, submit, withdraw, discard (P21–P25)."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.dossier import SECTIONS
from engine.declaration.forms import form_of_task, values_of_task
from engine.declaration.tables import declaration
from engine.declaration.years import plan_variables, year_plan
from engine.errors import NotFound, Refused
from engine.flow.actions import perform_action, task_actions
from engine.flow.completion import Completion, complete_task, read_drafts
from engine.flow.drafts import save_draft
from engine.flow.registry import clock_of, registry_of
from engine.flow.tables import task

WITHDRAW, DISCARD = "withdraw", "discard"


def save_section(tx: Transaction, actor: Actor, task_key: int, section: str, value: object, *, version: int = 0) -> int:
    """Keep one section of the filling task as a draft, however incomplete (暂存, P21); its new version.

    Only inputs of the form that are not locked are taken, files only where the actor uploaded them. `version` is the one
    the page was made from. Raises `NotFound` for a section there is not, `DraftConflict` where it was saved elsewhere.
    """
    if section not in SECTIONS:
        raise NotFound
    form = form_of_task(tx, task_key)
    values, context = values_of_task(tx, task_key)
    files = partial(registry_of(tx).files, tx, actor)
    merged = form.merge({section: value}, values, context=context, files=files, clock=clock_of(tx))
    return save_draft(tx, actor, task_key, section, merged.get(section), version)


def submit_declaration(
    tx: Transaction,
    actor: Actor,
    task_key: int,
    values: Mapping[str, Any] | None = None,
    *,
    version: int | None = None,
    arrived_at: datetime | None = None,
    command_key: str | None = None,
) -> Completion:
    """Hand the dossier in (提交, P22): drafts and `values` are checked together and go to the unit, or nothing happens.

    Raises `InvalidInput` with everything that is missing or does not agree, `Refused` after the closing time.
    """
    return complete_task(
        tx, actor, task_key, values or {}, version=version, arrived_at=arrived_at, command_key=command_key
    )


def withdraw_declaration(tx: Transaction, actor: Actor, case_key: int) -> None:
    """Take a submitted declaration back while the unit has not reviewed it (撤回, P23); it can be changed again, until
    the closing time as the year's plan has it now. Raises `Refused` once the unit's officer has decided.
    """
    year = tx.value(sa.select(declaration.c.year).where(declaration.c.case_key == case_key))
    plan = plan_variables(year_plan(tx, year)) if year is not None else {}
    refusal = "单位经办人已经审核，不能撤回；需要修改的，请联系审核单位退回修改。"
    _act(tx, actor, case_key, WITHDRAW, refusal, plan)


def discard_declaration(tx: Transaction, actor: Actor, case_key: int) -> None:
    """End a declaration that has not been submitted or was returned (废弃, P25). What was typed stays readable, and the
    person may start another this year. Raises `Refused` while it is being reviewed."""
    _act(
        tx,
        actor,
        case_key,
        DISCARD,
        "只有草稿和退回修改的申报可以废弃；已提交的，请先撤回。",
        _typed(tx, case_key),
    )


def _typed(tx: Transaction, case_key: int) -> dict[str, Any]:
    """What is saved for the open task and not handed in."""
    key = tx.value(sa.select(task.c.key).where(task.c.case_key == case_key))
    drafts = read_drafts(tx, key) if key is not None else {}
    return {name: value for name, value in drafts.items() if name in SECTIONS}


def _act(
    tx: Transaction,
    actor: Actor,
    case_key: int,
    action: str,
    refusal: str,
    variables: dict[str, Any] | None = None,
) -> None:
    if all(offered.action != action for offered in task_actions(tx, actor, case_key)):
        raise Refused(refusal)
    perform_action(tx, actor, case_key, action, variables)
