"""What people do at the browser, told once: signing in, filling a form by what it asks for, deciding."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine.declaration.demo_files import page as paper
from engine.declaration.demo_files import portrait

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

#: the manual's first password of everybody
PASSWORD = "8" * 6
NEW_PASSWORD = "Huaibei-4821"


def sign_in(page: "Page", login: str, password: str = PASSWORD) -> None:
    """Type the account and go where it leads."""
    page.goto("/sign-in")
    page.get_by_label("证件号码").fill(login)
    page.get_by_label("密码").fill(password)
    page.locator("form[action='/sign-in']").get_by_role("button", name="登录").click()
    page.wait_for_url(lambda address: "/sign-in" not in address)


def sign_out(page: "Page") -> None:
    page.locator("header details.menu > summary").last.click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/sign-in")


def file_of(name: str) -> dict[str, Any]:
    """A file as a browser picks it from the disk, made now."""
    if name.endswith(".jpg"):
        return {"name": name, "mimeType": "image/jpeg", "buffer": portrait()}
    return {"name": name, "mimeType": "application/pdf", "buffer": paper(name.removesuffix(".pdf"))}


def fill_section(page: "Page", section: str, value: Any) -> None:
    """Fill a section of the dossier; rows are added as they are needed."""
    if isinstance(value, Mapping):
        fill_fields(page, section, value)
        return
    for number, row in enumerate(value):
        if number:
            page.locator(f"#f-{section}--add").click()
            page.locator(f"#f-{section}-{number}").wait_for()
        fill_fields(page, f"{section}[{number}]", row)


def fill_fields(page: "Page", path: str, values: Mapping[str, Any]) -> None:
    """Fill the inputs below `path` in their order: choices by their value, files by their names."""
    for key, value in values.items():
        name = f"{path}.{key}"
        if isinstance(value, list):
            upload(page, name, value)
        else:
            fill_field(page.locator(f'[name="{name}"]'), str(value))


def fill_field(field: "Locator", value: str) -> None:
    if field.evaluate("field => field.tagName") == "SELECT":
        field.select_option(value)
    else:
        field.fill(value)


def upload(page: "Page", field: str, names: Sequence[str]) -> None:
    """Pick files for an input, and wait until each is stored."""
    upload = page.locator(f'[data-upload][data-field="{field}"]')
    upload.locator("input[type=file]").set_input_files([file_of(name) for name in names])
    if upload.get_attribute("data-portrait") is not None:
        page.get_by_role("button", name="使用这张照片").click()
    for name in names:
        upload.get_by_role("link", name=name).first.wait_for()


def decide(page: "Page", button: str, opinion: str = "") -> None:
    """Write the opinion on the review page that is open, and press the button."""
    if opinion:
        page.get_by_label("审核意见").fill(opinion)
    page.get_by_role("group", name="审核结果").get_by_role("button", name=button).click()


def said(page: "Page") -> list[str]:
    """The messages at the top of the page, once there is one."""
    page.locator("main .alert").first.wait_for()
    return [text.strip() for text in page.locator("main .alert").all_inner_texts()]


def choose_more(page: "Page", button: str) -> None:
    """Press a button under 更多 and confirm it."""
    page.locator(".outcomes details.menu > summary").click()
    page.locator(".outcomes details.menu").get_by_role("button", name=button).click()
    page.locator("#confirm").get_by_role("button", name=button).click()
