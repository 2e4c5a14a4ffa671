"""`/pool`: 单位评委库管理 – the experts of the pools one keeps; 组建校验 of one (K3)."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor, Permission
from engine.clock import local
from engine.committee.composition import composition_of
from engine.committee.keeping import KeptPool, find_pool, require_pools
from engine.committee.pool_lists import STATE_LABELS, PoolFilter, PoolLine, list_pool
from engine.committee.pool_workbook import export_pool
from engine.committee.tables import ExpertState
from engine.reference import CodeBook
from web.committee.asking import key_of, page_of
from web.deps import Key, code_book, query
from web.pages import is_htmx, page, piece, query_with
from web.paging import size_of
from web.workbooks import send_workbook

router = APIRouter()

TEMPLATE = "committee/pool.html"
STATE_KINDS: Mapping[ExpertState, str] = {
    ExpertState.IN_POOL: "good",
    ExpertState.PENDING: "info",
    ExpertState.COMPLETING: "",
    ExpertState.CREATED: "",
    ExpertState.RETURNED: "warn",
    ExpertState.REFUSED: "bad",
    ExpertState.DISABLED: "",
}
TERM_KINDS = {"任期内": "good", "未到任": "info", "即将到期": "warn", "任期已满": "bad", "已退出": ""}
YES_NO = [("yes", "是"), ("no", "否")]


@router.get("/pool")
def show_pool(request: Request) -> Response:
    with query(request) as (tx, actor):
        book, pools = code_book(request, tx), require_pools(tx, actor)
        wanted = asked_of(request)
        found, total = list_pool(
            tx, actor, wanted, page=page_of(request.query_params), size=size_of(request.query_params)
        )
        context: dict[str, Any] = {
            "rows": [line_of(line, book) for line in found],
            "total": total,
            "number": page_of(request.query_params),
            "size": size_of(request.query_params),
            "pools": pools,
            "current": next((pool for pool in pools if pool.id == wanted.committee), None),
            "tabs": _tabs(request, wanted),
            "fields": _filters(book, pools),
            "filtered": any(
                (wanted.text, wanted.specialty, wanted.title_level, wanted.state, wanted.outside, wanted.ending)
            ),
            "left": wanted.left,
            "export_url": f"/pool/export{query_with(request.query_params, page=None)}",
        }
    if is_htmx(request):
        return piece(request, TEMPLATE, "list", **context)
    return page(request, TEMPLATE, **context)


@router.get("/pool/export")
def export(request: Request) -> Response:
    """The list as a workbook, with the filters of the address."""
    with query(request) as (tx, actor):
        data = export_pool(tx, actor, code_book(request, tx), asked_of(request))
        day = local(tx.now).date()
    return send_workbook(data, f"评委库 {day}")


@router.get("/pool/{committee}/composition")
def show_composition(request: Request, committee: Key) -> Response:
    """组建校验: each rule, what there is, what there should be, by which version of the table."""
    with query(request) as (tx, actor):
        pool = find_pool(tx, actor, committee)
        results = composition_of(tx, committee)
    return page(request, "committee/composition.html", pool=pool, results=results)


def asked_of(request: Request) -> PoolFilter:
    """What an address asks of the list."""
    params = request.query_params
    state = params.get("state", "")
    return PoolFilter(
        committee=key_of(params.get("committee")),
        text=params.get("text", "").strip()[:50],
        specialty=params.get("specialty", "")[:64],
        title_level=params.get("title_level", "")[:64],
        state=state if state in set(ExpertState) else "",
        outside=params.get("outside", ""),
        ending=params.get("ending") == "yes",
        left=params.get("tab") == "left",
        sort=params.get("sort", ""),
    )


def _tabs(request: Request, wanted: PoolFilter) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "url": query_with(request.query_params, tab=tab, page=None),
            "current": wanted.left == (tab is not None),
        }
        for label, tab in (("库内专家", None), ("已退出", "left"))
    ]


def line_of(line: PoolLine, book: CodeBook) -> dict[str, Any]:
    """A line as tables show it."""
    row = line.row
    return {
        "id": row["id"],
        "row": row,
        "url": f"/pool/{row['committee']}/{row['id']}",
        "line": line,
        "level": book.label("title_level", row["title_level"]) if row["title_level"] else "",
        "specialties": "、".join(book.label("specialty", value) for value in row["specialties"]),
        "state_kind": STATE_KINDS[row["state"]],
        "term_kind": TERM_KINDS[line.term],
        "away": "；".join(f"{span['from']} 至 {span['to']}" for span in row["unavailable"]),
    }


def _filters(book: CodeBook, pools: Sequence[KeptPool]) -> list[dict[str, Any]]:
    series = {pool.series for pool in pools}
    specialties = [
        (code.value, code.label) for code in book.codes("specialty") if code.parent in series and code.active
    ]
    levels = [(code.value, code.label) for code in book.codes("title_level") if code.active]
    found: list[dict[str, Any]] = [
        {"name": "committee", "label": "评委会", "kind": "select", "options": [(pool.id, pool.name) for pool in pools]},
        {"name": "text", "label": "姓名或单位"},
        {"name": "specialty", "label": "可评专业", "kind": "select", "options": specialties},
        {"name": "title_level", "label": "现职称等级", "kind": "select", "options": levels},
        {
            "name": "state",
            "label": "入库状态",
            "kind": "select",
            "options": [(one.value, words) for one, words in STATE_LABELS.items()],
        },
        {"name": "outside", "label": "外单位专家", "kind": "select", "options": YES_NO},
        {"name": "ending", "label": "任期将满或已满", "kind": "select", "options": YES_NO[:1]},
    ]
    return found if len(pools) > 1 else found[1:]


def may_bar(actor: Actor) -> bool:
    """Whether the actor enters integrity records: an officer, not the account of a pool."""
    return actor.may(Permission.EXPERTS_VET)
