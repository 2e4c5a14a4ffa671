"""次级机构管理: the list, the form, the page of a unit, and who may do what there."""

from collections.abc import Callable, Mapping

import pytest
import sqlalchemy as sa

from engine.bootstrap import App
from engine.organisation.tables import account, unit
from tests.support.visitor import Page, Visitor

Enter = Callable[[str], Visitor]
UnitId = Callable[[str], int]
COLUMNS = ["机构代码", "机构名称", "机构单位类别", "机构联系人", "机构所在区域", "机构分管人", "操作"]


#: boxes nobody ticked; the visitor's page does not know
BOXES = {"may_create_committee", "may_form_committee", "is_agency", "leader_review", "cascade"}


def send(visitor: Visitor, action: str, **typed: str) -> Page:
    """Fill in the form of the present page with boxes only where `typed` names them, and send it."""
    held = {name: value for name, value in visitor.page.form(action).items() if name not in BOXES}
    return visitor.post(action, {**held, **typed})


def rows(visitor: Visitor) -> list[str]:
    """The names in the list, in order."""
    import re

    found = re.findall(r'<th scope="row"[^>]*><a href="/units/\d+">([^<]*)</a>', visitor.page.html)
    return [name.strip() for name in found]


@pytest.mark.catalogue("U1", "U2", "A8")
def test_the_list_has_the_manuals_filters_and_columns(enter: Enter) -> None:
    import re

    admin = enter("office_admin")
    page = admin.get("/units")
    labels = re.findall(r'<label for="filter-[a-z_]+">([^<]*)</label>', page.html)
    heads = re.findall(r'<th scope="col"[^>]*>\s*(?:<span class="sr-only">)?([^<\s]*)', page.html)
    assert labels[:5] == ["机构名称", "机构单位类别", "机构联系人", "所属区域", "机构分管人"]
    assert heads == COLUMNS
    assert all(word in page.words for word in ("查询", "重置", "新增", "共 15 条", "10 条/页"))
    assert all(word in page.words for word in ("编辑", "停用", "重置密码", "详情"))
    assert page.heading == "次级机构管理"


@pytest.mark.catalogue("U1")
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("name=第三附属", ["示范医科大学第三附属医院（示例）"]),
        ("category=university", ["示范医科大学（示例）"]),
        ("contact_person=林示", ["示范医科大学第三附属医院（示例）"]),
        (
            "region=130623",
            [
                "示范县教育局（示例）",
                "示范县第一中学（示例）",
                "示范县农业农村局（示例）",
                "示范县农业技术推广站（示例）",
            ],
        ),
        ("region=130100&category=hospital", ["示范医科大学第三附属医院（示例）"]),
        ("responsible_person=罗示领", ["示范省卫生健康委员会（示例）"]),
        ("state=disabled", []),
    ],
)
def test_each_filter_narrows_the_list(enter: Enter, query: str, names: list[str]) -> None:
    admin = enter("office_admin")
    page = admin.get(f"/units?{query}")
    assert rows(admin) == names
    assert ("暂无数据" in page.words) == (not names)


@pytest.mark.catalogue("U2", "Q4")
def test_the_list_shows_the_full_code_and_only_ones_own_subtree(enter: Enter) -> None:
    admin = enter("medu_admin")
    page = admin.get("/units")
    assert rows(admin) == ["示范医科大学第三附属医院（示例）"]
    assert "0001-0101-0001-0003" in page.words
    empty = enter("tv_admin").get("/units")
    assert "暂无数据" in empty.words


@pytest.mark.catalogue("U3", "A9", "Q4", "A5")
def test_a_unit_is_opened_with_its_administrators_account(
    app: App, enter: Enter, unit_id: UnitId, form: Mapping[str, str]
) -> None:
    admin = enter("medu_admin")
    admin.get("/units/new")
    assert "0 / 4" in admin.page.words
    assert "不填则用完整机构代码" in admin.page.words
    page = send(admin, "/units/new", **form, code="0008", name="示范医科大学第八附属医院（示例）")
    assert page.heading == "机构已建立"
    assert "0001-0101-0001-0008" in page.words
    key = unit_id("示范医科大学第八附属")
    with app.database.read() as tx:
        held = tx.row(sa.select(account).where(account.c.login == "0001-0101-0001-0008"))
        opened = tx.row(sa.select(unit).where(unit.c.id == key))
    assert held is not None
    assert opened is not None
    assert held.must_change
    assert (opened.parent, opened.contact_phone) == (unit_id("示范医科大学（示例）"), "0311-12345678")
    again = admin.post(
        "/units/new", {**form, "csrf_token": admin.csrf, "unit": str(opened.parent), "code": "0008", "name": "重复"}
    )
    assert again.status == 422
    assert again.errors == ["该代码已被同一上级的其他机构使用，请换一个"]


