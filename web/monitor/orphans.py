"""`/monitor/orphans`: tasks nobody can do."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.flow.queries import case_titles
from engine.organisation import account_names, tasks_nobody_can_do
from web.deps import query
from web.monitor.health import open_incidents
from web.monitor.rights import refuse_unless_monitor, tools_of
from web.pages import page
from web.who import candidate_words

router = APIRouter()


@dataclass(frozen=True, slots=True)
class OrphanRow:
    """A task with why nobody can do it."""

    id: int
    url: str
    title: str
    process: str
    step: str
    who: str
    reason: str
    arrived_at: datetime


@router.get("/monitor/orphans")
def show_orphans(request: Request) -> Response:
    with query(request) as (tx, actor):
        refuse_unless_monitor(actor)
        return page(
            request,
            "monitor/orphans.html",
            rows=orphan_rows(tx, actor),
            may_assign=tools_of(actor).assign,
            incidents=open_incidents(tx, actor),
        )


def orphan_rows(tx: Transaction, actor: Actor) -> list[OrphanRow]:
    """The oldest hundred."""
    tasks = tasks_nobody_can_do(tx, actor)
    titles = case_titles(tx, {task["case_key"] for task in tasks})
    holders = account_names(tx, {task["assignee"] for task in tasks if task["assignee"]})
    offered = candidate_words(tx, [(task["candidate_groups"], task["candidate_users"]) for task in tasks])
    return [
        OrphanRow(
            id=task["key"],
            url=f"/monitor/cases/{task['case_key']}",
            title=titles[task["case_key"]].title,
            process=titles[task["case_key"]].process,
            step=task["name"],
            who=holders.get(task["assignee"], task["assignee"]) if task["assignee"] else who or "没有指定",
            reason="账号已停用或不存在"
            if task["assignee"]
            else "没有在用的人有这个身份"
            if who
            else "流程没有指定由谁办理",
            arrived_at=task["created_at"],
        )
        for task, who in zip(tasks, offered, strict=True)
    ]
