"""The tree with 50,000 units: a fixed number of statements whatever its size, unfolded node by node, searched by name."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
import sqlalchemy as sa

from engine.bootstrap import App
from engine.organisation.tables import unit
from engine.organisation.unit_lists import CHILDREN
from tests.support.visitor import Visitor

Enter = Callable[[str], Visitor]
UnitId = Callable[[str], int]
Counting = Callable[[], AbstractContextManager[list[str]]]
BASE = 900_000_000_000
SHOWN = 12


#: made by the database itself, which takes a second instead of twenty
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 49999)"
UNITS = """
INSERT INTO unit (id, parent, code, name, region, category, nature, industry, responsible_person, may_create_committee,
  may_form_committee, leader_review, is_agency, recommendation_mode, state, created_at)
{numbers} SELECT :base + i, CASE WHEN i % 200 = 0 THEN :below ELSE :base + i - i % 200 END,
  'B' || substr(CAST(1000 + (CASE WHEN i % 200 = 0 THEN i / 200 ELSE i % 200 END) AS varchar), 2),
  '批量单位' || (i / 200) || CASE WHEN i % 200 = 0 THEN '' ELSE '之' || (i % 200 - 1) END || '（示例）',
  '130100', 'enterprise', 'state_owned_enterprise', 'C', '测试领导', false, false, true, false, 'direct', 'active', :now FROM n
"""
LINES = (
    "SELECT a.ancestor, :base + i, a.distance + CASE WHEN i % 200 = 0 THEN 1 ELSE 2 END"
    " FROM n, unit_ancestor a WHERE a.unit = :below",
    "SELECT :base + i, :base + i, 0 FROM n",
    "SELECT :base + i - i % 200, :base + i, 1 FROM n WHERE i % 200 > 0",
)


def add_units(app: App, below: int) -> None:
    """250 units under one, and 199 under every one of them."""
    now = sa.bindparam("now", type_=unit.c.created_at.type)
    with app.database.transaction() as tx:
        known = {"base": BASE, "below": below}
        tx.execute(sa.text(UNITS.format(numbers=NUMBERS)).bindparams(now), {**known, "now": tx.now})
        for line in LINES:
            into = f"INSERT INTO unit_ancestor (ancestor, unit, distance) {NUMBERS} {line}"
            tx.execute(sa.text(into), known if ":below" in line else {"base": BASE})


@pytest.fixture(scope="module", autouse=True)
def crowd(app: App) -> None:
    """The demo province and 50,000 units more under one of its departments."""
    with app.database.read() as tx:
        below = tx.value(sa.select(unit.c.id).where(unit.c.name.startswith("示范省工业集团")))
    add_units(app, below)


def test_a_page_of_the_tree_takes_the_same_few_statements(
    app: App, enter: Enter, unit_id: UnitId, counting: Counting
) -> None:
    admin = enter("office_admin")
    admin.get("/account")
    group, head = unit_id("示范省工业集团"), unit_id("批量单位7（示例）")
    counts = {}
    for path in (
        "/units",
        "/units?page=4000",
        "/units/tree",
        f"/units/tree?open={group}",
        f"/units/tree?open={head}",
        "/units/tree?q=单位249之198",
    ):
        with counting() as sent:
            page = admin.get(path)
        assert page.status == 200, path
        counts[path] = len(sent)
    assert max(counts.values()) <= SHOWN, counts
    with counting() as sent:
        piece = admin.get(f"/units/{head}/children", **{"HX-Request": "true"})
    assert len(sent) <= 4
    assert piece.html.count('<li id="unit-') == 199


def test_children_come_in_portions_and_the_way_to_a_unit_is_always_shown(
    app: App, enter: Enter, unit_id: UnitId
) -> None:
    admin = enter("office_admin")
    group, far = unit_id("示范省工业集团"), unit_id("批量单位240之5（示例）")
    first = admin.get(f"/units/{group}/children", **{"HX-Request": "true"})
    assert first.html.count('<li id="unit-') == CHILDREN
    more = next(link for link in first.links if "after=" in link)
    rest = admin.get(more, **{"HX-Request": "true"})
    assert rest.html.count('<li id="unit-') == 50
    whole = admin.get(more)
    assert whole.heading == "机构树"
    assert whole.html.count('<li id="unit-') == 51
    opened = admin.get(f"/units/tree?open={far}")
    assert f'id="unit-{far}" class="found"' in opened.html
    assert "50,016 个机构" in opened.words


def test_the_search_shows_where_a_unit_lies(enter: Enter) -> None:
    admin = enter("industry_admin")
    page = admin.get("/units/tree?q=单位31之198")
    assert "批量单位31之198（示例）" in page.words
    assert "河北省职称改革领导小组办公室（示例） / 示范省工业集团（示例） / 批量单位31（示例）" in page.words
    found = admin.get("/search?q=单位31之198")
    assert "机构" in found.words
    assert "批量单位31之198（示例）" in found.words
    assert "批量单位31之198" not in enter("edu_admin").get("/search?q=单位31之198").words
