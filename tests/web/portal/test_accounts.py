"""工作人员帐号管理 and 申报人帐号管理 in the browser: who may open them, what they show, what they refuse."""

import io
import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from engine.bootstrap import App
from engine.document.workbooks import write_workbook
from engine.flow.batch_running import due_batches, run_batch
from engine.organisation.people_import import applicant_columns, staff_columns
from engine.organisation.tables import account
from engine.reference import load_book
from tests.support.visitor import Page, Visitor

Enter = Callable[[str], Visitor]
STAFF = {"name": "测示新", "role": "case_officer", "mobile": "13000000055", "email": "", "department": "人事处"}
APPLICANT = {
    "name": "测试新增",
    "identity_type": "01",
    "identity_number": "990000199501012019",
    "mobile": "13000000056",
    "department": "内科",
}


@pytest.fixture
def key_of(app: App) -> Callable[[str], int]:
    def key_of(login: str) -> int:
        with app.database.read() as tx:
            return int(tx.value(sa.select(account.c.id).where(account.c.login == login)))

    return key_of


@pytest.mark.catalogue("U4", "A5")
def test_an_administrator_makes_an_officer_who_signs_in_with_six_eights(enter: Enter, site: FastAPI) -> None:
    admin = enter("tv_admin")
    admin.get("/accounts/new")
    page = admin.submit("/accounts/new", **STAFF, login="tv_second")
    assert (page.path, "新增成功，初始密码为 888888，首次登录须修改。" in page.words) == ("/accounts", True)
    assert "测示新" in page.words
    assert Visitor(site).sign_in("tv_second").path == "/password"


@pytest.mark.catalogue("U4")
def test_what_is_wrong_stands_beside_the_field_and_what_was_typed_stays(enter: Enter) -> None:
    admin = enter("tv_admin")
    admin.get("/accounts/new")
    page = admin.submit("/accounts/new", **{**STAFF, "role": "unit_admin", "mobile": ""}, login="tv_third")
    assert (page.status, page.errors) == (422, ["请选择角色", "请填写手机号码"])
    assert page.form("/accounts/new")["name"] == "测示新"


@pytest.mark.catalogue("A5")
def test_outside_demo_mode_the_first_password_is_random_and_shown_once(
    site_with: Callable[..., FastAPI], app: App, key_of: Callable[[str], int]
) -> None:
    site = site_with(demo=False)
    admin = Visitor(site)
    admin.sign_in("tvb_admin")
    admin.get("/accounts/new")
    page = admin.submit("/accounts/new", **STAFF, login="tvb_second")
    found = re.search(r"初始密码 ([0-9A-Za-z]{10}) ", page.words)
    assert found is not None
    assert found[1] not in admin.get(f"/accounts/{key_of('tvb_second')}").words
    assert Visitor(site).sign_in("tvb_second", found[1]).path == "/password"


@pytest.mark.catalogue("U4")
def test_an_officer_is_made_the_leader_on_the_page_of_the_account(enter: Enter, key_of: Callable[[str], int]) -> None:
    admin, place = enter("tvb_admin"), f"/accounts/{key_of('tvb_officer')}"
    page = admin.get(f"{place}/edit")
    assert '<option value="case_officer" selected>经办人</option>' in page.html
    page = admin.submit(f"{place}/edit", role="unit_leader", mobile="13000000077")
    assert (page.path, "角色 单位领导" in page.words) == (place, True)
    assert "修改角色" in page.words
    assert "经办人改为单位领导" in page.words
    admin.get(f"{place}/edit")
    assert admin.submit(f"{place}/edit", role="expert").status == 403
    admin.get(f"{place}/edit")
    admin.submit(f"{place}/edit", role="case_officer")


@pytest.mark.catalogue("U4")
def test_nobody_changes_the_own_role(enter: Enter, key_of: Callable[[str], int]) -> None:
    admin, place = enter("tvb_admin"), f"/accounts/{key_of('tvb_admin')}"
    assert 'name="role"' not in admin.get(f"{place}/edit").html
    page = admin.post(f"{place}/edit", {"csrf_token": admin.csrf, "name": "测示", "role": "unit_leader"})
    assert page.status == 403


