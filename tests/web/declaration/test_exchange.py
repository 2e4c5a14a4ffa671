"""报盘模板管理 on its pages (U21, Q10)."""

from collections.abc import Callable

import pytest

from engine.bootstrap import App
from engine.declaration.exchange.certificate_sources import NATIONAL
from engine.declaration.exchange.tables import exchange_template
from engine.document.workbooks import Column, write_workbook
from engine.flow.batch_running import due_batches, run_batch
from tests.declaration.people import identity_number
from tests.declaration.story import Story
from tests.support.visitor import Page, Visitor
from tests.web.declaration.conftest import Enter

Tell = Callable[..., Story]
EXPORT = {
    "name": "报送人才库",
    "receiver": "省人才信息库",
    "direction": "export",
    "columns[0].title": "姓名",
    "columns[0].source": "name",
    "columns[0].format": "label",
    "columns[1].title": "系统",
    "columns[1].text": "职评",
}
IMPORT = {
    "name": "人事系统",
    "receiver": "单位人事系统",
    "direction": "import",
    "columns[0].title": "职工姓名",
    "columns[0].source": "name",
    "columns[1].title": "身份证",
    "columns[1].source": "identity_number",
    "columns[2].title": "手机",
    "columns[2].source": "mobile",
}


@pytest.fixture
def officer(app: App, enter: Enter) -> Visitor:
    with app.database.transaction() as tx:
        tx.execute(exchange_template.delete())
    return enter("hosp3_officer")


def saved(officer: Visitor, values: dict[str, str]) -> str:
    """The address of a map kept on its page."""
    officer.get("/exchange-templates/new")
    page = officer.submit("/exchange-templates/new", **values)
    assert page.path == "/exchange-templates"
    return next(link for link in page.links if link.endswith(("/export", "/import")))


def upload(officer: Visitor, address: str, content: bytes) -> Page:
    officer.get(address)
    files = {"file": ("人事导出.xlsx", content)}
    return Page(officer.client.post(address, data={"csrf_token": officer.csrf}, files=files))


@pytest.mark.catalogue("U21")
def test_a_map_is_kept_shown_and_exported_by(app: App, officer: Visitor, tell: Tell) -> None:
    tell().submitted()
    preview = officer.get(saved(officer, EXPORT))
    assert "测试申报人" in preview.words
    assert "职评" in preview.words
    batch = officer.submit(preview.path.partition("?")[0])
    for key in due_batches(app.database):
        run_batch(app.database, key)
    assert "下载文件" in officer.get(batch.path).words


@pytest.mark.catalogue("U21", "Q10")
def test_the_shipped_map_of_certificates_is_kept_as_one_s_own(officer: Visitor) -> None:
    page = officer.get("/exchange-templates/new?from=national")
    assert (page.status, "证书编号" in page.html, "出生日期" in page.html) == (200, True, True)
    sources = {f"columns[{at}].source": one["source"] for at, one in enumerate(NATIONAL)}
    page = officer.submit("/exchange-templates/new", name="全国查询", direction="certificates", **sources)
    assert (page.path, "报送职称证书" in page.words) == ("/exchange-templates", True)
    assert [link for link in page.links if link.endswith(("/export", "/import"))] == []


@pytest.mark.catalogue("U21")
def test_a_workbook_of_another_system_leads_to_the_applicants_it_lists(officer: Visitor) -> None:
    address = saved(officer, IMPORT)
    columns = [Column(title, title) for title in ("序号", "手机", "职工姓名", "身份证")]
    people = [
        {"序号": 1, "职工姓名": "测试甲", "身份证": identity_number(), "手机": "13000000001"},
        {"序号": 2, "职工姓名": "测试乙", "身份证": "990000198503101001", "手机": "13000000002"},
    ]
    page = upload(officer, address, write_workbook(columns, people))
    assert page.path.startswith("/applicants/import/")
    assert "测试甲" in page.words
    assert "校验位" in page.words


def test_a_workbook_without_a_column_of_the_map_says_which(officer: Visitor) -> None:
    address = saved(officer, IMPORT)
    content = write_workbook([Column("a", "职工姓名"), Column("b", "手机")], [{"a": "测试甲", "b": "13000000001"}])
    page = upload(officer, address, content)
    assert (page.status, page.errors) == (422, ["表格缺少这些列：身份证。请下载模板，按模板的标题填写。"])


def test_what_is_wrong_with_a_map_is_said_at_its_column_and_nothing_is_lost(officer: Visitor) -> None:
    officer.get("/exchange-templates/new")
    page = officer.submit("/exchange-templates/new", **{**EXPORT, "columns[1].title": "姓名"})
    assert page.status == 422
    assert "列标题“姓名”重复，请改成不同的标题" in page.html
    assert page.form("/exchange-templates/new")["receiver"] == "省人才信息库"


def test_leaders_and_applicants_have_no_such_menu(enter: Enter, tell: Tell) -> None:
    leader = enter("hosp3_leader")
    assert "报盘模板管理" not in leader.get("/declarations").words
    assert enter(tell().applicant.login).get("/exchange-templates").status == 403
