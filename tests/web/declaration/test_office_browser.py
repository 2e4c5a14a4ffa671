"""In Chromium: what an officer keeps (查询, 列), counts (统计), exports (报盘), recommends (轮次) and is told (公告)."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from engine.bootstrap import App
from engine.declaration.demo_people import actor_of_login
from engine.declaration.demo_rounds import begin_round
from engine.declaration.demo_waiting import MAPS
from engine.declaration.exchange.templates import save_template
from engine.flow.actions import perform_action
from engine.flow.batch_running import due_batches, run_batch
from engine.flow.messages import deliver_messages
from engine.organisation.tables import RecommendationMode, unit
from tests.declaration.story import Story
from tests.declaration.test_recommendation import without_ranks, without_unit_proofs
from tests.support.axe import DESK, assert_usable
from tests.web.declaration.conftest import let_in
from tests.web.declaration.test_browser import enter, served

if TYPE_CHECKING:
    from tests.support.browser import People

OFFICER = "hosp3_officer"
TITLE = "关于补充材料时间的通知（示例）"


@pytest.fixture(scope="module")
def address(app: App) -> Iterator[str]:
    with served(app) as url:
        yield url


@pytest.fixture(scope="module", autouse=True)
def desk(app: App) -> dict[str, int]:
    """Two wait for review; a round is public with an objection while another waits for the next; one map of columns."""
    for login in (OFFICER, "hosp3_leader", "office_admin"):
        let_in(app, login)
    with app.database.transaction() as tx:
        officer = actor_of_login(tx, OFFICER, "case_officer")
        own = unit.c.id == officer.unit
        tx.execute(sa.update(unit).where(own).values(recommendation_mode=RecommendationMode.ROUND))
        template = save_template(tx, officer, MAPS["office_officer"])
    assert officer.unit is not None

    def checked() -> None:
        story = Story(app.database).submitted(base_material=without_unit_proofs, overview_supplement=without_ranks)
        story.review()

    checked()
    begun = begin_round(app.database, officer.unit, app.database.clock.now(), {})
    assert begun is not None
    while deliver_messages(app.database):
        pass
    with app.database.transaction() as tx:
        perform_action(tx, officer, begun[0], "raise_objection", {"objection_content": "任职年限不符（示例）"})
    checked()
    for _ in range(2):
        Story(app.database).submitted()
    return {"round": begun[0], "template": template}


def test_the_pages_of_rounds_maps_and_proofs_can_be_used_by_everybody(
    people: "People", address: str, desk: dict[str, int]
) -> None:
    page = enter(people, address, OFFICER)
    rounds, maps = f"/recommendation/rounds/{desk['round']}", f"/exchange-templates/{desk['template']}"
    for path in (
        "/recommendation",
        rounds,
        f"{rounds}/table",
        "/exchange-templates",
        "/exchange-templates/new",
        maps,
        f"{maps}/export",
        "/verify",
        "/verify?number=2026-000001&code=AAAA",
    ):
        assert_usable(page, path)
    page.goto(rounds)
    page.get_by_role("link", name="去办理").click()
    page.get_by_role("heading", name="申报人").wait_for()
    assert_usable(page)


@pytest.mark.catalogue("W1")
def test_the_round_stands_beside_the_objection_and_is_returned_to(
    people: "People", address: str, desk: dict[str, int]
) -> None:
    page = enter(people, address, OFFICER)
    page.goto(f"/recommendation/rounds/{desk['round']}")
    page.get_by_role("link", name="去办理").click()
    page.get_by_role("region", name="申报人").get_by_text("测试申报人").first.wait_for()
    page.get_by_label("核查情况").fill("经查，任职年限与档案一致。")
    page.get_by_role("button", name="不属实").click()
    page.get_by_text("核查结论已登记：异议不属实，推荐不变。").wait_for()
    assert page.url.endswith(f"/recommendation/rounds/{desk['round']}")
    page.get_by_text("核查情况：经查，任职年限与档案一致。").wait_for()


@pytest.mark.catalogue("U8", "U23")
def test_a_view_with_its_columns_is_there_after_signing_in_again_and_shared_in_the_unit(
    people: "People", address: str
) -> None:
    page = enter(people, address, OFFICER)
    page.goto("/declarations?title_series=physician")
    page.get_by_role("link", name="列设置").click()
    page.get_by_role("link", name="毕业学校").click()
    page.get_by_role("link", name="去掉 申报类别").click()
    page.locator(".page-head").get_by_role("link", name="返回列表").click()
    page.get_by_text("常用查询", exact=True).click()
    page.get_by_role("link", name="保存现在的查询").click()
    page.get_by_label("名称").fill("医疗系列待审")
    page.get_by_label("本单位的经办人和领导也可以用").check()
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**/declarations?*")
    for login in (OFFICER, "hosp3_leader"):
        again = enter(people, address, login)
        again.goto("/declarations")
        again.get_by_text("常用查询", exact=True).click()
        again.get_by_role("link", name="医疗系列待审").click()
        again.wait_for_url("**/declarations?*title_series=physician*school*")
        if login == OFFICER:
            shown = again.locator("thead").inner_text()
            assert ("毕业学校" in shown, "申报类别" in shown) == (True, False)


@pytest.mark.catalogue("U21", "Q10")
def test_a_list_is_previewed_by_a_map_and_downloaded(
    people: "People", address: str, app: App, desk: dict[str, int]
) -> None:
    page = enter(people, address, OFFICER)
    page.goto("/exchange-templates")
    page.get_by_role("link", name="预览并导出").click()
    page.get_by_label("范围").select_option(label="未审核")
    page.get_by_text("共 2 份").wait_for()
    heads = page.get_by_role("region", name="预览").locator("th").all_inner_texts()
    assert heads == [one["title"] for one in MAPS["office_officer"]["columns"]]
    page.get_by_role("button", name="导出工作簿").click()
    page.wait_for_url("**/batches/*")
    for key in due_batches(app.database):
        run_batch(app.database, key)
    link = page.get_by_role("main").get_by_role("link", name="下载").first
    link.wait_for()
    with page.expect_download() as download:
        link.click()
    sheet = load_workbook(BytesIO(Path(download.value.path()).read_bytes())).worksheets[0]
    assert [[cell.value for cell in row][:1] for row in sheet.iter_rows()] == [["XM"], ["测试申报人"], ["测试申报人"]]


@pytest.mark.catalogue("U23")
def test_a_number_of_the_statistics_leads_to_just_those_in_the_list(people: "People", address: str) -> None:
    page = enter(people, address, OFFICER)
    page.goto("/declarations")
    page.get_by_role("link", name="统计").click()
    number = page.get_by_role("link", name="待经办人审核 2 份，打开列表")
    assert_usable(page, looks=[DESK])
    number.click()
    page.get_by_text("共 2 条").wait_for()
    assert page.locator("tbody tr").count() == 2


@pytest.mark.catalogue("W17")
def test_an_announcement_is_counted_until_it_is_read(people: "People", address: str, app: App) -> None:
    app.database.clock.move_to(app.database.clock.now() + timedelta(minutes=1))  # type: ignore[attr-defined]
    writer = enter(people, address, "office_admin")
    writer.goto("/announcements/new")
    writer.get_by_label("标题").fill(TITLE)
    writer.get_by_label("正文").fill("请于**本周五**前补充。")
    writer.get_by_label("发给").select_option(index=1)
    writer.get_by_role("button", name="发布").click()
    writer.get_by_text("公告已保存，可以继续添加附件。").wait_for()
    reader = enter(people, address, OFFICER)
    reader.goto("/declarations")
    entry = reader.get_by_role("navigation", name="菜单").get_by_role("link", name="公告通知")
    before = int("".join(letter for letter in entry.inner_text() if letter.isdecimal()) or 0)
    entry.click()
    reader.get_by_role("link", name=TITLE).click()
    assert reader.locator("article strong").inner_text() == "本周五"
    entry = reader.get_by_role("navigation", name="菜单").get_by_role("link", name="公告通知")
    reader.goto("/announcements")
    after = int("".join(letter for letter in entry.inner_text() if letter.isdecimal()) or 0)
    assert (before >= 1, after) == (True, before - 1)
