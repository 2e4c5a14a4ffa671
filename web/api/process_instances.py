"""Starting, ending and mending cases."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from engine.errors import InvalidInput
from engine.flow import search as flow_search
from engine.flow.business_keys import claim_business_key
from engine.flow.cases import cancel_case, find_process, resume_case, start_case, suspend_case
from engine.flow.search import Condition, Operator
from engine.flow.variables import read_variables
from web.api import shapes
from web.api.access import command, query
from web.api.bodies import as_object, flag, text, texts, variables, whole
from web.api.problems import TimedOut
from web.api.requests import to_key

router = APIRouter()

#: how long `awaitCompletion` waits where no `requestTimeout` is given, in milliseconds
DEFAULT_WAIT = 10_000
LONGEST_BUSINESS_ID = 200


@router.post("/process-instances")
async def create_process_instance(request: Request) -> dict[str, Any]:
    """Start a case; with `awaitCompletion` the answer comes when it has ended and holds its variables."""
    try:
        body = as_object(await request.json())
    except ValueError:
        raise InvalidInput("请求体不是有效的 JSON。") from None
    answer = await run_in_threadpool(_start, request, body)
    if not flag(body, "awaitCompletion", False):
        return answer
    key = int(answer["processInstanceKey"])
    wait = whole(body, "requestTimeout", DEFAULT_WAIT) or DEFAULT_WAIT
    ended = await run_in_threadpool(_result, request, key, texts(body, "fetchVariables"))
    if ended is None:
        if not await request.app.state.broadcaster.wait(("case", key), wait / 1000):
            raise TimedOut
        ended = await run_in_threadpool(_result, request, key, texts(body, "fetchVariables"))
    return {**answer, "variables": ended or {}}


def _start(request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
    process_id, given_key = text(body, "processDefinitionId"), body.get("processDefinitionKey")
    if (process_id is None) == (given_key is None):
        raise InvalidInput("请给出 processDefinitionId 或 processDefinitionKey 之一。")
    version = whole(body, "processDefinitionVersion", -1)
    business_id = text(body, "businessId")
    if business_id is not None and not 0 < len(business_id) <= LONGEST_BUSINESS_ID:
        raise InvalidInput(f"businessId 的长度应在 1 到 {LONGEST_BUSINESS_ID} 之间。")
    if body.get("processDefinitionVersionTag") is not None:
        raise InvalidInput("请用 processDefinitionVersion 或 processDefinitionKey 指明版本，不支持按版本标签启动。")
    if body.get("startInstructions") or body.get("runtimeInstructions"):
        raise InvalidInput("不支持 startInstructions 和 runtimeInstructions，请从流程的开始事件启动。")
    tags = texts(body, "tags") or []
    with command(request) as (tx, actor):
        found = find_process(
            tx,
            process_id or "",
            None if given_key is None else to_key(given_key),
            None if version is None or version < 0 else version,
        )
        if business_id is not None:
            claim_business_key(tx, found.id, business_id)
        key = start_case(
            tx,
            actor,
            variables=variables(body),
            definition_key=found.key,
            business_key=business_id,
            unit_id=actor.unit,
            tags=tags,
        )
    return {
        "processInstanceKey": shapes.key(key),
        "processDefinitionKey": shapes.key(found.key),
        "processDefinitionId": found.id,
        "processDefinitionVersion": found.version,
        "tenantId": shapes.TENANT,
        "variables": {},
        "tags": tags,
        "businessId": business_id,
    }


def _result(request: Request, key: int, names: list[str] | None) -> dict[str, Any] | None:
    """The variables of a case that has ended, None while it runs."""
    with query(request) as (tx, actor):
        found = flow_search.search(tx, actor, flow_search.CASES, [Condition("key", Operator.EQ, key)])
        if not found.rows or found.rows[0].ended_at is None:
            return None
        values = read_variables(tx, key)
    return values if not names else {name: value for name, value in values.items() if name in names}


@router.post("/process-instances/{key}/cancellation", status_code=204)
def cancel_process_instance(request: Request, key: str) -> Response:
    with command(request) as (tx, actor):
        cancel_case(tx, actor, to_key(key), reason="API")
    return Response(status_code=204)


@router.post("/process-instances/{key}/suspension", status_code=204)
def suspend_process_instance(request: Request, key: str) -> Response:
    with command(request) as (tx, actor):
        suspend_case(tx, actor, to_key(key), reason="API")
    return Response(status_code=204)


@router.post("/process-instances/{key}/resumption", status_code=204)
def resume_process_instance(request: Request, key: str) -> Response:
    with command(request) as (tx, actor):
        resume_case(tx, actor, to_key(key))
    return Response(status_code=204)
