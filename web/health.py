"""What machines ask: alive, ready, and the measures."""

import os
from datetime import timedelta

import prometheus_client
from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.responses import JSONResponse, PlainTextResponse

from engine.access import SYSTEM
from engine.errors import ZhipingError
from engine.flow import search as s
from engine.flow.batches import waiting_batches
from engine.flow.definitions import list_latest
from engine.flow.search import Condition, Operator, Page, search
from engine.flow.slots import living_workers
from engine.flow.tables import DefinitionKind, JobState
from web.deps import app_of, database_of

router = APIRouter()


@router.get("/healthz")
async def is_alive() -> Response:
    """The process answers."""
    return PlainTextResponse("ok")


@router.get("/readyz")
def is_ready(request: Request) -> Response:
    """Ready: the database answers and there are definitions. Also says when jobs wait and no worker lives."""
    try:
        with database_of(request).read() as tx:
            definitions = len(list_latest(tx, DefinitionKind.PROCESS))
            late = search(
                tx,
                SYSTEM,
                s.JOBS,
                [Condition("state", Operator.EQ, JobState.CREATED), Condition("run_at", Operator.LTE, tx.now)],
                page=Page(limit=0),
            ).total + waiting_batches(tx)
            workers = living_workers(tx, tx.now, timedelta(seconds=app_of(request).settings.worker_lease))
    except ZhipingError:
        return JSONResponse({"status": "the database does not answer"}, status_code=503)
    if not definitions:
        return JSONResponse({"status": "no definitions deployed"}, status_code=503)
    stuck = {"warning": f"{late} jobs wait and no worker lives"} if late and not workers else {}
    return JSONResponse({"status": "ready", "workers": workers, **stuck})


@router.get("/metrics")
def show_metrics() -> Response:
    """Prometheus' text; over all processes where PROMETHEUS_MULTIPROC_DIR names a folder they share."""
    registry = prometheus_client.REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    return Response(prometheus_client.generate_latest(registry), media_type=prometheus_client.CONTENT_TYPE_LATEST)
