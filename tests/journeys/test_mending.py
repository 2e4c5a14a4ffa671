"""The administrator's day: a case sticks, a variable is corrected, a task is given to somebody else, a case is ended."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.journeys.acting import said
from tests.journeys.conftest import Enter, Site
from tests.support.diagram import Diagram

if TYPE_CHECKING:
    from playwright.sync_api import Page

#: where each element lies on the drawing
PLACES = {"begin": (150, 100, 36), "how_much": (250, 93, 50), "sign": (360, 78, 100), "done": (520, 100, 36)}


def repair() -> bytes:
    """报修: below 50 yuan it is done at once, above 100 the leader signs. For 80 nobody has thought of a way."""
    drawn = (
        Diagram("repair", name="报修")
        .start("begin", name="报修")
        .exclusive("how_much", name="多少钱")
        .when("=amount > 100")
        .user("sign", name="领导签批", groups='=["unit_leader@" + string(unit)]')
        .end("done", name="已处理")
        .at("how_much")
        .when("=amount < 50")
        .to("done")
    )
    shapes = "".join(
        f'<bpmndi:BPMNShape id="{name}_di" bpmnElement="{name}">'
        f'<dc:Bounds x="{x}" y="{y}" width="{size}" height="{min(size, 80)}"/></bpmndi:BPMNShape>'
        for name, (x, y, size) in PLACES.items()
    )
    plane = f'<bpmndi:BPMNPlane id="pl" bpmnElement="repair">{shapes}</bpmndi:BPMNPlane>'
    diagram = f'<bpmndi:BPMNDiagram id="d">{plane}</bpmndi:BPMNDiagram></bpmn:definitions>'
    return drawn.xml().replace(b"</bpmn:definitions>", diagram.encode())


class Api:
    """`/v2` as another program calls it, with the token that `zhiping token` prints."""

    def __init__(self, site: Site) -> None:
        token = site.server.command("token", "api").strip()
        self._client = httpx.Client(base_url=f"{site.url}/v2", headers={"Authorization": f"Bearer {token}"}, timeout=60)

    def deploy(self, name: str, content: bytes) -> None:
        self._client.post("/deployments", files={"resources": (name, content)}).raise_for_status()

    def start(self, process_id: str, **variables: Any) -> int:
        body = {"processDefinitionId": process_id, "variables": variables}
        answer = self._client.post("/process-instances", json=body).raise_for_status()
        return int(answer.json()["processInstanceKey"])

    def close(self) -> None:
        self._client.close()


@pytest.fixture(scope="module")
def api(site: Site) -> Iterator[Api]:
    api = Api(site)
    api.deploy("repair.bpmn", repair())
    yield api
    api.close()


def marked(page: "Page", mark: str) -> list[str]:
    """The elements of the drawing that wear a mark."""
    page.locator("[data-bpmn-viewer][data-state=ready]").wait_for()
    found = page.locator(f"g.djs-shape.{mark}").evaluate_all("all => all.map(one => one.dataset.elementId)")
    return [str(name) for name in found]


def test_a_case_that_sticks_is_mended_and_goes_on(api: Api, site: Site, enter: Enter) -> None:
    unit = site.desk.unit("medu")
    case_key = api.start("repair", amount=80, unit=unit)
    page = enter("sysadmin")
    page.goto("/incidents")
    page.get_by_role("row", name="多少钱").get_by_role("link", name="查看").click()
    page.wait_for_url(f"**/monitor/cases/{case_key}")
    assert marked(page, "at-failed") == ["how_much"]
    page.get_by_role("row", name="amount").get_by_role("link", name="修改").click()
    page.get_by_label("值（JSON）").fill("180")
    page.get_by_label("修改的原因").fill("按发票更正")
    page.get_by_role("button", name="保存修改").click()
    page.get_by_text("变量 amount 已修改。").wait_for()
    page.get_by_role("button", name="重试").click()
    page.get_by_text("已重试。").wait_for()
    assert (marked(page, "at-failed"), marked(page, "at-active")) == ([], ["sign"])
    page.goto("/incidents")
    assert page.get_by_role("row", name="多少钱").count() == 0
    leader = enter("medu_leader")
    leader.goto("/inbox")
    leader.get_by_role("link", name="办理 领导签批").click()
    assert "180" in leader.locator("main").inner_text()
    leader.locator("aside").get_by_role("button", name="提交").click()
    leader.get_by_text("已提交").first.wait_for()
    page.goto(f"/cases/{case_key}")
    assert "按发票更正" in page.locator("#journal").inner_text()
    assert marked(page, "at-done") == ["begin", "how_much", "sign", "done"]


def test_a_task_is_given_to_somebody_else(api: Api, site: Site, enter: Enter) -> None:
    case_key = api.start("repair", amount=200, unit=site.desk.unit("medu"))
    page = enter("sysadmin")
    page.goto(f"/monitor/cases/{case_key}")
    page.get_by_label("改由谁办理（登录名）").fill("nobody_here")
    page.get_by_role("button", name="改派").click()
    assert "没有登录名为“nobody_here”的在用账号，请核对后再指定。" in page.locator("main").inner_text()
    page.goto(f"/monitor/cases/{case_key}")
    page.get_by_label("改由谁办理（登录名）").fill("edu_leader")
    page.get_by_role("button", name="改派").click()
    assert said(page) == ["“领导签批”已指定由郭示领办理。"]
    given = enter("edu_leader")
    given.goto("/inbox?tab=mine")
    assert given.locator(f'a[href="/tasks/{site.desk.open_task(case_key)}"]').count() > 0


def test_what_nobody_can_do_is_listed(api: Api, site: Site, enter: Enter) -> None:
    """The agency has no leader."""
    case_key = api.start("repair", amount=300, unit=site.desk.unit("talent"))
    page = enter("sysadmin")
    page.goto("/monitor/orphans")
    row = page.locator(f'tr[data-href="/monitor/cases/{case_key}"]')
    row.get_by_placeholder("办理人的登录名").fill("talent_officer")
    row.get_by_role("button", name="指定").click()
    assert said(page) == ["“领导签批”已指定由邓示办办理。"]
    assert row.count() == 0


def test_a_case_is_ended_with_a_reason(site: Site, enter: Enter) -> None:
    story = site.desk.submitted()
    page = enter("sysadmin")
    page.goto(f"/monitor/cases/{story.case_key}")
    page.get_by_role("link", name="终止流程").click()
    page.locator("#cancel").get_by_label("终止的原因").fill("重复申报，按书面申请终止。")
    page.locator("#cancel").get_by_role("button", name="终止流程").click()
    page.get_by_text("流程已终止。").wait_for()
    applicant = enter(story.applicant.login)
    applicant.goto(f"/cases/{story.case_key}")
    assert "重复申报，按书面申请终止。" in applicant.locator("#journal").inner_text()
    officer = enter("hosp3_officer")
    assert officer.locator(f'tr[data-href*="/{story.case_key}/"]').count() == 0
