"""撤回办理 (Q37): taking back one's own decision, one by one or many ticked, with a reason."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Permission, authorize
from engine.declaration.batch_review import decision_to_take_back, start_batch_take_back, take_back_review
from engine.declaration.detail import declaration_detail
from engine.errors import InvalidInput, Refused
from web.declaration.batch import LIST, TASK
from web.deps import POSTED, Form, Key, command, query
from web.pages import flash, page, redirect

router = APIRouter()

TEMPLATE = "declaration/take_back.html"
TOO_LATE = "这份材料现在不能撤回：不是由您办理，或者之后的环节已经办理。"


@router.post("/declarations/take-back/ask")
def ask_many(request: Request, form: Form = POSTED) -> Response:
    """The question for the ticked rows as a page, for browsers without JavaScript."""
    return _draw_many(request, form)


@router.post("/declarations/take-back")
def take_back_many(request: Request, form: Form = POSTED) -> Response:
    try:
        with command(request) as (tx, actor):
            key = start_batch_take_back(tx, actor, task_keys=_ticked(form), reason=str(form.get("reason", "")))
    except InvalidInput as error:
        return _draw_many(request, form, error.fields.get("reason", [error.message])[0], 422)
    return redirect(request, f"/batches/{key}")


@router.get("/declarations/{case_key}/take-back")
def ask_one(request: Request, case_key: Key) -> Response:
    return _draw_one(request, case_key)


@router.post("/declarations/{case_key}/take-back")
def take_back_one(request: Request, case_key: Key, form: Form = POSTED) -> Response:
    reason = str(form.get("reason", ""))
    try:
        with command(request) as (tx, actor):
            declaration_detail(tx, actor, case_key)
            held = decision_to_take_back(tx, actor, case_key)
            if held is None:
                raise Refused(TOO_LATE)
            take_back_review(tx, actor, held["key"], reason=reason)
    except InvalidInput as error:
        return _draw_one(request, case_key, reason, error.fields.get("reason", [error.message])[0], 422)
    except Refused as refusal:
        flash(request, refusal.message, "warn")
        return redirect(request, f"/declarations/{case_key}")
    flash(request, "已撤回，请重新审核。")
    return redirect(request, f"/declarations/{case_key}/review")


def _ticked(form: Form) -> list[int]:
    values = (str(value) for value in form.getlist(TASK))
    return [int(value) for value in values if value.isdecimal() and len(value) < 19]


def _draw_many(request: Request, form: Form, problem: str = "", status: int = 200) -> Response:
    with query(request) as (_, actor):
        authorize(actor, Permission.DECLARATIONS_REVIEW)
    ticked, listed = _ticked(form), str(form.get(LIST, ""))[:2000]
    return page(
        request,
        TEMPLATE,
        status=status,
        heading=f"撤回办理 {len(ticked)} 份申报材料",
        action="/declarations/take-back",
        back_url=f"/declarations?{listed or 'tab=decided'}",
        ticked=ticked,
        listed=listed,
        reason=str(form.get("reason", "")),
        problem=problem,
    )


def _draw_one(request: Request, case_key: int, reason: str = "", problem: str = "", status: int = 200) -> Response:
    with query(request) as (tx, actor):
        row = declaration_detail(tx, actor, case_key).row
        allowed = decision_to_take_back(tx, actor, case_key) is not None
    if not allowed:
        flash(request, TOO_LATE, "warn")
        return redirect(request, f"/declarations/{case_key}")
    return page(
        request,
        TEMPLATE,
        status=status,
        heading=f"撤回办理：{row['name']}",
        action=f"/declarations/{case_key}/take-back",
        back_url=f"/declarations/{case_key}",
        ticked=(),
        listed="",
        reason=reason,
        problem=problem,
    )
