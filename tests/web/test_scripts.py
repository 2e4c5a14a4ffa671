"""What the small scripts of every page do for whoever uses it."""

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest

from tests.support.axe import assert_accessible
from tests.web.sample import Received
from web.assets import has_asset

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.browser import People

pytestmark = pytest.mark.skipif(not has_asset("vendor/app.js"), reason="the browser side is not built: make setup")

PDF = {"name": "证明.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 test"}


@pytest.fixture
def style(people: "People", site: str, received: Received) -> "Page":
    received.posts.clear()
    page = people.open()
    page.goto(f"{site}/style")
    return page


def file_ids(page: "Page") -> list[str]:
    return page.eval_on_selector_all('input[name="proof"][type=hidden]', "(all) => all.map((one) => one.value)")


def test_the_counter_counts_characters_as_the_server_does(style: "Page") -> None:
    style.locator("#opinion").fill("同意𠮷\n推荐")
    assert style.locator('[data-counter="opinion"]').inner_text() == "6 / 1000"
    style.locator("#opinion").evaluate(
        "(field) => { field.value = '字'.repeat(1001); field.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    assert style.locator('[data-counter="opinion"].over').inner_text() == "1001 / 1000"


def test_the_summary_takes_the_focus_and_leads_into_the_field(style: "Page") -> None:
    assert style.evaluate("document.activeElement.id") == "error-summary"
    style.get_by_role("link", name="身份证号校验位不正确，请核对第 18 位").click()
    assert style.evaluate("document.activeElement.id") == "identity"


def test_what_is_typed_is_saved_by_itself(style: "Page", received: Received) -> None:
    style.locator("#name").fill("测试申报人")
    style.get_by_text("已自动保存 10:33").wait_for()
    body = parse_qs(next(body for path, body in received.posts if path == "/autosave"))
    assert (body["name"], body["csrf_token"]) == (["测试申报人"], ["token"])


@pytest.mark.parametrize(("status", "words"), [(0, "网络中断"), (401, "登录已过期"), (503, "系统正忙")])
def test_what_cannot_be_saved_is_kept_and_sent_again(
    style: "Page", received: Received, status: int, words: str
) -> None:
    style.route("**/autosave", lambda route: route.abort() if status == 0 else route.fulfill(status=status))
    style.locator("#name").fill("测试申报人")
    style.locator("[data-saved].failed", has_text=words).wait_for()
    assert style.locator("#name").input_value() == "测试申报人"
    kept = style.evaluate("sessionStorage.getItem('draft:17:/autosave')")
    assert parse_qs(kept)["name"] == ["测试申报人"]
    assert "csrf_token" not in kept
    style.unroute("**/autosave")
    style.on("dialog", lambda dialog: dialog.accept())
    style.reload()
    style.wait_for_function("() => sessionStorage.getItem('draft:17:/autosave') === null")
    assert [parse_qs(body)["name"] for path, body in received.posts if path == "/autosave"] == [["测试申报人"]]


def test_signing_out_wipes_what_was_kept(style: "Page") -> None:
    style.evaluate("sessionStorage.setItem('draft:17:/other', 'name=x')")
    style.locator("details.menu summary").last.click()
    style.route("**/sign-out", lambda route: route.fulfill(status=204))
    style.get_by_role("button", name="退出登录").click()
    assert style.evaluate("sessionStorage.length") == 0


def test_a_refused_save_says_why(style: "Page") -> None:
    style.route("**/autosave", lambda route: route.fulfill(status=409, json={"message": "另一个页面已修改此部分"}))
    style.locator("#name").fill("甲")
    style.locator("[data-saved].failed", has_text="另一个页面已修改此部分").wait_for()


def test_a_file_is_uploaded_and_its_id_is_part_of_the_form(style: "Page", received: Received) -> None:
    style.locator("#proof").set_input_files([PDF])
    style.get_by_role("link", name="证明.pdf").wait_for()
    assert file_ids(style) == ["f1", "f2", "f9"]
    style.get_by_text("已自动保存 10:33").wait_for()
    assert parse_qs(next(body for path, body in received.posts if path == "/autosave"))["proof"] == ["f1", "f2", "f9"]
    assert style.locator(".upload.full .drop").is_hidden()
    assert_accessible(style)


def test_a_file_is_deleted_and_brought_back(style: "Page") -> None:
    style.get_by_role("button", name="删除 社保缴费证明-2026.pdf").click()
    assert file_ids(style) == ["f2"]
    style.get_by_role("button", name="撤销").click()
    assert file_ids(style) == ["f1", "f2"]


def test_a_file_is_replaced_in_its_place(style: "Page") -> None:
    with style.expect_file_chooser() as chooser:
        style.get_by_role("button", name="替换").first.click()
    chooser.value.set_files([PDF])
    style.get_by_role("link", name="证明.pdf").wait_for()
    assert file_ids(style) == ["f9", "f2"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("成绩.xlsx", b"x", "只能上传 PDF、JPG、PNG 文件"),
        ("空.pdf", b"", "文件是空的，请检查后再上传"),
        ("大.pdf", b"x" * (10 * 1048576 + 1), "文件 10.0 MB，超过了 10 MB，请压缩后再上传"),
    ],
)
def test_a_wrong_file_is_told_before_it_is_sent(
    style: "Page", tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    style.locator("#proof").set_input_files([str(tmp_path / name)])
    style.locator(".file.failed .error", has_text=words).wait_for()
    assert file_ids(style) == ["f1", "f2"]


def test_a_failed_upload_can_be_tried_again(style: "Page") -> None:
    style.route("**/upload", lambda route: route.abort())
    style.locator("#proof").set_input_files([PDF])
    style.get_by_text("网络中断，没有传完，请重试").wait_for()
    style.unroute("**/upload")
    style.get_by_role("button", name="重试").click()
    style.get_by_role("link", name="证明.pdf").wait_for()
    assert file_ids(style) == ["f1", "f2", "f9"]


def test_more_files_than_allowed_are_not_sent(style: "Page") -> None:
    style.locator("#proof").set_input_files([PDF, {**PDF, "name": "二.pdf"}])
    style.get_by_text("最多 3 个文件，多出的没有上传。").wait_for()
    style.get_by_role("link", name="证明.pdf").wait_for()
    assert file_ids(style) == ["f1", "f2", "f9"]


def test_the_keyboard_walks_ticks_and_opens(style: "Page") -> None:
    style.evaluate("document.activeElement.blur()")
    for key in "jjkx":
        style.keyboard.press(key)
    assert style.locator("tr.at").get_attribute("data-href") == "/tasks/0"
    assert style.locator("[data-bulk-count]").inner_text() == "已选 1 项"
    style.keyboard.press("j")
    style.keyboard.press("Enter")
    style.wait_for_url("**/tasks/1")


def test_the_keyboard_finds_the_search_and_can_be_switched_off(style: "Page") -> None:
    style.evaluate("document.activeElement.blur()")
    style.keyboard.press("/")
    assert style.evaluate("document.activeElement.name") == "q"
    style.keyboard.type("j")
    assert style.locator("[data-search]").input_value() == "j"
    style.locator("details.menu summary").last.click()
    style.get_by_role("button", name="关", exact=True).click()
    style.keyboard.press("Escape")
    style.evaluate("document.activeElement.blur()")
    style.keyboard.press("j")
    assert style.locator("tr.at").count() == 0
    style.keyboard.press("Control+k")
    assert style.evaluate("document.activeElement.name") == "q"


def test_ticking_raises_the_bar_and_counts(style: "Page") -> None:
    assert style.locator("[data-bulk]").is_hidden()
    style.locator("[data-pick]").nth(0).click()
    style.locator("[data-pick]").nth(2).click(modifiers=["Shift"])
    assert style.locator("[data-bulk-count]").inner_text() == "已选 3 项"
    assert style.locator("[data-pick-all]").evaluate("(box) => box.indeterminate")
    style.locator("[data-pick-all]").check()
    assert style.locator("[data-bulk-count]").inner_text() == "已选 5 项"
    assert_accessible(style)
    style.get_by_role("button", name="取消选择").click()
    assert style.locator("[data-bulk]").is_hidden()


def test_a_confirmed_button_acts_once_it_is_confirmed(style: "Page", received: Received) -> None:
    style.locator("[data-pick]").nth(1).check()
    style.locator("[data-bulk] [data-confirm]").click()
    assert style.locator("[data-confirm-text]").inner_text() == "将一并审核所选的 1 份材料，是否继续？"
    style.locator("#confirm").get_by_role("button", name="取消").click()
    assert received.posts == []
    style.locator("[data-bulk] [data-confirm]").click()
    with style.expect_request("**/batch") as sent:
        style.locator("#confirm").get_by_role("button", name="确定").click()
    assert parse_qs(sent.value.post_data or "")["ids"] == ["1"]


def test_a_form_is_sent_once(style: "Page") -> None:
    outcomes = style.locator('form[action="/decide"]').evaluate("""(form) => {
      const outcomes = [];
      window.addEventListener('submit', (event) => { outcomes.push(event.defaultPrevented); event.preventDefault(); });
      form.requestSubmit(form.querySelector('.primary'));
      form.requestSubmit(form.querySelector('.primary'));
      return outcomes;
    }""")
    assert outcomes == [False, True]
    assert style.get_by_role("button", name="通过", exact=True).first.get_attribute("aria-busy") == "true"


def test_theme_and_density_stay(style: "Page", received: Received, site: str) -> None:
    style.locator("details.menu summary").last.click()
    with style.expect_request("**/preferences"):
        style.get_by_role("button", name="深色").click()
    style.get_by_role("button", name="紧凑").click()
    assert style.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 21, 28)"
    style.goto(f"{site}/style")
    assert style.evaluate("({...document.documentElement.dataset})") == {
        "theme": "dark",
        "density": "compact",
        "keys": "on",
    }
    assert_accessible(style)


def test_the_navigation_stays_folded(style: "Page", site: str) -> None:
    style.get_by_role("button", name="收起或展开左侧菜单").click()
    style.goto(f"{site}/style")
    assert style.locator("nav.nav").is_hidden()
    style.get_by_role("button", name="收起或展开左侧菜单").click()
    assert style.locator("nav.nav").is_visible()


def test_an_error_never_replaces_a_piece(style: "Page") -> None:
    style.route(
        "**/piece",
        lambda route: route.fulfill(status=409, body="<p data-message>此事已由别人办理</p>", content_type="text/html"),
    )
    style.evaluate("htmx.ajax('GET', '/piece', { target: '#s2' })")
    style.locator(".toast.bad", has_text="此事已由别人办理").wait_for()
    assert style.locator("#name").is_visible()


def test_an_answer_with_faults_of_the_form_replaces_it(style: "Page") -> None:
    style.route(
        "**/piece", lambda route: route.fulfill(status=422, body="<p>请填写“姓名”</p>", content_type="text/html")
    )
    style.evaluate("htmx.ajax('GET', '/piece', { target: '#s2' })")
    style.locator("#s2", has_text="请填写“姓名”").wait_for()
