"""Complaints: who handles them, who never does, who learns the name."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.flow.queries import case_journal, get_case
from engine.flow.tables import case, task, variable
from engine.notification.tables import notification
from engine.organisation.tables import unit
from engine.result.aftercare.complaint import complaint_of, my_complaints, raise_complaint
from engine.result.aftercare.lists import list_requests
from engine.result.aftercare.tables import complaint
from tests.result.aftercare.office import Office

GIVEN = {"unit_name": "示范医科大学（示例）", "content": "推荐没有公示", "contact": "13000000000"}


def handler(office: Office, key: int) -> list[str]:
    return [str(one["label"]) for one in choices(office, key)]


def choices(office: Office, key: int) -> list[dict[str, str]]:
    v = variable.c
    rows = office.rows(sa.select(v.value).where(v.case_key == key, v.name == "handling_choices"))
    return list(rows[0][0])


@pytest.mark.catalogue("J20", "W10")
def test_only_units_above_the_one_complained_about_may_handle_it(office: Office) -> None:
    key = office.complain(office.applicant())
    assert handler(office, key) == ["示范省教育厅（示例）", "河北省职称改革领导小组办公室（示例）"]
    own = office.rows(sa.select(unit.c.id).where(unit.c.name == GIVEN["unit_name"]))[0][0]
    with pytest.raises(InvalidInput) as refused:
        office.do(key, office.officer, "accept", handling_unit=str(own))
    assert list(refused.value.fields) == ["handling_unit"]


@pytest.mark.catalogue("J20", "W10")
def test_it_is_assigned_checked_and_answered_to_who_complained(office: Office) -> None:
    applicant = office.applicant()
    key = office.complain(applicant)
    office.do(key, office.officer, "accept", handling_unit=choices(office, key)[0]["value"])
    office.do(key, office.who("edu_officer"), "done", finding="已核查", finding_files=[])
    office.do(key, office.officer, "founded", "已责令补办公示")
    mine = office.ask(my_complaints, applicant)
    assert [(one["status"], one["answer"]) for one in mine] == [("已答复（属实）", "已责令补办公示")]
    told = office.rows(sa.select(notification.c.subject, notification.c.url).where(notification.c.case_key.is_(None)))
    assert ("投诉答复：属实", "/complaints/mine") in [tuple(row) for row in told]


@pytest.mark.catalogue("J20")
def test_the_name_is_read_by_those_who_handle_it_alone(office: Office) -> None:
    applicant = office.applicant()
    key = office.complain(applicant)
    assert office.ask(complaint_of, office.officer, key)["name"] == applicant.name
    assert office.ask(complaint_of, office.leader, key)["contact"] == "13000000000"
    checker = office.who("edu_officer")
    strangers = [checker, office.who("medu_officer"), office.stranger, applicant, office.who("auditor", "auditor")]
    for one in strangers:
        with pytest.raises(NotFound):
            office.ask(complaint_of, one, key)
    office.do(key, office.officer, "accept", handling_unit=choices(office, key)[0]["value"])
    assert office.ask(complaint_of, checker, key)["name"] == applicant.name


@pytest.mark.catalogue("J20")
def test_neither_the_case_nor_its_journal_knows_who_complains(office: Office) -> None:
    applicant = office.applicant()
    key = office.complain(applicant, contact="13000000001")
    told = str(office.rows(sa.select(case).where(case.c.key == key)))
    told += str(office.rows(sa.select(variable.c.value).where(variable.c.case_key == key)))
    told += str(office.ask(case_journal, office.officer, key))
    assert [one for one in (applicant.name, applicant.login, "13000000001") if one in told] == []


@pytest.mark.catalogue("J20")
def test_the_unit_complained_about_does_not_see_the_case(office: Office) -> None:
    key = office.complain(office.applicant())
    for one in (office.who("medu_officer"), office.hospital, office.stranger):
        with pytest.raises(NotFound):
            office.ask(get_case, one, key)
        with pytest.raises(NotAllowed):
            office.ask(list_requests, one, ["complaint"], ended=False, page=1, size=20)


@pytest.mark.catalogue("W10")
def test_what_is_late_reaches_the_leader_of_the_title_office(office: Office) -> None:
    key = office.complain(office.applicant())
    office.clock.advance(timedelta(days=9))
    office.sweep()
    number = office.rows(sa.select(case.c.business_key).where(case.c.key == key))[0][0]
    told = office.rows(sa.select(notification.c.account, notification.c.text).where(notification.c.case_key == key))
    assert [tuple(row) for row in told] == [(office.leader.account, f"投诉 {number} 逾期未受理，请督办。")]
    due = office.rows(sa.select(task.c.due_at).where(task.c.case_key == key))[0][0]
    assert f"{due:%Y-%m-%d %H:%M}" == "2026-06-08 10:00"


@pytest.mark.catalogue("J20")
def test_a_complaint_says_whom_it_is_about_and_how_to_answer(office: Office) -> None:
    with pytest.raises(InvalidInput) as refused:
        office.run(raise_complaint, office.applicant(), {"unit_name": "没有的单位"})
    assert refused.value.fields == {
        "content": ["请写明投诉的事实和依据"],
        "contact": ["请填写联系方式，用来核实情况、告知结论；只有办理人员能看到"],
        "unit_name": ["没有找到该单位，请填写单位全称"],
    }
    top = {**GIVEN, "unit_name": "河北省职称改革领导小组办公室（示例）"}
    with pytest.raises(InvalidInput) as refused:
        office.run(raise_complaint, office.applicant(), top)
    assert list(refused.value.fields) == ["unit_name"]


@pytest.mark.catalogue("J20")
def test_the_title_office_takes_one_down_and_nobody_else(office: Office) -> None:
    number = office.run(raise_complaint, office.officer, {**GIVEN, "name": "测试投诉人"}, command_key="once")
    assert office.run(raise_complaint, office.officer, {**GIVEN, "name": "测试投诉人"}, command_key="once") == number
    held = office.rows(sa.select(complaint).where(complaint.c.complaint_no == number))
    assert [(one.name, one.account, one.source.value) for one in held] == [("测试投诉人", None, "office")]
    with pytest.raises(NotAllowed):
        office.run(raise_complaint, office.hospital, {**GIVEN, "name": "测试投诉人"})