@pytest.mark.catalogue("U4")
def test_disabling_somebody_is_asked_and_reversible(enter: Enter, site: FastAPI, key_of: Callable[[str], int]) -> None:
    admin, key = enter("station_admin"), key_of("station_officer")
    assert admin.get(f"/accounts/{key}/disable").heading == "停用“萧示办”的帐号"
    page = admin.submit(f"/accounts/{key}/disable")
    assert "帐号已停用。" in page.words
    assert Visitor(site).sign_in("station_officer").errors == ["该账号已停用，请联系单位管理员。"]
    admin.submit(f"/accounts/{key}/enable")
    assert Visitor(site).sign_in("station_officer").path != "/sign-in"


@pytest.mark.catalogue("U4", "U5")
@pytest.mark.parametrize(
    ("login", "path", "status"),
    [
        ("tv_officer", "/accounts", 403),
        ("tv_leader", "/accounts", 403),
        ("tv_leader", "/applicants", 403),
        ("990000197603121014", "/applicants", 403),
        ("990000197603121014", "/accounts/import", 403),
        ("tv_officer", "/applicants", 200),
        ("tv_admin", "/applicants", 200),
        ("tv_admin", "/accounts?tab=below", 200),
    ],
)
def test_each_role_opens_its_own_lists(enter: Enter, login: str, path: str, status: int) -> None:
    assert enter(login).get(path).status == status


@pytest.mark.catalogue("U4")
def test_accounts_of_other_units_are_not_found(enter: Enter, key_of: Callable[[str], int]) -> None:
    admin = enter("tv_admin")
    for path in ("", "/edit", "/disable", "/password"):
        assert admin.get(f"/accounts/{key_of('medu_officer')}{path}").status == 404


@pytest.mark.catalogue("U5", "Q28", "A5")
def test_a_new_applicant_is_in_the_list_and_signs_in_with_the_number(enter: Enter, site: FastAPI) -> None:
    officer = enter("tv_officer")
    officer.get("/applicants/new")
    page = officer.submit("/applicants/new", **APPLICANT)
    assert (page.path, "测试新增" in page.words) == ("/applicants", True)
    assert Visitor(site).sign_in(APPLICANT["identity_number"]).path == "/password"


@pytest.mark.catalogue("Q36")
def test_who_is_enrolled_elsewhere_is_named_with_the_way_out(enter: Enter) -> None:
    officer = enter("cityhosp_officer")
    officer.get("/applicants/new")
    known = {"name": "赵示一", "identity_number": "990000197603121014"}
    page = officer.submit("/applicants/new", **{**APPLICANT, **known})
    assert page.status == 409
    assert (
        "账户已由“示范医科大学第三附属医院（示例）”建立，如需调整请与该单位联系（林示办、0311-00000004）。"
        in page.words
    )
    asked = officer.submit("/transfers/in/ask")
    assert (asked.heading, asked.form("/transfers/in")["identity_number"]) == ("转入", known["identity_number"])


@pytest.mark.catalogue("U4", "U5")
@pytest.mark.parametrize("kind", ["accounts", "applicants"])
def test_many_are_made_from_a_workbook_and_each_row_says_what_became_of_it(app: App, enter: Enter, kind: str) -> None:
    rows = [
        {"login": "school1_bulk", "name": "测示批", "role": "经办人", "mobile": "13000000044"},
        {"login": "school1_bulk", "name": "测示重", "role": "经办人", "mobile": "13000000045"},
        {"login": "school1_other", "name": "测示误", "role": "校长", "mobile": "130"},
    ]
    columns = staff_columns()
    if kind == "applicants":
        with app.database.read() as tx:
            columns = applicant_columns(load_book(tx, 2026), agency=False)
        rows = [
            {"name": "测试批一", "identity_number": "990000199501013003"},
            {"name": "测试批一", "identity_number": "990000199501013003"},
            {"name": "赵示一", "identity_number": "990000197603121014"},
        ]
        label = columns[1].choices[0]
        rows = [{**row, "identity_type": label, "mobile": "13000000046"} for row in rows]
    admin = enter("school1_admin")
    token = admin.get(f"/{kind}/import").form(f"/{kind}/import/files")["csrf_token"]
    sent = admin.client.post(
        f"/{kind}/import/files",
        data={"csrf_token": token},
        files={"file": ("名单.xlsx", io.BytesIO(write_workbook(columns, rows)))},
    )
    preview = admin.get(sent.url.path)
    assert "共 3 行，其中 2 行有误" in preview.words
    batch = admin.submit(sent.url.path)
    assert batch.path.startswith("/batches/")
    for key in due_batches(app.database):
        run_batch(app.database, key)
    done = admin.get(batch.path)
    assert "登录名已被使用" in done.words if kind == "accounts" else "本单位" in done.words
    assert (
        "测示批" in admin.get("/accounts").words if kind == "accounts" else "测试批一" in admin.get("/applicants").words
    )


