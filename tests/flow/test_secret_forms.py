"""A form whose page is secret: completed by that page's command alone, kept nowhere, handed to nobody (engine.md §10)."""

import json

import pytest
import sqlalchemy as sa

from engine.access import SYSTEM
from engine.errors import NotAllowed, Refused
from engine.flow.completion import complete_task
from engine.flow.drafts import save_draft
from engine.flow.tables import task_done, task_draft, variable
from engine.flow.tasks import assign_task, delegate_task
from engine.form import read_form
from tests.support.diagram import Diagram
from tests.support.flow import Flow, person

FORM = json.dumps(
    {
        "type": "default",
        "id": "vote",
        "schemaVersion": 19,
        "components": [{"type": "text", "id": "note", "text": "请在投票页办理。"}],
        "zhiping": {"page": "secret", "address": "/votes"},
    }
).encode()
VOTER, OTHER = person("zhang", "voter"), person("li", "voter")


@pytest.fixture
def key(flow: Flow) -> int:
    flow.deploy(Diagram().start().user("vote", assignee="zhang", form="vote").end().xml(), vote__form=FORM)
    flow.start()
    return int(flow.task("vote").key)


def test_only_the_command_of_its_page_completes_it(flow: Flow, key: int) -> None:
    for given in ({}, {"choice": "yes"}):
        with flow.tx() as tx, pytest.raises(Refused, match=f"/votes/{key}"):
            complete_task(tx, VOTER, key, given)
    with flow.tx() as tx, pytest.raises(NotAllowed):
        complete_task(tx, OTHER, key, secretly=True)
    with flow.tx() as tx:
        complete_task(tx, VOTER, key, secretly=True)
    assert [row.ended_by for row in flow.rows(sa.select(task_done))] == ["zhang"]
    assert flow.rows(sa.select(variable.c.name)) == []


def test_it_keeps_no_draft(flow: Flow, key: int) -> None:
    with flow.tx() as tx, pytest.raises(Refused, match=f"/votes/{key}"):
        save_draft(tx, VOTER, key, "", {"choice": "yes"})
    assert flow.rows(sa.select(task_draft)) == []


def test_it_is_handed_to_nobody(flow: Flow, key: int) -> None:
    with flow.tx() as tx, pytest.raises(Refused):
        delegate_task(tx, VOTER, key, "li")
    with flow.tx() as tx, pytest.raises(Refused):
        assign_task(tx, SYSTEM, key, "li")
    assert flow.task("vote").assignee == "zhang"


def test_every_other_form_has_no_such_page() -> None:
    plain = json.loads(FORM)
    del plain["zhiping"]
    assert read_form(json.dumps(plain)).secret_address is None
    assert read_form(FORM).secret_address == "/votes"
