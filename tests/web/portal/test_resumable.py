"""Uploads in parts: gone on with after a broken connection, nobody else's, put together in order, dropped when given up."""

import base64
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from engine.bootstrap import App
from engine.clock import FixedClock
from tests.support.visitor import Visitor

Enter = Callable[[str], Visitor]
OWNER, OTHER = "990000197603121014", "hosp3_officer"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n" + b"x" * 3000


class Sender:
    """A browser that sends a file in parts."""

    def __init__(self, visitor: Visitor, name: str = "学历证书.pdf", size: int = len(PDF), **meta: str) -> None:
        visitor.get("/account")
        self.client, self.csrf = visitor.client, visitor.csrf
        told = {"filename": name, **meta}
        packed = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items())
        self.begun = self.ask("POST", "/uploads", **{"Upload-Length": str(size), "Upload-Metadata": packed})
        self.url = self.begun.headers.get("location", "")

    def ask(self, method: str, url: str = "", content: bytes = b"", **headers: str) -> httpx.Response:
        known = {"X-CSRF-Token": self.csrf, "Accept": "application/json", "Tus-Resumable": "1.0.0"}
        return self.client.request(method, url or self.url, content=content, headers={**known, **headers})

    def send(self, offset: int, content: bytes) -> httpx.Response:
        kind = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
        return self.ask("PATCH", content=content, **kind)

    @property
    def offset(self) -> str:
        return self.ask("HEAD").headers["upload-offset"]


def stored(app: App) -> list[str]:
    """What arrived and was neither kept nor dropped."""
    folder = Path(app.settings.files_url) / "tmp"
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.catalogue("P8")
def test_a_file_arrives_in_parts_and_is_one_file_at_the_end(app: App, enter: Enter) -> None:
    before = stored(app)
    sender = Sender(enter(OWNER), field="base_material.other", task="7")
    assert (sender.begun.status_code, sender.begun.headers["tus-resumable"]) == (201, "1.0.0")
    assert sender.ask("GET").json()["file"] is None
    assert sender.send(0, PDF[:1000]).headers["upload-offset"] == "1000"
    assert sender.offset == "1000"
    assert sender.send(1000, PDF[1000:]).status_code == 204
    file = sender.ask("GET").json()["file"]
    assert (file["name"], file["size"], file["type"]) == ("学历证书.pdf", len(PDF), "application/pdf")
    assert sender.client.get(file["url"]).content == PDF
    assert stored(app) == before


def test_a_part_that_does_not_follow_is_refused_and_changes_nothing(enter: Enter) -> None:
    sender = Sender(enter(OWNER))
    sender.send(0, PDF[:1000])
    assert [sender.send(offset, b"y" * 10).status_code for offset in (0, 999, 1001)] == [409, 409, 409]
    assert sender.send(1000, PDF[1000:] + b"too much").status_code == 422
    assert sender.offset == "1000"


def test_the_last_part_again_is_no_second_file(enter: Enter) -> None:
    sender = Sender(enter(OWNER))
    sender.send(0, PDF)
    first = sender.ask("GET").json()["file"]
    assert sender.send(len(PDF), b"").status_code == 204
    assert sender.ask("GET").json()["file"] == first


def test_an_upload_is_its_owners_alone(enter: Enter) -> None:
    sender, stranger = Sender(enter(OWNER)), Sender(enter(OTHER))
    stranger.url = sender.url
    assert [stranger.ask(method).status_code for method in ("HEAD", "GET", "DELETE")] == [404, 404, 404]
    assert stranger.send(0, PDF).status_code == 404
    assert sender.offset == "0"


def test_without_the_token_of_the_page_nothing_is_begun(enter: Enter) -> None:
    visitor = enter(OWNER)
    assert visitor.client.post("/uploads", headers={"Upload-Length": "10"}).status_code == 403


@pytest.mark.parametrize(
    ("size", "sentence"), [(0, "文件是空的，请重新选择。"), (2 << 20, "文件超过 1 MB，请压缩或拆分后再上传。")]
)
def test_an_empty_and_a_too_large_file_are_not_begun(enter: Enter, size: int, sentence: str) -> None:
    begun = Sender(enter(OWNER), size=size).begun
    assert (begun.status_code, begun.json()["message"]) == (422, sentence)


def test_what_is_not_taken_in_is_dropped_once_it_is_whole(app: App, enter: Enter) -> None:
    page, before = b"<!doctype html><script>alert(1)</script>", stored(app)
    sender = Sender(enter(OWNER), "证书.pdf", len(page))
    refused = sender.send(0, page)
    assert (refused.status_code, refused.json()["message"].startswith("不支持这种文件")) == (422, True)
    assert (sender.ask("HEAD").status_code, stored(app)) == (404, before)


def test_what_is_given_up_or_forgotten_leaves_nothing(app: App, enter: Enter, clock: FixedClock) -> None:
    given_up, forgotten = Sender(enter(OWNER)), Sender(enter(OWNER))
    for sender in (given_up, forgotten):
        sender.send(0, PDF[:1000])
    assert given_up.ask("DELETE").status_code == 204
    assert given_up.ask("HEAD").status_code == 404
    assert stored(app) != []
    app.database.clock = FixedClock(clock.now() + timedelta(days=8))
    app.keep_house()
    assert stored(app) == []


def test_the_protocol_tells_what_it_can(enter: Enter) -> None:
    told = Sender(enter(OWNER)).ask("OPTIONS", "/uploads").headers
    assert (told["tus-extension"], told["tus-max-size"]) == ("creation,termination", str(1 << 20))
