"""What the pages of a declaration show: one's own declarations, one declaration whole, the filling of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.dossier import FILLING_FORM, SECTIONS
from engine.declaration.dossier_problem import DossierProblem
from engine.declaration.forms import form_of_task
from engine.declaration.masking import masked_row, masked_sections
from engine.declaration.points import TICKED, Point, points_of
from engine.declaration.preparing import prepare_filling, with_stars
from engine.declaration.problems import made_invalid, problems_of, section_states
from engine.declaration.projection import places_in
from engine.declaration.status import LargeStep, OpenStep, large_steps, plain_status
from engine.declaration.tables import declaration
from engine.errors import NotFound
from engine.flow.actions import Action, task_actions
from engine.flow.drafts import list_drafts
from engine.flow.queries import TaskView, case_tasks
from engine.flow.registry import clock_of
from engine.flow.tables import TaskState, task, variable
from engine.flow.variables import read_variables
from engine.flow.visibility import is_visible
from engine.form import Form, SectionState
from engine.organisation import unit_names

#: the variables a status sentence tells from
TOLD = frozenset({"last_review", "eligibility"})


@dataclass(frozen=True, slots=True)
class MyDeclaration:
    """One's own declaration in a list; `row` has the columns of `declaration`."""

    row: Mapping[str, Any]
    sentence: str


@dataclass(frozen=True, slots=True)
class DeclarationDetail:
    """A declaration as everybody who may see it reads it. `values` are the sections as they were handed in last,
    `tasks` what waits, `actions` the reader's buttons besides (撤回, 废弃)."""

    row: Mapping[str, Any]
    sentence: str
    steps: Sequence[LargeStep]
    values: Mapping[str, Any]
    variables: Mapping[str, Any]
    tasks: Sequence[TaskView]
    actions: Sequence[Action]


@dataclass(frozen=True, slots=True)
class Filling:
    """The filling task as its page shows it: values with the drafts over them, and how far each section is.

    `points` are what was said of it when it came back, `made_invalid` the problems of another choice of title.
    `draft_versions` are what `save_section` takes; `context` is what the form's expressions read besides the values.
    """

    task: TaskView
    year: int
    form: Form
    values: Mapping[str, Any]
    context: Mapping[str, Any]
    draft_versions: Mapping[str, int]
    problems: Sequence[DossierProblem]
    sections: Sequence[SectionState]
    points: Sequence[Point]
    made_invalid: Sequence[DossierProblem]

    @property
    def complete(self) -> bool:
        """Whether nothing keeps it from being submitted."""
        return all(problem.severity == "warning" for problem in self.problems)


def my_declarations(tx: Transaction, actor: Actor) -> list[MyDeclaration]:
    """The declarations of the actor's person, of every year (A10), the newest first."""
    if actor.person is None:
        return []
    own = sa.select(declaration).where(declaration.c.person == actor.person)
    newest_first = own.order_by(declaration.c.year.desc(), declaration.c.declaration_no.desc())
    rows = [dict(row._mapping) for row in tx.rows(newest_first)]
    keys = [row["case_key"] for row in rows]
    steps, told = _open_steps(tx, keys), _told(tx, keys)
    return [
        MyDeclaration(row, plain_status(tx, row["status"], steps.get(key), told.get(key, {})))
        for row in rows
        for key in (row["case_key"],)
    ]


def declaration_detail(tx: Transaction, actor: Actor, case_key: int) -> DeclarationDetail:
    """One declaration the actor sees. Raises `NotFound`."""
    row = _visible_row(tx, actor, case_key)
    variables = read_variables(tx, case_key)
    step = _open_steps(tx, [case_key]).get(case_key)
    return DeclarationDetail(
        row=row,
        sentence=plain_status(tx, row["status"], step, _reviewed(variables)),
        steps=large_steps(
            variables.get("chain") or [],
            row["review_position"],
            row["status"],
            with_applicant=step is not None and not step.role,
            ended=row["finished_at"] is not None,
        ),
        values={name: variables[name] for name in SECTIONS if name in variables},
        variables=variables,
        tasks=case_tasks(tx, actor, case_key),
        actions=task_actions(tx, actor, case_key),
    )


