"""The API on a database of its own, called as its clients call it."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from engine.bootstrap import App, build
from engine.organisation import issue_token
from engine.settings import read_settings
from tests.support.diagram import Diagram
from tests.support.province import found_province
from tests.support.templates import Templates
from web.api.app import create_api


class Caller:
    """A client with a token. Answers are checked for their status and given as JSON."""

    def __init__(self, client: TestClient, token: str) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"}

    def __call__(self, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        answer = self.client.request(method, path, json=body, headers=self.headers)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def deploy(self, *diagrams: Diagram | str, **files: str) -> dict[str, Any]:
        """Deploy diagrams, or files by name; names end in the suffix after a double underscore (`check__form`)."""
        named = {f"{number}.bpmn": d if isinstance(d, str) else d.xml() for number, d in enumerate(diagrams)}
        named |= {name.replace("__", "."): text for name, text in files.items()}
        parts = [("resources", (name, text, "application/octet-stream")) for name, text in named.items()]
        answer = self.client.post("/deployments", files=parts, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def start(self, process_id: str, **variables: Any) -> str:
        made = self("POST", "/process-instances", {"processDefinitionId": process_id, "variables": variables})
        return str(made["processInstanceKey"])

    def tasks(self, case: str) -> list[dict[str, Any]]:
        """The open tasks of a case."""
        body = {"filter": {"processInstanceKey": case, "state": "CREATED"}}
        return list(self("POST", "/user-tasks/search", body)["items"])


@pytest.fixture(scope="module")
def app(database_url: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("data")
    settings = read_settings(
        {"ZHIPING_DATABASE_URL": database_url, "ZHIPING_DATA": str(folder), "ZHIPING_SQLITE_SYNCHRONOUS": "OFF"}
    )
    app = build(settings, queue=False)
    templates.fill(database_url, found_province, year=app.year, code_lists=None)
    yield app
    app.close()


@pytest.fixture(scope="module")
def client(app: App) -> Iterator[TestClient]:
    with TestClient(create_api(app)) as client:
        yield client


@pytest.fixture(scope="module")
def api(app: App, client: TestClient) -> Caller:
    """The service account of the demo province, which may do everything the API offers."""
    with app.database.transaction() as tx:
        return Caller(client, issue_token(tx, "api"))
