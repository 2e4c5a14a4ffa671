"""`/complaints/mine`, `/complaints/new`: raising a complaint and reading the answers; who complains, beside the forms of those who handle
it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response

from engine.access import Actor, Permission
from engine.db import Transaction
from engine.document import Stored, store_received
from engine.errors import InvalidInput
from engine.result.aftercare.complaint import LIMITS, complaint_of, my_complaints, raise_complaint
from web.deps import POSTED, Form, app_of, command, current, query
from web.dossier import Part
from web.pages import environment, flash, page, redirect
from web.receiving import note_file, receive
from web.result.aftercare.words import status_kind

router = APIRouter()

#: so many files go with a complaint
MOST_FILES = 5
Errors = Mapping[str, Sequence[str]]


@router.get("/complaints/mine")
def show_mine(request: Request) -> Response:
    with query(request) as (tx, actor):
        rows = my_complaints(tx, actor)
    lines = [{"row": row, "kind": status_kind(row["status"], ended=row["answered_at"] is not None)} for row in rows]
    return page(request, "result/aftercare/complaints_mine.html", lines=lines)


@router.get("/complaints/new")
def show_new(request: Request) -> Response:
    with query(request) as (_, actor):
        return _draw(request, actor, {}, {})


@router.post("/complaints/new")
async def raise_one(request: Request, form: Form = POSTED) -> Response:
    """Take the files in, then raise the complaint with them."""
    actor = await run_in_threadpool(current, request)
    typed = {name: str(form.get(name, "")) for name in (*LIMITS, "command_key")}
    try:
        stored = [await _take(request, one) for one in _files(form)]
        number = await run_in_threadpool(_raise, request, typed, stored)
    except InvalidInput as error:
        errors: Errors = error.fields or {"files": [error.message]}
        return await run_in_threadpool(_draw, request, actor, typed, errors)
    if actor.may(Permission.RESULTS_APPROVE) and typed["name"].strip():
        flash(request, f"投诉已登记，编号 {number}。")
        return redirect(request, "/complaints")
    flash(request, f"投诉已提交，编号 {number}。二十个工作日内答复，可在这里查看。")
    return redirect(request, "/complaints/mine")


def _files(form: Form) -> list[UploadFile]:
    files = [one for one in form.getlist("files") if isinstance(one, UploadFile) and one.filename]
    if len(files) > MOST_FILES:
        raise InvalidInput(fields={"files": [f"最多上传 {MOST_FILES} 个文件"]})
    return files


async def _take(request: Request, file: UploadFile) -> Stored:
    received = await receive(request, file)
    return await run_in_threadpool(store_received, app_of(request).files, received, file.filename or "")


def _raise(request: Request, typed: Mapping[str, str], stored: Sequence[Stored]) -> str:
    with command(request) as (tx, actor):
        added = [note_file(tx, actor, one, field="complaint_files", task_key=None, crop=None) for one in stored]
        tx.flush()
        files = [one.describe() for one in added]
        return raise_complaint(tx, actor, typed, files=files, command_key=typed["command_key"][:64] or None)


def _draw(request: Request, actor: Actor, typed: Mapping[str, str], errors: Errors) -> Response:
    return page(
        request,
        "result/aftercare/complaint_new.html",
        status=422 if errors else 200,
        office=actor.may(Permission.RESULTS_APPROVE),
        own_name=actor.name,
        typed={name: typed.get(name, "") for name in LIMITS},
        errors=errors,
        limits=LIMITS,
        most_files=MOST_FILES,
        command_key=typed.get("command_key") or uuid4().hex,
    )


def draw_complainant(request: Request, tx: Transaction, actor: Actor, case_key: int) -> list[Part]:
    """Who complains and what came with it, for whoever handles it."""
    row: Mapping[str, Any] = complaint_of(tx, actor, case_key)
    pieces: Any = environment().get_template("result/aftercare/_complaint.html").module
    return [Part("投诉人", "只有办理人员能看到，不得向被投诉人透露", pieces.complainant(row))]


def home_of(case_key: int) -> str:
    return f"/cases/{case_key}"
