"""One variable of a case: its value, every value it had, and changing it by hand with a reason."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.looks import Looked
from engine.errors import NotFound
from engine.flow.search import VARIABLES, Condition, Operator, Page, search
from engine.flow.variables import VariableChange, set_variables, variable_history
from engine.organisation import account_names
from web.deps import POSTED, Form, Key, command, query
from web.looks import note_look
from web.monitor.case_detail import CaseHead, case_head, find_case, preview, variable_url
from web.monitor.mending import read_reason
from web.monitor.rights import refuse_unless_monitor, tools_of
from web.pages import flash, page, redirect
from web.who import name_in

router = APIRouter()

#: a value longer than this is none a person types
LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class Change:
    """A value the variable was given."""

    who: str
    at: datetime
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The variable on its page."""

    head: CaseHead
    name: str
    scope: int
    value: Any
    changes: list[Change]
    may_edit: bool

    @property
    def url(self) -> str:
        return variable_url(self.head.key, self.scope, self.name)


@router.get("/monitor/cases/{key}/variables/{name}")
def show_variable(request: Request, key: Key, name: str) -> Response:
    with query(request) as (tx, actor):
        shown = _find(tx, actor, key, name, request.query_params.get("scope", ""))
        note_look(request, tx, actor, key, Looked.VARIABLES)
    return _draw(request, shown, written(shown.value))


@router.post("/monitor/cases/{key}/variables/{name}")
def change_variable(request: Request, key: Key, name: str, form: Form = POSTED) -> Response:
    given, (reason, problem) = str(form.get("value", "")), read_reason(form)
    with query(request) as (tx, actor):
        shown = _find(tx, actor, key, name, request.query_params.get("scope", ""))
    value, fault = read_json(given)
    if fault or problem:
        return _draw(request, shown, given, reason, {"value": fault, "reason": problem})
    with command(request) as (tx, actor):
        local = shown.scope != key
        set_variables(tx, actor, key, {name: value}, scope=shown.scope if local else None, local=local, reason=reason)
    flash(request, f"变量 {name} 已修改。")
    return redirect(request, shown.head.url)


def read_json(text: str) -> tuple[Any, str]:
    """The value of a JSON text, and what is wrong with it."""
    if len(text) > LONGEST:
        return None, "内容太长，请核对。"
    try:
        return json.loads(text), ""
    except json.JSONDecodeError as error:
        return None, f"不是有效的 JSON：第 {error.lineno} 行第 {error.colno} 个字符处有误，请核对引号、逗号和括号。"
    except RecursionError:
        return None, "嵌套的层数太多，请核对括号。"


def written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _find(tx: Transaction, actor: Actor, key: int, name: str, scope: str) -> Shown:
    """The variable. Raises `NotFound` where there is none or the case is not the actor's to see, `NotAllowed` for others."""
    row = find_case(tx, actor, key)
    refuse_unless_monitor(actor)
    place = int(scope) if scope.isdecimal() and len(scope) < 19 else key
    wanted = [
        Condition(column, Operator.EQ, value)
        for column, value in (("case_key", key), ("scope_key", place), ("name", name))
    ]
    found = search(tx, actor, VARIABLES, wanted, page=Page(limit=1)).rows
    if not found:
        raise NotFound
    head = case_head(tx, row)
    history = [change for change in variable_history(tx, key, name) if change.scope_key == place]
    may_edit = tools_of(actor).edit and head.open and not head.suspended
    return Shown(head, name, place, json.loads(found[0].value or "null"), _changes(tx, history), may_edit)


def _changes(tx: Transaction, history: list[VariableChange]) -> list[Change]:
    names: Mapping[str, str] = account_names(tx, {change.by for change in history})
    return [
        Change(
            name_in(names, change.by),
            change.at,
            preview(json.dumps(change.value, ensure_ascii=False)),
            change.reason or "",
        )
        for change in reversed(history)
    ]


def _draw(
    request: Request, shown: Shown, given: str, reason: str = "", problems: Mapping[str, str] | None = None
) -> Response:
    found = {name: sentence for name, sentence in (problems or {}).items() if sentence}
    return page(
        request,
        "monitor/variable.html",
        status=422 if found else 200,
        case=shown.head,
        url=shown.url,
        name=shown.name,
        where="",
        given=given,
        reason=reason,
        value_problem=found.get("value", ""),
        reason_problem=found.get("reason", ""),
        errors=list(found.items()),
        changes=shown.changes,
        may_edit=shown.may_edit,
    )
