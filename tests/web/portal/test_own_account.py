"""One's own account: a forgotten password, bound addresses, an inbox handed over, several roles behind one sign-in."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from engine.bootstrap import App
from engine.notification.tables import delivery
from engine.organisation.tables import sign_in_failure
from tests.support.visitor import Visitor

Enter = Callable[[str], Visitor]
SENT = "如果账号存在，且填写的手机号码或电子邮箱与绑定的一致，验证码已发出，10 分钟内有效。"
NEW = "Xuexi-2026-hao"


def last_code(app: App) -> str:
    """What the last message that waits says."""
    with app.database.read() as tx:
        secret = tx.value(
            sa.select(delivery.c.secret).where(delivery.c.secret.is_not(None)).order_by(delivery.c.key.desc()).limit(1)
        )
    found = re.search(r"验证码 (\d{6})", str(secret))
    assert found is not None
    return found[1]


@pytest.fixture(autouse=True)
def unlocked(app: App) -> None:
    with app.database.transaction() as tx:
        tx.execute(sa.delete(sign_in_failure))
        tx.execute(sa.delete(delivery))


@pytest.mark.catalogue("A4", "Q2")
def test_an_applicant_sets_a_new_password_by_the_code_on_the_telephone(visitor: Visitor, app: App) -> None:
    visitor.get("/forgot")
    page = visitor.submit("/forgot", login="990000197603121014", address="13000000001")
    assert SENT in page.words
    page = visitor.submit("/forgot/password", code=last_code(app), password=NEW, repeated=NEW)
    assert (page.path, "新密码已生效，请登录。" in page.words) == ("/sign-in", True)
    assert visitor.sign_in("990000197603121014", NEW).path != "/sign-in"


@pytest.mark.catalogue("A4", "Q2")
@pytest.mark.parametrize(
    ("login", "address"), [("nobody_of_that_name", "13000000001"), ("990000197603121014", "13000000999")]
)
def test_the_answer_is_the_same_whether_or_not_the_account_exists(
    visitor: Visitor, app: App, login: str, address: str
) -> None:
    visitor.get("/forgot")
    page = visitor.submit("/forgot", login=login, address=address)
    assert (page.status, page.heading, SENT in page.words) == (200, "设置新密码", True)
    with app.database.read() as tx:
        assert tx.rows(sa.select(delivery.c.key)) == []
    page = visitor.submit("/forgot/password", code="123456", password=NEW, repeated=NEW)
    assert page.errors == ["验证码不正确或已失效，请核对；输错 5 次须重新获取。"]


@pytest.mark.catalogue("A4")
def test_account_and_address_are_both_asked_for(visitor: Visitor) -> None:
    visitor.get("/forgot")
    assert visitor.submit("/forgot").errors == ["请填写登录名或证件号码", "请填写绑定的手机号码或电子邮箱"]


@pytest.mark.catalogue("Q2")
def test_an_address_is_bound_on_the_account_page(enter: Enter, app: App) -> None:
    officer = enter("tv_officer")
    officer.get("/account/contact")
    officer.submit("/account/contact", address="13000000033")
    page = officer.submit("/account/contact/code", code=last_code(app))
    assert page.path == "/account"
    assert "130 0000 0033（已验证）" in page.words


@pytest.mark.catalogue("U7")
def test_an_inbox_is_handed_over_and_taken_back(enter: Enter) -> None:
    officer = enter("hosp3_officer")
    officer.get("/account/delegation")
    days = {"starts_on": "2026-06-01", "ends_on": "2026-06-03"}
    page = officer.submit("/account/delegation", to="hosp3_new", reason="出差", **days)
    assert "生效中" in page.words
    assert enter("hosp3_new").page.path == "/password"
    revoke = next(form["action"] for form in page.forms if form["action"].endswith("/revoke"))
    assert "已收回" in officer.submit(revoke).words


@pytest.mark.catalogue("U7")
@pytest.mark.parametrize("login", ["990000197603121014", "auditor"])
def test_who_has_no_inbox_of_a_unit_hands_nothing_over(enter: Enter, login: str) -> None:
    person = enter(login) if login == "auditor" else enter("990000199304181032")
    assert person.get("/account/delegation").status == 403


@pytest.mark.catalogue("Q35")
def test_an_applicant_who_is_also_an_officer_has_one_sign_in_and_switches(enter: Enter, site: FastAPI) -> None:
    admin = enter("cityhosp_admin")
    admin.get("/accounts/new")
    given = {"name": "测示兼", "mobile": "13000000031"}
    officer = enter("cityhosp_officer")
    officer.get("/applicants/new")
    officer.submit("/applicants/new", **given, identity_type="01", identity_number="990000199501014006")
    admin.get("/accounts/new")
    page = admin.submit("/accounts/new", **given, role="case_officer", login="990000199501014006")
    assert "测示兼已有个人账户，已增加角色；登录密码不变，登录后可切换身份。" in page.words
    both = Visitor(site)
    both.sign_in("990000199501014006")
    page = both.submit("/password", current="888888", password=NEW, repeated=NEW)
    assert (page.path, page.heading) == ("/role", "选择身份")
    roles = dict(re.findall(r'name="role" value="(\d+)"[^>]*>(\S+) · ', page.html))
    assert sorted(roles.values()) == ["申报人", "经办人"]
    token = page.form("/role")["csrf_token"]
    landed = {}
    for key, label in roles.items():
        landed[label] = both.post("/role", {"role": key, "csrf_token": token}).path
    assert landed == {"申报人": "/declaration", "经办人": "/declarations"}
