"""审核批注: pinning a remark to an input, a row or a file of the dossier under review."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.declaration.remarks import put_remark
from engine.declaration.saved_views import kept_query
from engine.errors import InvalidInput, NotFound
from web.declaration.changes import label_of
from web.declaration.dossier import view_of_values
from web.declaration.review import waiting_review
from web.deps import POSTED, Form, Key, command, query
from web.pages import is_htmx, page, piece, redirect

router = APIRouter()

TEMPLATE = "declaration/remark.html"


@router.get("/declarations/{case_key}/remarks")
def ask_remark(request: Request, case_key: Key) -> Response:
    """The remark on one place, as a page or for a dialog."""
    return _draw(request, case_key, request.query_params.get("path", ""))


@router.post("/declarations/{case_key}/remarks")
def pin_remark(request: Request, case_key: Key, form: Form = POSTED) -> Response:
    """Keep it, or take it away where nothing is written any more."""
    path, text = str(form.get("path", "")), "" if "remove" in form else str(form.get("text", ""))
    try:
        with command(request) as (tx, actor):
            review = waiting_review(tx, actor, case_key)
            known = {one.path: one.label for one in review.remarks}
            label = label_of(view_of_values(tx, review.detail, review.detail.values), path) or known.get(path, "")
            if not label:
                raise NotFound
            put_remark(tx, actor, review.task["key"], path=path, label=label, text=text)
    except InvalidInput as error:
        return _draw(request, case_key, path, text, next(iter(error.fields.get("text", [error.message]))), 422)
    kept = kept_query(str(request.query_params))
    return redirect(request, f"/declarations/{case_key}/review{'?' + kept if kept else ''}#pin-{path}")


def _draw(
    request: Request, case_key: int, path: str, typed: str | None = None, problem: str = "", status: int = 200
) -> Response:
    kept = kept_query(str(request.query_params))
    query_text = f"?{kept}" if kept else ""
    with query(request) as (tx, actor):
        review = waiting_review(tx, actor, case_key)
        there = next((one for one in review.remarks if one.path == path), None)
        label = label_of(view_of_values(tx, review.detail, review.detail.values), path) or (
            there.label if there else ""
        )
        if not label:
            raise NotFound
        row = review.detail.row
    context = {
        "row": row,
        "path": path,
        "label": label,
        "text": typed if typed is not None else there.text if there else "",
        "there": there is not None,
        "problem": problem,
        "post_url": f"/declarations/{case_key}/remarks{query_text}",
        "back_url": f"/declarations/{case_key}/review{query_text}",
    }
    if is_htmx(request):
        return piece(request, TEMPLATE, "remark", status=status, **context)
    return page(request, TEMPLATE, status=status, **context)
