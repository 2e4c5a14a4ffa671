"""One log line and two measures per request. No names, no identity numbers, no addresses: paths are logged as patterns."""

import time
from uuid import uuid4

import structlog
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger("request")

REQUESTS = Counter("zhiping_requests_total", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "zhiping_request_seconds",
    "Time to the first byte of the answer",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
#: asked for all the time by machines
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})


class Observer:
    """The outermost layer: it sees the answer as it goes out, and gives every request an id that the error pages show."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        number = uuid4().hex[:12]
        scope.setdefault("state", {})["request_id"] = number
        seen: list[tuple[int, float]] = []

        async def observed(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.append((message["status"], time.perf_counter() - started))
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", number.encode())]
            await send(message)

        try:
            await self._app(scope, receive, observed)
        finally:
            status, seconds = seen[0] if seen else (500, time.perf_counter() - started)
            _note(scope, number, status, seconds)


def _note(scope: Scope, number: str, status: int, seconds: float) -> None:
    route = route_of(scope)
    REQUESTS.labels(scope["method"], route, status).inc()
    SECONDS.labels(route).observe(seconds)
    if scope["path"] not in QUIET and not scope["path"].startswith("/static/"):
        log.info("request", id=number, method=scope["method"], route=route, status=status, ms=round(seconds * 1000, 1))


def route_of(scope: Scope) -> str:
    """The pattern that matched (`/tasks/{key}`); the mount where that is all that is known, `-` where nothing matched."""
    route = scope.get("route")
    pattern = getattr(route, "path", None)
    root = scope.get("root_path", "")
    return f"{root}{pattern}" if pattern is not None else root or "-"
