"""Pages and answers of the studio (流程设计)."""

import difflib
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from markupsafe import Markup
from starlette.responses import JSONResponse, Response

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.errors import InvalidInput, NotFound, Refused, StaleTask
from engine.flow import authoring, release
from engine.flow.definitions import Rejected
from engine.flow.registry import registry_of
from engine.flow.tables import ResourceKind
from engine.form import read_form
from engine.organisation import ROLES, account_names
from web.deps import POSTED, Form, command, query
from web.fields import render_form
from web.pages import flash, page, piece, redirect
from web.studio.blank import blank_diagram, blank_form
from web.who import name_in

router = APIRouter(prefix="/studio")

KINDS = {"bpmn": "流程", "form": "表单", "dmn": "决策表"}
SOURCES = {"file": "系统版本", "studio": "流程设计", "api": "接口"}
COLUMNS = [
    {"label": "名称", "kind": "lead"},
    {"label": "标识"},
    {"label": "版本", "kind": "num"},
    {"label": "状态"},
    {"label": "最近改动"},
    {"label": "操作", "kind": "acts"},
]
VERSION_COLUMNS = [
    {"label": "版本", "kind": "lead"},
    {"label": "发布时间"},
    {"label": "发布人"},
    {"label": "来源"},
    {"label": "版本标签"},
    {"label": "在办", "kind": "num"},
    {"label": "操作", "kind": "acts"},
]
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,59}")


async def _raw(request: Request) -> bytes:
    return await request.body()


RAW = Depends(_raw)


@router.get("")
def show_studio(request: Request, kind: str = "bpmn") -> Response:
    """The files of one kind, with what the release offers beside staff's own versions."""
    if kind not in KINDS:
        raise NotFound
    with query(request) as (tx, actor):
        files = authoring.list_files(tx, actor)
        offers = release.list_offers(tx)
        names = account_names(tx, {file.by for file in files if file.by})
    counts = {known: sum(file.kind == known for file in files) for known in KINDS}
    return page(
        request,
        "studio/studio.html",
        tabs=[
            {"label": label, "url": f"/studio?kind={known}", "current": known == kind, "count": counts[known]}
            for known, label in KINDS.items()
        ],
        rows=[_row(file, names) for file in files if file.kind == kind],
        columns=COLUMNS,
        offers=offers,
        may_edit=actor.may(Permission.DEFINITIONS_EDIT),
    )


def _row(file: authoring.Authored, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": file.name,
        "title": file.title,
        "ids": "、".join(file.ids) or PurePosixPath(file.name).stem,
        "version": file.version or "",
        "draft": file.has_draft,
        "at": file.at,
        "by": name_in(names, file.by or ""),
        "url": f"/studio/edit?name={quote(file.name)}",
    }


@router.get("/edit")
def edit(request: Request, name: str) -> Response:
    """The editor that fits the file: drawing for diagrams, text beside its rendering for forms and decisions."""
    with query(request) as (tx, actor):
        file = authoring.find_file(tx, actor, name)
        content = b"" if file.kind is ResourceKind.BPMN else authoring.read_file(tx, actor, name)
        if file.kind is ResourceKind.BPMN:
            return page(request, "studio/diagram.html", **_about(file, actor))
        return page(request, "studio/form.html", **_about(file, actor), **_previewed(tx, actor, name, content))


def _about(file: authoring.Authored, actor: Actor) -> dict[str, Any]:
    return {
        "name": file.name,
        "title": file.title,
        "draft": file.has_draft,
        "version": file.version,
        "base": file.base,
        "messages": [],
        "may_edit": actor.may(Permission.DEFINITIONS_EDIT),
        "may_publish": actor.may(Permission.DEFINITIONS_PUBLISH),
    }


def _previewed(tx: Transaction, actor: Actor, name: str, content: bytes) -> dict[str, Any]:
    """The text as it was typed, what the lint says of it, and the form drawn where it can be."""
    findings = list(authoring.check_file(tx, actor, name, content))
    rendered: Markup | None = None
    is_form = PurePosixPath(name).suffix == ".form"
    if is_form and not any(finding.severity == "error" for finding in findings):
        view = read_form(content).prepare({}, {}, options=registry_of(tx).options, clock=tx.clock)
        rendered = render_form(view)
    return {
        "content": content.decode(errors="replace"),
        "findings": findings,
        "rendered": rendered,
        "is_form": is_form,
    }


