"""Cases changed by hand: tokens moved, completions taken back, versions changed, buttons pressed."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.access import SYSTEM, Permission
from engine.errors import InvalidInput, NotAllowed, Refused
from engine.flow.actions import perform_action, task_actions
from engine.flow.cases import cancel_case, resume_case, suspend_case
from engine.flow.completion import complete_task
from engine.flow.drafts import save_draft
from engine.flow.migration import migrate_case
from engine.flow.modification import modify_case, reopen_task
from engine.flow.tables import case, element_instance, journal, task
from engine.flow.tasks import claim_task
from engine.flow.timers import move_deadline
from engine.flow.variables import read_variables, set_variables, variable_history
from tests.support.diagram import Diagram
from tests.support.flow import Flow, person

OFFICER = person("zhang", "officer", permissions={Permission.TASKS_WORK, Permission.API_VARIABLES})
LEADER = person("li", "leader")


def line() -> bytes:
    diagram = Diagram().start().user("check", groups="officer", properties={"revocable": "true"})
    return diagram.user("sign", groups="leader").user("file", groups="officer").end().xml()


def checked(flow: Flow) -> tuple[int, int]:
    """A case whose first task is completed: the keys of the case and the task."""
    flow.deploy(line())
    key = flow.start({"opinion": "none"})
    done = flow.task("check").key
    with flow.tx() as tx:
        complete_task(tx, OFFICER, done, {"opinion": "fine", "score": 3})
    return key, done


def test_a_completion_is_taken_back_while_nobody_has_acted(flow: Flow) -> None:
    key, done = checked(flow)
    flow.clock.advance(timedelta(minutes=1))
    with flow.tx() as tx:
        opened = reopen_task(tx, OFFICER, done, "typo")
    assert [(row.element_id, row.key) for row in flow.rows(sa.select(task))] == [("check", opened)]
    with flow.database.read() as tx:
        assert read_variables(tx, key) == {"opinion": "none", "score": None}
    flow.complete("check")
    flow.complete("sign")
    flow.complete("file")
    assert flow.rows(sa.select(case.c.state))[0].state == "completed"


@pytest.mark.parametrize("touch", ["claim", "draft", "complete"])
def test_what_somebody_has_touched_is_not_taken_back(flow: Flow, touch: str) -> None:
    _, done = checked(flow)
    flow.clock.advance(timedelta(minutes=1))
    following = flow.task("sign").key
    with flow.tx() as tx:
        if touch == "claim":
            claim_task(tx, LEADER, following)
        elif touch == "draft":
            save_draft(tx, LEADER, following, "", {"a": 1})
        else:
            complete_task(tx, LEADER, following)
    with pytest.raises(Refused), flow.tx() as tx:
        reopen_task(tx, OFFICER, done)


def test_only_who_did_it_takes_it_back_and_only_where_the_diagram_allows(flow: Flow) -> None:
    _, done = checked(flow)
    with pytest.raises(NotAllowed), flow.tx() as tx:
        reopen_task(tx, LEADER, done)
    key = flow.task("sign").key
    with flow.tx() as tx:
        complete_task(tx, LEADER, key)
    with pytest.raises(NotAllowed), flow.tx() as tx:
        reopen_task(tx, LEADER, key)


def test_a_token_is_moved_by_hand_with_a_reason(flow: Flow) -> None:
    key, _ = checked(flow)
    at = flow.rows(sa.select(element_instance).where(element_instance.c.left_at.is_(None)))[0]
    with flow.tx() as tx:
        modify_case(tx, SYSTEM, key, cancel=[at.key], activate=["file"], reason="the leader is away")
    assert flow.open_tasks() == ["file"]
    entry = flow.rows(sa.select(journal).order_by(journal.c.seq.desc()))[0]
    assert (entry.event, entry.detail["reason"]) == ("case.modified", "the leader is away")
    with pytest.raises(NotAllowed), flow.tx() as tx:
        modify_case(tx, LEADER, key, activate=["sign"], reason="no")


def test_a_case_goes_on_by_another_version(flow: Flow) -> None:
    diagram = Diagram().start().user("check", groups="officer").end()
    flow.deploy(diagram.boundary("check", "late", duration="P1D").end("over").xml())
    key = flow.start({"x": 1})
    open_key = flow.task().key
    newer = Diagram().start().user("review", groups="officer").user("more", groups="officer").end()
    newer.boundary("review", "late", duration="P9D").end("over")
    made = flow.deploy(newer.xml()).definitions[0]
    with pytest.raises(InvalidInput), flow.tx() as tx:
        migrate_case(tx, SYSTEM, key, made.key)
    with flow.tx() as tx:
        migrate_case(tx, SYSTEM, key, made.key, {"check": "review"})
    assert [(row.element_id, row.key, row.definition_key) for row in flow.rows(sa.select(task))] == [
        ("review", open_key, made.key)
    ]
    flow.advance(hours=23)
    flow.complete("review")
    assert flow.open_tasks() == ["more"]
    flow.advance(days=2)
    assert flow.open_tasks() == ["more"]


def test_a_deadline_keeps_its_instant_in_the_new_version(flow: Flow) -> None:
    diagram = Diagram().start().user("check", groups="officer").end()
    flow.deploy(diagram.boundary("check", "late", duration="P1D").end("over").xml())
    key = flow.start()
    made = flow.deploy(diagram.set("check", name="Check again").xml()).definitions[0]
    with flow.tx() as tx:
        migrate_case(tx, SYSTEM, key, made.key)
    flow.advance(days=1)
    assert flow.rows(sa.select(case.c.state))[0].state == "completed"


def test_a_boundary_message_with_an_action_is_a_button_for_its_group(flow: Flow) -> None:
    diagram = Diagram().start().user("check", groups="officer").end()
    diagram.boundary(
        "check",
        "withdraw",
        name="撤回",
        message="withdraw",
        key="=id",
        properties={"action": "withdraw", "action_group": '="person:" + string(owner)'},
    )
    flow.deploy(diagram.user("fill", groups="applicant").end("e2").xml())
    key = flow.start({"id": "1", "owner": 7})
    owner, other = person("wu", principals=frozenset({"person:7"})), person("he", principals=frozenset({"person:8"}))
    with flow.tx() as tx:
        assert [(a.action, a.name) for a in task_actions(tx, owner, key)] == [("withdraw", "撤回")]
        assert task_actions(tx, other, key) == []
    with pytest.raises(NotAllowed), flow.tx() as tx:
        perform_action(tx, other, key, "withdraw")
    with flow.tx() as tx:
        perform_action(tx, owner, key, "withdraw")
    assert flow.open_tasks() == ["fill"]
    with pytest.raises(Refused), flow.tx() as tx:
        perform_action(tx, owner, key, "withdraw")


def test_a_suspended_case_stands_still(flow: Flow) -> None:
    diagram = Diagram().start().user("check", groups="officer").end()
    flow.deploy(diagram.boundary("check", "late", duration="PT1H").end("over").xml())
    key = flow.start()
    with flow.tx() as tx:
        suspend_case(tx, SYSTEM, key, "investigation")
    flow.advance(hours=2)
    with pytest.raises(Refused), flow.tx() as tx:
        complete_task(tx, OFFICER, flow.task().key)
    with flow.tx() as tx:
        resume_case(tx, SYSTEM, key)
    flow.sweep()
    assert flow.rows(sa.select(case.c.state))[0].state == "completed"


def test_a_variable_changed_by_hand_takes_a_reason_and_is_remembered(flow: Flow) -> None:
    key, _ = checked(flow)
    editor = person("admin", permissions={Permission.VARIABLES_EDIT})
    with pytest.raises(InvalidInput), flow.tx() as tx:
        set_variables(tx, editor, key, {"score": 4})
    with flow.tx() as tx:
        set_variables(tx, editor, key, {"score": 4}, reason="miscounted")
    with flow.database.read() as tx:
        changes = variable_history(tx, key, "score")
    assert [(c.old, c.value, c.by, c.reason) for c in changes] == [
        (None, 3, "zhang", None),
        (3, 4, "admin", "miscounted"),
    ]


def test_a_date_of_the_year_plan_moves_every_timer_that_follows_it(flow: Flow) -> None:
    diagram = Diagram().start().user("fill", groups="g").end()
    diagram.boundary("fill", "close", date="2026-01-06T09:00:00+08:00", properties={"deadline": "declaration_close"})
    flow.deploy(diagram.end("over").xml())
    for _ in range(3):
        flow.start()
    with flow.tx() as tx:
        assert move_deadline(tx, SYSTEM, "declaration_close", flow.clock.now() + timedelta(days=5)) == 3
    flow.advance(days=2)
    assert len(flow.open_tasks()) == 3
    flow.advance(days=3)
    assert flow.open_tasks() == []


def test_an_ended_case_is_not_cancelled(flow: Flow) -> None:
    flow.deploy(Diagram().start().end().xml())
    key = flow.start()
    with pytest.raises(Refused), flow.tx() as tx:
        cancel_case(tx, SYSTEM, key)
