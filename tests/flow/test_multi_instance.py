"""Several items of one activity (会签): tasks, jobs, calls, sub-processes."""

import pytest

from engine.flow.items import CHUNK
from engine.flow.sandbox import Sandbox
from tests.support.diagram import Diagram


def panel(**options: object) -> Sandbox:
    diagram = (
        Diagram()
        .start()
        .user("vote", assignee="=voter", each="=voters", item="voter", collect="votes", output="=choice", **options)
    )
    return Sandbox(diagram.user("count", groups="g").end().xml())


def test_everyone_votes_and_the_votes_stand_in_the_order_of_the_voters() -> None:
    sandbox = panel()
    sandbox.start({"voters": ["a", "b", "c"]})
    assert [(task.assignee, task.variables["loopCounter"]) for task in sandbox.tasks()] == [
        ("a", 1),
        ("b", 2),
        ("c", 3),
    ]
    for number, choice in ((2, "no"), (0, "yes"), (0, "yes")):
        sandbox.complete(sandbox.tasks()[number], {"choice": choice})
    assert [task.element_id for task in sandbox.tasks()] == ["count"]
    assert sandbox.variables() == {"voters": ["a", "b", "c"], "votes": ["yes", "yes", "no"]}


def test_changing_the_list_later_does_not_hand_a_task_to_somebody_else() -> None:
    sandbox = panel(sequential=True)
    sandbox.start({"voters": ["a", "b"]})
    sandbox.set_variables({"voters": ["x"]})
    sandbox.complete("vote", {"choice": 1})
    assert [task.assignee for task in sandbox.tasks()] == ["b"]
    sandbox.complete("vote", {"choice": 2})
    assert sandbox.variables()["votes"] == [1, 2]


def test_enough_votes_cancel_the_rest() -> None:
    sandbox = panel(until="=numberOfCompletedInstances >= 2")
    sandbox.start({"voters": ["a", "b", "c"]})
    sandbox.complete(sandbox.tasks()[1], {"choice": "yes"})
    assert len(sandbox.tasks()) == 2
    sandbox.complete(sandbox.tasks()[0], {"choice": "no"})
    assert [task.element_id for task in sandbox.tasks()] == ["count"]
    assert sandbox.variables()["votes"] == ["no", "yes", None]
    votes = [p.outcome for p in sandbox.history() if p.element_id == "vote" and p.item is not None]
    assert votes == ["completed", "completed", "cancelled"]


def test_the_completion_condition_sees_the_output_so_far() -> None:
    sandbox = panel(until='=some v in votes satisfies v = "no"')
    sandbox.start({"voters": ["a", "b", "c"]})
    sandbox.complete("vote", {"choice": "yes"})
    sandbox.complete("vote", {"choice": "no"})
    assert [task.element_id for task in sandbox.tasks()] == ["count"]


def test_no_items_pass_at_once() -> None:
    sandbox = panel()
    sandbox.start({"voters": []})
    assert ([task.element_id for task in sandbox.tasks()], sandbox.variables()["votes"]) == (["count"], [])


def test_what_is_no_list_is_an_incident() -> None:
    sandbox = panel()
    sandbox.start({"voters": "a"})
    assert [(i.element_id, i.code) for i in sandbox.incidents()] == [("vote", "collection")]
    sandbox.set_variables({"voters": ["a"]})
    sandbox.resolve()
    assert (sandbox.state, [task.assignee for task in sandbox.tasks()]) == ("running", ["a"])


@pytest.mark.parametrize("sequential", [False, True])
def test_jobs_for_each(sequential: bool) -> None:
    diagram = (
        Diagram()
        .start()
        .service("send", each="=to", item="one", collect="sent", output="=receipt", sequential=sequential)
    )
    sandbox = Sandbox(diagram.end().xml())
    sandbox.start({"to": [1, 2, 3]})
    assert len(sandbox.jobs()) == (1 if sequential else 3)
    while sandbox.jobs():
        job = sandbox.jobs()[-1]
        sandbox.complete_job(job, {"receipt": job.variables["one"] * 10})
    assert (sandbox.state, sandbox.variables()) == ("completed", {"to": [1, 2, 3], "sent": [10, 20, 30]})


def test_scripts_for_each() -> None:
    diagram = Diagram().start().script("double", "=x * 2", "y", each="=xs", item="x", collect="ys", output="=y").end()
    sandbox = Sandbox(diagram.xml())
    sandbox.start({"xs": [1, 2, 3]})
    assert sandbox.variables() == {"xs": [1, 2, 3], "ys": [2, 4, 6]}


