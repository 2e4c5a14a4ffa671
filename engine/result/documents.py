"""发文公布 (W15): number, date and file of the document that announces the titles."""

from collections.abc import Mapping

from engine.access import Actor
from engine.db import Transaction
from engine.document import attach_to_case
from engine.flow.contexts import TaskContext


def check_document(tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]) -> Mapping[str, object]:
    """The hook of 发文公布: its files become the case's."""
    files = values.get("document_files") or []
    assert isinstance(files, list)
    attach_to_case(tx, actor, [int(file["id"]) for file in files], task.case_key)
    return values
