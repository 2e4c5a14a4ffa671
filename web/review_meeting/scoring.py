"""`/my-meetings/{key}/dossiers/{declaration}`: a dossier on the left, its score sheet or confirmation on the right (M13–M16)."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from engine.access import Actor
from engine.clock import local
from engine.db import Transaction
from engine.declaration.looks import Looked
from engine.errors import InvalidInput, NotAllowed, Refused
from engine.flow.drafts import DraftConflict
from engine.review_meeting.scoring.calibration import scores_of
from engine.review_meeting.scoring.content import read_content
from engine.review_meeting.scoring.dossiers import neighbours_of
from engine.review_meeting.scoring.opened import Opened, StatementNeeded, open_dossier
from engine.review_meeting.scoring.parts import CONFIRMATION_FORM, SHEET_FORM, WORDS
from engine.review_meeting.scoring.reviews import review_of
from engine.review_meeting.scoring.sheets import CONFIRM, RETURN, confirm_score, save_sheet, score_dossier, typed_sheet
from engine.review_meeting.scoring.standards import Standard, number_in, plain
from web.deps import POSTED, Form, Key, code_book, command, database_of, query
from web.fields import render_form
from web.pages import flash, page, redirect
from web.review_meeting.dossier_files import note_for_expert
from web.review_meeting.frame import said_at
from web.review_meeting.scoring_words import dossier_url, key_in, mine_url, stage_badge, title_of
from web.review_meeting.statement import draw_statement

router = APIRouter()

ADDRESS = "/my-meetings/{key}/dossiers/{declaration}"
Errors = Mapping[str, list[str]]


@router.get(ADDRESS)
def show_dossier(request: Request, key: Key, declaration: Key) -> Response:
    with query(request) as (tx, actor):
        return _draw(request, tx, actor, key, declaration)


@router.post(ADDRESS + "/draft")
def save(request: Request, key: Key, declaration: Key, form: Form = POSTED) -> Response:
    """Keep what is typed: for autosave, which reads the answer as JSON."""
    try:
        with command(request) as (tx, actor):
            opened = open_dossier(tx, actor, key, declaration)
            task = _task(opened, SHEET_FORM)
            items, opinion = _typed(form)
            version = save_sheet(tx, actor, task["key"], items, opinion, key_in(form.get("draft_version")) or 0)
    except DraftConflict:
        message = "这份评分表已在另一个窗口保存过，请刷新后再改，以免覆盖。"
        return JSONResponse({"message": message}, status_code=409)
    at = local(database_of(request).clock.now())
    return JSONResponse({"saved_at": f"{at:%H:%M}", "fields": {"draft_version": str(version)}})


@router.post(ADDRESS)
def hand_in(request: Request, key: Key, declaration: Key, form: Form = POSTED) -> Response:
    """Hand the sheet in, or confirm or return somebody else's; then the next dossier that waits."""
    outcome = str(form.get("outcome", ""))
    arrived_at = database_of(request).clock.now()
    try:
        with command(request) as (tx, actor):
            opened = open_dossier(tx, actor, key, declaration)
            version = key_in(form.get("version"))
            if outcome in (CONFIRM, RETURN):
                task = _task(opened, CONFIRMATION_FORM)
                confirm_score(tx, actor, task["key"], outcome, str(form.get("return_reason", "")), version=version)
            else:
                task = _task(opened, SHEET_FORM)
                items, opinion = _typed(form)
                if outcome == "save":
                    save_sheet(tx, actor, task["key"], items, opinion, key_in(form.get("draft_version")) or 0)
                else:
                    score_dossier(tx, actor, task["key"], items, opinion, version=version, arrived_at=arrived_at)
    except (InvalidInput, Refused) as error:
        found, status = said_at(error, "")
        with query(request) as (tx, actor):
            return _draw(request, tx, actor, key, declaration, errors=_at_inputs(found, form), status=status)
    if outcome == "save":
        flash(request, "已暂存，可以随时回来继续。")
        return redirect(request, dossier_url(key, declaration, part=opened.part))
    said = {CONFIRM: "已确认。", RETURN: "已退回主审。"}.get(outcome, "评分已提交。")
    return _go_on(request, key, opened, said)


def _at_inputs(fields: Errors, form: Form) -> dict[str, list[str]]:
    """What the form's own rules say of `items[0].points`, at the input it came from."""
    names = [f"points[{one['key']}]" for one in _typed(form)[0]]
    found: dict[str, list[str]] = {}
    for path, sentences in fields.items():
        number = path.removeprefix("items[").partition("]")[0]
        known = path.startswith("items[") and number.isdecimal() and int(number) < len(names)
        found.setdefault(names[int(number)] if known else path, []).extend(sentences)
    return found


def _go_on(request: Request, key: int, opened: Opened, said: str) -> Response:
    """On to the next dossier of the same part that waits, else to the list."""
    with query(request) as (tx, _):
        found = neighbours_of(tx, opened.seat, opened.part, opened.row["declaration_no"])
    if found.next_waiting is None:
        flash(request, f"{said}没有等您办理的材料了。")
        return redirect(request, mine_url(key, part=opened.part))
    flash(request, f"{said}这是下一份，还有 {found.waiting} 份。")
    return redirect(request, dossier_url(key, found.next_waiting, part=opened.part))


