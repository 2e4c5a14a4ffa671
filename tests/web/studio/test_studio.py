"""Drawing, checking, keeping a draft, publishing; who may, and what is refused."""

import json

import pytest

from engine.access import SYSTEM
from engine.bootstrap import App
from engine.flow import authoring
from engine.flow.release import deploy_files
from tests.support.visitor import Visitor
from tests.web.studio.conftest import DIAGRAM, FORM


def raw(
    visitor: Visitor, action: str, name: str, body: bytes, base: str | None = None
) -> tuple[int, dict[str, object]]:
    """What the editor sends: the file as the body, the version it was drawn from as a header."""
    headers = {"X-CSRF-Token": visitor.csrf, "Accept": "application/json", "Content-Type": "application/xml"}
    if base is not None:
        headers["X-Base"] = base
    answer = visitor.client.post(f"/studio/{action}", params={"name": name}, content=body, headers=headers)
    return answer.status_code, answer.json()


def content(visitor: Visitor, name: str, **query: str) -> bytes:
    return visitor.client.get("/studio/content", params={"name": name, **query}).content


def base_of(app: App, name: str) -> str:
    with app.database.read() as tx:
        return authoring.find_file(tx, SYSTEM, name).base


@pytest.fixture(autouse=True)
def token(designer: Visitor) -> str:
    """The token that a script of the page sends along."""
    designer.get("/studio")
    return designer.csrf


def test_the_files_are_listed_by_kind(designer: Visitor) -> None:
    page = designer.get("/studio")
    assert (page.status, page.heading) == (200, "流程设计")
    assert f"/studio/edit?name={DIAGRAM}" in page.links
    assert "declaration_filling" in designer.get("/studio?kind=form").words
    assert designer.get("/studio?kind=nonsense").status == 404


def test_only_who_may_draw_sees_the_studio(officer: Visitor) -> None:
    for path in ("/studio", f"/studio/edit?name={DIAGRAM}", f"/studio/content?name={DIAGRAM}", "/studio/forms.json"):
        assert officer.get(path).status == 403, path
    status, _ = raw(officer, "publish", DIAGRAM, b"<x/>", "")
    assert status == 403


def test_a_file_that_is_not_there_is_not_found(designer: Visitor) -> None:
    assert designer.get("/studio/edit?name=no/such.bpmn").status == 404
    assert designer.get(f"/studio/content?name={DIAGRAM}&version=999").status == 404
    assert designer.get("/studio/versions?name=no/such.bpmn").status == 404


def test_a_broken_diagram_is_refused_with_what_to_do_and_may_be_kept_as_a_draft(designer: Visitor, app: App) -> None:
    drawn = content(designer, DIAGRAM)
    broken = drawn.replace(b'sourceRef="declaration_started"', b'sourceRef="nowhere"', 1)
    assert broken != drawn
    status, answer = raw(designer, "lint", DIAGRAM, broken)
    findings = answer["findings"]
    assert status == 200
    assert isinstance(findings, list)
    assert any(finding["severity"] == "error" and finding["message"] for finding in findings)
    base = base_of(app, DIAGRAM)
    status, answer = raw(designer, "publish", DIAGRAM, broken, base)
    assert (status, base_of(app, DIAGRAM)) == (422, base)
    assert answer["findings"]
    status, answer = raw(designer, "draft", DIAGRAM, broken, base)
    assert (status, answer["message"]) == (200, "已保存草稿")
    assert content(designer, DIAGRAM) == broken
    assert content(designer, DIAGRAM, version="1") == drawn
    assert raw(designer, "discard", DIAGRAM, b"")[0] == 200
    assert content(designer, DIAGRAM) == drawn


def test_nobody_saves_over_somebody_elses_work(designer: Visitor, app: App) -> None:
    base, drawn = base_of(app, DIAGRAM), content(designer, DIAGRAM)
    assert raw(designer, "draft", DIAGRAM, drawn, base)[0] == 200
    status, answer = raw(designer, "draft", DIAGRAM, drawn, base)
    assert status == 409
    assert "designer" in str(answer)
    raw(designer, "discard", DIAGRAM, b"")


def test_a_published_diagram_is_a_new_version_and_shows_its_difference(designer: Visitor, app: App) -> None:
    drawn = content(designer, DIAGRAM).replace("提醒领导".encode(), "催办领导".encode(), 1)
    status, answer = raw(designer, "publish", DIAGRAM, drawn, base_of(app, DIAGRAM))
    assert (status, answer["message"]) == (200, "已发布第 2 版，新启动的流程按此版办理")
    assert "第 2 版" in designer.get(f"/studio/versions?name={DIAGRAM}").words
    words = designer.get(f"/studio/compare?name={DIAGRAM}&left=1&right=2").words
    assert ("提醒领导" in words, "催办领导" in words) == (True, True)