@router.post("/preview")
def preview(request: Request, name: str = "preview.form", form: Form = POSTED) -> Response:
    """The live rendering of what is being typed; nothing is kept."""
    with query(request) as (tx, actor):
        shown = _previewed(tx, actor, name, str(form.get("content", "")).encode())
    return piece(request, "studio/form.html", "preview", **shown)


@router.post("/form")
def change_text(request: Request, name: str, form: Form = POSTED) -> Response:
    """Save, publish or give up a form or decision edited as text. What was typed stays, whatever happens."""
    content = str(form.get("content", "")).replace("\r\n", "\n").encode()
    base, action = str(form.get("base", "")), str(form.get("action", ""))
    try:
        with command(request) as (tx, actor):
            message = _change(tx, actor, name, content, base, action)
    except (InvalidInput, StaleTask) as error:
        with query(request) as (tx, actor):
            file = authoring.find_file(tx, actor, name)
            shown = {**_about(file, actor), "base": base, "messages": [("bad", error.message)]}
            status = 409 if isinstance(error, StaleTask) else 422
            return page(request, "studio/form.html", status=status, **shown, **_previewed(tx, actor, name, content))
    flash(request, message, "good")
    return redirect(request, f"/studio/edit?name={quote(name)}")


def _change(tx: Transaction, actor: Actor, name: str, content: bytes, base: str, action: str) -> str:
    match action:
        case "save":
            authoring.save_draft_file(tx, actor, name, content, base)
            return "已保存草稿"
        case "publish":
            made = authoring.publish_file(tx, actor, name, content, base)
            return published_words(made)
        case "discard":
            authoring.discard_draft_file(tx, actor, name)
            return "已放弃草稿"
    raise InvalidInput("请选择保存草稿或发布。")


def published_words(made: Any) -> str:
    version = made.definitions[0].version if made.definitions else 0
    return f"已发布第 {version} 版，新启动的流程按此版办理"


@router.post("/lint")
def lint(request: Request, name: str, body: bytes = RAW) -> Response:
    with query(request) as (tx, actor):
        return JSONResponse({"findings": _findings(authoring.check_file(tx, actor, name, body))})


def _findings(findings: Any) -> list[dict[str, str]]:
    return [
        {"rule": found.rule, "severity": found.severity, "element": found.element or "", "message": found.message}
        for found in findings
    ]


@router.post("/draft")
def save_draft(request: Request, name: str, body: bytes = RAW) -> Response:
    with command(request) as (tx, actor):
        base = authoring.save_draft_file(tx, actor, name, body, request.headers.get("x-base", ""))
    return JSONResponse({"message": "已保存草稿", "base": base})


@router.post("/publish")
def publish(request: Request, name: str, body: bytes = RAW) -> Response:
    try:
        with command(request) as (tx, actor):
            made = authoring.publish_file(tx, actor, name, body, request.headers.get("x-base", ""))
            base = authoring.find_file(tx, actor, name).base
    except Rejected as error:
        return JSONResponse({"message": error.message, "findings": _findings(error.findings)}, status_code=422)
    return JSONResponse(
        {"message": published_words(made), "base": base, "findings": _findings(made.findings.get(name, ()))}
    )


@router.post("/discard")
def discard(request: Request, name: str) -> Response:
    with command(request) as (tx, actor):
        authoring.discard_draft_file(tx, actor, name)
    return JSONResponse({"message": "已放弃草稿", "redirect": f"/studio/edit?name={quote(name)}"})


@router.post("/new")
def create(request: Request, form: Form = POSTED) -> Response:
    """A new file begins as a draft."""
    kind, id_, title = (str(form.get(field, "")).strip() for field in ("kind", "id", "name"))
    if kind not in ("bpmn", "form") or not IDENTIFIER.fullmatch(id_) or not title:
        raise InvalidInput("标识应以小写字母开头，只含小写字母、数字和下划线，并请填写名称。")
    name = f"{id_}/{id_}.bpmn" if kind == "bpmn" else f"{id_}/{id_}.form"
    content = blank_diagram(id_, title) if kind == "bpmn" else blank_form(id_, title)
    with command(request) as (tx, actor):
        if any(id_ in file.ids or file.name == name for file in authoring.list_files(tx, actor)):
            raise Refused(f"标识“{id_}”已被使用，请换一个。")
        authoring.save_draft_file(tx, actor, name, content, "")
    return redirect(request, f"/studio/edit?name={quote(name)}")


