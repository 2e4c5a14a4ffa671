"""岗位职数: the posts a superior approves for a unit, and whether a recommendation stays within them (J25, W3)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize, in_scope
from engine.db import Transaction
from engine.declaration.decisions import decide
from engine.declaration.recommendation.rounds import Round, Row, present
from engine.declaration.recommendation.tables import post_quota
from engine.errors import InvalidInput, NotFound
from engine.organisation.tables import State, unit
from engine.reference import CodeBook

PUBLIC = "public_institution"
MOST_POSTS = 99_999
#: so many units are offered at once
MOST_UNITS = 200

q, u = post_quota.c, unit.c


@dataclass(frozen=True, slots=True)
class Posts:
    """Approved posts of a level, or of one specialty of it, and how many are filled."""

    title_level: str
    specialty: str
    posts: int
    filled: int

    @property
    def vacant(self) -> int:
        return self.posts - self.filled


@dataclass(frozen=True, slots=True)
class PostsVerdict:
    """Whether those recommended for a level (and specialty) fit in. `checked` is false where posts do not bind."""

    title_level: str
    specialty: str
    recommended: int
    checked: bool
    within: bool
    message: str


def posts_of(tx: Transaction, unit_id: int, year: int) -> list[Posts]:
    """The approved posts of a unit. The caller has made sure that its reader may see them."""
    columns = (q.title_level, q.specialty, q.posts, q.filled)
    rows = tx.rows(sa.select(*columns).where(q.unit == unit_id, q.year == year).order_by(q.title_level, q.specialty))
    return [Posts(row.title_level, row.specialty, row.posts, row.filled) for row in rows]


def quota_units(tx: Transaction, actor: Actor, search: str = "") -> Sequence[sa.Row[Any]]:
    """The public institutions below the actor's unit whose posts it approves; `search` is part of a name."""
    authorize(actor, Permission.UNITS_MANAGE)
    query = sa.select(u.id, u.name).where(_approved_by(actor), u.nature == PUBLIC, u.state == State.ACTIVE)
    if search:
        query = query.where(u.name.contains(search, autoescape=True))
    return tx.rows(query.order_by(u.name, u.id).limit(MOST_UNITS))


def quota_unit(tx: Transaction, actor: Actor, unit_id: int) -> sa.Row[Any]:
    """The unit whose posts the actor approves. Raises `NotFound` for its own unit and for those it does not see."""
    authorize(actor, Permission.UNITS_MANAGE)
    row = tx.row(sa.select(u.id, u.name, u.nature).where(u.id == unit_id, _approved_by(actor)))
    if row is None:
        raise NotFound
    return row


def _approved_by(actor: Actor) -> sa.ColumnElement[bool]:
    """Nobody approves the posts of the own unit."""
    return sa.and_(in_scope(actor, u.id), u.id != (actor.unit or 0))


def set_posts(tx: Transaction, actor: Actor, book: CodeBook, unit_id: int, year: int, posts: Sequence[Posts]) -> None:
    """Put the approved posts of a unit in place of what was approved before.

    Raises `InvalidInput` by row (`posts[0]`), `NotFound` for a unit the actor does not stand above.
    """
    quota_unit(tx, actor, unit_id)
    problems: dict[str, list[str]] = {}
    seen: set[tuple[str, str]] = set()
    for number, one in enumerate(posts):
        place = (one.title_level, one.specialty)
        if book.find("title_level", one.title_level) is None:
            problems[f"title_level[{number}]"] = ["请选择等级"]
        elif one.specialty and book.find("specialty", one.specialty) is None:
            problems[f"specialty[{number}]"] = ["请在列出的专业中选择，或留空表示该等级的全部专业"]
        elif place in seen:
            problems[f"title_level[{number}]"] = ["这一等级（专业）已经填过"]
        elif not 0 <= one.posts <= MOST_POSTS:
            problems[f"posts[{number}]"] = ["核准职数应是不小于 0 的整数"]
        elif not 0 <= one.filled <= one.posts:
            problems[f"filled[{number}]"] = ["已聘人数应在 0 和核准职数之间"]
        seen.add(place)
    if problems:
        raise InvalidInput(fields=problems)
    tx.execute(sa.delete(post_quota).where(q.unit == unit_id, q.year == year))
    for one in posts:
        values = {"title_level": one.title_level, "specialty": one.specialty, "posts": one.posts, "filled": one.filled}
        tx.insert(post_quota, unit=unit_id, year=year, set_at=tx.now, set_by=actor.login, **values)


def check_posts(tx: Transaction, held: Round) -> list[PostsVerdict]:
    """The table `post_quota` asked for each level (and specialty) somebody is recommended for, with its sentence.

    Who comes by a route that takes no post is not counted.
    """
    unit_id, year = held.row["unit"], held.row["year"]
    approved = {(one.title_level, one.specialty): one for one in posts_of(tx, unit_id, year)}
    facts = {"public_institution": _is_public(tx, unit_id), "is_agency": held.is_agency}
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    exempt: dict[str, bool] = {}
    for row in present(held.candidates):
        route = row["declaration_route"] or ""
        if route not in exempt:
            exempt[route] = not _ask(tx, year, facts, route, Posts("", "", 1, 0), 1)["checked"]
        if row["recommended"] and not exempt[route]:
            place = (row["title_level"] or "", row["specialty"] or "")
            groups[place if place in approved else (place[0], "")].append(row)
    found = []
    for place, rows in sorted(groups.items()):
        answer = _ask(tx, year, facts, rows[0]["declaration_route"] or "", approved.get(place), len(rows))
        found.append(PostsVerdict(*place, len(rows), answer["checked"], answer["within"], answer["message"]))
    return found


def _ask(
    tx: Transaction, year: int, facts: Mapping[str, object], route: str, approved: Posts | None, recommended: int
) -> Any:
    known = {
        **facts,
        "declaration_route": route,
        "quota": approved.posts if approved else None,
        "filled": approved.filled if approved else 0,
        "recommended": recommended,
    }
    return decide(tx, "post_quota", year, known)


def _is_public(tx: Transaction, unit_id: int) -> bool:
    return bool(tx.value(sa.select(u.nature).where(u.id == unit_id)) == PUBLIC)
