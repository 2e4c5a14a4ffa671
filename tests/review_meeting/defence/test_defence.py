"""答辩 (W9): an optional stage with an order by lot, times everybody is told, and an item of the score."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.bootstrap import App
from engine.clock import ZONE, FixedClock
from engine.declaration.tables import declaration
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused
from engine.flow.batch_running import due_batches, run_batch
from engine.flow.messages import deliver_messages
from engine.flow.tables import task
from engine.notification.tables import notification
from engine.review_meeting.assignment.proposing import propose_assignment
from engine.review_meeting.assignment.publishing import publish_assignment
from engine.review_meeting.chairing import choose_chair
from engine.review_meeting.conflicts.recusing import state_no_interest
from engine.review_meeting.defence.holding import note_defences
from engine.review_meeting.defence.schedule import Session, sessions_of, set_schedule
from engine.review_meeting.grouping import add_dossiers
from engine.review_meeting.leading import choose_leaders
from engine.review_meeting.lots import order_by_lot, seed_of
from engine.review_meeting.meetings import groups_of, meeting_of
from engine.review_meeting.scoring.sheets import score_dossier
from engine.review_meeting.scoring.standards import standard_for_group
from engine.review_meeting.standards import Item, StandardFields, first_items, save_standard, standards_of
from engine.review_meeting.tables import meeting_dossier
from tests.declaration.conftest import MORNING
from tests.declaration.people import enrol_applicant
from tests.review_meeting.scoring.conftest import make_app
from tests.review_meeting.setting_up.hall import PLAN, Hall
from tests.support.templates import Templates

d, t, n = meeting_dossier.c, task.c, notification.c
FIRST = datetime(2026, 6, 15, 9, tzinfo=ZONE)
WITH_DEFENCE = (Item("业绩成果", Decimal(100), Decimal("0.7")), Item("答辩", Decimal(100), Decimal("0.3")))
NOTE = {"defence_note": "全部到场", "outcome": "done"}


@pytest.fixture(scope="module")
def app(sqlite_url: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = make_app(sqlite_url, templates, tmp_path_factory.mktemp("defence"), committees=True)
    app.database.clock = FixedClock(MORNING)
    yield app
    app.close()


@pytest.fixture
def hall(app: App) -> Hall:
    return Hall(app.database)


def standing(hall: Hall) -> int:
    """A meeting with defences whose standard is to be set, three dossiers in its first group."""
    one = hall.committee(experts=9, outside=2)
    key = hall.peopled(committee_id=one)
    hall.do(key, "write_plan", outcome="submit", **{**PLAN, "plan_defence": "yes"})
    hall.do(key, "approve_plan", by=hall.superior, outcome="approve", opinion="")
    experts = [row["expert"] for row in hall.people(key)]
    hall.run(choose_chair, key, experts[0], experts[1:3])
    hall.do(key, "appoint_chair", outcome="confirm")
    hall.waiting(one, 3)
    hall.run(add_dossiers, key, hall.ask(groups_of, key)[0]["id"])
    hall.do(key, "group_dossiers", outcome="confirm")
    return key


@pytest.fixture
def meeting(hall: Hall) -> int:
    """The same where the reviewers are assigned and the defences are to be held."""
    key = standing(hall)
    hall.run(save_standard, key, StandardFields("测试标准", (), WITH_DEFENCE))
    hall.do(key, "set_standard", outcome="submit")
    hall.do(key, "confirm_standard", by=hall.chair(key), outcome="approve")
    plain = {row["group"]: row["expert"] for row in hall.people(key) if row["post"] == "member"}
    groups = hall.ask(groups_of, key)
    hall.run(choose_leaders, key, {one["id"]: plain[one["id"]] for one in groups}, by=hall.chair(key))
    hall.do(key, "appoint_leaders", by=hall.chair(key), outcome="confirm")
    first = hall.ask(groups_of, key)[0]
    leader = hall.expert(first["leader_login"])
    hall.run(propose_assignment, key, first["id"], by=leader)
    hall.run(publish_assignment, key, first["id"], by=leader)
    for batch in due_batches(hall.database):
        run_batch(hall.database, batch)
    deliver_messages(hall.database)
    assert hall.open(key) == ["hold_defence"]
    return key


def session(hall: Hall, key: int) -> Session:
    (only,) = hall.ask(sessions_of, hall.ask(meeting_of, hall.officer, key))
    return only


@pytest.mark.catalogue("W9")
def test_the_standard_has_to_score_the_defence(hall: Hall) -> None:
    key = standing(hall)
    standard = hall.run(save_standard, key, StandardFields("测试标准", (), tuple(first_items())))
    with pytest.raises(InvalidInput) as refused:
        hall.do(key, "set_standard", outcome="submit")
    said = "评审方案要组织答辩，请在标准“测试标准”中加一个名称含“答辩”或“讲课”的评分项目"
    assert refused.value.fields == {"name": [said]}
    version = hall.ask(standards_of, key)[0]["version"]
    hall.run(save_standard, key, StandardFields("测试标准", (), WITH_DEFENCE), standard=standard, version=version)
    hall.do(key, "set_standard", outcome="submit")
    assert "confirm_standard" in hall.open(key)


@pytest.mark.catalogue("W9", "J17")
def test_the_order_is_a_lot_anybody_can_repeat(hall: Hall, meeting: int) -> None:
    held = hall.ask(meeting_of, hall.officer, meeting)
    keys = [row.declaration for row in hall.rows(sa.select(d.declaration).where(d.meeting == meeting))]
    seed = seed_of("2026-06-15", held.meeting_no, "defence", held.row["draw_seed"])
    assert [slot.key for slot in session(hall, meeting).slots] == order_by_lot(seed, keys)


@pytest.mark.catalogue("W9")
def test_each_is_told_when_and_where_one_after_the_other(hall: Hall, meeting: int) -> None:
    before = session(hall, meeting)
    second = before.slots[1].key
    with hall.database.transaction() as tx:
        login = enrol_applicant(tx, hall.who("hosp3_officer"), year=2026)
        tx.execute(sa.update(declaration).where(declaration.c.case_key == second).values(applicant=login))
    told = hall.run(set_schedule, meeting, before.group, starts_at=FIRST, minutes=20, venue="二号楼301")
    after = session(hall, meeting)
    assert (told, [slot.at for slot in after.slots]) == (
        3,
        [FIRST + timedelta(minutes=20 * place) for place in range(3)],
    )
    rows = hall.rows(sa.select(n.text).where(n.template == "defence_called").order_by(n.key.desc()))
    assert "2026年06月15日 09:20，二号楼301，第1组第 2 位" in rows[0].text
    with pytest.raises(InvalidInput) as refused:
        hall.run(set_schedule, meeting, before.group, starts_at=MORNING, minutes=1, venue="")
    assert list(refused.value.fields) == ["starts_at", "minutes"]


def scoring(hall: Hall, key: int) -> tuple[Actor, int, int]:
    """Whose task it is to score the first of the lot, the task, the dossier."""
    first = session(hall, key).slots[0].key
    query = sa.select(t.key, t.assignee).join(meeting_dossier, d.review_case == t.case_key)
    (row,) = hall.rows(query.where(d.meeting == key, d.declaration == first))
    return hall.expert(row.assignee), row.key, first


@pytest.mark.catalogue("W9")
def test_nobody_is_scored_before_the_defence(hall: Hall, meeting: int) -> None:
    reviewer, key, dossier = scoring(hall, meeting)
    hall.run(state_no_interest, meeting, [dossier], by=reviewer)
    standard = hall.ask(standard_for_group, meeting, session(hall, meeting).group)
    sheet = [{"key": one.key, "points": float(one.points)} for one in standard.items]
    with pytest.raises(Refused, match="还没有答辩"):
        hall.run(score_dossier, key, sheet, "业绩突出，同意评定。", by=reviewer)
    hall.run(note_defences, meeting, [dossier], came=True)
    hall.run(score_dossier, key, sheet, "业绩突出，同意评定。", by=reviewer)


@pytest.mark.catalogue("W9")
def test_the_stage_ends_when_of_everybody_is_noted_whether_they_came(hall: Hall, meeting: int) -> None:
    slots = session(hall, meeting).slots
    hall.run(note_defences, meeting, [slots[0].key, slots[1].key], came=True)
    with pytest.raises(InvalidInput) as refused:
        hall.do(meeting, "hold_defence", **NOTE)
    assert refused.value.fields == {"defence_note": ["还有 1 人没有登记到场或者缺席，请登记后再结束"]}
    hall.run(note_defences, meeting, [slots[2].key], came=False)
    hall.run(note_defences, meeting, [slots[1].key], came=False)
    assert [slot.came for slot in session(hall, meeting).slots] == [True, False, False]
    hall.do(meeting, "hold_defence", **NOTE)
    assert hall.open(meeting) == ["finish_scoring"]
    with pytest.raises(Refused, match="现在不在组织答辩这一步"):
        hall.run(note_defences, meeting, [slots[0].key], came=False)


@pytest.mark.catalogue("W9")
def test_only_the_unit_that_holds_the_meeting_keeps_its_defences(hall: Hall, meeting: int) -> None:
    slot = session(hall, meeting).slots[0]
    with pytest.raises(NotFound):
        hall.run(
            note_defences,
            meeting,
            [slot.key],
            came=True,
            by=replace(hall.stranger, permissions=hall.officer.permissions),
        )
    with pytest.raises(NotAllowed):
        hall.run(note_defences, meeting, [slot.key], came=True, by=hall.expert(hall.people(meeting)[3]["login"]))
    with pytest.raises(InvalidInput):
        hall.run(note_defences, meeting, [1], came=True)
