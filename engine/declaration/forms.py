"""The forms of the declaration with the values they begin from."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.db import Transaction
from engine.errors import NotFound
from engine.flow.completion import read_drafts
from engine.flow.registry import registry_of
from engine.flow.tables import DefinitionKind, task
from engine.flow.variables import read_variables
from engine.form import Form


def latest_form(tx: Transaction, form_id: str) -> Form:
    """The version in force. Raises `NotFound` where it was never deployed."""
    library = registry_of(tx).library
    found = library.latest(tx, DefinitionKind.FORM, form_id)
    if found is None:
        raise NotFound(f"表单“{form_id}”尚未发布，请联系管理员。")
    return library.form(tx, found.key)


def form_of_task(tx: Transaction, task_key: int) -> Form:
    """The version a task keeps. Raises `NotFound` where the task is not open or has no form."""
    form_key = tx.value(sa.select(task.c.form_key).where(task.c.key == task_key))
    if form_key is None:
        raise NotFound
    return registry_of(tx).library.form(tx, form_key)


def values_of_task(tx: Transaction, task_key: int) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """What the page of an open task shows: the case's variables with the drafts over them; and the variables alone.

    Raises `NotFound` where the task is not open.
    """
    case_key = tx.value(sa.select(task.c.case_key).where(task.c.key == task_key))
    if case_key is None:
        raise NotFound
    variables = read_variables(tx, case_key)
    return {**variables, **read_drafts(tx, task_key)}, variables
