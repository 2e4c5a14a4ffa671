"""The application under `/v2`: its own error form, no cookies, no pages."""

from collections.abc import Hashable

from fastapi import FastAPI

from engine.bootstrap import App
from engine.flow.waiting import what_happened
from web.api import (
    deployments,
    evaluation,
    incidents,
    jobs,
    messages,
    problems,
    process_instances,
    searches,
    topology,
    user_tasks,
)
from web.broadcast import Broadcaster

ROOMS = (user_tasks, process_instances, jobs, messages, searches, incidents, evaluation, deployments, topology)


def create_api(app: App) -> FastAPI:
    """The mounted application; `app` is the wired engine the pages use too."""
    api = FastAPI(title="Zhiping /v2", docs_url=None, redoc_url=None, openapi_url=None)
    api.state.app = app
    api.state.broadcaster = Broadcaster(lambda wanted: _ask(app, wanted))
    problems.install(api)
    # the most used first, side by side (see `web.app`)
    api.router.routes.extend(route for room in ROOMS for route in room.router.routes)
    return api


def _ask(app: App, wanted: frozenset[Hashable]) -> frozenset[Hashable]:
    with app.database.read() as tx:
        return what_happened(tx, wanted)
