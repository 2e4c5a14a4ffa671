"""The leaders of groups (M11), and what ends the scoring."""

import pytest
import sqlalchemy as sa

from engine.errors import InvalidInput, NotAllowed, Refused
from engine.review_meeting.checking import check_meetings
from engine.review_meeting.console import console_of
from engine.review_meeting.finishing import check_scoring
from engine.review_meeting.grouping import (
    add_dossiers,
)
from engine.review_meeting.leading import choose_leaders
from engine.review_meeting.meetings import meeting_of
from engine.review_meeting.standards import (
    save_standard,
)
from engine.review_meeting.tables import DossierStage, meeting_dossier
from tests.review_meeting.setting_up.hall import STANDARD, Hall


@pytest.mark.catalogue("M11", "J09", "R10")
def test_the_chair_appoints_a_leader_of_each_group_from_its_experts(hall: Hall) -> None:
    key = hall.chaired()
    hall.waiting(hall.committee_in(key), 2)
    first, second = hall.group_ids(key)
    hall.run(add_dossiers, key, first)
    hall.do(key, "group_dossiers", outcome="confirm")
    hall.run(save_standard, key, STANDARD)
    hall.do(key, "set_standard", outcome="submit")
    chair = hall.chair(key)
    hall.do(key, "confirm_standard", by=chair, outcome="approve")
    members = {group: [row["expert"] for row in hall.people(key) if row["group"] == group] for group in (first, second)}
    with pytest.raises(NotAllowed):
        hall.run(choose_leaders, key, {first: members[first][0]})
    with pytest.raises(InvalidInput) as strange:
        hall.run(choose_leaders, key, {first: members[second][0]}, by=chair)
    assert strange.value.fields == {f"leader[{first}]": ["“第1组”的组长应是本组的评委"]}
    hall.run(choose_leaders, key, {first: members[first][0]}, by=chair)
    with pytest.raises(InvalidInput) as missing:
        hall.do(key, "appoint_leaders", by=chair, outcome="confirm")
    assert missing.value.fields == {f"leader[{second}]": ["请为“第2组”指定组长"]}
    hall.run(choose_leaders, key, {second: members[second][0]}, by=chair)
    hall.do(key, "appoint_leaders", by=chair, outcome="confirm")
    leader = next(row["login"] for row in hall.people(key) if row["expert"] == members[first][0])
    console = hall.ask(console_of, hall.expert(leader), hall.ask(meeting_of, hall.officer, key))
    assert [(step.element_id, step.total) for step in console.awaited] == [("assign_reviewers", 1)]
    assert [step.element_id for step in (console.following,) if step] == ["assign_reviewers"]


def test_scoring_is_not_finished_while_a_dossier_is_not_confirmed(hall: Hall) -> None:
    key = hall.chaired()
    hall.waiting(hall.committee_in(key), 2)
    hall.run(add_dossiers, key, hall.group_ids(key)[0])

    class Task:
        case_key = key

    with pytest.raises(Refused) as caught:
        hall.run(check_scoring, Task, {})
    assert caught.value.message.startswith("还有 2 份材料没有经主任确认")
    with hall.database.transaction() as tx:
        tx.execute(sa.update(meeting_dossier).values(stage=DossierStage.CHAIR_CONFIRMED))
    assert hall.run(check_scoring, Task, {}) == {}


def test_what_was_made_keeps_the_rules_of_meetings(hall: Hall) -> None:
    hall.chaired()
    assert hall.ask(lambda tx: list(check_meetings(tx))) == []