def masked_detail(detail: DeclarationDetail) -> DeclarationDetail:
    """The same declaration for somebody outside its chain: without the person's numbers."""
    return replace(
        detail,
        row=masked_row(detail.row),
        values=masked_sections(detail.values),
        variables=masked_sections(detail.variables),
    )


def filling_of(tx: Transaction, actor: Actor, case_key: int) -> Filling:
    """The open filling task of a declaration, for the one who fills it in. Raises `NotFound` for anybody else."""
    row = _visible_row(tx, actor, case_key)
    mine = (held for held in case_tasks(tx, actor, case_key) if held.may_work and held.row["form_id"] == FILLING_FORM)
    found = next(mine, None)
    if found is None:
        raise NotFound
    key = found.row["key"]
    form, drafts, variables = form_of_task(tx, key), list_drafts(tx, key), read_variables(tx, case_key)
    values = {**variables, **{name: draft.value for name, draft in drafts.items() if name}}
    ready, context = prepare_filling(tx, row["year"], values, variables)
    values = form.merge({}, ready, context=context, clock=clock_of(tx))
    problems = problems_of(tx, form, values, context)
    return Filling(
        task=found,
        year=row["year"],
        form=form,
        values={name: values[name] for name in form.keys if name in values},
        context=with_stars(tx, row["year"], values, context),
        draft_versions={name: draft.version for name, draft in drafts.items() if name in form.keys},
        problems=problems,
        sections=section_states(tx, form, values, context, problems),
        points=points_of(variables, found.row["element_id"], drafts[TICKED].value if TICKED in drafts else None),
        made_invalid=made_invalid(tx, form, values, variables, problems),
    )


def _visible_row(tx: Transaction, actor: Actor, case_key: int) -> Mapping[str, Any]:
    held = declaration.c
    row = tx.row(sa.select(declaration).where(held.case_key == case_key, is_visible(held.case_key, actor)))
    if row is None:
        raise NotFound
    return dict(row._mapping)


def _open_steps(tx: Transaction, case_keys: Collection[int]) -> dict[int, OpenStep]:
    """The task that waits in each case."""
    rows = tx.rows(sa.select(task).where(task.c.case_key.in_(sorted(case_keys)))) if case_keys else []
    at = {row.case_key: next(iter(places_in(row.candidate_groups)), None) for row in rows}
    names = unit_names(tx, {place[0] for place in at.values() if place})
    return {
        row.case_key: OpenStep(
            element_id=row.element_id,
            role=place[1] if place else "",
            unit_name=names.get(place[0], "") if place else "",
            since=row.created_at,
            due_at=row.due_at,
            on_hold=row.state is TaskState.ON_HOLD,
            hold_reason=row.hold_reason,
        )
        for row in rows
        for place in (at[row.case_key],)
    }


def _told(tx: Transaction, case_keys: Collection[int]) -> dict[int, Mapping[str, Any]]:
    v = variable.c
    held: dict[int, dict[str, Any]] = {}
    if case_keys:
        wanted = sa.select(v.case_key, v.name, v.value)
        for row in tx.rows(
            wanted.where(v.case_key.in_(sorted(case_keys)), v.scope_key == v.case_key, v.name.in_(TOLD))
        ):
            held.setdefault(row.case_key, {})[row.name] = row.value
    return {key: _reviewed(values) for key, values in held.items()}


def _reviewed(variables: Mapping[str, Any]) -> Mapping[str, Any]:
    """Who decided last, and what was said: a reviewer, or the check of eligibility."""
    checked = variables.get("eligibility") or {}
    if checked.get("eligible") is False:
        return {"opinion": checked.get("reason")}
    return variables.get("last_review") or {}
