"""Deploying files, and reading back what was deployed."""

from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from engine.errors import InvalidInput, NotFound
from engine.flow.definitions import deploy_resources, get_definition, resource_content
from engine.flow.tables import DefinitionKind
from web.api import shapes
from web.api.access import command, query
from web.api.requests import to_key

router = APIRouter()


@router.post("/deployments")
async def create_deployment(request: Request) -> dict[str, Any]:
    """Deploy the files of a multipart request; all or none."""
    content_type = request.headers.get("content-type", "")
    if not content_type.startswith("multipart/form-data"):
        raise InvalidInput("请以 multipart/form-data 提交文件，字段名为 resources。")
    async with request.form(max_files=100) as form:
        parts = [part for _, part in form.multi_items() if not isinstance(part, str)]
        files = {_name(part): await part.read() for part in parts}
    return await run_in_threadpool(_deploy, request, files)


def _name(part: Any) -> str:
    return str(part.filename or "resource")


def _deploy(request: Request, files: dict[str, bytes]) -> dict[str, Any]:
    with command(request) as (tx, actor):
        made = deploy_resources(tx, actor, files)
    return shapes.deployment(made.key, made.definitions)


@router.get("/process-definitions/{key}/xml")
def get_process_xml(request: Request, key: str) -> Response:
    return _content(request, key, DefinitionKind.PROCESS, "text/xml")


@router.get("/decision-definitions/{key}/xml")
def get_decision_xml(request: Request, key: str) -> Response:
    return _content(request, key, DefinitionKind.DECISION, "text/xml")


def _content(request: Request, key: str, kind: DefinitionKind, media_type: str) -> Response:
    with query(request) as (tx, _):
        definition = get_definition(tx, to_key(key))
        if definition.kind is not kind:
            raise NotFound(f"没有键为 {key} 的定义。")
        _, _, content = resource_content(tx, definition.key)
    return Response(content, media_type=media_type)


@router.get("/process-definitions/{key}/form", status_code=204)
def get_start_form(request: Request, key: str) -> Response:
    """Processes here are started by commands, not by a start form."""
    with query(request) as (tx, _):
        get_definition(tx, to_key(key))
    return Response(status_code=204)


@router.get("/resources/{key}")
def get_form_resource(request: Request, key: str) -> dict[str, Any]:
    with query(request) as (tx, _):
        found = get_definition(tx, to_key(key))
    return {
        "resourceKey": shapes.key(found.key),
        "resourceId": found.id,
        "resourceName": found.resource_name,
        "version": found.version,
        "versionTag": found.version_tag,
        "tenantId": shapes.TENANT,
    }


@router.get("/resources/{key}/content")
@router.get("/resources/{key}/content/binary")
def get_resource_content(request: Request, key: str) -> Response:
    with query(request) as (tx, _):
        name, _, content = resource_content(tx, to_key(key))
    media_type = "application/json" if name.endswith(".form") else "text/xml"
    return Response(content, media_type=media_type)
