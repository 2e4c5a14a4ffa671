"""What a command costs: the statements it sends, without BEGIN and COMMIT."""

from engine.access import SYSTEM
from engine.flow.completion import complete_task
from tests.support.diagram import Diagram
from tests.support.flow import Flow

LINE = Diagram().start().user("a", groups="officer").user("b", groups="officer").user("c", groups="officer").end().xml()


def test_completing_a_task_of_a_plain_line_takes_at_most_nine(flow: Flow) -> None:
    flow.deploy(LINE)
    flow.start({"x": 1})
    flow.start({"x": 1})
    flow.complete("a", {"y": 0})
    key = flow.task("a").key
    with flow.count() as sent, flow.tx() as tx:
        complete_task(tx, SYSTEM, key, {"y": 1}, version=1)
    assert len(sent) <= (9 if flow.database.is_sqlite else 2), sent


def test_the_last_task_ends_the_case_for_no_more(flow: Flow) -> None:
    flow.deploy(LINE)
    flow.start()
    flow.complete("a")
    flow.complete("b")
    key = flow.task("c").key
    with flow.count() as sent, flow.tx() as tx:
        complete_task(tx, SYSTEM, key)
    assert len(sent) <= (9 if flow.database.is_sqlite else 2), sent


def test_starting_a_case_takes_at_most_nine(flow: Flow) -> None:
    flow.deploy(LINE)
    flow.start()
    with flow.count() as sent:
        flow.start({"x": 1}, title="t", parties=["person:1"])
    assert len(sent) <= 9, sent


def test_deciding_by_a_submitted_value_reads_no_variables(flow: Flow) -> None:
    diagram = Diagram().start().user("a", groups="g").exclusive("x").when("=ok").end()
    flow.deploy(diagram.at("x").otherwise().to("a").xml())
    flow.start({"other": 1})
    flow.start({"other": 1})
    flow.complete("a", {"ok": False})
    key = flow.task("a").key
    with flow.count() as sent, flow.tx() as tx:
        complete_task(tx, SYSTEM, key, {"ok": False})
    assert [statement for statement in sent if "FROM variable" in statement and "task_draft" not in statement] == []