@router.get("/content")
def content(request: Request, name: str, version: int | None = None, of: str = "", download: bool = False) -> Response:
    """The file itself: the draft where there is one, a version, or what the release offers (`of=offer`)."""
    with query(request) as (tx, actor):
        body = _content(tx, actor, name, of or (str(version) if version else "draft"))
    media_type = "application/json" if name.endswith(".form") else "text/xml"
    headers = {"Cache-Control": "no-store"}
    if download:
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(PurePosixPath(name).name)}"
    return Response(body, media_type=media_type, headers=headers)


def _content(tx: Transaction, actor: Actor, name: str, which: str) -> bytes:
    """`draft`, `latest`, `offer`, or a version number."""
    if which == "offer":
        authorize(actor, Permission.DEFINITIONS_EDIT)
        offered = release.offered_content(tx, name)
        if offered is None:
            raise NotFound
        return offered
    if which in ("draft", "latest"):
        read = authoring.read_file if which == "draft" else authoring.read_published
        return read(tx, actor, name)
    if not which.isdecimal():
        raise NotFound
    return authoring.read_published(tx, actor, name, int(which))


@router.get("/versions")
def versions(request: Request, name: str) -> Response:
    with query(request) as (tx, actor):
        rows = authoring.list_file_versions(tx, actor, name)
        names = account_names(tx, {row.by for row in rows})
    return page(
        request,
        "studio/versions.html",
        name=name,
        rows=rows,
        columns=VERSION_COLUMNS,
        newest=rows[0].version if rows else 0,
        sources=SOURCES,
        names={row.by: name_in(names, row.by) for row in rows},
        edit_url=f"/studio/edit?name={quote(name)}",
    )


_LABELS = {"draft": "草稿", "latest": "使用中的版本", "offer": "新版本提供的内容"}


@router.get("/compare")
def compare(request: Request, name: str, left: str, right: str) -> Response:
    """Two versions beside each other; which ones as `_content` names them."""
    with query(request) as (tx, actor):
        before, after = (_content(tx, actor, name, which).decode(errors="replace") for which in (left, right))
    changes = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=3)
    kinds = {"+": "added", "-": "removed", "@": "place"}
    return page(
        request,
        "studio/compare.html",
        name=name,
        is_diagram=name.endswith(".bpmn"),
        lines=[(kinds.get(line[:1], ""), line) for line in list(changes)[2:]],
        left_label=_LABELS.get(left, f"第 {left} 版"),
        right_label=_LABELS.get(right, f"第 {right} 版"),
        left_url=f"/studio/content?name={quote(name)}&of={quote(left)}",
        right_url=f"/studio/content?name={quote(name)}&of={quote(right)}",
    )


@router.get("/forms.json")
def forms(request: Request) -> Response:
    with query(request) as (tx, actor):
        return JSONResponse([{"id": id_, "name": name} for id_, name in authoring.form_choices(tx, actor)])


@router.get("/job-types.json")
def job_types(request: Request) -> Response:
    """What service tasks can do here; other types wait for a worker outside."""
    with query(request) as (tx, actor):
        authorize(actor, Permission.DEFINITIONS_EDIT)
        return JSONResponse([{"type": kind, "name": ""} for kind in sorted(registry_of(tx).job_types)])


@router.get("/groups.json")
def groups(request: Request) -> Response:
    """Who a step may be given to, as expressions over the variables of the case."""
    with query(request) as (_, actor):
        authorize(actor, Permission.DEFINITIONS_EDIT)
    choices = [
        {"value": f'="{role.value}@" + string(review_unit)', "label": f"审核单位的{rights.label}"}
        for role, rights in ROLES.items()
        if rights.of_unit
    ]
    return JSONResponse(choices)
