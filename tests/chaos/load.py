"""Clients that drive cases through `/v2` until the server is gone, and remember what was answered and what was not."""

import http.client
import json
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.chaos.parts import GO, OUTSIDE, PROCESS

GONE = (OSError, http.client.HTTPException)


@dataclass
class Memory:
    """What the clients asked for; a value is True once it was answered. Of what is False nobody knows whether it was done."""

    #: cases by the id they were started with, tasks by key, messages by id, jobs by key
    starts: dict[str, bool] = field(default_factory=dict)
    tasks: dict[int, bool] = field(default_factory=dict)
    messages: dict[str, bool] = field(default_factory=dict)
    jobs: dict[int, bool] = field(default_factory=dict)
    #: answers that must not be given
    wrong: list[str] = field(default_factory=list)

    @property
    def answered(self) -> int:
        return sum(sum(part.values()) for part in (self.starts, self.tasks, self.messages, self.jobs))


class Client:
    """One kept-alive connection; `closing` from contextlib ends it."""

    def __init__(self, port: int, token: str, memory: Memory) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.memory = memory

    def close(self) -> None:
        self._connection.close()

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and answer. Raises one of `GONE` when there is no answer."""
        self._connection.request(method, f"/v2{path}", None if body is None else json.dumps(body), self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        return answer.status, json.loads(content) if content else None

    def once(self, part: dict[Any, bool], name: Any, path: str, body: Any) -> Any:
        """Ask for something that shall happen once. Who repeats it after a crash may hear that it was done before."""
        repeated = name in part
        part.setdefault(name, False)
        status, answer = self.ask("POST", path, body)
        if status < 300 or (repeated and status in {404, 409}):
            part[name] = True
        else:
            self.memory.wrong.append(f"{path}: {status} {answer}")
        return answer

    def search(self, what: str, **conditions: Any) -> list[dict[str, Any]]:
        body = {"filter": conditions, "page": {"limit": 5}}
        _, answer = self.ask("POST", f"/{what}/search", body)
        return list(answer["items"])


def drive(client: Client) -> None:
    """Start a case, complete its first task, send the message it will wait for."""
    name = uuid4().hex
    for key in start(client, name):
        complete(client, key)
    publish(client, name)


def finish(client: Client) -> None:
    """Do the jobs that wait outside, and the last tasks."""
    wanted = {"type": OUTSIDE, "maxJobsToActivate": 3, "timeout": 1500, "requestTimeout": -1, "worker": "outside"}
    _, answer = client.ask("POST", "/jobs/activation", wanted)
    for job in answer["jobs"]:
        key = int(job["jobKey"])
        client.once(client.memory.jobs, key, f"/jobs/{key}/completion", {"variables": {"done": key}})
    for task in client.search("user-tasks", state="CREATED", elementId="sign"):
        complete(client, int(task["userTaskKey"]))


def repeat(client: Client) -> None:
    """Ask again for what was not answered before the crash, as a careful client does."""
    memory = client.memory
    for key in [key for key, done in memory.tasks.items() if not done]:
        complete(client, key)
    for name in [name for name, done in memory.messages.items() if not done]:
        publish(client, name)


def start(client: Client, name: str) -> list[int]:
    """Start a case; the keys of its tasks."""
    given = {"processDefinitionId": PROCESS, "variables": {"id": name}}
    started = client.once(client.memory.starts, name, "/process-instances", given)
    found = client.search("user-tasks", processInstanceKey=started["processInstanceKey"], state="CREATED")
    return [int(task["userTaskKey"]) for task in found]


def complete(client: Client, key: int) -> None:
    client.once(client.memory.tasks, key, f"/user-tasks/{key}/completion", {"variables": {f"task_{key}": key}})


def publish(client: Client, name: str) -> None:
    message = {"name": GO, "correlationKey": name, "messageId": name, "timeToLive": 600_000, "variables": {"go": name}}
    client.once(client.memory.messages, name, "/messages/publication", message)


class Crowd:
    """Threads that go on until the server is gone."""

    def __init__(self, port: int, token: str, memory: Memory, *, starting: int = 3, finishing: int = 1) -> None:
        self._stop = threading.Event()
        steps: list[Callable[[Client], None]] = [drive] * starting + [finish] * finishing
        self._threads = [
            threading.Thread(target=self._go_on, args=(Client(port, token, memory), step), daemon=True)
            for step in steps
        ]
        for thread in self._threads:
            thread.start()

    def _go_on(self, client: Client, step: Callable[[Client], None]) -> None:
        with closing(client):
            try:
                while not self._stop.is_set():
                    step(client)
            except GONE:
                return
            except Exception as error:
                client.memory.wrong.append(repr(error))

    def join(self) -> None:
        """Let each end what it is at."""
        self._stop.set()
        for thread in self._threads:
            thread.join(30)
