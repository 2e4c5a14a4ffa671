"""What becomes of results: publicity, objections, forwarding, approval, document, certificates."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.clock import local
from engine.db.measuring import counted_statements
from engine.declaration.standing import add_months
from engine.declaration.tables import declaration
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused
from engine.flow.completion import complete_task
from engine.flow.contexts import JobContext
from engine.flow.tables import case, message, task, timer
from engine.flow.variables import read_variables
from engine.organisation.integrity import RecordKind, blocked
from engine.result.forwarding import mark_result
from engine.result.handlings import handling_of
from engine.result.leaving import leave_review
from engine.result.objections import raise_objection
from engine.result.publicity import notice_of, open_notices
from engine.result.tables import publicity_notice, result_objection, review_result, title_certificate
from engine.review_meeting.tables import meeting_dossier
from tests.result.decided import DOCUMENT, PUBLISHED, VOTES, Decided

t, r, o = title_certificate.c, review_result.c, result_objection.c


def notice(decided: Decided) -> int:
    query = sa.select(publicity_notice.c.key).where(publicity_notice.c.handling == decided.handling)
    return int(decided.rows(query.order_by(publicity_notice.c.key.desc()))[0].key)


def object_to(decided: Decided, place: int, **given: str) -> str:
    """Raise an objection as anybody may."""
    name = f"测试申报人{place}"
    with decided.database.transaction() as tx:
        tx.execute(sa.update(review_result).where(r.declaration == decided.declarations[place]).values(name=name))
    with decided.database.transaction() as tx:
        return raise_objection(tx, notice(decided), {"about": name, "content": "论文署名不实", **given})


@pytest.mark.catalogue("F1", "Q26")
def test_what_the_ballot_decided_is_registered_and_told_and_the_case_is_the_unit_s(decided: Decided) -> None:
    assert decided.states() == ["decided", "decided", "decided"]
    rows = decided.rows(sa.select(r.passed, r.sentence).where(r.handling == decided.handling).order_by(r.declaration))
    assert [tuple(row) for row in rows] == [
        (True, "需 20，得 29（29 人出席）"),
        (True, "需 20，得 20（29 人出席）"),
        (False, "需 20，得 19（29 人出席）"),
    ]
    assert decided.told("review_decided") == [0, 1, 2]
    held = decided.rows(sa.select(case.c.unit_id, case.c.title).where(case.c.key == decided.handling))[0]
    assert tuple(held) == (decided.officer.unit, "测试评审会议 评审后处理")


def test_what_nobody_voted_on_waits_for_another_meeting(decided: Decided) -> None:
    d = meeting_dossier.c
    held = decided.rows(sa.select(d.declaration, d.live).where(d.meeting == decided.meeting).order_by(d.declaration))
    assert {row.declaration for row in held if not row.live} == {decided.adjourned}
    left = decided.rows(sa.select(message.c.correlation_key).where(message.c.name == "review_left"))
    numbers = decided.rows(sa.select(d.declaration_no).where(d.declaration == decided.adjourned))
    assert numbers[0].declaration_no in {row.correlation_key for row in left}


@pytest.mark.catalogue("J11")
def test_publicity_shorter_than_five_working_days_is_refused_with_the_earliest_day(decided: Decided) -> None:
    with pytest.raises(InvalidInput) as refused:
        decided.do("publish_results", {**PUBLISHED, "publicity_to": "2026-06-05"})
    assert refused.value.fields == {"publicity_to": ["公示不得少于 5 个工作日，最早到6月8日"]}
    assert decided.states()[0] == "decided"


@pytest.mark.catalogue("F1", "J19", "Q21")
def test_anybody_reads_who_passed_while_it_runs_and_nothing_else(decided: Decided) -> None:
    decided.publish()
    assert decided.told("result_published") == [0, 1]
    shown = decided.hall.ask(notice_of, notice(decided))
    assert [person["declaration"] for person in shown.people] == decided.declarations[:2]
    assert set(shown.people[0]) == {
        "declaration",
        "name",
        "unit_name",
        "title_series",
        "specialty",
        "title_name",
        "title_level",
    }
    assert notice(decided) in [one["key"] for one in decided.hall.ask(open_notices)]
    decided.end_publicity()
    with pytest.raises(NotFound):
        decided.hall.ask(notice_of, notice(decided))


@pytest.mark.catalogue("F1", "F2", "F4", "F5", "J22", "W15")
def test_who_passed_goes_up_is_approved_and_gets_a_certificate_with_the_document_s_number(decided: Decided) -> None:
    decided.publish()
    decided.end_publicity()
    decided.forward()
    assert (decided.states(), decided.told("result_forwarded")) == (["forwarded", "forwarded", "decided"], [0, 1])
    decided.do("approve_results", {"outcome": "approve", "opinion": "同意"}, by=decided.office)
    with decided.database.read() as tx:
        approval = read_variables(tx, decided.handling)["result_approval"]
    assert approval == {"outcome": "approve", "opinion": "同意", "by": decided.office.name}
    assert decided.states() == ["approved", "approved", "decided"]
    issue(decided)
    assert (decided.states(), decided.told("title_granted")) == (["granted", "granted", "decided"], [0, 1])
    issued = decided.rows(sa.select(title_certificate).where(t.handling == decided.handling).order_by(t.certificate_no))
    assert [one.declaration for one in issued] == decided.declarations[:2]
    assert {(one.document_no, str(one.obtained_on)) for one in issued} == {("示范职改〔2026〕1号", "2026-06-15")}
    first, second = (int(one.certificate_no.removeprefix("职称2026")) for one in issued)
    assert second == first + 1


@pytest.mark.catalogue("F5", "J30")
def test_the_title_office_may_leave_out_single_people_with_a_reason(decided: Decided) -> None:
    decided.publish()
    decided.end_publicity()
    decided.forward()
    mark(decided, 1, refused=True, reason="材料存疑")
    decided.do("approve_results", {"outcome": "approve", "opinion": None}, by=decided.office)
    assert decided.states() == ["approved", "refused", "decided"]
    assert decided.told("result_overturned") == [1]


@pytest.mark.catalogue("F5")
def test_only_the_title_office_marks_results_and_only_while_it_approves(decided: Decided) -> None:
    decided.publish()
    with pytest.raises(Refused, match="现在不在审核评审结果这一步"):
        mark(decided, 0, refused=True, reason="材料存疑")
    decided.end_publicity()
    decided.forward()
    with pytest.raises(InvalidInput) as missing:
        mark(decided, 0, refused=True, reason=" ")
    assert missing.value.fields == {"reason": ["请写明不予确认的理由"]}
    with decided.database.transaction() as tx, pytest.raises(NotAllowed):
        mark_result(tx, decided.officer, decided.handling, decided.declarations[0], refused=True, reason="越权")
    mark(decided, 0, refused=True, reason="材料存疑")
    mark(decided, 0, refused=False, reason="")
    assert decided.states()[0] == "forwarded"


@pytest.mark.catalogue("F1")
def test_an_objection_stops_only_whom_it_is_about(decided: Decided) -> None:
    decided.publish()
    object_to(decided, 0)
    assert decided.states() == ["publicised", "publicised", "decided"]
    decided.do("accept_objection", {"outcome": "accept", "opinion": None})
    assert decided.states() == ["withheld", "publicised", "decided"]
    decided.end_publicity()
    decided.forward()
    assert decided.states() == ["withheld", "forwarded", "decided"]


@pytest.mark.catalogue("F1")
def test_whoever_is_cleared_late_is_approved_alone_and_gets_the_title_at_once(decided: Decided) -> None:
    decided.publish()
    object_to(decided, 0)
    decided.do("accept_objection", {"outcome": "accept", "opinion": None})
    decided.end_publicity()
    decided.forward()
    decided.do("approve_results", {"outcome": "approve", "opinion": None}, by=decided.office)
    issue(decided)
    decided.do("verify_objection", {"outcome": "dismissed", "finding": "署名属实", "finding_files": []})
    decided.do("approve_late_result", {"outcome": "approve", "opinion": None}, by=decided.office)
    assert decided.states() == ["granted", "granted", "decided"]
    assert decided.told("title_granted") == [0, 1]


@pytest.mark.catalogue("F3")
def test_a_meeting_closes_once_nothing_of_it_is_open_and_stays_to_be_read(decided: Decided) -> None:
    decided.publish()
    object_to(decided, 0)
    decided.do("accept_objection", {"outcome": "accept", "opinion": None})
    decided.end_publicity()
    with pytest.raises(IndexError):
        close(decided)
    decided.forward()
    decided.do("approve_results", {"outcome": "approve", "opinion": None}, by=decided.office)
    issue(decided)
    decided.do("deliver_certificates", {"outcome": "deliver", "delivery_remark": None})
    with pytest.raises(Refused, match="还有 1 件异议没有办结，不能关闭会议"):
        close(decided)
    decided.do("verify_objection", {"outcome": "upheld", "finding": "署名不实", "finding_files": []})
    decided.do("decide_objection", {"outcome": "overturn", "opinion": "成立"}, by=decided.office)
    close(decided)
    held = decided.hall.ask(handling_of, decided.officer, decided.handling)
    assert (held.row["status"], held.row["ended_at"] is not None, held.tasks) == ("已关闭", True, [])
    assert (held.counts.total, held.counts.granted, held.counts.withheld) == (3, 1, 1)
    assert [one["status"] for one in held.objections] == ["异议成立"]
    assert held.document is not None
    with pytest.raises(NotFound):
        decided.hall.ask(handling_of, decided.hall.stranger, decided.handling)


def close(decided: Decided) -> None:
    """Close the meeting, if that step has come."""
    here = sa.select(task.c.key).where(task.c.case_key == decided.handling, task.c.element_id == "close_meeting")
    key = decided.rows(here)[0].key
    with decided.database.transaction() as tx:
        complete_task(tx, decided.officer, key, {"outcome": "close", "closing_remark": None})
    decided.sweep()


@pytest.mark.catalogue("J16")
def test_who_is_found_to_have_cheated_by_an_objection_declares_nothing_for_three_years(decided: Decided) -> None:
    decided.publish()
    objection = object_to(decided, 1)
    decided.do("accept_objection", {"outcome": "accept", "opinion": None})
    decided.do("verify_objection", {"outcome": "upheld", "finding": "论文造假", "finding_files": []})
    person = decided.rows(sa.select(declaration.c.person).where(declaration.c.case_key == decided.declarations[1]))
    today = local(decided.clock.now()).date()
    assert decided.hall.ask(blocked, person[0].person, today, RecordKind.INTEGRITY) is None
    decided.do("decide_objection", {"outcome": "overturn_for_cheating", "opinion": "弄虚作假"}, by=decided.office)
    assert (decided.states()[1], decided.told("result_overturned")) == ("overturned", [1])
    last = add_months(today, 36) - timedelta(days=1)
    held = decided.hall.ask(blocked, person[0].person, last, RecordKind.INTEGRITY)
    assert held is not None
    assert (held.reason, held.source, held.until) == (
        "弄虚作假被取消评审结果：弄虚作假",
        f"评审结果异议 {objection}",
        last,
    )


@pytest.mark.catalogue("F1")
def test_an_objection_that_is_upheld_overturns_the_result(decided: Decided) -> None:
    decided.publish()
    objection = object_to(decided, 1)
    decided.do("accept_objection", {"outcome": "accept", "opinion": None})
    decided.do("verify_objection", {"outcome": "upheld", "finding": "署名不实", "finding_files": []})
    decided.do("decide_objection", {"outcome": "overturn", "opinion": "成立，取消"}, by=decided.office)
    assert (decided.states()[1], decided.told("result_overturned")) == ("overturned", [1])
    kept = decided.rows(sa.select(o.status, o.settled_at).where(o.objection_no == objection))[0]
    assert (kept.status, kept.settled_at is not None) == ("异议成立", True)
    people = decided.hall.ask(notice_of, notice(decided)).people
    assert [person["declaration"] for person in people] == decided.declarations[:1]


@pytest.mark.catalogue("J16")
def test_the_result_of_a_stopped_declaration_falls_until_its_title_is_granted(decided: Decided) -> None:
    decided.publish()
    stop(decided, 0)
    assert decided.states() == ["overturned", "publicised", "decided"]
    remark = decided.rows(sa.select(r.remark).where(r.declaration == decided.declarations[0]))[0].remark
    assert remark == "申报已终止：论文造假"
    people = decided.hall.ask(notice_of, notice(decided)).people
    assert [person["declaration"] for person in people] == decided.declarations[1:2]
    decided.end_publicity()
    decided.forward()
    decided.do("approve_results", {"outcome": "approve", "opinion": None}, by=decided.office)
    issue(decided)
    stop(decided, 1)
    assert decided.states() == ["overturned", "granted", "decided"]


@pytest.mark.catalogue("J16")
def test_a_declaration_stopped_while_its_meeting_sits_has_a_result_that_does_not_stand(decided: Decided) -> None:
    later = Decided(decided.database, decided.clock, stopped=0)
    assert (later.states(), later.told("review_decided")) == (["overturned", "decided", "decided"], [1, 2])


def stop(decided: Decided, place: int) -> None:
    """What the diagram of the declaration does when its applicant is barred."""
    key = decided.declarations[place]
    context = JobContext(
        key=1,
        type="leave_review",
        case_key=key,
        process_id="declaration",
        element_id="leave_review",
        element_key=1,
        headers={},
        variables={"barred": {"reason": "论文造假"}},
        business_key=None,
        unit_id=None,
        year=2026,
    )
    with decided.database.transaction() as tx:
        leave_review(tx, context)


@pytest.mark.parametrize(
    ("given", "problems"),
    [
        ({"content": ""}, {"content": ["请写明异议的事实和依据"]}),
        ({"about": "没有此人"}, {"about": ["公示名单中没有这个姓名，请核对；对公示本身有异议的可以不写"]}),
        ({"content": "长" * 2001}, {"content": ["最多 2000 个字，现有 2001 个"]}),
    ],
)
def test_an_objection_that_is_not_clear_names_the_field(
    decided: Decided, given: dict[str, str], problems: dict[str, Any]
) -> None:
    decided.publish()
    with pytest.raises(InvalidInput) as refused:
        object_to(decided, 0, **given)
    assert refused.value.fields == problems


def mark(decided: Decided, place: int, *, refused: bool, reason: str) -> None:
    with decided.database.transaction() as tx:
        mark_result(tx, decided.office, decided.handling, decided.declarations[place], refused=refused, reason=reason)


def issue(decided: Decided) -> None:
    decided.do("issue_document", {**DOCUMENT, "document_files": [decided.upload(decided.office)]}, by=decided.office)


@pytest.mark.catalogue("F1", "F2", "F4")
def test_many_results_go_on_with_as_many_statements_as_few(decided: Decided) -> None:
    counted = []
    for size in (1, 20):
        held = Decided(decided.database, decided.clock, votes=VOTES * size)
        with counted_statements(decided.database) as sent:
            with decided.database.transaction() as tx:
                key = tx.value(sa.select(task.c.key).where(task.c.case_key == held.handling))
                complete_task(tx, held.officer, key, PUBLISHED)
            counted.append(len(sent))
    assert counted[0] == counted[1]


@pytest.mark.catalogue("J11", "F1")
def test_five_working_days_are_counted_over_the_end_of_the_year(decided: Decided) -> None:
    # nobody has entered 2027 yet, but the 1st of January is no working day
    decided.clock.move_to(datetime(2026, 12, 28, 2, tzinfo=UTC))
    given = {**PUBLISHED, "publicity_from": "2026-12-28", "publicity_to": "2027-01-04"}
    with pytest.raises(InvalidInput) as refused:
        decided.do("publish_results", given)
    assert refused.value.fields == {"publicity_to": ["公示不得少于 5 个工作日，最早到1月5日"]}
    decided.do("publish_results", {**given, "publicity_to": "2027-01-05"})
    due = decided.rows(sa.select(timer.c.due_at).where(timer.c.case_key == decided.handling))
    assert [row.due_at for row in due] == [datetime(2027, 1, 5, 16, tzinfo=UTC)]
