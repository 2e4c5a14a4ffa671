"""Many units from a workbook: checked before anything is written, all of them or row by row."""

import io
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from engine.bootstrap import App
from engine.document.workbooks import write_workbook
from engine.flow.batch_running import due_batches, run_batch
from engine.organisation.tables import account, unit
from engine.organisation.unit_import import columns_of
from tests.support.visitor import Visitor
from tests.web.units.conftest import send_file

Enter = Callable[[str], Visitor]
ROW = {
    "name": "测试一院（示例）",
    "region": "石家庄市长安区",
    "category": "医疗卫生机构",
    "nature": "事业单位",
    "industry": "卫生和社会工作",
    "responsible_person": "测试领导",
}


def workbook(*rows: Mapping[str, Any]) -> bytes:
    return write_workbook(columns_of(None), [{**ROW, **row} for row in rows])


def codes(app: App, *names: str) -> list[str]:
    with app.database.read() as tx:
        found = sa.select(unit.c.code).where(unit.c.name.in_(names)).order_by(unit.c.id)
        return [row.code for row in tx.rows(found)]


@pytest.mark.catalogue("U3")
def test_a_sound_workbook_is_imported_together(app: App, enter: Enter) -> None:
    admin = enter("medu_admin")
    admin.get("/units/import")
    content = workbook(
        {"code": "2001", "name": "甲院（示例）", "may_form_committee": "是"},
        {
            "code": "0001",
            "name": "甲院门诊（示例）",
            "superior": "0001-0101-0001-2001",
            "login": "jia_clinic",
            "leader_review": "否",
        },
    )
    page = send_file(admin, "/units/import/files", "机构.xlsx", content)
    assert "共 2 行，其中 0 行有误" in page.words
    action = page.path
    page = admin.submit(action, way="together")
    assert page.heading == "已导入 2 个机构"
    assert codes(app, "甲院（示例）", "甲院门诊（示例）") == ["2001", "0001"]
    with app.database.read() as tx:
        logins = sa.select(account.c.login).where(account.c.login.in_(["jia_clinic", "0001-0101-0001-2001"]))
        assert sorted(row.login for row in tx.rows(logins)) == ["0001-0101-0001-2001", "jia_clinic"]
        clinic = tx.row(sa.select(unit).where(unit.c.name == "甲院门诊（示例）"))
    assert clinic is not None
    assert (clinic.leader_review, clinic.region, clinic.category) == (False, "130102", "hospital")


def test_what_is_wrong_is_said_by_row_and_column_and_nothing_is_half_imported(app: App, enter: Enter) -> None:
    admin = enter("medu_admin")
    admin.get("/units/import")
    content = workbook(
        {"code": "2101", "name": "乙院（示例）"},
        {"code": "2101", "name": "乙二院（示例）", "region": "火星"},
        {"code": "2102", "name": "丙院（示例）", "superior": "0001-0102"},
        {"code": "2103", "name": "丁院（示例）", "may_create_committee": "是", "contact_phone": "0311-123456789"},
    )
    page = send_file(admin, "/units/import/files", "机构.xlsx", content)
    assert "共 4 行，其中 3 行有误" in page.words
    for sentence in (
        "机构代码：该代码已被同一上级的其他机构使用，请换一个",
        "所属区域：请从模板的下拉列表中选择",
        "上级机构代码：没有找到代码为 0001-0102 的上级机构，或者它不在您的管理范围内",
        "评委会创建权：上级机构没有评委会创建权，不能授予下级",
        "联系电话：最多 12 个字符，现有 13 个",
    ):
        assert sentence in page.words
    action = page.path
    refused = admin.submit(action, way="together")
    assert refused.status == 422
    assert "有 3 行有误，没有导入任何机构，请修改后重新上传。" in refused.words
    assert codes(app, "乙院（示例）") == []
    admin.get(action)
    started = admin.submit(action, way="rows")
    assert started.heading == "正在导入"
    for batch in due_batches(app.database):
        run_batch(app.database, batch)
    assert codes(app, "乙院（示例）", "乙二院（示例）", "丙院（示例）", "丁院（示例）") == ["2101"]
    address = next(link for link in started.links if link.startswith("/batches/"))
    report = admin.get(address)
    assert "第 3 行" in report.words
    assert "所属区域：请从模板的下拉列表中选择" in report.words


def test_the_template_offers_the_choices_and_can_be_read_again(app: App, enter: Enter) -> None:
    from openpyxl import load_workbook

    admin = enter("medu_admin")
    answer = admin.client.get("/units/import/template")
    book = load_workbook(io.BytesIO(answer.content))
    titles = [cell.value for cell in next(book.worksheets[0].iter_rows(max_row=1))]
    assert titles[:4] == ["上级机构代码", "机构代码*", "机构名称*", "所属区域*"]
    assert len(titles) == 23
    assert "石家庄市长安区" in [cell.value for cell in book["选项"]["A"]]


def test_a_file_that_is_no_workbook_and_somebody_elses_are_refused(enter: Enter) -> None:
    admin, other = enter("medu_admin"), enter("health_admin")
    admin.get("/units/import")
    page = send_file(admin, "/units/import/files", "机构.xlsx", b"%PDF-1.4 nothing")
    assert page.status == 422
    admin.get("/units/import")
    kept = send_file(admin, "/units/import/files", "机构.xlsx", workbook({"code": "2201"}))
    assert kept.status == 200
    assert other.get(kept.path).status == 404
