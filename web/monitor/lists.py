"""`/cases` and `/incidents`: lists with their filters in the address, and what is done with ticked rows."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.errors import NotFound, Refused
from engine.flow import search as s
from engine.flow.incidents import resolve_incident
from engine.flow.jobs import update_retries
from engine.flow.search import Condition, Operator, Page, search
from web.deps import POSTED, Form, Key, command, query
from web.monitor.case_list import filter_fields, list_cases
from web.monitor.health import open_incidents
from web.monitor.incident_list import incident_fields, list_incidents
from web.monitor.rights import refuse_unless_monitor, tools_of, watches
from web.pages import flash, is_htmx, page, piece, redirect
from web.paging import place_of

router = APIRouter()

#: incidents one press may retry; more go in several presses, so that none runs for minutes
MOST = 100
RETRIES = 3


@router.get("/cases")
def show_cases(request: Request) -> Response:
    """Every case the actor sees, the newest first."""
    with query(request) as (tx, actor):
        authorize(actor, Permission.CASES_READ)
        rows, pager = list_cases(tx, actor, request.query_params)
        context: dict[str, Any] = {
            "rows": rows,
            "found": pager,
            "fields": filter_fields(tx),
            "watches": watches(actor),
            "incidents": open_incidents(tx, actor) if watches(actor) else "",
        }
    if is_htmx(request):
        return piece(request, "monitor/cases.html", "list", **context)
    return page(request, "monitor/cases.html", **context)


@router.get("/incidents")
def show_incidents(request: Request) -> Response:
    with query(request) as (tx, actor):
        refuse_unless_monitor(actor)
        rows, pager = list_incidents(tx, actor, request.query_params)
        context: dict[str, Any] = {
            "rows": rows,
            "found": pager,
            "fields": incident_fields(tx),
            "may_resolve": tools_of(actor).resolve,
            "place": place_of(request),
            "incidents": open_incidents(tx, actor),
        }
    if is_htmx(request):
        return piece(request, "monitor/incidents.html", "list", **context)
    return page(request, "monitor/incidents.html", **context)


@router.post("/incidents/retry")
def retry_ticked(request: Request, form: Form = POSTED) -> Response:
    """Try again where the ticked incidents stopped, or the one whose button was pressed; each in its own transaction."""
    only = form.get("only")
    given = [only] if only else form.getlist("incident")
    keys = [int(key) for key in given if isinstance(key, str) and key.isdecimal() and len(key) < 19][:MOST]
    refused = [sentence for key in keys if (sentence := _retry(request, key))]
    done = len(keys) - len(refused)
    if done:
        flash(request, f"已重试 {done} 项。")
    for sentence in dict.fromkeys(refused):
        flash(request, sentence, "warn")
    if not keys:
        flash(request, "请先勾选要重试的异常。", "warn")
    return redirect(request, f"/incidents{place_of(request)}")


def _retry(request: Request, key: int) -> str:
    """Nothing where it was tried again; else why not."""
    try:
        with command(request) as (tx, actor):
            resolve(tx, actor, key)
    except (NotFound, Refused) as refusal:
        return refusal.message
    return ""


@router.post("/incidents/{key}/retry")
def retry(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Try again, with so many attempts where it is a job."""
    given = str(form.get("retries", ""))
    with command(request) as (tx, actor):
        case_key = resolve(tx, actor, key, int(given) if given.isdecimal() and len(given) < 4 else RETRIES)
    flash(request, "已重试。")
    return redirect(request, f"/monitor/cases/{case_key}")


def resolve(tx: Transaction, actor: Actor, key: int, retries: int = RETRIES) -> int:
    """Take up an incident the actor sees; the case it is in. Raises `NotFound`, `NotAllowed`, `Refused`."""
    found = search(tx, actor, s.INCIDENTS, [Condition("key", Operator.EQ, key)], page=Page(limit=1)).rows
    if not found:
        raise NotFound
    authorize(actor, Permission.INCIDENTS_RESOLVE)
    if found[0].job_key is not None:
        update_retries(tx, actor, found[0].job_key, max(1, retries))
    resolve_incident(tx, actor, key)
    return int(found[0].case_key)
