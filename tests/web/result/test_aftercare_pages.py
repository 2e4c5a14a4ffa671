"""The pages after results in their roles: 复查与证书, 投诉, 撤销职称, 认定、确认、补发、更正."""

from collections.abc import Callable
from datetime import date

import pytest
from starlette.routing import Match

from engine.access import Actor
from engine.bootstrap import App
from engine.clock import FixedClock
from engine.organisation.integrity import RecordKind, write_record
from tests.declaration.conftest import MORNING
from tests.declaration.story import Story
from tests.result.aftercare.office import Office
from tests.result.aftercare.test_reexamination import failed
from tests.support.visitor import Visitor
from web.app import ROUTERS

__all__ = ["failed"]

Who = Callable[..., Visitor]


@pytest.fixture
def office(app: App) -> Office:
    clock = app.database.clock
    assert isinstance(clock, FixedClock)
    clock.move_to(MORNING)
    return Office(app.database, clock)


@pytest.fixture
def applicant(office: Office) -> Actor:
    return office.applicant()


@pytest.mark.catalogue("W14")
def test_a_holder_asks_for_a_correction_from_the_certificate(office: Office, applicant: Actor, visitor: Who) -> None:
    office.certificate(applicant)
    holder = visitor(applicant.login)
    page = holder.get("/my-certificates")
    assert (page.status, "示范职改〔2025〕1号" in page.words, "有效" in page.words) == (200, True, True)
    forms = [form["fields"] for form in page.forms if form["action"] == "/my-certificates"]
    correction = next(one for one in forms if one["ask"] == "certificate_correction")
    page = holder.post("/my-certificates", correction)
    assert (page.heading, "原内容：示范医科大学第三附属医院" in page.words) == (f"{applicant.name} 证书更正", True)
    page = holder.post("/my-certificates", correction)
    assert (page.status, "已有正在办理的申请" in page.words) == (409, True)
    assert f"{applicant.name} 证书更正" in holder.get("/my-certificates").words


@pytest.mark.catalogue("J16")
def test_who_is_barred_reads_until_when_and_why(office: Office, applicant: Actor, visitor: Who) -> None:
    until = date(2029, 5, 31)
    bar = {"person": applicant.person, "kind": RecordKind.INTEGRITY, "reason": "弄虚作假被撤销职称", "until": until}
    office.run(write_record, office.officer, **bar)
    holder = visitor(applicant.login)
    page = holder.get("/my-certificates")
    forms = [form["fields"] for form in page.forms if form["action"] == "/my-certificates"]
    page = holder.post("/my-certificates", next(one for one in forms if one["ask"] == "certificate_confirmation"))
    assert (page.status, "2029-05-31以前不能申请：弄虚作假被撤销职称。" in page.words) == (409, True)


@pytest.mark.catalogue("W14")
def test_an_officer_asks_for_somebody_of_the_own_unit(office: Office, applicant: Actor, visitor: Who) -> None:
    officer = visitor("hosp3_officer")
    officer.get("/certificate-requests/recognition")
    page = officer.submit("/certificate-requests/recognition", name="没有的人", identity_number="990000")
    assert page.errors == ["本单位本年度没有这位人员，请核对姓名和证件号码"]
    page = officer.submit("/certificate-requests/recognition", name=applicant.name, identity_number=applicant.login)
    assert page.heading == f"{applicant.name} 初次认定"
    assert f"{applicant.name} 初次认定" in officer.get("/certificate-requests").words
    assert f"{applicant.name} 初次认定" not in visitor("cedu_officer").get("/certificate-requests").words


