"""A case as its page tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.access import Actor, Permission
from engine.db import Transaction
from engine.document import Attachment, attachments_of_case
from engine.flow.actions import Action, task_actions
from engine.flow.model import Process
from engine.flow.queries import CaseView, TaskView, case_incidents, case_tasks, element_instances
from engine.flow.registry import registry_of
from engine.flow.tables import CaseState, ElementState, TaskState
from engine.organisation import account_names, unit_names
from web.case import sentence
from web.case.order import ACTIVITIES, GATEWAYS
from web.case.outline import OutlineLine, Passage, Step, listens, outline, passages, steps
from web.case.sentence import Waiting
from web.due import age_of, due_in
from web.who import candidate_words, name_in

STATES: Mapping[CaseState, tuple[str, str]] = {
    CaseState.ACTIVE: ("在办", "info"),
    CaseState.COMPLETED: ("已办结", "good"),
    CaseState.TERMINATED: ("已终止", ""),
    CaseState.SUSPENDED: ("已暂停", "warn"),
}


@dataclass(frozen=True, slots=True)
class Button:
    """An action of the case (撤回, 废弃): asked once more before it is done. `asks` is one with a form of its own."""

    name: str
    label: str
    question: str
    final: bool
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """Everything the page draws but the journal."""

    key: int
    url: str
    monitor_url: str
    title: str
    process: str
    business_key: str
    ended: bool
    state: str
    kind: str
    sentence: str
    steps: Sequence[Step]
    tasks: Sequence[Waiting]
    outline: Sequence[OutlineLine]
    actions: Sequence[Button]
    files: Sequence[Mapping[str, Any]]


def tell(tx: Transaction, actor: Actor, case: CaseView) -> Story:
    """The story of a case the actor sees."""
    process = registry_of(tx).library.process(tx, case.definition_key).process
    rows = element_instances(tx, actor, case.key)
    passed = passages(rows)
    tasks = waiting_tasks(tx, actor, case_tasks(tx, actor, case.key))
    ended = case.ended_at is not None
    state, kind = ("出现异常", "bad") if case.has_incident else STATES[case.state]
    return Story(
        key=case.key,
        url=f"/cases/{case.key}",
        monitor_url=f"/monitor/cases/{case.key}" if actor.may(Permission.CASES_REPAIR) else "",
        title=case.title or case.business_key or case.process_name,
        process=case.process_name,
        business_key=case.business_key or "",
        ended=ended,
        state=state,
        kind=kind,
        sentence=_sentence(tx, actor, case, process, passed, tasks),
        steps=steps(process, passed, ended=ended, status=case.status, note=_note(tasks)),
        tasks=tasks,
        outline=outline(process, passed),
        actions=[button_of(action) for action in task_actions(tx, actor, case.key)],
        files=[describe_file(file) for file in attachments_of_case(tx, case.key)],
    )


def waiting_tasks(tx: Transaction, actor: Actor, views: Sequence[TaskView]) -> list[Waiting]:
    """The open tasks with who may do them."""
    calendar = registry_of(tx).calendar
    return [
        Waiting(
            key=row["key"],
            step=row["name"],
            who=who,
            age=age_of(row["created_at"], tx.now, calendar),
            due=due_in(row["due_at"], tx.now, calendar),
            on_hold=row["state"] is TaskState.ON_HOLD,
            mine=row["assignee"] == actor.login,
            url=f"/tasks/{row['key']}" if view.may_work and actor.may(Permission.TASKS_WORK) else "",
        )
        for view, who in zip(views, handlers(tx, [view.row for view in views]), strict=True)
        for row in (view.row,)
    ]


def handlers(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Whoever has each task, with the unit it was offered to; of free ones who may claim them."""
    offered = candidate_words(tx, [(row["candidate_groups"], row["candidate_users"]) for row in rows])
    names = account_names(tx, {row["assignee"] for row in rows if row["assignee"]})
    units = unit_names(tx, {row["unit_id"] for row in rows if row["assignee"] and row["candidate_groups"]} - {None})
    return [
        who if row["assignee"] is None else f"{units.get(row['unit_id'], '')}{name_in(names, row['assignee'])}"
        for row, who in zip(rows, offered, strict=True)
    ]


def _sentence(
    tx: Transaction,
    actor: Actor,
    case: CaseView,
    process: Process,
    passed: Mapping[str, Passage],
    tasks: Sequence[Waiting],
) -> str:
    if case.ended_at is not None:
        return sentence.sentence_of_end(case.ended_at, case.status, completed=case.state is CaseState.COMPLETED)
    if case.state is CaseState.SUSPENDED:
        return "流程已暂停，管理员恢复后继续"
    if case.has_incident:
        stuck = case_incidents(tx, actor, case.key)
        if stuck:
            return sentence.sentence_of_incident(name_of(process, stuck[0]["element_id"]))
    if tasks:
        return sentence.sentence_of_tasks(tasks)
    standing = [
        element
        for element in process.elements.values()
        if _stands(passed.get(element.id), element.kind) and not listens(process, element)
    ]
    return sentence.sentence_of_system([(element.kind.value, element.name or element.id) for element in standing])


def _stands(passage: Passage | None, kind: Any) -> bool:
    return passage is not None and passage.state == "current" and (kind in ACTIVITIES or kind not in GATEWAYS)


def _note(tasks: Sequence[Waiting]) -> str:
    if not tasks:
        return ""
    return "刚刚到达" if tasks[0].age == "刚刚" else f"已 {tasks[0].age}"


def name_of(process: Process, element_id: str) -> str:
    """What people call an element."""
    element = process.elements.get(element_id)
    return element.name if element is not None and element.name else element_id


def button_of(action: Action) -> Button:
    """A button with the question that is asked first: the element's property `confirm`, else its name."""
    question = action.properties.get("confirm") or f"将{action.name}，是否继续？"
    return Button(
        action.action, action.name, question, action.properties.get("style") == "danger", action.form_id is not None
    )


def describe_file(file: Attachment) -> Mapping[str, Any]:
    """An attachment as `ui.file_list` draws it."""
    url = f"/files/{file.key}"
    return {
        "id": file.key,
        "name": file.name,
        "size": file.size,
        "url": url,
        "thumbnail": f"{url}/thumbnail" if file.thumbnail else None,
    }


def diagram_state(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The colours of the picture: what was done, is active, has failed, and the flows taken."""
    states: dict[str, set[str]] = {"done": set(), "active": set(), "failed": set()}
    words = {ElementState.COMPLETED: "done", ElementState.ACTIVE: "active", ElementState.FAILED: "failed"}
    flows: set[str] = set()
    for row in rows:
        flows.update((row["took"] or "").split())
        if row["state"] in words:
            states[words[row["state"]]].add(row["element_id"])
    states["active"] -= states["failed"]
    states["done"] -= states["active"] | states["failed"]
    return {**{name: sorted(ids) for name, ids in states.items()}, "flows": sorted(flows), "counts": {}}
