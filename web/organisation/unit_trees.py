"""`/units/tree`: all units as a tree that is unfolded node by node, and found by their names."""

from dataclasses import dataclass, replace
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.errors import NotFound
from engine.organisation.tables import State
from engine.organisation.unit_lists import CHILDREN, Node, children_of, count_below, search_units, tree_nodes
from web.deps import Key, query
from web.organisation.unit_words import STATES
from web.pages import is_htmx, page, piece

router = APIRouter()

MOST = 50


@dataclass(frozen=True, slots=True)
class Branch:
    """A unit in the tree with those below it that are shown; `more` is the address of the next ones, if any."""

    id: int
    code: str
    name: str
    state: str
    children: int
    shown: "tuple[Branch, ...]"
    is_open: bool
    more: str


@router.get("/units/tree")
def show_tree(request: Request) -> Response:
    q = request.query_params.get("q", "").strip()[:50]
    given = request.query_params.get("open", "")
    opened = int(given) if given.isdecimal() and len(given) <= 18 else None
    with query(request) as (tx, actor):
        found = search_units(tx, actor, q, MOST) if q else []
        top = branches_of(tree_nodes(tx, actor, opened), actor.unit, opened)
        total = count_below(tx, actor)
    return page(
        request,
        "organisation/unit_tree.html",
        q=q,
        found=found,
        branches=(top,),
        more="",
        total=total,
        most=MOST,
        opened=opened,
    )


@router.get("/units/{key}/children")
def show_children(request: Request, key: Key) -> Response:
    """The next units right below one, for the tree; without scripts as a page of their own."""
    after = request.query_params.get("after", "")[:4]
    with query(request) as (tx, actor):
        branches = next_branches(tx, actor, key, after)
        if is_htmx(request):
            more = more_of(key, branches)
            return piece(request, "organisation/unit_tree.html", "branches", branches=branches, opened=None, more=more)
        node = next(node for node in tree_nodes(tx, actor, key) if node.id == key)
        top = replace(_branch(node, {}, set()), shown=branches, is_open=True, more=more_of(key, branches))
        total = count_below(tx, actor)
    return page(
        request,
        "organisation/unit_tree.html",
        q="",
        found=[],
        branches=(top,),
        more="",
        total=total,
        most=MOST,
        opened=None,
    )


def next_branches(tx: Transaction, actor: Actor, parent: int, after: str) -> tuple[Branch, ...]:
    return tuple(_branch(node, {}, set()) for node in children_of(tx, actor, parent, after))


def more_of(parent: int, branches: tuple[Branch, ...]) -> str:
    """Where the children behind these come from; nothing where these were the last."""
    return f"/units/{parent}/children?after={quote(branches[-1].code)}" if len(branches) >= CHILDREN else ""


def branches_of(nodes: list[Node], top: int | None, opened: int | None) -> Branch:
    """The tree of the actor's unit, unfolded down to `opened`."""
    below: dict[int | None, list[Node]] = {}
    for node in nodes:
        below.setdefault(node.parent, []).append(node)
    root = next((node for node in nodes if node.id == top), None)
    if root is None:
        raise NotFound
    unfolded = {node.parent for node in nodes} | {opened}
    return _branch(root, below, unfolded)


def _branch(node: Node, below: dict[int | None, list[Node]], unfolded: set[int | None]) -> Branch:
    shown = tuple(_branch(child, below, unfolded) for child in below.get(node.id, ()))
    return Branch(
        id=node.id,
        code=node.code,
        name=node.name,
        state="" if node.state == State.ACTIVE else STATES[node.state][0],
        children=node.children,
        shown=shown,
        is_open=node.id in unfolded and bool(shown),
        more=more_of(node.id, shown) if node.children > len(shown) else "",
    )
