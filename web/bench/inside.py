"""Requests answered in this process, to see which statements each sends."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace

from starlette.types import ASGIApp, Message

from engine.bootstrap import App
from engine.db.measuring import counted_statements
from web.app import create_app
from web.bench.load import Ask

#: tables that say who asks
SIGN_IN = ("FROM session ", "FROM api_token ")


def statements_of(app: App, asks: Sequence[Ask]) -> Iterator[list[str]]:
    """The statements of each request in turn, without BEGIN and COMMIT and those that look up who asks."""
    web = create_app(replace(app, settings=replace(app.settings, log_level="WARNING")))
    for ask in asks:
        with counted_statements(app.database) as sent:
            status = asyncio.run(answer(web, ask))
        if status != ask.status:
            raise RuntimeError(f"{ask.method} {ask.path}: {status}, not {ask.status}")
        yield [statement for statement in sent if not any(table in statement.replace("\n", " ") for table in SIGN_IN)]


async def answer(web: ASGIApp, ask: Ask) -> int:
    """The status of the answer."""
    path, _, query = ask.path.partition("?")
    headers = {**ask.headers, "host": "127.0.0.1", "content-length": str(len(ask.body.encode()))}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": ask.method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    waiting = [{"type": "http.request", "body": ask.body.encode(), "more_body": False}]
    statuses: list[int] = []

    async def receive() -> Message:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await web(scope, receive, send)
    return statuses[0]
