"""Claiming, giving back, assigning, handing over, parking; and the door every completion passes."""

import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access import SYSTEM, Actor, Permission
from engine.db import Transaction
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused, StaleTask
from engine.flow.completion import complete_task
from engine.flow.contexts import TaskContext
from engine.flow.drafts import DraftConflict, list_drafts, save_draft
from engine.flow.tables import case, journal, task, task_candidate, task_done, variable
from engine.flow.tasks import assign_task, claim_task, delegate_task, hold_task, release_task, resume_task
from tests.support.diagram import Diagram
from tests.support.flow import Flow, person

OFFICER = person("zhang", "officer")
COLLEAGUE = person("li", "officer")
STRANGER = person("wang", "leader")
BOSS = person("zhao", permissions={Permission.TASKS_WORK, Permission.TASKS_ASSIGN})

FORM = json.dumps(
    {
        "type": "default",
        "id": "opinion",
        "schemaVersion": 16,
        "components": [
            {"type": "textfield", "id": "f1", "key": "opinion", "label": "意见", "validate": {"required": True}},
            {"type": "number", "id": "f2", "key": "score", "label": "分数"},
        ],
    }
).encode()


def opened(flow: Flow, **options: Any) -> int:
    options.setdefault("groups", "officer")
    flow.deploy(Diagram().start().user("check", **options).user("next", groups="officer").end().xml())
    flow.start()
    return int(flow.task("check").key)


def events(flow: Flow) -> list[tuple[str, str]]:
    return [(row.event, row.actor) for row in flow.rows(sa.select(journal).order_by(journal.c.seq))]


def test_a_task_is_claimed_and_given_back(flow: Flow) -> None:
    key = opened(flow)
    with flow.tx() as tx:
        assert claim_task(tx, OFFICER, key) == 2
    row = flow.task()
    assert (row.assignee, row.candidate, row.version) == ("zhang", None, 2)
    with flow.tx() as tx, pytest.raises(StaleTask, match="已由测试zhang签收"):
        claim_task(tx, COLLEAGUE, key)
    with flow.tx() as tx:
        assert release_task(tx, OFFICER, key) == 3
    row = flow.task()
    assert (row.assignee, row.candidate) == (None, "officer")
    assert events(flow) == [("case.started", "system"), ("task.claimed", "zhang"), ("task.released", "zhang")]


def test_several_candidates_are_rows_while_nobody_has_the_task(flow: Flow) -> None:
    key = opened(flow, groups='=["officer", "leader"]', users="wu")
    candidates = sa.select(task_candidate.c.principal).order_by(task_candidate.c.principal)
    assert [row.principal for row in flow.rows(candidates)] == ["leader", "officer", "user:wu"]
    with flow.tx() as tx:
        claim_task(tx, STRANGER, key)
    assert flow.rows(candidates) == []
    with flow.tx() as tx:
        release_task(tx, STRANGER, key)
    assert len(flow.rows(candidates)) == 3
    with flow.tx() as tx:
        complete_task(tx, person("wu"), key)
    assert flow.rows(candidates) == []


def test_a_stranger_may_neither_claim_nor_complete(flow: Flow) -> None:
    key = opened(flow)
    for command in (claim_task, complete_task, hold_task):
        with flow.tx() as tx, pytest.raises(NotAllowed):
            command(tx, STRANGER, key)
    with flow.tx() as tx, pytest.raises(NotFound):
        complete_task(tx, OFFICER, key + 12345)


def test_only_the_holder_completes_a_claimed_task(flow: Flow) -> None:
    key = opened(flow)
    with flow.tx() as tx:
        claim_task(tx, OFFICER, key)
    with flow.tx() as tx, pytest.raises(NotAllowed):
        complete_task(tx, COLLEAGUE, key)
    stand_in = person("deputy", on_behalf_of=frozenset({"zhang"}))
    with flow.tx() as tx:
        complete_task(tx, stand_in, key)
    assert flow.open_tasks() == ["next"]


def test_assigning_takes_the_right_to_assign(flow: Flow) -> None:
    key = opened(flow)
    with flow.tx() as tx, pytest.raises(NotAllowed):
        assign_task(tx, OFFICER, key, "li")
    with flow.tx() as tx:
        assign_task(tx, BOSS, key, "li")
    assert flow.task().assignee == "li"
    with flow.tx() as tx:
        assign_task(tx, BOSS, key, None)
    assert (flow.task().assignee, flow.task().candidate) == (None, "officer")


