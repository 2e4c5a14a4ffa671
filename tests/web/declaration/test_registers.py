"""外部数据: the page of the title office that takes registers in from files."""

import pytest

from engine.bootstrap import App
from engine.declaration.register_files import disconnect_register
from engine.declaration.registers import RegisterKind
from tests.declaration.people import actor_of_login
from tests.web.declaration.conftest import Enter, Tell, let_in


def upload(visitor: object, name: str, data: bytes) -> str:
    client, token = visitor.client, visitor.csrf  # type: ignore[attr-defined]
    files = {"file": (name, data, "application/octet-stream")}
    answer = client.post("/registers/social_insurance", data={"csrf_token": token}, files=files)
    return str(answer.text)


@pytest.mark.catalogue("J21", "J26")
def test_a_file_connects_a_register_and_a_button_disconnects_it(app: App, tell: Tell, enter: Enter) -> None:
    number = tell().applicant.login
    let_in(app, "office_admin")
    visitor = enter("office_admin")
    page = visitor.get("/registers")
    assert (page.heading, page.words.count("未接通：由申报人填写")) == ("外部数据", 3)
    html = upload(visitor, "社保.csv", f"证件号码,缴费单位\n{number},示范单位\n123,示范单位\n".encode())
    assert "已导入 1 人，共读取 2 行" in html
    assert "第 3 行：" in html
    assert (
        "请选择要导入的文件（.xlsx、.csv 或 .json）。"
        in visitor.post("/registers/social_insurance", {"csrf_token": visitor.csrf}).html
    )
    page = visitor.post("/registers/social_insurance/disconnect", {"csrf_token": visitor.csrf})
    assert page.words.count("未接通：由申报人填写") == 3
    assert visitor.get("/registers/education/template").status == 200
    assert visitor.get("/registers/tax/template").status == 404
    with app.database.transaction() as tx:
        disconnect_register(tx, actor_of_login(tx, "office_admin", "title_office_admin"), RegisterKind.SOCIAL_INSURANCE)


def test_nobody_else_opens_it(app: App, enter: Enter) -> None:
    let_in(app, "hosp3_officer")
    assert enter("hosp3_officer").get("/registers").status == 403
