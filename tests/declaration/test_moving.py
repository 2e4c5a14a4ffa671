"""A declaration goes along with its person to another unit, and follows a corrected identity, as long as it is in hand."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.bootstrap import App
from engine.db import Database, Transaction
from engine.declaration.checking import check_declarations
from engine.declaration.deciding import RANKING
from engine.declaration.demo_people import actor_of_login
from engine.declaration.moving import correct_identity, request_transfer
from engine.declaration.tables import declaration
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused
from engine.flow.actions import perform_action
from engine.flow.queries import get_case, inbox, is_visible
from engine.flow.tables import case, journal, task, task_draft
from engine.flow.tasks import complete_task
from engine.flow.variables import read_variables
from engine.organisation import enrolment_of
from engine.organisation.tables import organisation_event, unit
from engine.organisation.transfers import find_enrolled, find_target
from tests.declaration.people import enrol_applicant, identity_number
from tests.declaration.story import Story

Who = Callable[..., Actor]


@pytest.fixture
def own(database: Database) -> Callable[[Story], int]:
    """The enrolment of the story's person."""

    def own(story: Story) -> int:
        assert story.applicant.person is not None
        with database.read() as tx:
            found = enrolment_of(tx, story.applicant.person, 2026)
        assert found is not None
        return found.id

    return own


def decide(database: Database, actor: Actor, case_key: int, outcome: str, opinion: str = "") -> None:
    with database.transaction() as tx:
        key = tx.value(sa.select(task.c.key).where(task.c.case_key == case_key))
        complete_task(tx, actor, key, {"outcome": outcome, "opinion": opinion})


def row_of(tx: Transaction, case_key: int) -> Any:
    return tx.row(sa.select(declaration).where(declaration.c.case_key == case_key))


@pytest.mark.catalogue("Q36", "W2")
def test_the_draft_goes_along_when_the_old_unit_consents(
    app: App, database: Database, who: Who, story: Story, own: Callable[[Story], int]
) -> None:
    story.start()
    story.fill()
    taking, releasing = who("industry_officer"), who("hosp3_officer")
    with database.transaction() as tx:
        transfer = request_transfer(tx, taking, own(story), to_unit=taking.unit or 0, reason="三月调入")
    assert [one.case_key for one in waiting(database, releasing) if one.process_id == "applicant_transfer"] == [
        transfer
    ]
    decide(database, releasing, transfer, "consent")
    with database.read() as tx:
        names = {row.id: row.name for row in tx.rows(sa.select(unit.c.id, unit.c.name))}
        row, variables = row_of(tx, story.case_key), read_variables(tx, story.case_key)
        held = tx.row(sa.select(case).where(case.c.key == story.case_key))
        assert held is not None
        assert (row.unit, row.unit_name, held.unit_id) == (taking.unit, names[taking.unit], taking.unit)
        assert variables["chain"][0]["unit"] == taking.unit
        assert variables["setup"]["unit_name"] == names[taking.unit]
        # where the old unit ranked the person among its own means nothing in the new one
        assert [variables.get("overview_supplement", {}).get(name) for name in RANKING] == [None] * len(RANKING)
        drafts = sa.select(task_draft.c.value).where(task_draft.c.section == "overview_supplement")
        drafted = [
            one.value
            for one in tx.rows(
                drafts.join(task, task.c.key == task_draft.c.task_key).where(task.c.case_key == story.case_key)
            )
        ]
        assert [one.get(name) for one in drafted for name in RANKING] == [None] * len(RANKING) * len(drafted)
        assert drafted or "overview_supplement" in variables
        assert list(check_declarations(tx)) == []
        seen = sa.select(case.c.key).where(case.c.key == story.case_key)
        assert tx.value(seen.where(is_visible(case.c.key, taking))) == story.case_key
        assert tx.value(seen.where(is_visible(case.c.key, releasing))) is None
        moved = actor_of_login(tx, story.applicant.login, "applicant")
        assert moved.unit == taking.unit
        entry = tx.row(sa.select(journal).where(journal.c.case_key == story.case_key, journal.c.event == "case.moved"))
        assert entry is not None
        assert entry.actor == "hosp3_officer"
    story.applicant = moved
    story.submit()
    with database.read() as tx:
        assert row_of(tx, story.case_key).review_unit == taking.unit


def waiting(database: Database, actor: Actor) -> Any:
    with database.read() as tx:
        return inbox(tx, actor, limit=100).tasks


@pytest.mark.catalogue("Q36", "W2")
def test_the_old_unit_offers_and_a_stranger_has_no_part_in_it(
    database: Database, who: Who, story: Story, own: Callable[[Story], int]
) -> None:
    releasing, taking, stranger = who("hosp3_officer"), who("industry_officer"), who("tv_officer")
    with database.transaction() as tx:
        target = find_target(tx, tx.value(sa.select(unit.c.name).where(unit.c.id == taking.unit)))
        with pytest.raises(NotAllowed):
            request_transfer(tx, stranger, own(story), to_unit=target, reason="想要")
        transfer = request_transfer(tx, releasing, own(story), to_unit=target, reason="已调出")
        with pytest.raises(Refused) as second:
            request_transfer(tx, taking, own(story), to_unit=target, reason="再来")
    assert second.value.message == "该人员已有正在办理的转接，请等待办理结果，或者先撤回原申请。"
    with database.read() as tx, pytest.raises(NotFound):
        get_case(tx, stranger, transfer)
    decide(database, taking, transfer, "accept")
    with database.read() as tx:
        assert story.applicant.person is not None
        found = enrolment_of(tx, story.applicant.person, 2026)
        assert found is not None
        assert found.unit == target
        told = sa.select(organisation_event.c.detail).where(
            organisation_event.c.event == "person:transferred", organisation_event.c.person == story.applicant.person
        )
        assert tx.value(told) == {"from": releasing.unit, "to": target, "case": transfer}