@pytest.mark.parametrize("sequential", [False, True])
def test_a_sub_process_for_each(sequential: bool) -> None:
    content = Diagram("inside").start("s").user("check", assignee="=who").end("e")
    diagram = (
        Diagram()
        .start()
        .sub("each", content, each="=people", item="who", collect="results", output="=ok", sequential=sequential)
    )
    sandbox = Sandbox(diagram.end().xml())
    sandbox.start({"people": ["a", "b", "c"]})
    assert [task.assignee for task in sandbox.tasks()] == (["a"] if sequential else ["a", "b", "c"])
    while sandbox.tasks():
        task = sandbox.tasks()[-1]
        sandbox.complete(task, {"ok": f"{task.assignee}!"})
    assert (sandbox.state, sandbox.variables()) == (
        "completed",
        {"people": ["a", "b", "c"], "results": ["a!", "b!", "c!"]},
    )


def test_a_sub_process_for_each_stops_when_it_is_enough() -> None:
    content = Diagram("inside").start("s").user("check", assignee="=who").end("e")
    diagram = (
        Diagram()
        .start()
        .sub(
            "each",
            content,
            each="=people",
            item="who",
            collect="results",
            output="=ok",
            until="=numberOfCompletedInstances = 1",
        )
    )
    sandbox = Sandbox(diagram.end().xml())
    sandbox.start({"people": ["a", "b"]})
    sandbox.complete(sandbox.tasks()[1], {"ok": 1})
    assert (sandbox.state, sandbox.variables()["results"]) == ("completed", [None, 1])


def test_a_boundary_event_ends_all_items() -> None:
    diagram = Diagram().start().user("vote", assignee="=v", each="=vs", item="v").end()
    sandbox = Sandbox(diagram.boundary("vote", "late", duration="PT1H").end("over").xml())
    sandbox.start({"vs": ["a", "b"]})
    sandbox.complete("vote")
    sandbox.advance(3600)
    assert (sandbox.state, sandbox.tasks()) == ("completed", [])
    assert sandbox.history()[-1].element_id == "over"


def test_an_error_in_one_item_takes_the_boundary_of_all() -> None:
    diagram = Diagram().start().service("pay", each="=xs", item="x").end("paid")
    sandbox = Sandbox(diagram.boundary("pay", "broke", error="E").end("over").xml())
    sandbox.start({"xs": [1, 2]})
    sandbox.fail_job(sandbox.jobs()[1], error_code="E")
    assert (sandbox.state, sandbox.jobs(), sandbox.history()[-1].element_id) == ("completed", [], "over")


def test_messages_for_each() -> None:
    diagram = (
        Diagram()
        .start()
        .receive("answer", "reply", key="=who", each="=people", item="who", collect="all", output="=text")
    )
    sandbox = Sandbox(diagram.end().xml())
    sandbox.start({"people": ["a", "b"]})
    sandbox.publish_message("reply", "b", {"text": "B"})
    assert sandbox.state == "running"
    sandbox.publish_message("reply", "a", {"text": "A"})
    assert (sandbox.state, sandbox.variables()["all"]) == ("completed", ["A", "B"])


def test_calls_for_each() -> None:
    child = Diagram("child").start("cs").user("work", assignee="=who").end("ce")
    diagram = Diagram("p").start().call("run", "child", each="=people", item="who", collect="all", output="=done").end()
    sandbox = Sandbox(diagram.xml(), child.xml())
    sandbox.start({"people": ["a", "b"]})
    assert sorted(task.assignee for task in sandbox.tasks()) == ["a", "b"]
    for task in sandbox.tasks():
        sandbox.complete(task, {"done": task.assignee * 2})
    assert (sandbox.state, sandbox.variables()["all"]) == ("completed", ["aa", "bb"])


def test_many_calls_begin_in_several_commands() -> None:
    child = Diagram("child").start("cs").user("work", assignee="=who").end("ce")
    diagram = Diagram("p").start().call("run", "child", each="=people", item="who", collect="all", output="=done").end()
    sandbox = Sandbox(diagram.xml(), child.xml())
    people = [f"p{number:03}" for number in range(CHUNK + 5)]
    sandbox.start({"people": people})
    assert sorted(task.assignee for task in sandbox.tasks()) == people
    for task in sandbox.tasks():
        sandbox.complete(task.key, {"done": task.assignee})
    assert (sandbox.state, sandbox.variables()["all"]) == ("completed", people)


def test_calls_that_have_not_begun_when_it_is_enough_never_begin() -> None:
    child = Diagram("child").start("cs").script("done", "=true", "ok").end("ce")
    diagram = (
        Diagram("p").start().call("run", "child", each="=people", item="who", until="=numberOfCompletedInstances = 3")
    )
    sandbox = Sandbox(diagram.end().xml(), child.xml())
    sandbox.start({"people": list(range(CHUNK * 2))})
    assert sandbox.state == "completed"
    runs = [p.outcome for p in sandbox.history() if p.element_id == "run" and p.item is not None]
    assert (runs.count("completed"), len(runs)) == (3, CHUNK)
