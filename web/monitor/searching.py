"""`/search`: what the box in the top bar leads to. Pages of one's own menu, cases one sees, people and units one manages."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor, Permission
from engine.db import Transaction
from engine.flow.search import CASES, Condition, Operator, Order, Page, search
from engine.organisation import ROLES, Role, find_people
from engine.organisation.unit_lists import search_units
from web.deps import query
from web.navigation import groups_for
from web.pages import page, piece

router = APIRouter()

MOST = 20
LONGEST = 50


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found."""

    url: str
    title: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Things of one kind."""

    label: str
    hits: Sequence[Hit]
    more: bool = False


@router.get("/search")
def show_results(request: Request) -> Response:
    q = asked(request)
    with query(request) as (tx, actor):
        groups = find(tx, actor, q)
    return page(request, "monitor/search.html", q=q, groups=groups)


@router.get("/search/suggestions")
def suggest(request: Request) -> Response:
    """The first few, while one types."""
    q = asked(request)
    with query(request) as (tx, actor):
        groups = find(tx, actor, q)
    return piece(request, "monitor/suggestions.html", "hits", q=q, groups=groups)


def asked(request: Request) -> str:
    return request.query_params.get("q", "").strip()[:LONGEST]


def find(tx: Transaction, actor: Actor, q: str) -> list[Group]:
    """What there is for these words, within what the actor may see; kinds without any are left out."""
    if not q:
        return []
    groups = [_pages(actor, q), _cases(tx, actor, q), _people(tx, actor, q), _units(tx, actor, q)]
    return [group for group in groups if group.hits]


def _pages(actor: Actor, q: str) -> Group:
    found = [
        Hit(item.url, item.label, group.label) for group in groups_for(actor) for item in group.items if q in item.label
    ]
    return Group("页面", found)


def _cases(tx: Transaction, actor: Actor, q: str) -> Group:
    if not actor.may(Permission.CASES_READ):
        return Group("流程", ())
    wanted = [Condition("text", Operator.EQ, q)]
    found = search(tx, actor, CASES, wanted, [Order("key", descending=True)], Page(limit=MOST))
    hits = [
        Hit(
            f"/cases/{row.key}",
            row.title or row.business_key or row.process_name,
            f"{row.process_name} · {row.status}".rstrip(" ·"),
        )
        for row in found.rows
    ]
    return Group("流程", hits, found.total > len(hits))


def _people(tx: Transaction, actor: Actor, q: str) -> Group:
    """People of the actor's units, for whoever manages accounts: each leads to the cases with their name."""
    if not actor.may(Permission.ACCOUNTS_MANAGE) and not actor.may(Permission.APPLICANTS_MANAGE):
        return Group("人员", ())
    people = find_people(tx, actor, q, limit=MOST + 1)
    hits = [Hit(f"/cases?q={quote(one.name)}", one.name, f"{one.unit} · {label_of(one.role)}") for one in people[:MOST]]
    return Group("人员", hits, len(people) > MOST)


def _units(tx: Transaction, actor: Actor, q: str) -> Group:
    """Units of the actor's subtree with where they lie, for whoever manages units."""
    if not actor.may(Permission.UNITS_MANAGE):
        return Group("机构", ())
    units = search_units(tx, actor, q, MOST + 1)
    hits = [Hit(f"/units/{unit.id}", unit.name, " / ".join(unit.path.names[:-1])) for unit in units[:MOST]]
    return Group("机构", hits, len(units) > MOST)


def label_of(role: str) -> str:
    """What people call a role."""
    return ROLES[Role(role)].label if role in set(Role) else role