def _task(opened: Opened, form_id: str) -> Mapping[str, Any]:
    if opened.task is None or opened.task["form_id"] != form_id:
        raise Refused("这份材料现在不由您办理，请刷新后查看。")
    return opened.task


def _typed(form: Form) -> tuple[list[dict[str, Any]], str]:
    """The points by item, numbers where they are such, and the opinion."""
    items: list[dict[str, Any]] = []
    for name, value in form.items():
        if name.startswith("points[") and name.endswith("]"):
            text = str(value).strip()
            number = number_in(text)
            items.append({"key": name[7:-1], "points": (text or None) if number is None else float(number)})
    return items, str(form.get("opinion", "")).replace("\r\n", "\n")


def _draw(
    request: Request,
    tx: Transaction,
    actor: Actor,
    key: int,
    declaration: int,
    *,
    errors: Errors | None = None,
    status: int = 200,
) -> Response:
    try:
        opened = open_dossier(tx, actor, key, declaration)
    except StatementNeeded:
        return draw_statement(request, tx, actor, key, declaration, errors=errors, status=status)
    except NotAllowed:
        flash(request, "您须回避这份材料，不能查阅。", "warn")
        return redirect(request, mine_url(key))
    content = read_content(tx, opened)
    note_for_expert(request, actor, declaration, Looked.DOSSIER)
    review, standard = review_of(tx, opened)
    book = code_book(request, tx, opened.seat.meeting["year"])
    words, kind = stage_badge(opened.row["stage"])
    sheet = scores_of(tx, key, [declaration]).get(declaration)
    near = neighbours_of(tx, opened.seat, opened.part, opened.row["declaration_no"])
    form_id = opened.task["form_id"] if opened.task else ""
    jumps = [(one.id, one.label) for one in content.view.sections]
    return page(
        request,
        "review_meeting/scoring.html",
        status=status,
        key=key,
        declaration=declaration,
        seat=opened.seat,
        meeting=opened.seat.meeting,
        row=content.row,
        number=opened.row["declaration_no"],
        masked=content.masked,
        part=opened.part,
        part_words=WORDS[opened.part],
        stage=words,
        stage_kind=kind,
        title=title_of(book, content.row.get("title_name") or ""),
        specialty=book.label("specialty", content.row["specialty"]) if content.row.get("specialty") else "",
        dossier=render_form(content.view, "read", target="dossier", file_url=f"{dossier_url(key, declaration)}/files/"),
        jumps=jumps,
        task=opened.task,
        scores=form_id == SHEET_FORM,
        confirms=form_id == CONFIRMATION_FORM,
        sheet=_sheet_view(sheet, standard),
        inputs=_inputs(tx, request, opened, standard, sheet, errors) if standard is not None else None,
        return_reason=review.get("return_reason") or "",
        typed_reason=getattr(request.state, "form", {}).get("return_reason", ""),
        errors=errors or {},
        before_url=dossier_url(key, near.before, part=opened.part) if near.before else "",
        after_url=dossier_url(key, near.after, part=opened.part) if near.after else "",
        left=near.waiting,
        list_url=mine_url(key, part=opened.part),
        address=dossier_url(key, declaration),
    )


def _sheet_view(sheet: Mapping[str, Any] | None, standard: Standard | None) -> dict[str, Any] | None:
    """The sheet as the first reviewer handed it in."""
    if sheet is None or standard is None:
        return None
    points = {str(one.get("key")): one.get("points") for one in sheet["items"]}
    return {
        "items": [
            {
                "name": one.name,
                "most": plain(one.points),
                "points": "—" if points.get(one.key) is None else f"{points[one.key]:g}",
            }
            for one in standard.items
        ],
        "total": plain(sheet["total"]),
        "highest": plain(standard.highest),
        "opinion": sheet["opinion"],
    }


def _inputs(
    tx: Transaction,
    request: Request,
    opened: Opened,
    standard: Standard,
    sheet: Mapping[str, Any] | None,
    errors: Errors | None,
) -> dict[str, Any] | None:
    """What stands in the inputs: what was just posted, else what was saved, else the score that came back."""
    if opened.task is None or opened.task["form_id"] != SHEET_FORM:
        return None
    draft = typed_sheet(tx, opened.task["key"])
    kept: Mapping[str, Any] = draft.value if draft is not None else sheet or {}
    items, opinion = kept.get("items") or [], kept.get("opinion") or ""
    if errors is not None and hasattr(request.state, "form"):
        items, opinion = _typed(request.state.form)
    points = {str(one.get("key")): one.get("points") for one in items}
    return {
        "standard": standard,
        "items": [
            {"one": one, "most": plain(one.points), "weight": plain(one.weight), "value": _shown(points.get(one.key))}
            for one in standard.items
        ],
        "highest": plain(standard.highest),
        "lowest": plain(standard.lowest) if standard.lowest else "",
        "opinion": opinion,
        "version": draft.version if draft is not None else 0,
        "saved_at": draft.at if draft is not None else None,
    }


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value or "")
