"""Staff change the process in the browser: a field, a step with a form of its own, a deadline. New cases meet it, running ones do not."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.journeys.acting import said
from tests.journeys.conftest import Enter
from tests.journeys.desk import Desk
from tests.support.axe import assert_accessible

if TYPE_CHECKING:
    from playwright.sync_api import Page

DIAGRAM = "/studio/edit?name=declaration/declaration.bpmn"
FIELD = {
    "type": "textfield",
    "id": "verified_by",
    "key": "verified_by",
    "label": "核验方式",
    "validate": {"maxLength": 20},
}
SECOND_LOOK = [
    {"type": "textarea", "id": "second_look", "key": "second_look", "label": "复核意见", "validate": {"required": True}}
]

#: what staff do with the mouse: a user task on the flow to the leader, its form and its people, a nearer deadline for the leader
INSERT = """() => {
  const { modeler } = document.querySelector('[data-bpmn-modeler]');
  const get = (name) => modeler.get(name);
  const [modeling, registry, factory] = [get('modeling'), get('elementRegistry'), get('bpmnFactory')];
  const [flow, leader] = ['unit_needs_leader_to_unit_leader_review', 'unit_leader_review'].map((id) => registry.get(id));
  const task = get('elementFactory').createShape({ type: 'bpmn:UserTask' });
  const [from, to] = [flow.waypoints[0], flow.waypoints.at(-1)];
  modeling.createElements([task], { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }, flow);
  const extensionElements = factory.create('bpmn:ExtensionElements', { values: [
    factory.create('zeebe:UserTask'),
    factory.create('zeebe:FormDefinition', { formId: 'second_look' }),
    factory.create('zeebe:AssignmentDefinition', { candidateGroups: '="case_officer@" + string(review_unit)' }),
  ] });
  modeling.updateProperties(task, { id: 'second_look', name: '院内复核', extensionElements });
  const schedule = leader.businessObject.extensionElements.values.find((value) => value.$type === 'zeebe:TaskSchedule');
  modeling.updateModdleProperties(leader, schedule,
    { dueDate: '=date and time(add working days(today(), 3), time("18:00:00@Asia/Shanghai"))' });
}"""
#: the officer's step says what goes on from it, so the new field is added there
CARRY = """() => {
  const { modeler } = document.querySelector('[data-bpmn-modeler]');
  const step = modeler.get('elementRegistry').get('unit_officer_review');
  const mapping = step.businessObject.extensionElements.values.find((value) => value.$type === 'zeebe:IoMapping');
  const output = modeler.get('bpmnFactory').create('zeebe:Output', { source: '=verified_by', target: 'verified_by' });
  output.$parent = mapping;
  modeler.get('modeling').updateModdleProperties(step, mapping,
    { outputParameters: [...mapping.outputParameters, output] });
}"""
BREAK = """() => {
  const { modeler } = document.querySelector('[data-bpmn-modeler]');
  const flow = modeler.get('elementRegistry').get('unit_officer_outcome_to_unit_needs_leader');
  modeler.get('modeling').updateModdleProperties(flow, flow.businessObject.conditionExpression, { body: '=outcome = ' });
}"""


def open_diagram(page: "Page") -> None:
    page.goto(DIAGRAM)
    page.locator("[data-bpmn-modeler][data-state=ready]").wait_for()


def publish_diagram(page: "Page") -> str:
    """Press 发布 and confirm; what the page says."""
    page.get_by_role("button", name="发布", exact=True).click()
    page.locator("#confirm [data-confirm-yes]").click()
    return page.locator("#toasts .toast span").last.inner_text()


def edit_form(page: "Page", name: str, change: Callable[[list[Any]], list[Any]]) -> None:
    """Put the changed text of a form into its editor."""
    page.goto(f"/studio/edit?name={name}")
    text = page.locator("#content")
    form = json.loads(text.input_value())
    form["components"] = change(form["components"])
    text.fill(json.dumps(form, ensure_ascii=False, indent=2))


def newest(page: "Page", name: str) -> int:
    """The version in force."""
    page.goto(f"/studio/versions?name={name}")
    return int(page.locator("tbody tr th").first.inner_text().split()[1])


def test_a_field_is_added_to_a_form_and_carried_on(desk: Desk, enter: Enter) -> None:
    running = desk.submitted()
    page = enter("designer")
    before = newest(page, "declaration/officer_review.form")
    page.goto("/studio?kind=form")
    assert_accessible(page)
    edit_form(page, "declaration/officer_review.form", lambda components: [FIELD, *components])
    page.locator("#preview").get_by_label("核验方式").wait_for()
    assert_accessible(page)
    page.get_by_role("button", name="发布").click()
    page.locator("main .alert").first.wait_for()
    assert said(page)[0] == f"已发布第 {before + 1} 版，新启动的流程按此版办理"
    open_diagram(page)
    page.evaluate(CARRY)
    assert publish_diagram(page).startswith("已发布第")
    officer = enter("hosp3_officer")
    officer.goto(f"/declarations/{running.case_key}/review")
    assert officer.get_by_label("核验方式").count() == 0
    fresh = desk.submitted()
    officer.goto(f"/declarations/{fresh.case_key}/review")
    officer.get_by_label("核验方式").fill("学信网在线核验")
    officer.get_by_role("button", name="通过").click()
    officer.wait_for_url(lambda address: f"/{fresh.case_key}/" not in address)
    officer.goto(f"/cases/{fresh.case_key}/print")
    assert "学信网在线核验" in officer.locator("main").inner_text()


def test_a_form_that_is_broken_is_not_published(enter: Enter) -> None:
    page = enter("designer")
    before = newest(page, "declaration/leader_review.form")
    page.goto("/studio/edit?name=declaration/leader_review.form")
    page.locator("#content").fill('{"type": "default", "components": [')
    page.get_by_role("button", name="发布").click()
    page.locator("main .alert.bad").first.wait_for()
    assert page.locator("#content").input_value() == '{"type": "default", "components": ['
    assert newest(page, "declaration/leader_review.form") == before


def test_a_step_is_drawn_in_and_only_new_cases_meet_it(desk: Desk, enter: Enter) -> None:
    running = desk.submitted()
    page = enter("designer")
    page.goto("/studio?kind=form")
    page.get_by_role("button", name="新建表单").click()
    page.locator("#form-id").fill("second_look")
    page.locator("#form-name").fill("院内复核")
    page.get_by_role("button", name="开始编辑").click()
    page.wait_for_url("**/studio/edit?**")
    edit_form(page, "second_look/second_look.form", lambda _: SECOND_LOOK)
    page.get_by_role("button", name="发布").click()
    page.get_by_text("已发布第 1 版").wait_for()
    before = newest(page, "declaration/declaration.bpmn")
    open_diagram(page)
    page.evaluate(INSERT)
    assert publish_diagram(page) == f"已发布第 {before + 1} 版，新启动的流程按此版办理"
    page.goto(f"/studio/compare?name=declaration/declaration.bpmn&left={before}&right={before + 1}")
    page.locator("[data-bpmn-diff][data-state=ready]").wait_for()
    page.locator("pre.diff .added", has_text="院内复核").first.wait_for(state="attached")

    fresh = desk.submitted()
    desk.run(lambda: [story.review("approve", recommendation_notice="已公示。") for story in (running, fresh)])
    assert (desk.status(running.case_key), desk.element(running.case_key)) == ("待领导审核", "unit_leader_review")
    assert desk.element(fresh.case_key) == "second_look"

    officer = enter("hosp3_officer")
    officer.goto("/inbox")
    officer.locator(f'a[href="/tasks/{desk.open_task(fresh.case_key)}"]').last.click()
    officer.get_by_role("heading", name="办理意见").wait_for()
    assert "院内复核" in officer.locator(".page-head").inner_text()
    assert "测试申报人" in officer.locator("main").inner_text()
    assert_accessible(officer)
    officer.locator("#task-form").get_by_role("button", name="提交").click()
    assert officer.locator("#error-summary li").all_inner_texts() == ["请填写“复核意见”"]
    officer.get_by_label("复核意见").fill("院内复核无误。")
    officer.locator("#task-form").get_by_role("button", name="提交").click()
    officer.wait_for_url(lambda address: "/tasks/" not in address or str(fresh.case_key) in address)
    assert desk.element(fresh.case_key) == "unit_leader_review"
    leader = enter("hosp3_leader")
    due = {}
    for story in (running, fresh):
        leader.goto(f"/declarations/{story.case_key}/review")
        due[story.case_key] = leader.locator("ul.facts").inner_text()
    assert ("还有 10 个工作日" in due[running.case_key], "还有 3 个工作日" in due[fresh.case_key]) == (True, True)


def test_a_diagram_with_a_fault_is_not_published(enter: Enter) -> None:
    page = enter("designer")
    before = newest(page, "declaration/declaration.bpmn")
    open_diagram(page)
    page.evaluate(BREAK)
    assert "没有发布" in publish_diagram(page)
    fault = page.locator(".findings-list li", has=page.locator(".finding-error"))
    assert fault.count() == 1
    assert "通过：" in fault.inner_text()
    page.on("dialog", lambda dialog: dialog.accept())  # the page warns that the change was not saved
    assert newest(page, "declaration/declaration.bpmn") == before