@pytest.mark.catalogue("U3", "Q40")
def test_what_is_wrong_stands_beside_the_field_and_what_was_typed_stays(enter: Enter, form: Mapping[str, str]) -> None:
    admin = enter("medu_admin")
    admin.get("/units/new")
    wrong = {
        **form,
        "code": "00001",
        "name": "错误（示例）",
        "credit_code": "91110000600037341M",
        "contact_phone": "0311-123456789",
    }
    page = send(admin, "/units/new", **wrong)
    assert page.status == 422
    assert page.errors == [
        "最多 4 个字符，现有 5 个",
        "统一社会信用代码校验位不正确，请核对第 18 位",
        "最多 12 个字符，现有 13 个",
    ]
    assert 'value="91110000600037341M"' in page.html
    assert '<option value="hospital" selected>' in page.html


def test_the_superior_is_found_by_name_without_scripts(enter: Enter, unit_id: UnitId, form: Mapping[str, str]) -> None:
    admin = enter("office_admin")
    admin.get("/units/new")
    page = send(admin, "/units/new", **form, code="0009", name="新的（示例）", unit_q="农业农村", pick="1")
    assert page.status == 200
    assert 'value="新的（示例）"' in page.html
    assert f'name="unit" value="{unit_id("示范县农业农村局")}"' in page.html
    piece = admin.get("/units/pick?unit_q=农业农村", **{"HX-Request": "true"})
    assert "示范县农业农村局（示例）" in piece.words
    assert "<html" not in piece.html


@pytest.mark.catalogue("U2")
def test_the_password_of_the_administrator_is_reset_from_the_list(enter: Enter, unit_id: UnitId) -> None:
    admin = enter("medu_admin")
    page = admin.get(f"/units/{unit_id('示范医科大学第三附属医院')}/password")
    assert page.path.startswith("/accounts/")
    assert "重置密码" in page.words


@pytest.mark.catalogue("Q5")
def test_a_right_subordinate_units_have_is_only_taken_together_with_theirs(
    app: App, enter: Enter, unit_id: UnitId, form: Mapping[str, str]
) -> None:
    office, key = enter("office_admin"), unit_id("示范省工业集团")
    office.get(f"/units/new?unit={key}")
    send(office, "/units/new", **form, code="0101", name="集团职工医院（示例）", may_form_committee="1")
    office.get(f"/units/{key}/edit")
    typed = {**form, "category": "enterprise", "industry": "C"}
    page = send(office, f"/units/{key}/edit", **typed)
    assert page.status == 422
    assert page.errors == ["“集团职工医院（示例）”还有评委会组建权，请勾选“同时收回下级机构的权利”后再保存"]
    page = send(office, f"/units/{key}/edit", **typed, cascade="1")
    assert page.path == f"/units/{key}"
    with app.database.read() as tx:
        rights = tx.rows(
            sa.select(unit.c.may_form_committee).where(
                unit.c.name.in_(["集团职工医院（示例）", "示范省工业集团（示例）"])
            )
        )
    assert [row.may_form_committee for row in rights] == [False, False]


@pytest.mark.catalogue("Q5")
def test_an_administrator_widens_nothing_of_its_own_unit(app: App, enter: Enter, unit_id: UnitId) -> None:
    admin, key = enter("tv_admin"), unit_id("示范省广播电视台")
    page = admin.get(f"/units/{key}/edit")
    assert "may_form_committee" not in page.html
    typed = page.form(f"/units/{key}/edit")
    admin.post(
        f"/units/{key}/edit",
        {**typed, "may_form_committee": "1", "code": "9999", "name": "别的", "contact_person": "测试新人"},
    )
    with app.database.read() as tx:
        row = tx.row(sa.select(unit).where(unit.c.id == key))
    assert row is not None
    assert (row.may_form_committee, row.code, row.name) == (False, "0001", "示范省广播电视台（示例）")
    assert row.contact_person == "测试新人"


def test_a_unit_outside_ones_subtree_is_not_there(enter: Enter, unit_id: UnitId) -> None:
    admin, other = enter("health_admin"), unit_id("示范医科大学（示例）")
    for path in ("", "/edit", "/password", "/move", "/end", "/disable", "/enable", "/children"):
        assert admin.get(f"/units/{other}{path}").status == 404, path
    assert admin.get(f"/units/tree?open={other}").status == 404
    for path in ("/edit", "/move", "/end", "/disable", "/enable", "/hand-over"):
        fields = {"csrf_token": admin.csrf or _csrf(admin), "confirmed": "1", "unit": str(unit_id("示范省卫生健康"))}
        assert admin.post(f"/units/{other}{path}", fields).status == 404, path
    assert "示范医科大学" not in admin.get("/units?name=医科").words
    assert "示范医科大学" not in admin.get("/units/tree?q=医科").words
    assert "示范医科大学" not in admin.get("/search?q=医科大学").words
    assert "示范医科大学" not in admin.get("/units/pick?unit_q=医科").words
    assert "示范医科大学" not in admin.get(f"/units/pick?unit={other}").words
    assert admin.get(f"/units/new?unit={other}").html.count('name="unit" value') == 0