@pytest.mark.catalogue("Q36", "W2")
def test_what_was_submitted_stays_until_it_is_withdrawn_or_returned(
    database: Database, who: Who, story: Story, own: Callable[[Story], int]
) -> None:
    taking, releasing = who("industry_officer"), who("hosp3_officer")
    story.start()
    with database.transaction() as tx:
        transfer = request_transfer(tx, taking, own(story), to_unit=taking.unit or 0, reason="调入")
    story.fill()
    story.submit()
    with pytest.raises(Refused) as refused:
        decide(database, releasing, transfer, "consent")
    with database.read() as tx:
        row = row_of(tx, story.case_key)
    assert refused.value.message == (
        f"该人员的申报材料（{row.declaration_no}）已经上报，目前为“{row.status}”，不能转接；"
        "请先由本人撤回，或者等待审核单位退回后再办理。"
    )
    story.review("return_for_revision", "已调出")
    decide(database, releasing, transfer, "consent")
    with database.read() as tx:
        assert row_of(tx, story.case_key).unit == taking.unit


@pytest.mark.catalogue("Q36")
def test_who_asked_withdraws_and_the_others_may_not(
    database: Database, who: Who, story: Story, own: Callable[[Story], int]
) -> None:
    taking, releasing = who("industry_officer"), who("hosp3_officer")
    with database.transaction() as tx:
        transfer = request_transfer(tx, taking, own(story), to_unit=taking.unit or 0, reason="调入")
    with database.transaction() as tx, pytest.raises(NotAllowed):
        perform_action(tx, releasing, transfer, "cancel_transfer")
    with database.transaction() as tx:
        perform_action(tx, taking, transfer, "cancel_transfer")
    with database.read() as tx:
        assert get_case(tx, taking, transfer).status == "已撤回"


@pytest.mark.catalogue("Q36")
def test_only_who_can_name_a_person_in_full_finds_the_enrolment(database: Database, who: Who, story: Story) -> None:
    officer = who("industry_officer")
    with database.read() as tx:
        known = {"identity_type": "01", "identity_number": story.applicant.login}
        assert find_enrolled(tx, officer, name=story.applicant.name, **known)[1] == "示范医科大学第三附属医院（示例）"
        with pytest.raises(InvalidInput):
            find_enrolled(tx, officer, name="测试他人", **known)


@pytest.mark.catalogue("Q41")
def test_a_wrong_number_is_corrected_until_the_first_submission_and_the_draft_follows(
    database: Database, who: Who, story: Story, own: Callable[[Story], int]
) -> None:
    officer, right = who("hosp3_officer"), identity_number()
    story.start()
    story.fill()
    old = story.applicant.login
    change = {"name": "测试更正", "identity_type": "01", "identity_number": right, "reason": "录入有误"}
    with database.transaction() as tx, pytest.raises(NotFound):
        correct_identity(tx, who("medu_officer"), own(story), password_hash="x", **change)
    with database.transaction() as tx:
        correct_identity(tx, officer, own(story), password_hash="x", **change)
    with database.read() as tx:
        corrected = actor_of_login(tx, right, "applicant")
        assert (corrected.person, corrected.name) == (story.applicant.person, "测试更正")
        row = row_of(tx, story.case_key)
        assert (row.applicant, row.name, row.identity_number) == (right, "测试更正", right)
        assert tx.value(sa.select(task.c.assignee).where(task.c.case_key == story.case_key)) == right
        assert list(check_declarations(tx)) == []
        told = tx.value(
            sa.select(organisation_event.c.detail).where(
                organisation_event.c.event == "person:corrected",
                organisation_event.c.person == story.applicant.person,
            )
        )
        assert told == {
            "before": {"name": "测试申报人", "identity_type": "01", "identity_number": old},
            "after": {"name": "测试更正", "identity_type": "01", "identity_number": right},
            "reason": "录入有误",
        }
        moved = sa.select(journal.c.detail).where(journal.c.case_key == story.case_key, journal.c.event == "case.moved")
        assert tx.value(moved)["reason"] == f"测试申报人 {old} → 测试更正 {right}。录入有误"
    story.applicant = corrected
    story.submit()
    with database.transaction() as tx, pytest.raises(Refused) as refused:
        correct_identity(tx, officer, own(story), password_hash="x", **change)
    assert refused.value.message.startswith("该人员已上报过申报材料（")


@pytest.mark.catalogue("Q41")
def test_a_number_of_somebody_else_is_no_correction(
    database: Database, who: Who, story: Story, own: Callable[[Story], int]
) -> None:
    officer = who("hosp3_officer")
    with database.transaction() as tx:
        other = enrol_applicant(tx, officer, year=2026)
    change = {"name": "测试申报人", "identity_type": "01", "identity_number": other, "reason": "录入有误"}
    with database.transaction() as tx, pytest.raises(InvalidInput) as problem:
        correct_identity(tx, officer, own(story), password_hash="x", **change)
    assert problem.value.fields == {"identity_number": ["该证件号码已属于另一人，请核对；确有重复的请联系上级单位"]}
