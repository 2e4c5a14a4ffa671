"""个人信息 of an expert (K5): what is asked, kept section by section, handed in; where it stands; the pools one is in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.clock import local
from engine.committee.profile_columns import PROFILE_SECTIONS
from engine.committee.tables import ExpertState, MemberState, committee, expert, expert_vetting, pool_member
from engine.committee.vetting import PROFILE_FORM, start_update, start_vetting
from engine.db import Transaction
from engine.document import describe_own
from engine.errors import NotFound, Refused
from engine.flow.actions import Action, task_actions
from engine.flow.completion import Completion, complete_task
from engine.flow.drafts import DraftConflict, list_drafts, save_draft
from engine.flow.queries import TaskView, case_tasks
from engine.flow.registry import clock_of, registry_of
from engine.flow.variables import read_variables
from engine.form import Form, Problem, SectionState, Values
from engine.form.sameness import same_content
from engine.organisation.queries import unit_names

e, m, v = expert.c, pool_member.c, expert_vetting.c
#: what may be begun anew once no case runs
MAY_BEGIN = frozenset({ExpertState.CREATED, ExpertState.IN_POOL})


@dataclass(frozen=True, slots=True)
class ProfileFilling:
    """The profile while it is written: the form, what is typed over what was there, what is wrong, how far each section is."""

    task: TaskView
    form: Form
    values: Values
    context: Mapping[str, Any]
    versions: Mapping[str, int]
    problems: Sequence[Problem]
    sections: Sequence[SectionState]
    saved_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnProfile:
    """An expert's own page. `sections` are what was approved last, or what was handed in and waits; `pools` are committees with
    their terms; `last` is the line of the vetting that is under way or was the last."""

    row: Mapping[str, Any]
    sections: Mapping[str, Any]
    pools: Sequence[sa.Row[Any]]
    last: Mapping[str, Any] | None
    unit_name: str
    filling: ProfileFilling | None
    actions: Sequence[Action]

    @property
    def may_begin(self) -> bool:
        """Whether the expert may write the profile anew: nothing is under way and the pool has not let go."""
        under_way = self.filling is not None or (self.last is not None and self.last["open_task"] is not None)
        return self.row["state"] in MAY_BEGIN and not under_way


def own_profile(tx: Transaction, actor: Actor) -> OwnProfile:
    """The actor's own profile. Raises `NotAllowed`, and `NotFound` for who is no expert."""
    row = _own_row(tx, actor)
    case_key = row["vetting_case"]
    last = tx.row(sa.select(expert_vetting).where(v.case_key == case_key)) if case_key is not None else None
    filling = _filling(tx, actor, case_key) if case_key is not None else None
    handed_in = (
        read_variables(tx, case_key) if last is not None and last.open_task is not None else row["profile"] or {}
    )
    return OwnProfile(
        row=row,
        sections={name: handed_in[name] for name in PROFILE_SECTIONS if name in handed_in},
        pools=_pools(tx, row["id"]),
        last=dict(last._mapping) if last is not None else None,
        unit_name=unit_names(tx, {last.unit}).get(last.unit, "") if last is not None else "",
        filling=filling,
        actions=task_actions(tx, actor, case_key) if case_key is not None else (),
    )


def filling_of(tx: Transaction, actor: Actor) -> ProfileFilling:
    """The profile that waits to be written. Raises `NotFound` for who is no expert, `Refused` where nothing waits."""
    row = _own_row(tx, actor)
    found = _filling(tx, actor, row["vetting_case"]) if row["vetting_case"] is not None else None
    if found is None:
        raise Refused("个人信息现在不能修改：正在审核的请先撤回，已入库的请点“更新信息”。")
    return found