def test_a_form_is_edited_as_text_beside_its_rendering(designer: Visitor, app: App, token: str) -> None:
    page = designer.get(f"/studio/edit?name={FORM}")
    assert "审核意见" in page.words
    action = f"/studio/form?name={FORM}"
    text = content(designer, FORM).decode()
    base = base_of(app, FORM)
    refused = designer.post(action, {"csrf_token": token, "base": base, "content": text + "}", "action": "publish"})
    assert refused.status == 422
    assert "}}" in refused.html.replace("\n", "").replace(" ", "").replace("&#34;", '"')
    form = json.loads(text)
    form["components"][0]["label"] = "领导意见"
    changed = json.dumps(form, ensure_ascii=False)
    preview = designer.post(
        "/studio/preview?name=x.form", {"csrf_token": token, "content": changed}, **{"HX-Request": "true"}
    )
    assert "领导意见" in preview.words
    done = designer.post(action, {"csrf_token": token, "base": base, "content": changed, "action": "publish"})
    assert "领导意见" in done.words
    stale = designer.post(action, {"csrf_token": token, "base": base, "content": changed, "action": "save"})
    assert (stale.status, "领导意见" in stale.html) == (409, True)


def test_a_new_process_begins_as_a_draft_and_can_be_published(designer: Visitor, app: App) -> None:
    page = designer.post(
        "/studio/new", {"csrf_token": designer.csrf, "kind": "bpmn", "id": "material_check", "name": "材料核验"}
    )
    assert page.path == "/studio/edit?name=material_check/material_check.bpmn"
    name = "material_check/material_check.bpmn"
    drawn = content(designer, name)
    assert raw(designer, "lint", name, drawn)[1]["findings"] == []
    status, answer = raw(designer, "publish", name, drawn, base_of(app, name))
    assert (status, answer["message"]) == (200, "已发布第 1 版，新启动的流程按此版办理")
    again = designer.post(
        "/studio/new", {"csrf_token": designer.csrf, "kind": "bpmn", "id": "material_check", "name": "又一个"}
    )
    assert again.status == 409
    wrong = designer.post("/studio/new", {"csrf_token": designer.csrf, "kind": "bpmn", "id": "1 x", "name": "x"})
    assert wrong.status == 422


def test_the_release_is_never_put_over_what_staff_published(designer: Visitor, app: App, tmp_path: object) -> None:
    name = "own/own.form"
    root = type(app.settings.data)(str(tmp_path)) / "forms"
    (root / "own").mkdir(parents=True)
    first = {"type": "default", "id": "own", "schemaVersion": 19, "components": []}
    (root / name).write_text(json.dumps(first))
    with app.database.transaction() as tx:
        assert deploy_files(tx, SYSTEM, [root]) is not None
    staff = json.dumps({**first, "components": [{"type": "text", "id": "t", "text": "本单位"}]}, ensure_ascii=False)
    with app.database.transaction() as tx:
        authoring.publish_file(tx, SYSTEM, name, staff.encode(), authoring.find_file(tx, SYSTEM, name).base)
    (root / name).write_text(
        json.dumps({**first, "components": [{"type": "text", "id": "t", "text": "新版本"}]}, ensure_ascii=False)
    )
    with app.database.transaction() as tx:
        assert deploy_files(tx, SYSTEM, [root]) is None
    assert content(designer, name) == staff.encode()
    assert "新版本提供了“own/own.form”的改动" in designer.get("/studio?kind=form").words
    words = designer.get(f"/studio/compare?name={name}&left=latest&right=offer").words
    assert ("本单位" in words, "新版本" in words) == (True, True)


def test_the_editor_is_told_forms_services_and_groups(designer: Visitor) -> None:
    forms = designer.client.get("/studio/forms.json").json()
    assert "declaration_filling" in {form["id"] for form in forms}
    types = {job["type"] for job in designer.client.get("/studio/job-types.json").json()}
    assert {"notify_applicant", "publish_message"} <= types
    groups = designer.client.get("/studio/groups.json").json()
    assert {"value": '="case_officer@" + string(review_unit)', "label": "审核单位的经办人"} in groups


def test_changing_something_needs_the_token_of_the_session(designer: Visitor) -> None:
    answer = designer.client.post("/studio/draft", params={"name": DIAGRAM}, content=b"x")
    assert answer.status_code == 403
