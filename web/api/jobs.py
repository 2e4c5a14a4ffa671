"""Jobs for workers outside: taken, completed, failed."""

from collections.abc import Mapping
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from fastapi import APIRouter, Body, Request, Response
from starlette.concurrency import run_in_threadpool

from engine.errors import InvalidInput
from engine.flow import search as flow_search
from engine.flow.jobs import activate_jobs, complete_job, extend_lease, fail_job, throw_job_error, update_retries
from engine.flow.search import Condition, Operator, Page
from web.api import shapes
from web.api.access import command
from web.api.bodies import as_object, required_text, text, texts, variables, whole
from web.api.requests import to_key

router = APIRouter()

#: how long an activation waits for a job where it does not say, in milliseconds
DEFAULT_WAIT = 10_000
MOST_JOBS = 1000


@router.post("/jobs/activation")
async def activate(request: Request) -> dict[str, Any]:
    """Take up to `maxJobsToActivate` jobs; waits up to `requestTimeout` (ms) for the first, not at all where negative."""
    try:
        body = as_object(await request.json())
    except ValueError:
        raise InvalidInput("请求体不是有效的 JSON。") from None
    job_type = required_text(body, "type")
    jobs = await run_in_threadpool(_activate, request, body)
    wait = whole(body, "requestTimeout", 0) or DEFAULT_WAIT
    if not jobs and wait > 0 and await request.app.state.broadcaster.wait(("job", job_type), wait / 1000):
        jobs = await run_in_threadpool(_activate, request, body)
    return {"jobs": jobs}


def _activate(request: Request, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    timeout, most = whole(body, "timeout"), whole(body, "maxJobsToActivate")
    if timeout is None or timeout < 1:
        raise InvalidInput("timeout 应为大于 0 的毫秒数。")
    if most is None or most < 1:
        raise InvalidInput("maxJobsToActivate 应为大于 0 的整数。")
    with command(request) as (tx, actor):
        taken = activate_jobs(
            tx,
            actor,
            required_text(body, "type"),
            text(body, "worker") or "",
            max_jobs=min(most, MOST_JOBS),
            timeout=timedelta(milliseconds=timeout),
            names=texts(body, "fetchVariable"),
        )
        if not taken:
            return []
        keys = [job.row["key"] for job in taken]
        about = flow_search.search(
            tx, actor, flow_search.JOBS, [Condition("key", Operator.IN, keys)], page=Page(limit=len(keys))
        )
        cases = {row.key: row for row in about.rows}
        return [_shape(job, cases[job.row["key"]]) for job in taken if job.row["key"] in cases]


def _shape(job: Any, about: Any) -> dict[str, Any]:
    return shapes.activated_job(SimpleNamespace(**{**about._mapping, **job.row}), job.variables)


@router.post("/jobs/{key}/completion", status_code=204)
def complete(request: Request, key: str, body: Any = Body(None)) -> Response:
    with command(request) as (tx, actor):
        complete_job(tx, actor, to_key(key), variables(as_object(body)))
    return Response(status_code=204)


@router.post("/jobs/{key}/failure", status_code=204)
def fail(request: Request, key: str, body: Any = Body(None)) -> Response:
    """An attempt failed; `retries` says how many are left (0 where it does not), `retryBackOff` the pause in ms."""
    given = as_object(body)
    backoff = whole(given, "retryBackOff", 0) or 0
    with command(request) as (tx, actor):
        fail_job(
            tx,
            actor,
            to_key(key),
            retries=whole(given, "retries", 0),
            message=text(given, "errorMessage") or "",
            backoff=timedelta(milliseconds=max(backoff, 0)),
            variables=variables(given),
        )
    return Response(status_code=204)


@router.post("/jobs/{key}/error", status_code=204)
def throw_error(request: Request, key: str, body: Any = Body(None)) -> Response:
    given = as_object(body)
    with command(request) as (tx, actor):
        throw_job_error(
            tx,
            actor,
            to_key(key),
            required_text(given, "errorCode"),
            text(given, "errorMessage") or "",
            variables(given),
        )
    return Response(status_code=204)


@router.patch("/jobs/{key}", status_code=204)
def update(request: Request, key: str, body: Any = Body(None)) -> Response:
    """Change how many attempts are left, or how long the worker still has."""
    changes = as_object(as_object(body).get("changeset"))
    retries, timeout = whole(changes, "retries"), whole(changes, "timeout")
    if retries is None and timeout is None:
        raise InvalidInput("changeset 中没有要修改的内容：retries 或 timeout。")
    with command(request) as (tx, actor):
        if retries is not None:
            update_retries(tx, actor, to_key(key), retries)
        if timeout is not None:
            extend_lease(tx, actor, to_key(key), tx.now + timedelta(milliseconds=timeout))
    return Response(status_code=204)
