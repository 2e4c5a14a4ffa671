"""Where one goes after a task is done: the next of its kind comes by itself."""

from engine.access import Actor
from engine.db import Transaction
from engine.flow.completion import Completion
from engine.flow.queries import inbox
from engine.flow.tables import CaseState
from web.beside import BESIDE_FORMS


def next_address(tx: Transaction, actor: Actor, done_key: int, form_id: str | None, completion: Completion) -> str:
    """The task of the same case that is now the actor's, else the page its slice keeps of the case, else the longest waiting
    one with the same form, else the case."""
    own = next((task for task in completion.next_tasks if task.mine), None)
    if own is not None:
        return f"/tasks/{own.key}?done={done_key}"
    beside = BESIDE_FORMS.of(form_id)
    if beside is not None:
        return beside.home(completion.case_key)
    waiting = inbox(tx, actor, limit=1, on_hold=False, form_id=form_id) if form_id else None
    if waiting is not None and waiting.tasks:
        return f"/tasks/{waiting.tasks[0].key}?done={done_key}"
    return f"/cases/{completion.case_key}?done={done_key}"


def done_words(step: str, completion: Completion, form_id: str | None = None, outcome: str = "") -> str:
    """What is said after completing; the slice's own words where it has some for this outcome."""
    if completion.has_incident:
        return f"“{step}”已提交，流程在后面的环节出现异常，管理员会处理。"
    beside = BESIDE_FORMS.of(form_id)
    if beside is not None and outcome in beside.words:
        return beside.words[outcome]
    return f"“{step}”已提交，流程已办结。" if completion.case_state is CaseState.COMPLETED else f"“{step}”已提交。"
