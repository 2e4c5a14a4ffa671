"""The diagram bundles: they load without a fault, speak Chinese throughout, and write what staff set."""

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.axe import assert_accessible
from tests.web.sample import HERE, Received
from web.assets import has_asset

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.browser import People

pytestmark = pytest.mark.skipif(not has_asset("vendor/modeler.js"), reason="the browser side is not built: make setup")

SELECT = """(id) => {
  const { modeler } = document.querySelector('[data-bpmn-modeler]');
  modeler.get('selection').select(modeler.get('elementRegistry').get(id));
}"""
SELECTED = "document.querySelector('[data-bpmn-modeler]').modeler.get('selection').get()[0].id"
XML = "document.querySelector('[data-bpmn-modeler]').modeler.saveXML({ format: true }).then(({ xml }) => xml)"
MARKS = """(all) => Object.fromEntries(all
  .map((element) => [element.dataset.elementId, [...element.classList].filter((name) => name.startsWith('at-'))])
  .filter(([, names]) => names.length))"""
OPEN_ALL = """() => {
  const closed = [...document.querySelectorAll('.bio-properties-panel-group-header:not(.open):not(.empty)')];
  closed.forEach((header) => header.click());
  return closed.length;
}"""
ADD_ALL = "document.querySelectorAll('.bio-properties-panel-add-entry').forEach((button) => button.click())"


def element_ids() -> list[str]:
    """Every element that the sample draws."""
    return re.findall(r'bpmnElement="(\w+)"', (HERE / "sample.bpmn").read_text(encoding="utf-8"))


@pytest.fixture
def editor(people: "People", site: str) -> Iterator["Page"]:
    page = people.open()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(f"{site}/editor")
    page.locator("[data-bpmn-modeler][data-state=ready]").wait_for()
    yield page
    assert faults == []


def select(page: "Page", element: str) -> None:
    page.evaluate(SELECT, element)


def missing(page: "Page") -> list[str]:
    return page.evaluate("[...window.__missingTranslations]")


def test_the_panel_of_every_common_element_is_chinese(editor: "Page") -> None:
    for element in element_ids():
        select(editor, element)
        editor.evaluate(ADD_ALL)
        while editor.evaluate(OPEN_ALL):
            editor.wait_for_timeout(20)
    assert missing(editor) == []


def test_palette_context_pad_and_menus_are_chinese(editor: "Page") -> None:
    for element in element_ids():
        select(editor, element)
        for action in ("replace", "append-anything"):
            entry = editor.locator(f'.djs-context-pad.open .entry[data-action="{action}"]')
            if entry.count():
                entry.first.click()
                editor.keyboard.press("Escape")
    editor.locator('.djs-palette [data-action="create-anything"], .djs-palette [data-action="create"]').first.click()
    editor.locator(".djs-popup").wait_for()
    assert missing(editor) == []
    titles = editor.eval_on_selector_all("[title]", "(all) => all.map((one) => one.title)")
    assert [title for title in titles if title.isascii() and title.isalpha()] == []


def test_what_staff_choose_is_written_in_the_dialect(editor: "Page") -> None:
    select(editor, "vote")
    editor.get_by_label("表单", exact=True).select_option("screening")
    editor.get_by_label("由谁办理").select_option('="unit_leader@" + string(unit)')
    editor.get_by_label("办理期限（工作日）").fill("7")
    editor.get_by_label("列表中显示的状态").fill("待投票")
    editor.get_by_label("办理后可以撤回").check(force=True)
    editor.locator(".djs-palette").click(position={"x": 2, "y": 2})  # fields write when they are left
    editor.wait_for_timeout(400)
    xml: str = editor.evaluate(XML)
    vote = xml[
        xml.index('<bpmn:userTask id="vote"') : xml.index("</bpmn:userTask>", xml.index('<bpmn:userTask id="vote"'))
    ]
    for part in (
        "<zeebe:userTask />",
        '<zeebe:formDefinition formId="screening" />',
        '<zeebe:assignmentDefinition candidateGroups="=&#34;unit_leader@&#34; + string(unit)" />',
        '<zeebe:taskSchedule dueDate="=add working days(now(), 7)" />',
        '<zeebe:property name="status" value="待投票" />',
        '<zeebe:property name="revocable" value="true" />',
    ):
        assert part in vote.replace("&quot;", "&#34;"), part


def test_taking_a_choice_back_leaves_nothing_behind(editor: "Page") -> None:
    select(editor, "approve_declaration")
    editor.get_by_label("表单", exact=True).select_option("")
    editor.get_by_label("列表中显示的状态").fill("")
    editor.locator(".djs-palette").click(position={"x": 2, "y": 2})
    editor.wait_for_timeout(400)
    xml: str = editor.evaluate(XML)
    assert xml.count("zeebe:formDefinition") == 0
    assert xml.count('name="status"') == 0
    assert xml.count('dueDate="=add working days(now(), 5)"') == 1


