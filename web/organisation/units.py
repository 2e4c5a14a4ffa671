"""`/units`: 次级机构管理 (U1, U2), the page of one unit, its administrators' passwords."""

from dataclasses import dataclass, fields
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import QueryParams
from starlette.responses import Response

from engine.access import Permission, authorize
from engine.organisation.tables import RecommendationMode, State
from engine.organisation.unit_details import UnitDetails, admins_of, unit_details
from engine.organisation.unit_lists import UnitFilter, UnitLine, list_units
from engine.organisation.units import find_unit
from engine.reference import CodeBook
from web.deps import Key, code_book, query
from web.organisation.unit_words import LABELS, STATES, lists_of, region_groups, told
from web.pages import page, redirect

router = APIRouter()

FILTERS = tuple(field.name for field in fields(UnitFilter))
#: the manual's pager begins with ten rows (A8)
SIZES = (10, 20, 50, 100)
FARTHEST = 100_000


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list, in words."""

    id: int
    url: str
    unit: UnitLine
    category: str
    region: str
    state: str
    kind: str
    disabled: bool


@router.get("/units")
def show_units(request: Request) -> Response:
    asked = request.query_params
    number, size = _place(asked)
    with query(request) as (tx, actor):
        wanted = UnitFilter(**{name: asked.get(name, "").strip()[:100] for name in FILTERS})
        if wanted.state not in set(State):
            wanted = UnitFilter(**{name: getattr(wanted, name) for name in FILTERS if name != "state"})
        found = list_units(tx, actor, wanted, page=number, size=size)
        book = code_book(request, tx)
    return page(
        request,
        "organisation/units.html",
        rows=[_row(unit, book) for unit in found.rows],
        total=found.total,
        number=number,
        size=size,
        sizes=SIZES,
        fields=_filter_fields(book),
        filtered=any(asked.get(name) for name in FILTERS),
    )


def _place(asked: QueryParams) -> tuple[int, int]:
    """Which page of which size; what is none is the first of ten rows."""
    size = next((size for size in SIZES if str(size) == asked.get("size")), SIZES[0])
    given = asked.get("page", "")
    return (min(max(int(given), 1), FARTHEST) if given.isdecimal() and len(given) < 7 else 1), size


def _filter_fields(book: CodeBook) -> list[dict[str, Any]]:
    regions = [
        (value, words if group == "全省" or words.startswith(group) else f"{group} {words}")
        for group, options in region_groups(book)
        for value, words in options
    ]
    states = [(state.value, words) for state, (words, _) in STATES.items()]
    return [
        {"name": "name", "label": "机构名称"},
        {"name": "category", "label": "机构单位类别", "kind": "select", "options": lists_of(book)["category"]},
        {"name": "contact_person", "label": "机构联系人"},
        {"name": "region", "label": "所属区域", "kind": "select", "options": regions},
        {"name": "responsible_person", "label": "机构分管人"},
        {"name": "state", "label": "状态", "kind": "select", "options": states},
    ]


def _row(unit: UnitLine, book: CodeBook) -> Row:
    words, kind = STATES[unit.state]
    return Row(
        id=unit.id,
        url=f"/units/{unit.id}",
        unit=unit,
        category=book.label("organisation_category", unit.category),
        region=book.path_label("region", unit.region).removeprefix("河北省") or "河北省",
        state="" if unit.state == State.ACTIVE else words,
        kind=kind,
        disabled=unit.state == State.DISABLED,
    )


@router.get("/units/{key}")
def show_unit(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        unit = unit_details(tx, actor, key)
        book = code_book(request, tx)
    words, kind = STATES[unit.state]
    return page(
        request,
        "organisation/unit.html",
        unit=unit,
        state=words,
        kind=kind,
        is_top=unit.parent is None,
        in_use=unit.state == State.ACTIVE,
        ended=unit.state == State.DISSOLVED,
        facts=_facts(unit, book),
        settings=_settings(unit),
        events=told(unit.events),
    )


def _facts(unit: UnitDetails, book: CodeBook) -> list[tuple[str, str]]:
    held = unit.fields
    superior = unit.path.names[-2] if len(unit.path.names) > 1 else "（最上级）"
    rights = [LABELS[name] for name in ("may_create_committee", "may_form_committee") if getattr(held, name)]
    return [
        ("机构代码", unit.path.code),
        ("上级机构", superior),
        ("所属区域", book.path_label("region", held.region)),
        ("机构单位类别", book.label("organisation_category", held.category)),
        ("机构单位性质", book.label("organisation_nature", held.nature)),
        ("用人单位经济类型", book.label("economic_type", held.economic_type)),
        ("机构(单位)属性", "、".join(rights) or "无"),
        ("所属行业", book.label("industry", held.industry)),
        *((LABELS[name], getattr(held, name)) for name in ("credit_code", "registry_code")),
        *((LABELS[name], getattr(held, name)) for name in ("responsible_person", "contact_person", "contact_phone")),
        *((LABELS[name], getattr(held, name)) for name in ("fax", "email", "postcode", "address")),
    ]


def _settings(unit: UnitDetails) -> list[tuple[str, str]]:
    held = unit.fields
    rounds = held.recommendation_mode == RecommendationMode.ROUND
    return [
        ("推荐方式", "组织推荐：排名、推荐小组、公示后上报" if rounds else "经办人审核后直接上报"),
        ("单位领导审核", "需要" if held.leader_review else "不需要"),
        ("代理机构", "是" if held.is_agency else "否"),
    ]


@router.get("/units/{key}/password")
def show_passwords(request: Request, key: Key) -> Response:
    """重置密码: leads to the one account that administers the unit, or asks which."""
    with query(request) as (tx, actor):
        authorize(actor, Permission.UNITS_MANAGE)
        unit = find_unit(tx, actor, key)
        admins = admins_of(tx, key)
    if len(admins) == 1:
        return redirect(request, f"/accounts/{admins[0].id}/password?back=/units/{key}")
    return page(request, "organisation/unit_passwords.html", unit=unit, admins=admins, active=State.ACTIVE)
