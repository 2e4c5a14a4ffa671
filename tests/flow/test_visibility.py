"""Who may open a case: its units, its parties, and whoever has or had a task in it. Nobody else learns that there is one."""

import pytest

from engine.access import SYSTEM
from engine.errors import NotFound
from engine.flow.queries import get_case
from engine.flow.tasks import assign_task
from engine.flow.visibility import require_visible
from tests.support.diagram import Diagram
from tests.support.flow import Flow, person


def opens(flow: Flow, login: str, case_key: int, *groups: str) -> bool:
    with flow.database.read() as tx:
        try:
            require_visible(tx, person(login, *groups), case_key)
        except NotFound:
            return False
        return get_case(tx, person(login, *groups), case_key) is not None


@pytest.fixture
def case_key(flow: Flow) -> int:
    flow.deploy(Diagram("p").start().user("check", groups="case_officer@7").user("sign", assignee="lead").end().xml())
    return flow.start()


def test_who_may_do_a_task_may_open_its_case(flow: Flow, case_key: int) -> None:
    assert opens(flow, "officer", case_key, "case_officer@7")
    assert not opens(flow, "officer", case_key, "case_officer@8")
    assert not opens(flow, "stranger", case_key)


def test_who_was_given_a_task_may_open_its_case(flow: Flow, case_key: int) -> None:
    assert not opens(flow, "helper", case_key)
    key = flow.task("check").key
    with flow.tx() as tx:
        assign_task(tx, SYSTEM, key, "helper")
    assert opens(flow, "helper", case_key)


def test_who_did_a_task_may_open_its_case_later(flow: Flow, case_key: int) -> None:
    flow.complete("check", actor=person("officer", "case_officer@7"))
    assert opens(flow, "officer", case_key)
    assert opens(flow, "lead", case_key)