def _filling(tx: Transaction, actor: Actor, case_key: int) -> ProfileFilling | None:
    tasks = case_tasks(tx, actor, case_key)
    found = next((one for one in tasks if one.may_work and one.row["form_id"] == PROFILE_FORM), None)
    if found is None:
        return None
    registry, clock = registry_of(tx), clock_of(tx)
    form = registry.library.form(tx, found.row["form_key"])
    context, drafts = read_variables(tx, case_key), list_drafts(tx, found.row["key"])
    kept = {name: draft.value for name, draft in drafts.items() if name in form.keys}
    values = {name: value for name, value in {**context, **kept}.items() if name in form.keys}
    options = registry.options_of(tx, local(tx.now).year)
    problems = form.validate(values, context, options=options, clock=clock)
    return ProfileFilling(
        task=found,
        form=form,
        values=values,
        context=context,
        versions={name: draft.version for name, draft in drafts.items()},
        problems=problems,
        sections=form.states(values, context, options=options, clock=clock),
        saved_at=max((draft.at for draft in drafts.values()), default=None),
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a page: the versions now, and the labels of the sections that were saved elsewhere meanwhile."""

    versions: Mapping[str, int]
    conflicts: Sequence[str]


def save_profile(tx: Transaction, actor: Actor, values: Mapping[str, Any], versions: Mapping[str, int]) -> Kept:
    """Keep as drafts the sections that differ from what is kept (暂存). One that was saved elsewhere since the page was made is left
    alone and named; the others are kept all the same.

    `versions` are those the page was made from. Raises as `filling_of` does.
    """
    filling = filling_of(tx, actor)
    now, conflicts = dict(filling.versions), []
    for section in filling.form.sections:
        given = values.get(section.path)
        if same_content(given, filling.values.get(section.path)):
            continue
        known = versions.get(section.path, 0)
        try:
            now[section.path] = save_draft(tx, actor, filling.task.row["key"], section.path, given, known)
        except DraftConflict:
            now[section.path] = known
            conflicts.append(next(state.label for state in filling.sections if state.path == section.path))
    return Kept(now, conflicts)


def parse_profile(tx: Transaction, actor: Actor, filling: ProfileFilling, pairs: Sequence[tuple[str, str]]) -> Values:
    """What a browser posted, over what is kept; files only of the actor's own."""
    return filling.form.parse(
        pairs, filling.values, context=filling.context, files=partial(describe_own, tx, actor), clock=clock_of(tx)
    )


def submit_profile(
    tx: Transaction, actor: Actor, values: Mapping[str, Any], *, version: int | None, command_key: str | None
) -> Completion:
    """提交审批: hand the profile in to be vetted. Raises `InvalidInput` with everything that is missing."""
    filling = filling_of(tx, actor)
    own = {name: value for name, value in values.items() if name in filling.form.keys}
    return complete_task(tx, actor, filling.task.row["key"], own, version=version, command_key=command_key)


def begin_profile(tx: Transaction, actor: Actor) -> None:
    """更新信息: write the profile anew, to be vetted like the first. Raises `Refused` while one is under way."""
    held = own_profile(tx, actor)
    if not held.may_begin:
        raise Refused("个人信息正在办理，或者已不在评委库中，现在不能更新。")
    unit = tx.value(
        sa.select(committee.c.forming_unit)
        .join(pool_member, m.committee == committee.c.id)
        .where(m.expert == held.row["id"], m.state == MemberState.ACTIVE)
        .order_by(m.added_at, m.committee)
        .limit(1)
    )
    if unit is None:
        raise Refused("您已不在任何评委会的专家库中，无需更新信息。")
    begin = start_update if held.row["state"] is ExpertState.IN_POOL else start_vetting
    begin(tx, actor, held.row["id"], unit)


def _own_row(tx: Transaction, actor: Actor) -> Mapping[str, Any]:
    authorize(actor, Permission.PROFILE_KEEP)
    columns = [column for column in e if column.name != "bank_card"]
    row = tx.row(sa.select(*columns).where(e.account == actor.account))
    if row is None:
        raise NotFound("您还没有被列入评委专家库。")
    return dict(row._mapping)


def _pools(tx: Transaction, expert_id: int) -> Sequence[sa.Row[Any]]:
    wanted = sa.select(committee.c.name, m.term_from, m.term_until, m.state).join(
        committee, committee.c.id == m.committee
    )
    return tx.rows(wanted.where(m.expert == expert_id).order_by(committee.c.code))
