"""`/declaration/{case}/submit`: everything that keeps the dossier from being handed in, the pledge, 提交 (P22)."""

from secrets import token_urlsafe

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.detail import Filling, declaration_detail
from engine.declaration.filling import submit_declaration
from engine.errors import InvalidInput, NotFound, Refused
from engine.flow.registry import registry_of
from web.declaration.filling import open_filling
from web.declaration.listed import grouped
from web.declaration.returned import returned_filling
from web.declaration.sections import side_list
from web.declaration.words import titles_of
from web.deps import POSTED, Form, Key, code_book, command, database_of, query
from web.due import due_in
from web.pages import flash, page, redirect

router = APIRouter()

TEMPLATE = "declaration/submit.html"
PLEDGE = "pledge"
NO_PLEDGE = "请阅读并勾选承诺后再提交。"


@router.get("/declaration/{case_key}/submit")
def show_summary(request: Request, case_key: Key) -> Response:
    try:
        with query(request) as (tx, actor):
            return _draw(request, tx, actor, open_filling(tx, actor, case_key))
    except Refused as refusal:
        flash(request, refusal.message, "info")
        return redirect(request, "/declaration")


@router.post("/declaration/{case_key}/submit")
def submit(request: Request, case_key: Key, form: Form = POSTED) -> Response:
    """Hand the dossier in. What is missing is listed again; a deadline that has passed is named."""
    arrived_at = database_of(request).clock.now()
    if form.get(PLEDGE) != "yes":
        return _again(request, case_key, form, NO_PLEDGE, 422)
    version = str(form.get("version", ""))
    try:
        with command(request) as (tx, actor):
            submit_declaration(
                tx,
                actor,
                _task_key(tx, actor, case_key, form),
                version=int(version) if version.isdecimal() and len(version) < 10 else None,
                arrived_at=arrived_at,
                command_key=str(form.get("command_key", ""))[:64] or None,
            )
    except InvalidInput:
        return _again(request, case_key, form, "", 422)
    except Refused as refusal:
        return _again(request, case_key, form, refusal.message, 409)
    with query(request) as (tx, actor):
        sentence = declaration_detail(tx, actor, case_key).sentence
    flash(request, f"申报材料已提交。{sentence}")
    return redirect(request, "/declaration")


def _task_key(tx: Transaction, actor: Actor, case_key: int, form: Form) -> int:
    """The task the page was made for, of a declaration of the actor's own: sent twice, it is answered as the first time."""
    detail = declaration_detail(tx, actor, case_key)
    key = str(form.get("task", ""))
    if detail.row["applicant"] != actor.login or not key.isdecimal() or len(key) > 18:
        raise NotFound
    return int(key)


def _again(request: Request, case_key: int, form: Form, message: str, status: int) -> Response:
    with query(request) as (tx, actor):
        try:
            filling = open_filling(tx, actor, case_key)
        except Refused as refusal:
            flash(request, message or refusal.message, "warn")
            return redirect(request, "/declaration")
        return _draw(request, tx, actor, filling, message=message, key=str(form.get("command_key", "")), status=status)


def _draw(
    request: Request,
    tx: Transaction,
    actor: Actor,
    filling: Filling,
    *,
    message: str = "",
    key: str = "",
    status: int = 200,
) -> Response:
    detail = declaration_detail(tx, actor, filling.task.row["case_key"])
    row = {**detail.row, **(filling.values.get("setup") or {})}
    warnings = [one for one in filling.problems if one.severity == "warning"]
    return page(
        request,
        TEMPLATE,
        status=status if filling.complete or status == 200 else 422,
        case_key=detail.row["case_key"],
        row=detail.row,
        titles=titles_of(code_book(request, tx, detail.row["year"]), row),
        groups=grouped(filling, [one for one in filling.problems if one.severity == "error"]),
        overview=_overview(filling),
        errors=sum(one.severity == "error" for one in filling.problems),
        warnings=grouped(filling, warnings),
        side=side_list(filling, ""),
        returned=returned_filling(tx, filling),
        due=due_in(filling.task.row["due_at"], tx.now, registry_of(tx).calendar),
        task=filling.task.row,
        first_unit=(filling.context.get("chain") or [{}])[0].get("name", ""),
        message=message,
        command_key=key or token_urlsafe(12),
    )


def _overview(filling: Filling) -> list[tuple[str, str]]:
    """Each section that holds something, with how much."""
    found = []
    for state in filling.sections:
        held = filling.values.get(state.path)
        if state.state != "optional":
            found.append((state.label, f"{len(held)} 条" if isinstance(held, list) and held else state.text))
    return found