def test_a_task_handed_over_comes_back_when_it_is_given_up(flow: Flow) -> None:
    key = opened(flow)
    with flow.tx() as tx:
        claim_task(tx, OFFICER, key)
        delegate_task(tx, OFFICER, key, "wang", "holiday")
    with flow.tx() as tx:
        release_task(tx, STRANGER, key)
    assert (flow.task().assignee, flow.task().delegated_by) == ("zhang", None)


def test_a_parked_task_keeps_its_reason_until_it_is_taken_up(flow: Flow) -> None:
    key = opened(flow)
    with flow.tx() as tx:
        hold_task(tx, OFFICER, key, "材料待核实")
    assert (flow.task().state, flow.task().hold_reason) == ("on_hold", "材料待核实")
    with flow.tx() as tx:
        resume_task(tx, OFFICER, key)
    assert (flow.task().state, flow.task().hold_reason) == ("open", None)


def test_a_stale_page_is_told_so(flow: Flow) -> None:
    key = opened(flow)
    with flow.tx() as tx:
        claim_task(tx, OFFICER, key)
    with flow.tx() as tx, pytest.raises(StaleTask):
        complete_task(tx, OFFICER, key, version=1)
    with flow.tx() as tx:
        complete_task(tx, OFFICER, key, version=2)


def test_the_outcome_is_kept_with_the_task_and_in_the_journal(flow: Flow) -> None:
    key = opened(flow)
    with flow.tx() as tx:
        done = complete_task(tx, OFFICER, key, outcome="approve")
    assert [following.element_id for following in done.next_tasks] == ["next"]
    row = flow.rows(sa.select(task_done))[0]
    assert (row.outcome, row.ended_by, row.state) == ("approve", "zhang", "completed")
    last = flow.rows(sa.select(journal).order_by(journal.c.seq.desc()))[0]
    assert (last.event, last.name, last.outcome, last.actor_name) == ("task.completed", "check", "approve", "测试zhang")


def test_only_the_keys_of_the_form_are_taken(flow: Flow) -> None:
    flow.deploy(Diagram().start().user("check", groups="officer", form="opinion").end().xml(), opinion__form=FORM)
    flow.start()
    key = flow.task().key
    with flow.tx() as tx, pytest.raises(InvalidInput) as refused:
        complete_task(tx, OFFICER, key, {"opinion": "同意", "salary": 1})
    assert list(refused.value.fields) == ["salary"]
    with flow.tx() as tx, pytest.raises(InvalidInput) as refused:
        complete_task(tx, OFFICER, key, {"score": 3})
    assert list(refused.value.fields) == ["opinion"]
    with flow.tx() as tx:
        complete_task(tx, OFFICER, key, {"opinion": "同意", "score": 3})
    assert {row.name: row.value for row in flow.rows(sa.select(variable))} == {"opinion": "同意", "score": 3}


def test_who_may_set_variables_may_bring_more_than_the_form(flow: Flow) -> None:
    flow.deploy(Diagram().start().user("check", groups="officer", form="opinion").end().xml(), opinion__form=FORM)
    flow.start()
    program = person("program", "officer", permissions={Permission.TASKS_WORK, Permission.API_VARIABLES})
    with flow.tx() as tx:
        complete_task(tx, program, flow.task().key, {"opinion": "同意", "salary": 1})
    assert {row.name: row.value for row in flow.rows(sa.select(variable))} == {"opinion": "同意", "salary": 1}


def test_a_task_keeps_the_form_it_was_opened_with(flow: Flow) -> None:
    diagram = Diagram().start().user("check", groups="officer", form="opinion").end().xml()
    flow.deploy(diagram, opinion__form=FORM)
    flow.start()
    first = flow.task()
    flow.deploy(opinion__form=FORM.replace("分数".encode("unicode_escape"), b"Score"))
    flow.start()
    keys = [row.form_key for row in flow.rows(sa.select(task).order_by(task.c.key))]
    assert keys[0] == first.form_key != keys[1]


def test_the_hook_of_a_form_has_the_last_word(flow: Flow) -> None:
    def hook(tx: Transaction, actor: Actor, context: TaskContext, values: dict[str, object]) -> dict[str, object]:
        if values["opinion"] == "no":
            raise Refused("请先核对。")
        return {**values, "checked_by": actor.login, "step": context.element_id}

    flow.registry.add_hook("opinion", hook)
    flow.deploy(Diagram().start().user("check", groups="officer", form="opinion").end().xml(), opinion__form=FORM)
    flow.start()
    with flow.tx() as tx, pytest.raises(Refused, match="请先核对"):
        complete_task(tx, OFFICER, flow.task().key, {"opinion": "no"})
    with flow.tx() as tx:
        complete_task(tx, OFFICER, flow.task().key, {"opinion": "yes"})
    held = {row.name: row.value for row in flow.rows(sa.select(variable))}
    assert held == {"opinion": "yes", "checked_by": "zhang", "step": "check"}


