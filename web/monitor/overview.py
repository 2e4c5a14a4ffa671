"""`/monitor`: whether the flow runs, the versions of every process with their cases, and where these stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from engine.db import Transaction
from engine.errors import NotFound
from engine.flow.definitions import Definition, get_definition, list_latest, list_versions, resource_content
from engine.flow.model import Process
from engine.flow.queries import element_statistics
from engine.flow.registry import registry_of
from engine.flow.statistics import CaseCounts, case_counts
from engine.flow.tables import DefinitionKind
from engine.organisation import account_names
from web.deps import Key, query
from web.monitor.health import health_of, open_incidents
from web.monitor.rights import refuse_unless_monitor
from web.pages import page
from web.who import name_in

router = APIRouter()


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of a process with how many cases it has."""

    id: int
    url: str
    name: str
    process_id: str
    version: int
    version_tag: str | None
    latest: bool
    at: datetime
    by: str
    running: int
    stuck: int
    over: int


@dataclass(frozen=True, slots=True)
class ElementRow:
    """How many cases stand at an element, and how many of them cannot go on."""

    id: str
    name: str
    active: int
    failed: int


@router.get("/monitor")
def show_overview(request: Request) -> Response:
    with query(request) as (tx, actor):
        refuse_unless_monitor(actor)
        return page(
            request,
            "monitor/overview.html",
            health=health_of(tx, actor),
            incidents=open_incidents(tx, actor),
            rows=version_rows(tx),
        )


def version_rows(tx: Transaction) -> list[VersionRow]:
    """The version in force of each process, and those before it that still have cases."""
    counts = case_counts(tx)
    versions = [
        (one, one.version == latest.version)
        for latest in list_latest(tx, DefinitionKind.PROCESS)
        for one in list_versions(tx, DefinitionKind.PROCESS, latest.id)
    ]
    names = account_names(tx, {one.by for one, _ in versions})
    rows = []
    for one, latest in versions:
        count = counts.get(one.key, CaseCounts())
        if latest or count.running or count.over:
            rows.append(_row(one, name_in(names, one.by), latest, count))
    return rows


def _row(one: Definition, by: str, latest: bool, count: CaseCounts) -> VersionRow:
    return VersionRow(
        id=one.key,
        url=f"/monitor/definitions/{one.key}",
        name=one.name or one.id,
        process_id=one.id,
        version=one.version,
        version_tag=one.version_tag,
        latest=latest,
        at=one.at,
        by=by,
        running=count.running,
        stuck=count.stuck,
        over=count.over,
    )


@router.get("/monitor/definitions/{key}")
def show_definition(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        refuse_unless_monitor(actor)
        definition = _process(tx, key)
        standing = element_statistics(tx, key)
        process = registry_of(tx).library.process(tx, key).process
    return page(request, "monitor/definition.html", definition=definition, rows=_element_rows(process, standing))


@router.get("/monitor/definitions/{key}/diagram.xml")
def show_drawing(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        refuse_unless_monitor(actor)
        _process(tx, key)
        content = resource_content(tx, key)[2]
    return Response(content, media_type="application/xml")


@router.get("/monitor/definitions/{key}/diagram.json")
def show_heat(request: Request, key: Key) -> Response:
    """Where the cases of a version stand: the numbers on its diagram."""
    with query(request) as (tx, actor):
        refuse_unless_monitor(actor)
        standing = element_statistics(tx, _process(tx, key).id)
    return JSONResponse(
        {
            "done": [],
            "active": [],
            "failed": sorted(id_ for id_, (_, failed) in standing.items() if failed),
            "flows": [],
            "counts": {id_: number for id_, (number, _) in standing.items()},
        }
    )


def _process(tx: Transaction, key: int) -> VersionRow:
    """The version of that key. Raises `NotFound` where it is none of a process."""
    found = get_definition(tx, key)
    if found.kind is not DefinitionKind.PROCESS:
        raise NotFound
    return _row(found, found.by, latest=False, count=CaseCounts())


def _element_rows(process: Process, standing: Mapping[str, tuple[int, int]]) -> list[ElementRow]:
    rows = [
        ElementRow(id_, element.name or id_, *standing[id_])
        for id_, element in process.elements.items()
        if id_ in standing
    ]
    return sorted(rows, key=lambda row: -row.active)
