"""Buttons of a case besides its tasks: message boundary events with the property `action` (撤回, 废弃), while they wait."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import NotAllowed, Refused
from engine.feel import compile_expression, from_json
from engine.flow.cases import open_case
from engine.flow.firing import receive
from engine.flow.model import Element
from engine.flow.opening import names_in
from engine.flow.registry import registry_of
from engine.flow.run import Execution
from engine.flow.scopes import Scopes
from engine.flow.tables import CaseState, WaitKind, case, subscription

ACTION = "action"
ACTION_GROUP = "action_group"


@dataclass(frozen=True, slots=True)
class Action:
    """One button. `name` is what it says, `properties` those of its element (style, confirm …)."""

    action: str
    name: str
    element_id: str
    properties: dict[str, str]


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
    """Press a button. Raises `Refused` where the case offers it no longer, `NotAllowed` where it is not the actor's."""
    execution = open_case(tx, actor, case_key)
    s = subscription.c
    query = sa.select(subscription).where(s.case_key == case_key, s.kind == WaitKind.MESSAGE).order_by(s.key)
    for row in tx.rows(query):
        element = execution.process.elements[row.element_id]
        if element.properties.get(ACTION) == action:
            if not _may(actor, element, execution.scopes):
                raise NotAllowed
            receive(execution, dict(row._mapping), variables or {}, "action.performed")
            execution.finish()
            return execution
    raise Refused("现在不能这样办理，请刷新后查看。")


def _may(actor: Actor, element: Element, scopes: Scopes) -> bool:
    """Whether one of the action's groups is the actor's; without a group nobody may."""
    text = element.properties.get(ACTION_GROUP, "")
    wanted: Any = text
    if text.startswith("="):
        wanted = compile_expression(text).evaluate(scopes.view(scopes.case_key))
    groups = names_in(from_json(wanted))
    mine = actor.groups | actor.principals | {f"user:{actor.login}"}
    return any(group in mine for group in groups)
