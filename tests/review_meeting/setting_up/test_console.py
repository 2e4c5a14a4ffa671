"""Attendance by the code of the room, and the console: who is awaited, what is next, what happened."""

import pytest

from engine.errors import InvalidInput, Refused
from engine.review_meeting.attending import note_attendance, sign_in, sign_out
from engine.review_meeting.console import attendance_of, console_of, pulse_of
from engine.review_meeting.grouping import (
    add_dossiers,
)
from engine.review_meeting.meetings import meeting_of
from engine.review_meeting.standards import (
    save_standard,
)
from tests.review_meeting.setting_up.hall import PLAN, STANDARD, Hall


@pytest.mark.catalogue("W16")
def test_experts_sign_in_with_the_code_of_the_room(hall: Hall) -> None:
    key = hall.peopled()
    rows = hall.people(key)
    me = hall.expert(rows[0]["login"])
    code = hall.ask(meeting_of, hall.officer, key).row["sign_in_code"]
    with pytest.raises(Refused):
        hall.run(sign_in, key, code, by=me)
    planned = hall.planned()
    code = hall.ask(meeting_of, hall.officer, planned).row["sign_in_code"]
    rows = hall.people(planned)
    me = hall.expert(rows[0]["login"])
    with pytest.raises(InvalidInput):
        hall.run(sign_in, planned, "xxxxxx", by=me)
    hall.run(sign_in, planned, code, by=me)
    assert hall.run(note_attendance, planned, [row["expert"] for row in rows[1:4]], present=True) == 3
    assert hall.ask(attendance_of, planned).present == 4
    hall.run(sign_out, planned, by=me)
    assert hall.ask(attendance_of, planned).present == 3


def test_the_console_names_who_is_awaited_and_leads_to_the_next_thing(hall: Hall) -> None:
    key = hall.peopled()
    hall.do(key, "write_plan", outcome="submit", **PLAN)
    meeting = hall.ask(meeting_of, hall.officer, key)
    mine, theirs = (hall.ask(console_of, actor, meeting) for actor in (hall.officer, hall.superior))
    assert [(step.name, list(step.who)) for step in mine.awaited] == [
        (
            "评审方案经办人审核",
            ["示范省教育厅（示例）经办人、河北省职称改革领导小组办公室（示例）经办人"],
        )
    ]
    assert (mine.following, theirs.following is not None) == (None, True)
    assert [step.state for step in mine.steps[:4]] == ["done", "done", "open", "ahead"]


def test_the_pulse_changes_with_whatever_happens(hall: Hall) -> None:
    key = hall.chaired()
    pulses = [hall.ask(pulse_of, [key])[key]]
    hall.waiting(hall.committee_in(key), 1)
    for command, given in (
        (add_dossiers, (hall.group_ids(key)[0],)),
        (save_standard, (STANDARD,)),
        (note_attendance, ([hall.people(key)[0]["expert"]],)),
    ):
        more = {"present": True} if command is note_attendance else {}
        hall.run(command, key, *given, **more)
        pulses.append(hall.ask(pulse_of, [key])[key])
    assert (pulses[0] != pulses[1], pulses[2] != pulses[3]) == (True, True)
