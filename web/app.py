"""The web application: every slice's routes, and what surrounds them."""

import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
import structlog
from fastapi import FastAPI

from engine.bootstrap import App, build
from engine.organisation import ensure_secret
from engine.settings import Settings, read_settings
from web import committee, health, notification, uploads
from web.api.app import create_api
from web.assets import Assets
from web.batch import routes as batch
from web.beside import BESIDE_FORMS
from web.bulletin import announcements, contacts, managing, templates
from web.case import acting
from web.case import routes as case
from web.declaration import PAGES
from web.declaration import routes as declaration
from web.declaration.round_beside import BESIDE
from web.errors import install_errors
from web.guard import Guard
from web.inbox import routes as inbox
from web.monitor import lists, looks, mending, orphans, overview, searching, variables
from web.observing import Observer
from web.organisation import (
    account,
    applicants,
    binding,
    delegation,
    people_imports,
    portal,
    recovery,
    services,
    signing,
    staff,
    transfers,
    unit_routes,
)
from web.reference import calendar, codes, exchange, plan
from web.result import BESIDE as RESULT_BESIDE
from web.result import ROUTERS as RESULT_ROUTERS
from web.result.aftercare import AFTERCARE_BESIDE
from web.result.aftercare import ROUTERS as AFTERCARE_ROUTERS
from web.review_meeting import PAGES as MEETING_PAGES
from web.review_meeting import routes as review_meeting
from web.review_meeting import scoring_pages
from web.review_meeting.ballot_pages import BALLOT_PAGES, BALLOT_ROUTERS, PERSONAL
from web.serving import WITH_WORKER, WorkerThread, save_memory
from web.studio import routes as studio
from web.task import handling
from web.task import routes as task
from web.task import uploading as task_uploading
from web.task.special import SPECIAL_PAGES
from web.uploads import resumable

#: in this order, since the first address that fits answers
ROUTERS = (
    health.router,
    portal.router,
    signing.router,
    account.router,
    *unit_routes.ROUTERS,
    people_imports.router,
    binding.router,
    delegation.router,
    recovery.router,
    services.router,
    staff.router,
    applicants.router,
    transfers.router,
    notification.router,
    uploads.router,
    resumable.router,
    batch.router,
    inbox.router,
    task.router,
    task_uploading.router,
    handling.router,
    case.router,
    acting.router,
    *AFTERCARE_ROUTERS,  # /declaration/…/reexamination, which the declaration would take for an action
    *declaration.ROUTERS,
    lists.router,
    overview.router,
    orphans.router,
    mending.router,
    looks.router,
    variables.router,
    searching.router,
    studio.router,
    codes.router,
    exchange.router,
    calendar.router,
    plan.router,
    managing.router,
    announcements.router,
    templates.router,
    contacts.router,
    *committee.ROUTERS,
    *review_meeting.ROUTERS,
    *BALLOT_ROUTERS,
    *scoring_pages.ROUTERS,
    *RESULT_ROUTERS,
)

for form_id, address in {**PAGES, **committee.PAGES, **MEETING_PAGES, **BALLOT_PAGES, **scoring_pages.PAGES}.items():
    SPECIAL_PAGES.register(form_id, address, personal=form_id in PERSONAL)
for form_id, beside in {**BESIDE, **RESULT_BESIDE, **AFTERCARE_BESIDE}.items():
    BESIDE_FORMS.register(form_id, beside)


def create_app(app: App | None = None) -> FastAPI:
    """The application of one process; `app` is wired from the settings where none is given. The database is migrated by then."""
    wired = app or build(read_settings())
    configure_logging(wired.settings)
    web = FastAPI(title="职评", lifespan=_lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    web.state.app = wired
    web.state.secret = ensure_secret(wired.database)
    web.mount("/v2", create_api(wired))
    web.mount("/static", Assets())
    # side by side and not router by router: FastAPI asks an included router twice, and each of its routes slowly
    web.router.routes.extend(route for router in ROUTERS for route in router.routes)
    install_errors(web, signing.sign_in_again)
    upload_bytes = (wired.settings.upload_mb + 1) * 1024 * 1024
    web.add_middleware(Guard, secure=wired.settings.secure_cookies, upload_bytes=upload_bytes)
    web.add_middleware(Observer)
    return web


@asynccontextmanager
async def _lifespan(web: FastAPI) -> AsyncIterator[None]:
    wired: App = web.state.app
    save_memory()
    # as many threads as connections: a thread that waits for one makes every page dearer
    anyio.to_thread.current_default_thread_limiter().total_tokens = wired.settings.threads
    worker = WorkerThread(wired) if os.environ.get(WITH_WORKER) == "1" else None
    if worker is not None:
        worker.start()
    try:
        yield
    finally:
        if worker is not None:
            worker.stop()
        wired.close()


def configure_logging(settings: Settings) -> None:
    """JSON lines on standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[settings.log_level]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
