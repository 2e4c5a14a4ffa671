"""`/reexaminations`, `/complaints`, `/certificate-requests`: what waits and what is done, for the offices that keep them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Permission
from engine.flow.registry import registry_of
from engine.organisation import Role
from engine.result.aftercare import asking, complaint, reexamination
from engine.result.aftercare.lists import list_requests
from web.deps import query
from web.due import due_in
from web.pages import is_htmx, page, piece, query_with
from web.paging import SIZES, size_of
from web.result.aftercare.words import page_number, status_kind

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Desk:
    """One list: what it is called and says, which processes, what may be begun from it."""

    address: str
    title: str
    lead: str
    processes: Sequence[str]
    nothing: str
    begin: str = ""
    begin_words: str = ""


REEXAMINATIONS = Desk(
    "/reexaminations",
    "复查",
    "评审未通过的申报人申请的复查：受理、核查由评审工作机构办理，由职改办决定",
    (reexamination.PROCESS,),
    "申报人在期限内提出的复查申请列在这里，待办里也会提醒您。",
)
COMPLAINTS = Desk(
    "/complaints",
    "投诉",
    "实名投诉：受理分办、核查、答复；投诉人只有办理人员能看到",
    (complaint.PROCESS,),
    "收到的投诉列在这里，待办里也会提醒您。",
    "/complaints/new",
    "登记投诉",
)
REQUESTS = Desk(
    "/certificate-requests",
    "认定、确认、补发、更正",
    "初次认定、职称确认和证书补发、更正的申请：单位核实，职改办审定",
    tuple(asking.WORDS),
    "本单位和下级单位人员的申请列在这里，待办里也会提醒您。",
)


@router.get(REEXAMINATIONS.address)
def show_reexaminations(request: Request) -> Response:
    return draw_list(request, REEXAMINATIONS)


@router.get(COMPLAINTS.address)
def show_complaints(request: Request) -> Response:
    return draw_list(request, COMPLAINTS)


@router.get(REQUESTS.address)
def show_requests(request: Request) -> Response:
    return draw_list(request, REQUESTS)


def draw_list(request: Request, desk: Desk, *, status: int = 200, **more: Any) -> Response:
    """A list with its tabs; `more` is what a page of its own shows above it."""
    params = request.query_params
    ended, number, size = params.get("tab") == "ended", page_number(request), size_of(params)
    with query(request) as (tx, actor):
        rows, total = list_requests(tx, actor, desk.processes, ended=ended, page=number, size=size)
        calendar, now = registry_of(tx).calendar, tx.now
        recognises = desk is REQUESTS and actor.role == Role.CASE_OFFICER and actor.may(Permission.APPLICANTS_MANAGE)
    context: dict[str, Any] = {
        "desk": desk,
        "ended": ended,
        "rows": [_line(row, ended, due_in(row["due_at"], now, calendar) if row["due_at"] else None) for row in rows],
        "total": total,
        "number": number,
        "size": size,
        "sizes": SIZES,
        "tabs": [_tab(request, "办理中", None, current=not ended), _tab(request, "已办结", "ended", current=ended)],
        "recognises": recognises,
        "revoking": None,
        **more,
    }
    if is_htmx(request):
        return piece(request, "result/aftercare/list.html", "list", **context)
    return page(request, "result/aftercare/list.html", status=status, **context)


def _tab(request: Request, label: str, name: str | None, *, current: bool) -> Mapping[str, Any]:
    return {"label": label, "url": query_with(request.query_params, tab=name, page=None), "current": current}


def _line(row: Mapping[str, Any], ended: bool, due: Any) -> dict[str, Any]:
    return {
        "row": row,
        "url": f"/cases/{row['key']}",
        "kind": status_kind(row["status"], ended=ended),
        "what": asking.WORDS.get(row["process_id"], ""),
        "due": due,
    }
