"""Two at the same time, with real connections: exactly one wins, and the other reads who was faster."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from engine.access import Permission
from engine.db import Transaction
from engine.errors import StaleTask, ZhipingError
from engine.flow.cases import start_case
from engine.flow.completion import complete_task
from engine.flow.journal import verify_journal
from engine.flow.tables import journal, task, task_done, variable
from engine.flow.tasks import claim_task
from tests.support.diagram import Diagram
from tests.support.flow import Flow, person

SOME = frozenset({Permission.TASKS_WORK, Permission.API_VARIABLES})
ZHANG, LI = person("zhang", "officer"), person("li", "officer")


def race(flow: Flow, *commands: Callable[[Transaction], Any]) -> list[Any]:
    """Run the commands in a thread each, all having begun their transactions; what each answered or raised."""
    barrier = threading.Barrier(len(commands))
    answers: list[Any] = [None] * len(commands)

    def run(number: int, command: Callable[[Transaction], Any]) -> None:
        barrier.wait(10)
        try:
            with flow.tx() as tx:
                answers[number] = command(tx)
        except ZhipingError as error:
            answers[number] = error

    threads = [threading.Thread(target=run, args=(number, command)) for number, command in enumerate(commands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


@pytest.mark.parametrize("round_", range(5))
def test_of_two_officers_on_one_task_exactly_one_wins(flow: Flow, round_: int) -> None:
    flow.deploy(Diagram().start().user("check", groups="officer").user("next", groups="officer").end().xml())
    case_key = flow.start()
    key = flow.task("check").key
    answers = race(
        flow,
        lambda tx: complete_task(tx, ZHANG, key, outcome="approve", version=1),
        lambda tx: complete_task(tx, LI, key, outcome="reject", version=1),
    )
    lost = [answer for answer in answers if isinstance(answer, StaleTask)]
    assert len(lost) == 1, answers
    winner = "测试zhang" if answers[1] is lost[0] else "测试li"
    assert lost[0].message == f"“check”已由{winner}办理，请刷新后查看。"
    assert flow.open_tasks() == ["next"]
    assert len(flow.rows(task_done.select())) == 1
    with flow.database.read() as tx:
        assert verify_journal(tx, case_key) is None


@pytest.mark.parametrize("round_", range(3))
def test_of_two_who_claim_exactly_one_has_it(flow: Flow, round_: int) -> None:
    flow.deploy(Diagram().start().user("check", groups="officer").end().xml())
    flow.start()
    key = flow.task("check").key
    answers = race(flow, lambda tx: claim_task(tx, ZHANG, key), lambda tx: claim_task(tx, LI, key))
    lost = [answer for answer in answers if isinstance(answer, StaleTask)]
    assert (len(lost), [answer for answer in answers if answer == 2]) == (1, [2])
    holder = flow.task("check").assignee
    assert lost[0].message == f"“check”已由测试{holder}签收，请刷新后查看。"


def test_parallel_ballots_do_not_refuse_each_other(flow: Flow) -> None:
    voters = [f"v{number}" for number in range(8)]
    diagram = Diagram().start().user("vote", assignee="=v", each="=voters", item="v", collect="votes", output="=choice")
    flow.deploy(diagram.end().xml())
    case_key = flow.start({"voters": voters})
    keys = {row.assignee: row.key for row in flow.rows(task.select())}
    commands = [
        lambda tx, v=v: complete_task(tx, person(v, permissions=SOME), keys[v], {"choice": v}, version=1)
        for v in voters
    ]
    answers = race(flow, *commands)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    votes = {row.name: row.value for row in flow.rows(variable.select().where(variable.c.case_key == case_key))}
    assert votes["votes"] == voters
    assert answers[-1] is not None
    events = [row.event for row in flow.rows(journal.select().order_by(journal.c.seq))]
    assert events == ["case.started", *["task.completed"] * 8, "case.completed"]


def test_two_branches_that_meet_are_both_counted(flow: Flow) -> None:
    diagram = (
        Diagram().start().parallel("split").user("a", groups="officer").parallel("join").user("c", groups="officer")
    )
    flow.deploy(diagram.end().at("split").user("b", groups="officer").to("join").xml())
    for _ in range(5):
        flow.start()
        a, b = flow.task("a").key, flow.task("b").key
        answers = race(flow, lambda tx, a=a: complete_task(tx, ZHANG, a), lambda tx, b=b: complete_task(tx, LI, b))
        assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert flow.open_tasks() == ["c"] * 5


def test_a_form_sent_twice_at_the_same_time_starts_one_case(flow: Flow) -> None:
    flow.deploy(Diagram().start().user("a", groups="officer").end().xml())
    keys = race(flow, *[lambda tx: start_case(tx, ZHANG, "p", command_key="once")] * 3)
    assert (len(set(keys)), flow.open_tasks()) == (1, ["a"])
