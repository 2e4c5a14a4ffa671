"""Uploading and downloading: what the uploader of a page needs, who may read it, what a file may do in a browser."""

import io
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from PIL import Image

from engine.access import Actor
from engine.bootstrap import App
from engine.document import attach_to_case
from engine.organisation.tables import account
from tests.support.visitor import Visitor

Enter = Callable[[str], Visitor]
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
OWNER = "990000197603121014"


def picture(width: int = 40, height: int = 30) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(target, "PNG")
    return target.getvalue()


@pytest.fixture
def owner(enter: Enter) -> Visitor:
    visitor = enter(OWNER)
    visitor.get("/account")
    return visitor


def upload(visitor: Visitor, name: str, content: bytes, query: str = "") -> tuple[int, dict[str, object]]:
    answer = visitor.client.post(
        f"/files{query}",
        files={"file": (name, content)},
        headers={"X-CSRF-Token": visitor.csrf, "accept": "application/json"},
    )
    return answer.status_code, answer.json()


@pytest.mark.catalogue("P8")
def test_an_uploaded_file_is_described_and_read_back(owner: Visitor) -> None:
    status, file = upload(owner, "学历证书.pdf", PDF, "?task=7&field=education%5B0%5D.certificate")
    assert status == 201
    assert file == {
        "id": file["id"],
        "name": "学历证书.pdf",
        "size": len(PDF),
        "type": "application/pdf",
        "url": f"/files/{file['id']}",
        "thumbnail": None,
        "waiting": False,
    }
    answer = owner.client.get(str(file["url"]))
    assert (answer.content, answer.headers["content-type"]) == (PDF, "application/pdf")
    assert answer.headers["content-disposition"].startswith("inline; filename*=UTF-8''%E5%AD%A6")
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    kept = owner.client.get(str(file["url"]), headers={"if-none-match": answer.headers["etag"]})
    assert (kept.status_code, kept.content) == (304, b"")
    assert owner.client.get(f"{file['url']}?download=1").headers["content-disposition"].startswith("attachment")


@pytest.mark.catalogue("P6")
def test_a_portrait_is_cropped_and_reduced_by_the_worker(app: App, owner: Visitor) -> None:
    _, file = upload(owner, "照片.png", picture(1600, 1200), "?photo=1&crop=0,0,0.5,0.5")
    assert (file["name"], file["waiting"]) == ("照片.jpg", True)
    assert owner.client.get(f"/files/{file['id']}/state").json()["state"] == "waiting"
    app.vet_files()
    state = owner.client.get(f"/files/{file['id']}/state").json()
    assert (state["state"], state["file"]["name"], state["file"]["waiting"]) == ("ready", "照片.jpg", False)
    kept = Image.open(io.BytesIO(owner.client.get(str(file["url"])).content))
    assert (kept.format, kept.size, state["file"]["size"] <= 500 * 1024) == ("JPEG", (450, 600), True)
    assert owner.client.get(f"/files/{file['id']}/thumbnail").headers["content-type"] == "image/webp"


def test_a_picture_has_a_thumbnail_and_may_do_nothing(owner: Visitor) -> None:
    _, file = upload(owner, "照片.png", picture(600))
    assert owner.client.get(str(file["url"])).headers["content-security-policy"] == "default-src 'none'; sandbox"
    small = owner.client.get(str(file["thumbnail"]))
    assert (small.headers["content-type"], Image.open(io.BytesIO(small.content)).width) == ("image/webp", 320)


@pytest.mark.parametrize(
    ("name", "content", "status", "sentence"),
    [
        ("页.html", b"<script>alert(1)</script>", 422, "不支持这种文件。"),
        ("空.pdf", b"", 422, "文件是空的，请重新选择。"),
        ("大.pdf", PDF + b"x" * 1024 * 1024, 422, "文件超过 1 MB，请压缩或拆分后再上传。"),
        ("更大.pdf", PDF + b"x" * 3 * 1024 * 1024, 413, "提交的内容过大，没有保存。"),
    ],
)
def test_what_is_not_taken_in_is_said_in_a_sentence(
    owner: Visitor, name: str, content: bytes, status: int, sentence: str
) -> None:
    got, answer = upload(owner, name, content)
    assert (got, str(answer["message"]).startswith(sentence)) == (status, True)


def test_a_form_without_a_file_is_told_so(owner: Visitor) -> None:
    answer = owner.client.post("/files", data={"file": "x"}, headers={"X-CSRF-Token": owner.csrf})
    assert answer.status_code == 422


def test_without_session_or_token_nothing_is_taken_in(owner: Visitor, visitor: Visitor) -> None:
    visitor.get("/sign-in")
    assert upload(visitor, "a.pdf", PDF)[0] == 401
    answer = owner.client.post("/files", files={"file": ("a.pdf", PDF)})
    assert answer.status_code == 403


def test_a_strangers_file_is_not_found_until_its_case_is_seen(app: App, owner: Visitor, enter: Enter) -> None:
    _, file = upload(owner, "证书.pdf", PDF)
    url = str(file["url"])
    stranger, title_office = enter("hosp3_officer"), enter("office_admin")
    for other in (stranger, title_office):
        assert other.client.get(url).status_code == 404
    with app.database.transaction() as tx:
        attach_to_case(tx, _owner(app), [int(str(file["id"]))], 4711)
    assert stranger.client.get(url).status_code == 404
    assert owner.client.get(url).status_code == 200


def _owner(app: App) -> Actor:
    with app.database.read() as tx:
        key = tx.value(sa.select(account.c.id).where(account.c.login == OWNER))
    return Actor(account=key, login=OWNER, name="")


def test_a_file_that_was_not_submitted_can_be_taken_back(owner: Visitor) -> None:
    _, file = upload(owner, "证书.pdf", PDF)
    remove = f"{file['url']}/remove"
    assert owner.client.post(remove).status_code == 403
    assert owner.client.post(remove, headers={"X-CSRF-Token": owner.csrf}).status_code == 204
    assert owner.client.get(str(file["url"])).status_code == 404
    assert owner.client.post(remove, headers={"X-CSRF-Token": owner.csrf}).status_code == 404