def test_drafts_are_no_variables_until_the_task_is_handed_in(flow: Flow) -> None:
    flow.deploy(Diagram().start().user("check", groups="officer", form="opinion").end().xml(), opinion__form=FORM)
    flow.start()
    key = flow.task().key
    with flow.tx() as tx:
        assert save_draft(tx, OFFICER, key, "opinion", "草稿") == 1
        assert save_draft(tx, OFFICER, key, "", {"score": 5}) == 1
    assert flow.rows(sa.select(variable)) == []
    with flow.tx() as tx:
        complete_task(tx, OFFICER, key, {"opinion": "同意"})
    assert {row.name: row.value for row in flow.rows(sa.select(variable))} == {"opinion": "同意", "score": 5}
    with flow.database.read() as tx:
        assert list_drafts(tx, key) == {}


def test_a_draft_saved_elsewhere_is_shown_with_what_differs(flow: Flow) -> None:
    key = opened(flow)
    with flow.tx() as tx:
        version = save_draft(tx, OFFICER, key, "basic", {"name": "a", "age": 1})
        assert save_draft(tx, COLLEAGUE, key, "basic", {"name": "b", "age": 1}, version) == 2
    with flow.tx() as tx, pytest.raises(DraftConflict) as conflict:
        save_draft(tx, OFFICER, key, "basic", {"name": "c", "age": 1, "sex": "f"}, version)
    assert (conflict.value.fields, conflict.value.saved.by) == (["name", "sex"], "li")


def test_a_repeated_command_is_led_to_its_first_result(flow: Flow) -> None:
    key = opened(flow)
    with flow.tx() as tx:
        first = complete_task(tx, OFFICER, key, command_key="k1")
    with flow.tx() as tx:
        again = complete_task(tx, OFFICER, key, command_key="k1")
    assert (again.case_key, again.repeated, first.repeated) == (first.case_key, True, False)
    with flow.tx() as tx, pytest.raises(StaleTask):
        complete_task(tx, OFFICER, key, command_key="k2")
    assert flow.open_tasks() == ["next"]


def test_starting_twice_with_the_same_key_starts_once(flow: Flow) -> None:
    flow.deploy(Diagram().start().user("a", groups="g").end().xml())
    assert flow.start(command_key="once") == flow.start(command_key="once")
    assert len(flow.rows(sa.select(case))) == 1


def test_a_completion_after_the_deadline_is_refused_and_the_deadline_stands(flow: Flow) -> None:
    diagram = Diagram().start().user("check", groups="officer", form="opinion").end()
    diagram.boundary("check", "late", duration="P1D", name="审核截止").user("missed", groups="officer").end("over")
    flow.deploy(diagram.xml(), opinion__form=FORM)
    flow.start()
    key = flow.task().key
    flow.clock.advance(timedelta(days=1))
    with pytest.raises(Refused, match="审核截止"), flow.tx() as tx:
        complete_task(tx, OFFICER, key, {"opinion": "同意"})
    assert flow.open_tasks() == ["missed"]
    with flow.database.read() as tx:
        assert list_drafts(tx, key)[""].value == {"opinion": "同意"}


def test_a_request_that_arrived_in_time_counts(flow: Flow) -> None:
    diagram = Diagram().start().user("check", groups="officer").end()
    flow.deploy(diagram.boundary("check", "late", duration="P1D").end("over").xml())
    flow.start()
    arrived = flow.clock.advance(timedelta(hours=23))
    flow.clock.advance(timedelta(hours=2))
    with flow.tx() as tx:
        complete_task(tx, OFFICER, flow.task().key, arrived_at=arrived)
    assert flow.rows(sa.select(case.c.state))[0].state == "completed"


def test_a_reminder_that_is_due_does_not_keep_anybody_from_completing(flow: Flow) -> None:
    diagram = Diagram().start().user("check", groups="officer").end()
    diagram.boundary("check", "remind", interrupting=False, duration="PT1H").user("note", groups="officer").end("e2")
    flow.deploy(diagram.xml())
    flow.start()
    key = flow.task().key
    flow.clock.advance(timedelta(hours=2))
    with flow.tx() as tx:
        complete_task(tx, SYSTEM, key)
    assert flow.open_tasks() == ["note"]