def _csrf(visitor: Visitor) -> str:
    visitor.get("/units")
    return visitor.csrf


@pytest.mark.parametrize("login", ["medu_officer", "medu_leader", "auditor", "designer"])
def test_who_manages_no_units_sees_none_of_their_pages(enter: Enter, unit_id: UnitId, login: str) -> None:
    visitor, own = enter(login), unit_id("示范医科大学（示例）")
    paths = ["/units", "/units/new", "/units/tree", "/units/import", "/units/import/template", "/units/pick"]
    for path in [*paths, f"/units/{own}", f"/units/{own}/children", f"/units/{own}/edit", f"/units/{own}/end"]:
        assert visitor.get(path).status == 403, path
    assert "机构管理" not in visitor.get("/account").words


def test_the_page_of_a_unit_tells_what_hangs_on_it(enter: Enter, unit_id: UnitId) -> None:
    office = enter("office_admin")
    page = office.get(f"/units/{unit_id('示范市人力资源')}")
    for words in (
        "0001-0301",
        "评委会创建权、评委会组建权",
        "示范市图书档案馆（示例）",
        "单位管理员：",
        "在办材料（含下级）",
        "办理记录",
    ):
        assert words in page.words
    assert "移动" in page.words
    top = office.get(f"/units/{unit_id('河北省职称')}")
    assert "合并或撤销" not in top.words


def test_moving_is_shown_before_it_is_done(app: App, enter: Enter, unit_id: UnitId) -> None:
    office, key, target = enter("office_admin"), unit_id("示范县农业农村局"), unit_id("示范省工业集团")
    office.get(f"/units/{key}/move")
    office.submit(f"/units/{key}/move", unit_q="工业", pick="1")
    assert f'value="{target}"' in office.page.html
    page = office.submit(f"/units/{key}/move", unit=str(target))
    assert "将要移动" in page.words
    assert "机构（含下级）" in page.words
    with app.database.read() as tx:
        assert tx.value(sa.select(unit.c.parent).where(unit.c.id == key)) == unit_id("示范市人力资源")
    done = office.submit(f"/units/{key}/move", unit=str(target), confirmed="1")
    assert done.path == f"/units/{key}"
    assert "机构已移动。" in done.words
    assert "0001-0201-0012" in done.words
    office.get(f"/units/{key}/move")
    wrong = office.submit(f"/units/{key}/move")
    assert wrong.status == 422
    assert wrong.errors == ["请查找并选择一个机构"]


def test_disabling_warns_and_can_be_taken_back(app: App, enter: Enter, unit_id: UnitId) -> None:
    office, key = enter("office_admin"), unit_id("示范省广播电视局")
    keeper = enter("tvb_admin")
    assert keeper.get("/units").status == 200
    page = office.get(f"/units/{key}/disable")
    assert "不能再为本机构办理" in page.words
    office.submit(f"/units/{key}/disable", reason="机构改革")
    assert "已停用" in office.page.words
    assert "机构改革" in office.page.words
    assert keeper.get("/units").path.startswith("/sign-in")
    refused = Visitor(keeper.client.app).sign_in("tvb_admin")  # type: ignore[arg-type]
    assert "您所在的单位已停用或撤销，请联系上级机构。" in refused.words
    office.get(f"/units/{key}/enable")
    office.submit(f"/units/{key}/enable")
    assert keeper.sign_in("tvb_admin").status == 200
    assert keeper.get("/units").status == 200


def test_merging_is_shown_before_it_is_done_and_cannot_be_done_twice(
    app: App, enter: Enter, unit_id: UnitId, form: Mapping[str, str]
) -> None:
    office = enter("office_admin")
    health = unit_id("示范省卫生健康")
    for code, name in (("0071", "甲门诊部（示例）"), ("0072", "乙门诊部（示例）")):
        office.get(f"/units/new?unit={health}")
        send(office, "/units/new", **form, code=code, name=name)
    old, new = unit_id("甲门诊部"), unit_id("乙门诊部")
    office.get(f"/units/{old}/end")
    shown = office.submit(f"/units/{old}/end", unit=str(new))
    assert "将并入乙门诊部（示例）" in shown.words
    done = office.submit(f"/units/{old}/end", unit=str(new), confirmed="1")
    assert "该机构已并入 乙门诊部（示例）" in done.words
    assert "甲门诊部" not in office.get("/units?size=50").words
    assert "甲门诊部" in office.get("/units?state=dissolved").words
    again = office.get(f"/units/{old}/end")
    assert again.status == 409
    assert again.message == "该机构已撤销，不能再办理。"
