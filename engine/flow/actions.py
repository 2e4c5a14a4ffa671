"""Buttons of a case besides its tasks: message boundary events with the property `action` (撤回, 废弃), while they wait."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused
from engine.feel import compile_expression, from_json
from engine.flow.cases import open_case
from engine.flow.firing import receive
from engine.flow.model import Element
from engine.flow.opening import names_in
from engine.flow.registry import clock_of, registry_of
from engine.flow.run import Execution
from engine.flow.scopes import Scopes
from engine.flow.tables import CaseState, DefinitionKind, WaitKind, case, subscription
from engine.form import Form, as_fields

ACTION = "action"
ACTION_GROUP = "action_group"
#: the form one fills in with the button
ACTION_FORM = "action_form"


@dataclass(frozen=True, slots=True)
class Action:
    """One button. `name` is what it says, `properties` those of its element (style, confirm …)."""

    action: str
    name: str
    element_id: str
    properties: dict[str, str]

    @property
    def form_id(self) -> str | None:
        return self.properties.get(ACTION_FORM)


def task_actions(tx: Transaction, actor: Actor, case_key: int) -> list[Action]:
    """The buttons the actor has on a case now, in the order of the diagram."""
    held = tx.row(sa.select(case.c.definition_key, case.c.state).where(case.c.key == case_key))
    if held is None or held.state is not CaseState.ACTIVE:
        return []
    process = registry_of(tx).library.process(tx, held.definition_key).process
    if not any(ACTION in element.properties for element in process.elements.values()):
        return []
    s = subscription.c
    query = sa.select(s.element_id).where(s.case_key == case_key, s.kind == WaitKind.MESSAGE)
    waiting = {row.element_id for row in tx.rows(query)}
    scopes = Scopes(tx, case_key, process.names)
    return [
        Action(element.properties[ACTION], element.name or element.id, element.id, dict(element.properties))
        for element in process.elements.values()
        if element.id in waiting and ACTION in element.properties and _may(actor, element, scopes)
    ]


def perform_action(
    tx: Transaction, actor: Actor, case_key: int, action: str, variables: dict[str, Any] | None = None
) -> Execution:
    """Press a button. What it brings is checked by its form, where it has one.

    Raises `Refused` where the case offers it no longer, `NotAllowed` where it is not the actor's, `InvalidInput` with the
    fields of its form.
    """
    execution = open_case(tx, actor, case_key)
    s = subscription.c
    query = sa.select(subscription).where(s.case_key == case_key, s.kind == WaitKind.MESSAGE).order_by(s.key)
    for row in tx.rows(query):
        element = execution.process.elements[row.element_id]
        if element.properties.get(ACTION) == action:
            if not _may(actor, element, execution.scopes):
                raise NotAllowed
            given = _checked(execution, element, row.owner_key, variables or {})
            receive(execution, dict(row._mapping), given, "action.performed", _said(given))
            execution.finish()
            return execution
    raise Refused("现在不能这样办理，请刷新后查看。")


def action_form(tx: Transaction, action: Action) -> Form | None:
    """The form of a button in the version in force; None for a button without. Raises `NotFound` where it is not published."""
    return None if action.form_id is None else _form(tx, action.form_id)


def _form(tx: Transaction, form_id: str) -> Form:
    library = registry_of(tx).library
    found = library.latest(tx, DefinitionKind.FORM, form_id)
    if found is None:
        raise NotFound(f"表单“{form_id}”尚未发布，请联系管理员。")
    return library.form(tx, found.key)


def _checked(execution: Execution, element: Element, owner: int, variables: Mapping[str, Any]) -> dict[str, Any]:
    """What the button's form lets through; without a form everything is taken."""
    form_id = element.properties.get(ACTION_FORM)
    if form_id is None:
        return dict(variables)
    tx, registry = execution.tx, execution.registry
    form = _form(tx, form_id)
    execution.scopes.need(form.names)
    view, clock = execution.scopes.view(owner), clock_of(tx)
    files = partial(registry.files, tx, execution.actor)
    values = form.merge(
        {name: variables[name] for name in form.keys if name in variables}, {}, context=view, files=files, clock=clock
    )
    problems = form.validate(values, view, options=registry.options_of(tx, execution.case["year"]), clock=clock)
    if problems:
        raise InvalidInput(fields=as_fields(problems))
    return form.clean(values, view, clock=clock)


def _said(values: Mapping[str, Any]) -> dict[str, str] | None:
    """What somebody wrote with a button, word for word, for the journal: its texts whose names end in `reason`."""
    texts = [value for name, value in values.items() if name.endswith("reason") and isinstance(value, str) and value]
    return {"opinion": texts[0]} if texts else None


def _may(actor: Actor, element: Element, scopes: Scopes) -> bool:
    """Whether one of the action's groups is the actor's; without a group nobody may."""
    text = element.properties.get(ACTION_GROUP, "")
    wanted: Any = text
    if text.startswith("="):
        wanted = compile_expression(text).evaluate(scopes.view(scopes.case_key))
    groups = names_in(from_json(wanted))
    mine = actor.groups | actor.principals | {f"user:{actor.login}"}
    return any(group in mine for group in groups)
