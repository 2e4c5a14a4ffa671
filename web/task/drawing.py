"""Putting the task page together: the task, its form with what is typed, the dossier, the buttons."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from secrets import token_urlsafe
from typing import Any

from fastapi import Request
from markupsafe import Markup
from starlette.responses import Response

from engine.access import Actor
from engine.clock import local
from engine.db import Transaction
from engine.flow.queries import TaskView
from engine.flow.variables import visible_variables
from engine.form import Form, Problem
from web.beside import BESIDE_FORMS
from web.dossier import case_dossier
from web.fields import render_form, render_outcome, render_summary
from web.pages import page
from web.task.filling import Filling, read_filling
from web.task.page import task_page
from web.undo import offered_undo


def draw_task(
    request: Request,
    tx: Transaction,
    actor: Actor,
    view: TaskView,
    *,
    filling: Filling | None = None,
    values: Mapping[str, Any] | None = None,
    problems: Sequence[Problem] = (),
    message: str = "",
    command_key: str = "",
    status: int = 200,
) -> Response:
    """The page of an open task, with `values` in place of what was kept where they are given."""
    row = view.row
    filling = filling or read_filling(tx, row)
    form = filling.form if filling else None
    shown = filling.view(values) if filling else None
    variables = filling.context if filling else visible_variables(tx, row["case_key"], row["element_key"])
    told, tells = task_page(tx, actor, view, form), _tells(form, variables)
    beside = BESIDE_FORMS.of(row["form_id"])
    if beside is not None:
        parts = list(beside.draw(request, tx, actor, row["case_key"]))
    else:
        left_out = form.keys if form else ()
        parts = case_dossier(tx, row["case_key"], variables, left_out, plain=not told.wide and not tells)
    if tells and not parts:
        told = replace(told, wide=True)
    return page(
        request,
        "task/task.html",
        status=status,
        task=told,
        parts=parts,
        fields=draw_fields(row["key"], filling, values, problems),
        outcomes=render_outcome(shown.outcome, errors=problems) if shown and shown.outcome else "",
        summary=render_summary(problems),
        message=message,
        undo=offered_undo(request, tx, actor),
        command_key=command_key or token_urlsafe(12),
        draft_version=filling.versions if filling else "",
        saved_words=_saved(filling),
    )


def _tells(form: Form | None, variables: Mapping[str, Any]) -> bool:
    """Whether the form itself says what it is about: its texts read variables it does not write."""
    return form is not None and bool((form.names - form.keys) & variables.keys())


def draw_fields(
    task_key: int, filling: Filling | None, values: Mapping[str, Any] | None = None, problems: Sequence[Problem] = ()
) -> Markup:
    """The inputs alone: what is drawn again when a choice, a condition or a row has changed."""
    if filling is None:
        return Markup()
    return render_form(
        filling.view(values),
        errors=problems,
        rerender=f"/tasks/{task_key}/fields",
        upload=f"/files?task={task_key}",
        upload_page=f"/tasks/{task_key}/files",
    )


def draw_typed(filling: Filling, values: Mapping[str, Any]) -> Markup:
    """What somebody typed, to be read and copied where it could not be handed in."""
    return render_form(filling.view(values), "read", target="typed-fields")


def _saved(filling: Filling | None) -> str:
    if filling is None or not filling.drafts:
        return ""
    at = local(max(draft.at for draft in filling.drafts.values()))
    return f"已于 {at.month}月{at.day}日 {at:%H:%M} 保存"
