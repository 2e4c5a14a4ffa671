"""Secret steps: a form whose page is secret is completed at that page and nowhere else, and nothing typed is kept.

The form says so itself: `"zhiping": {"page": "secret", "address": "/…"}`. Its tasks have no drafts and no variables, and
nobody else may do them: they are neither handed over nor given to somebody.
"""

from collections.abc import Mapping
from typing import Any

from engine.db import Transaction
from engine.errors import Refused
from engine.flow.registry import registry_of


def refuse_elsewhere(tx: Transaction, task: Mapping[str, Any]) -> None:
    """Raise `Refused` naming the page of a secret task; what came with the request goes no further."""
    address = _address(tx, task)
    if address is not None:
        raise Refused(f"“{task['name']}”只能由本人在专用页面 {address}/{task['key']} 办理，不能从这里提交或保存。")


def _address(tx: Transaction, task: Mapping[str, Any]) -> str | None:
    """Where the task's form says it is done; None for a form like any other."""
    if task["form_key"] is None:
        return None
    return registry_of(tx).library.form(tx, task["form_key"]).secret_address