@pytest.mark.catalogue("A5")
def test_outside_demo_mode_the_password_of_a_batch_is_shown_once(site_with: Callable[..., FastAPI]) -> None:
    admin = Visitor(site_with(demo=False))
    admin.sign_in("school1_admin")
    row = {"login": "school1_third", "name": "测示三", "role": "经办人", "mobile": "13000000047"}
    admin.get("/accounts/import")
    sent = admin.client.post(
        "/accounts/import/files",
        data={"csrf_token": admin.page.form("/accounts/import/files")["csrf_token"]},
        files={"file": ("名单.xlsx", io.BytesIO(write_workbook(staff_columns(), [row])))},
    )
    admin.get(sent.url.path)
    made = admin.submit(sent.url.path)
    assert made.heading == "正在建立帐号"
    assert re.search(r"初始密码 [0-9A-Za-z]{10} ", made.words) is not None


def test_a_file_that_is_no_workbook_is_refused_with_what_to_do(enter: Enter) -> None:
    admin = enter("school1_admin")
    token = admin.get("/accounts/import").form("/accounts/import/files")["csrf_token"]
    sent = admin.client.post(
        "/accounts/import/files", data={"csrf_token": token}, files={"file": ("名单.xlsx", io.BytesIO(b"none"))}
    )
    said = "这个文件不是能读取的 Excel 工作簿。请下载模板填写后上传 .xlsx 文件；旧的 .xls 文件请先另存为 .xlsx。"
    assert (sent.status_code, Page(sent).errors) == (422, [said])


def test_a_template_is_a_workbook(enter: Enter) -> None:
    answer = enter("school1_admin").client.get("/applicants/import/template")
    assert answer.content[:2] == b"PK"


@pytest.mark.catalogue("Q36", "W2")
def test_a_person_is_offered_to_another_unit_that_finds_the_task_in_its_inbox(app: App, enter: Enter) -> None:
    app.deploy_release()
    officer = enter("tv_officer")
    officer.get("/applicants/new")
    page = officer.submit(
        "/applicants/new", **{**APPLICANT, "name": "测试转出", "identity_number": "990000199501015009"}
    )
    place = next(link for link in page.links if re.fullmatch(r"/applicants/\d+", link))
    assert officer.get(place).heading == "测试转出"
    officer.get(f"{place}/transfer")
    page = officer.submit(f"{place}/transfer", to_unit="示范没有此单位", reason="调出")
    assert page.errors == ["没有找到该单位，请填写单位全称"]
    page = officer.submit(f"{place}/transfer", to_unit="示范省广播电视局（示例）", reason="调出")
    assert "申请已提出，对方单位办理后会通知您。" in page.words
    page = officer.get(f"{place}/transfer")
    page = officer.submit(f"{place}/transfer", to_unit="示范省广播电视局（示例）", reason="再次")
    assert "该人员已有正在办理的转接" in page.words
    assert "接收转入" in enter("tvb_officer").get("/inbox").words


@pytest.mark.catalogue("Q41")
def test_a_wrong_number_is_corrected_on_the_page_and_both_are_told(enter: Enter, site: FastAPI) -> None:
    officer = enter("tv_officer")
    officer.get("/applicants/new")
    page = officer.submit(
        "/applicants/new", **{**APPLICANT, "name": "测试误录", "identity_number": "990000199501016001"}
    )
    place = next(link for link in page.links if re.fullmatch(r"/applicants/\d+", link))
    officer.get(f"{place}/identity")
    page = officer.submit(
        f"{place}/identity",
        name="测试更正",
        identity_type="01",
        identity_number="990000199501017004",
        reason="录入有误",
    )
    assert "测试误录 990000199501016001 更正为 测试更正 990000199501017004。原因：录入有误" in page.words
    assert Visitor(site).sign_in("990000199501016001").path == "/sign-in"
    assert Visitor(site).sign_in("990000199501017004").path == "/password"