@pytest.mark.catalogue("J20", "W10")
def test_a_complaint_is_raised_kept_when_it_lacks_something_and_read_by_its_own_alone(
    office: Office, applicant: Actor, visitor: Who
) -> None:
    holder = visitor(applicant.login)
    holder.get("/complaints/new")
    page = holder.submit("/complaints/new", content="推荐没有公示", unit_name="没有的单位", contact="13000000000")
    assert page.errors == ["没有找到该单位，请填写单位全称"]
    assert "推荐没有公示" in page.html
    page = holder.submit(
        "/complaints/new", content="推荐没有公示", unit_name="示范医科大学（示例）", contact="13000000000"
    )
    assert (page.path, "待受理" in page.words, "推荐没有公示" in page.words) == ("/complaints/mine", True, True)
    other = visitor(office.applicant().login)
    assert "推荐没有公示" not in other.get("/complaints/mine").words


@pytest.mark.catalogue("J20")
def test_the_name_stands_beside_the_form_of_who_handles_it(office: Office, applicant: Actor, visitor: Who) -> None:
    key = office.complain(applicant, contact="13000000009")
    officer = visitor("office_officer")
    assert "13000000009" not in officer.get(f"/cases/{key}").words
    link = next(one for one in officer.get(f"/cases/{key}").links if one.startswith("/tasks/"))
    assert "13000000009" in officer.get(link).words
    assert visitor("medu_officer").get(f"/cases/{key}").status == 404
    assert visitor("medu_officer").get(link).status == 404
    assert "13000000009" not in visitor("auditor").get(f"/cases/{key}").words


@pytest.mark.catalogue("W10")
def test_only_the_title_office_keeps_complaints_and_revocations(visitor: Who) -> None:
    for login, known in (("office_officer", 200), ("medu_officer", 403), ("hosp3_officer", 403)):
        somebody = visitor(login)
        assert [somebody.get(one).status for one in ("/complaints", "/revocations")] == [known, known]


@pytest.mark.catalogue("J16")
def test_the_title_office_finds_a_certificate_and_begins_to_revoke_it(
    office: Office, applicant: Actor, visitor: Who
) -> None:
    key = office.certificate(applicant)
    number = office.certificates(applicant)[0].certificate_no
    officer = visitor("office_officer")
    page = officer.get(f"/revocations?find={number}")
    forms = [
        form["fields"] for form in page.forms if form["action"] == "/revocations" and "certificate" in form["fields"]
    ]
    assert [one["certificate"] for one in forms] == [str(key)]
    assert "提出撤销" in officer.post("/revocations", forms[0]).words
    page = officer.post("/revocations", forms[0])
    assert (page.status, "已有正在办理的申请" in page.words) == (409, True)


@pytest.mark.catalogue("J20", "W10")
def test_who_failed_asks_from_the_own_declaration(failed: Story, visitor: Who) -> None:
    declarant, address = visitor(failed.applicant.login), f"/declaration/{failed.case_key}/reexamination"
    assert address in declarant.get("/declaration").links
    page = declarant.get(address)
    assert (page.status, "2026年6月23日 18:00 截止" in page.words) == (200, True)
    page = declarant.submit(address)
    assert (page.heading.endswith(failed.detail().row["declaration_no"]), page.path[:7]) == (True, "/tasks/")
    declarant.get(address)
    page = declarant.submit(address)
    assert (page.status, "已有正在办理的申请" in page.words) == (409, True)
    [asked] = [link for link in page.links if link.startswith("/cases/")]
    assert "复查" in declarant.get(asked).words


@pytest.mark.catalogue("J20")
def test_a_declaration_that_did_not_fail_has_nothing_to_re_examine(applicant: Actor, visitor: Who) -> None:
    assert visitor(applicant.login).get("/declaration/1/reexamination").status == 404


@pytest.mark.catalogue("J20")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_asking_for_a_re_examination_is_not_taken_for_an_action_of_the_declaration(method: str) -> None:
    asked = {"type": "http", "method": method, "path": "/declaration/1/reexamination", "headers": []}
    routes = (route for router in ROUTERS for route in router.routes)
    first = next(route for route in routes if route.matches(asked)[0] is Match.FULL)
    assert getattr(first, "path", "") == "/declaration/{key}/reexamination"