def test_a_value_drawn_elsewhere_stays(editor: "Page") -> None:
    select(editor, "approve_declaration")
    assert editor.get_by_label("由谁办理").input_value() == '="case_officer@" + string(unit)'
    select(editor, "forward")
    assert editor.get_by_label("服务种类").input_value() == "declaration.forward"


def test_findings_are_listed_and_lead_to_their_element(editor: "Page", received: Received) -> None:
    editor.get_by_text("1 个错误，1 个提醒；有错误时不能发布").click()
    editor.get_by_role("button", name="评审会议：没有找到要调用的流程 review_meeting").click()
    assert (
        editor.evaluate("document.querySelector('[data-bpmn-modeler]').modeler.get('selection').get()[0].id")
        == "review"
    )
    assert editor.locator(".finding-badge").count() == 2
    assert "<bpmn:process id=" in next(body for path, body in received.posts if path == "/lint")


def test_a_draft_is_posted_with_the_keyboard(editor: "Page", received: Received) -> None:
    received.posts.clear()
    with editor.expect_request("**/draft") as sent:
        editor.keyboard.press("Control+s")
    assert (sent.value.headers["x-base"], sent.value.headers["x-csrf-token"]) == ("7", "token")
    editor.get_by_text("已保存草稿").wait_for()


def test_publishing_asks_first(editor: "Page", received: Received) -> None:
    received.posts.clear()
    editor.get_by_role("button", name="发布", exact=True).click()
    editor.get_by_role("button", name="取消").click()
    assert [path for path, _ in received.posts if path == "/publish"] == []
    editor.get_by_role("button", name="发布", exact=True).click()
    editor.get_by_role("button", name="确定").click()
    editor.get_by_text("已发布").wait_for()


def test_the_simulation_runs_in_chinese(editor: "Page") -> None:
    editor.get_by_role("button", name="模拟运行").click()
    editor.locator(".bts-palette .bts-entry").first.wait_for()
    editor.wait_for_timeout(300)
    words = editor.eval_on_selector_all(
        ".bts-palette [title], .bts-context-pad[title], .bts-notification, .bts-set-animation-speed [title]",
        "(all) => all.map((one) => one.title || one.innerText.trim())",
    )
    assert [word for word in words if word.isascii() and word] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_viewer_shows_where_a_case_is(people: "People", site: str, scheme: str, width: int) -> None:
    page = people.open(color_scheme=scheme, viewport={"width": width, "height": 900})
    page.goto(f"{site}/viewer")
    page.locator("[data-bpmn-viewer][data-state=ready]").wait_for()
    marks: dict[str, Any] = page.eval_on_selector_all(".djs-element", MARKS)
    assert marks == {
        "start": ["at-done"],
        "f1": ["at-done"],
        "approve_declaration": ["at-active"],
        "forward": ["at-failed"],
    }
    assert page.locator(".token-count").all_inner_texts() == ["132"]
    assert page.locator(".bjs-powered-by").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert_accessible(page)


def test_the_viewer_follows_the_case(people: "People", site: str) -> None:
    page = people.open()
    page.goto(f"{site}/viewer")
    page.locator("[data-bpmn-viewer][data-state=ready]").wait_for()
    moved = json.dumps({"done": ["start", "approve_declaration"], "active": ["forward"]})
    page.route("**/state.json", lambda route: route.fulfill(body=moved, content_type="application/json"))
    page.locator('.djs-element.at-active[data-element-id="forward"]').wait_for()


def test_a_click_on_the_drawing_marks_its_line(people: "People", site: str) -> None:
    page = people.open()
    page.goto(f"{site}/viewer")
    page.locator("[data-bpmn-viewer][data-state=ready]").wait_for()
    page.locator('.djs-element[data-element-id="approve_declaration"] .djs-hit').click()
    assert page.locator(".outline .highlighted").all_inner_texts() == ["单位审核"]


def test_versions_are_compared_by_drawing_and_by_setting(people: "People", site: str) -> None:
    page = people.open()
    page.goto(f"{site}/diff")
    page.locator("[data-bpmn-diff][data-state=ready]").wait_for()
    assert [line.split("\n") for line in page.locator(".diff-list > li").all_inner_texts()] == [
        ["新增", "在线签字（用户任务）"],
        ["删除", "线下签字（人工任务）"],
        ["修改", "单位审核（用户任务）", "到期时间：=add working days(now(), 5) → =add working days(now(), 3)"],
    ]
    assert page.locator(".djs-shape.is-changed").count() == 2
    assert_accessible(page)
